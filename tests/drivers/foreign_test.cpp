// SPDX-License-Identifier: Apache-2.0
// Drivers in the manner of public ones, built from unmodified Windows sources by wdk/build-driver:
// they run as those built in the house do, and what the kit lacks is named.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>

#include "verified_driver.h"

namespace drydock {
namespace {

class ForeignDriver : public ::testing::TestWithParam<const char*> {};

TEST_P(ForeignDriver, built_from_windows_sources_is_clean_and_was_asked) {
  const scenario::RunResult result = run_driver({.name = GetParam(), .compiler = "foreign"});
  ASSERT_EQ(result.why_inconclusive + result.internal_fault + result.bug_check, "");
  EXPECT_EQ(rules_of(result), std::vector<std::string>{}) << explain(result);
  EXPECT_TRUE(!result.lives.empty() && result.lives.back().unload_returned);
  std::uint64_t classified = 0;
  for (const auto& [name, count] : result.counters) {
    if (name.starts_with("classifyFn")) classified += count;
  }
  EXPECT_GT(classified, 0U);
}

INSTANTIATE_TEST_SUITE_P(Sources, ForeignDriver, ::testing::Values("inspector", "guard"),
                         [](const auto& info) { return std::string(info.param); });

struct Outcome {
  int status = 0;
  std::string text;  // standard output and error
};

Outcome build_driver(const std::string& arguments) {
  const std::string command =
      fmt::format("{}/wdk/build-driver {} --out {}/scratch/unbuilt.sys 2>&1", DRYDOCK_SOURCE_DIR,
                  arguments, DRYDOCK_BINARY_DIR);
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  Outcome outcome;
  std::array<char, 4096> part{};
  while (fgets(part.data(), part.size(), pipe.get()) != nullptr) outcome.text += part.data();
  outcome.status = pclose(pipe.release());
  return outcome;
}

TEST(BuildDriver, names_each_thing_the_kit_lacks_in_one_line) {
  const Outcome outcome =
      build_driver(DRYDOCK_SOURCE_DIR "/tests/foreign/broken --source broken.c");
  EXPECT_NE(outcome.status, 0);
  EXPECT_TRUE(outcome.text.ends_with(R"(missing member: struct _DRIVER_OBJECT.NoSuchMember
missing function: ZwNoSuchService
missing name: STATUS_NO_SUCH_STATUS
build-driver: 1 of 1 files do not compile
)")) << outcome.text;
}

TEST(BuildDriver, names_imports_that_no_library_has) {
  const Outcome outcome =
      build_driver(DRYDOCK_SOURCE_DIR "/tests/foreign/broken --source unlinked.c");
  EXPECT_NE(outcome.status, 0);
  EXPECT_TRUE(outcome.text.ends_with(
      "missing import or symbol: KeNoSuchImport\nbuild-driver: the driver does not link\n"))
      << outcome.text;
}

TEST(BuildDriver, evaluates_a_project_file_and_compiles_its_messages) {
  const Outcome outcome = build_driver(DRYDOCK_SOURCE_DIR "/tests/foreign/project/driver");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.text,
            "using project.vcxproj\n"
            "careful.cpp: a goto passes an initialization, and clang then guards only the calls in "
            "its __try blocks\n" DRYDOCK_BINARY_DIR "/scratch/unbuilt.sys: WDM, 2 source files\n");
}

TEST(BuildDriver, takes_the_configuration_it_is_told) {
  const Outcome outcome =
      build_driver(DRYDOCK_SOURCE_DIR "/tests/foreign/project/driver --configuration Debug");
  EXPECT_NE(outcome.status, 0);
  EXPECT_NE(outcome.text.find("main.cpp:10:2: error: the project's definitions"),
            std::string::npos);
  EXPECT_NE(outcome.text.find("left_out.cpp:2:2: error: not a source of the Release"),
            std::string::npos);
}

TEST(BuildDriver, names_file_and_line_of_what_is_wrong_in_a_project) {
  const std::string broken = DRYDOCK_SOURCE_DIR "/tests/foreign/broken/";
  EXPECT_EQ(build_driver(broken + "condition.vcxproj").text,
            "build-driver: condition.vcxproj:4: Condition "
            "\"'$(Platform)' = 'x64'\": unexpected = 'x64'\n");
  EXPECT_EQ(build_driver(broken + "function.vcxproj").text,
            "build-driver: function.vcxproj:3: property function "
            "[System.Math]::Sqrt is not known\n");
  EXPECT_EQ(build_driver(broken + "markup.vcxproj").text,
            "build-driver: markup.vcxproj:3: not readable as XML: mismatched "
            "tag\n");
  EXPECT_EQ(build_driver(broken + "messages").text,
            "build-driver: untold.mc:1: facility Nobody is not defined\n");
}

TEST(BuildDriver, refuses_a_folder_without_sources_and_an_unknown_framework) {
  EXPECT_EQ(build_driver(DRYDOCK_SOURCE_DIR "/docs").text,
            "build-driver: " DRYDOCK_SOURCE_DIR
            "/docs: no .c or .cpp file here (--recursive looks into subfolders)\n");
  EXPECT_EQ(
      build_driver(DRYDOCK_SOURCE_DIR "/tests/foreign/broken --kmdf 2.15").text,
      "build-driver: --kmdf 2.15: known are 1.5, 1.7, 1.9, 1.11, 1.13, 1.15, 1.17, 1.19, 1.21, "
      "1.23, 1.25, 1.27, 1.31, 1.33\n");
}

}  // namespace
}  // namespace drydock
