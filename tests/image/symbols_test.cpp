// SPDX-License-Identifier: Apache-2.0
// Names of places in drivers: with PDB, with DWARF, with exports only, without anything.
#include "image/symbols.h"

#include <gtest/gtest.h>

#include "compiled_subject.h"
#include "real_drivers.h"

namespace drydock::image {
namespace {

PeFile parsed(const std::string& path) {
  return parse(testing::load(path), path).value_or(PeFile{});
}

Symbol symbol_of_entry(const testing::Workshop& workshop, const std::string& name) {
  const PeFile file = parsed(workshop.file(name));
  Symbolizer symbolizer(workshop.file(name), file);
  const Rva places[] = {file.entry};
  symbolizer.resolve(places);
  return symbolizer.at(file.entry);
}

TEST(Symbolizer, names_function_file_and_line_from_a_pdb) {
  testing::Workshop workshop;
  ASSERT_EQ(workshop.build("unwind_subject.c", testing::clang_command("-O0"), {"/debug"}, "x.sys"),
            "");

  const Symbol symbol = symbol_of_entry(workshop, "x.sys");

  ASSERT_EQ(symbol.size(), 1u);
  EXPECT_EQ(symbol[0].function, "DriverEntry");
  EXPECT_TRUE(symbol[0].file.ends_with("unwind_subject.c")) << symbol[0].file;
  EXPECT_GT(symbol[0].line, 100u);
}

TEST(Symbolizer, names_function_file_and_line_from_dwarf) {
  testing::Workshop workshop;
  ASSERT_EQ(
      workshop.build("unwind_subject.c", testing::mingw_command("-O0"), {"/debug:dwarf"}, "x.sys"),
      "");

  const Symbol symbol = symbol_of_entry(workshop, "x.sys");

  ASSERT_EQ(symbol.size(), 1u);
  EXPECT_EQ(symbol[0].function, "DriverEntry");
  EXPECT_TRUE(symbol[0].file.ends_with("unwind_subject.c")) << symbol[0].file;
  EXPECT_GT(symbol[0].line, 100u);
}

TEST(Symbolizer, falls_back_to_the_nearest_export) {
  PeFile file;
  file.exports = {{"Start", 1, 0x1000, ""}, {"", 2, 0x1010, ""}, {"Away", 3, 0x1020, "other.Away"}};
  Symbolizer symbolizer("no such file", file);
  const Rva places[] = {0x1000, 0x1024, 0x10};
  symbolizer.resolve(places);

  EXPECT_EQ(symbolizer.at(0x1000), (Symbol{{"Start", "", 0}}));
  EXPECT_EQ(symbolizer.at(0x1024), (Symbol{{"Start+0x24", "", 0}}));
  EXPECT_EQ(symbolizer.at(0x10), Symbol{});
}

TEST(Symbolizer, a_missing_file_with_debug_information_gives_empty_names) {
  PeFile file;
  file.debug.dwarf = true;
  Symbolizer symbolizer("/no such folder/x.sys", file);
  const Rva places[] = {0x1000};
  symbolizer.resolve(places);
  EXPECT_EQ(symbolizer.at(0x1000), Symbol{});
}

TEST(Symbolizer, inlined_functions_are_listed_innermost_first) {
  EXPECT_EQ(parse_symbolizer_answer("inner\nC:\\a\\x.h:3:1\nouter\n/b/y.cpp:70:12\n"),
            (Symbol{{"inner", "C:\\a\\x.h", 3}, {"outer", "/b/y.cpp", 70}}));
  EXPECT_EQ(parse_symbolizer_answer("??\n??:0:0\n"), Symbol{});
  EXPECT_EQ(parse_symbolizer_answer("only_name\n??:0:0\n"), (Symbol{{"only_name", "", 0}}));
}

TEST(RunProgram, ends_a_program_that_takes_too_long) {
  const std::string command[] = {"sleep", "60"};
  const auto result = run_program(command, "", std::chrono::milliseconds(50));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "sleep: not done after 50 ms");
}

}  // namespace
}  // namespace drydock::image
