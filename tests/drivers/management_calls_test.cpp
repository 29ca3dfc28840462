// SPDX-License-Identifier: Apache-2.0
// A driver that calls the management functions and checks every answer, built by both compilers.
#include <gtest/gtest.h>

#include "verified_driver.h"

namespace drydock {
namespace {

class ManagementCalls : public testing::TestWithParam<const char*> {};

TEST_P(ManagementCalls, answer_as_documented_and_leave_nothing_behind) {
  const auto result = run_driver({"management_calls", GetParam()});
  ASSERT_FALSE(result.lives.empty());
  for (const scenario::LifeResult& life : result.lives) {
    const auto line = static_cast<std::uint32_t>(life.entry_status) & 0xffffU;
    EXPECT_EQ(life.entry_status, 0) << "tests/drivers/subjects/management_calls.cpp:" << line;
  }
  EXPECT_EQ(result.outcome, verify::Outcome::clean) << explain(result);
  EXPECT_EQ(result.why_inconclusive, "");
}

INSTANTIATE_TEST_SUITE_P(Every, ManagementCalls, testing::Values("clang", "mingw"));

}  // namespace
}  // namespace drydock
