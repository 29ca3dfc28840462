// SPDX-License-Identifier: Apache-2.0
#include "report/inspection.h"

#include <gtest/gtest.h>

namespace drydock::report {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

image::PeFile file_importing(const std::string& name) {
  image::PeFile file;
  file.imports.push_back({.module = "ntoskrnl.exe", .name = name, .ordinal = {}, .slot = 0});
  file.imports.push_back({.module = "ntoskrnl.exe", .name = "", .ordinal = 7, .slot = 8});
  return file;
}

TEST(Inspection, imports_that_are_not_implemented_are_marked_and_counted) {
  const auto only_ordinals = [](const image::Import& import) { return import.ordinal.has_value(); };
  const auto text = describe(file_importing("KeSetEvent"), only_ordinals);
  EXPECT_TRUE(contains(text, "    KeSetEvent  NOT IMPLEMENTED\n    #7\n  1 of 2 not implemented"))
      << text;
}

TEST(Inspection, without_an_opinion_on_imports_none_is_marked) {
  EXPECT_FALSE(contains(describe(file_importing("KeSetEvent")), "IMPLEMENTED"));
}

TEST(Inspection, names_from_the_file_cannot_steer_the_terminal) {
  const auto text = describe(file_importing("\x1b[2J\x07"));
  EXPECT_TRUE(contains(text, "?[2J?")) << text;
  EXPECT_FALSE(contains(text, "\x1b")) << text;
}

}  // namespace
}  // namespace drydock::report
