// SPDX-License-Identifier: Apache-2.0
// Where a driver crashed, as the report names it.
#include <gtest/gtest.h>

#include "report/symbols.h"
#include "verified_driver.h"

namespace drydock {
namespace {

struct FaultPlace : testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Compilers, FaultPlace, testing::Values("clang", "mingw"),
                         [](const auto& info) { return std::string(info.param); });

// The function that faults does so with its first instruction.
TEST_P(FaultPlace, is_the_function_whose_instruction_faulted) {
  const scenario::RunResult result = run_driver({"nt_unguarded", GetParam()});
  ASSERT_EQ(rules_of(result), std::vector<std::string>{"CRASH-01"}) << explain(result);
  const auto& stack = result.findings.at(0).found_at;
  ASSERT_GE(stack.size(), 2u);
  EXPECT_TRUE(stack[0].faulted);
  EXPECT_FALSE(stack[1].faulted);

  scenario::Inputs inputs;
  inputs.driver = input_of({"nt_unguarded", GetParam()});
  const report::Symbols symbols(inputs, result);
  EXPECT_TRUE(report::describe(stack[0], symbols).at(0).starts_with("touch"));
  EXPECT_TRUE(report::describe(stack[1], symbols).at(0).starts_with("DriverEntry"));
}

}  // namespace
}  // namespace drydock
