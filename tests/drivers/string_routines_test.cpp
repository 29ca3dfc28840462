// SPDX-License-Identifier: Apache-2.0
// The string routines that drivers take from our ntstrsafe.h, in a driver's code.
#include <gtest/gtest.h>

#include "verified_driver.h"

namespace drydock {
namespace {

class StringRoutines : public ::testing::TestWithParam<const char*> {};

TEST_P(StringRoutines, copy_append_format_and_measure_as_documented) {
  const scenario::RunResult result =
      run_driver({.name = "string_routines", .compiler = GetParam()});
  EXPECT_EQ(result.why_inconclusive + result.internal_fault + result.bug_check, "");
  ASSERT_FALSE(result.lives.empty());
  EXPECT_TRUE(result.lives.back().unload_returned);  // it started
  EXPECT_EQ(rules_of(result), std::vector<std::string>{}) << explain(result);
}

INSTANTIATE_TEST_SUITE_P(Both, StringRoutines, ::testing::Values("clang", "mingw"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace drydock
