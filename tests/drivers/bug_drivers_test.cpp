// SPDX-License-Identifier: Apache-2.0
// Every bug driver yields exactly its rules, and its fixed twin none, with both compilers.
#include "bug_drivers.h"

#include <gtest/gtest.h>

#include "verified_driver.h"

namespace drydock {
namespace {

using Parameter = std::tuple<BugDriver, std::string>;

class BugDriverTest : public testing::TestWithParam<Parameter> {
 protected:
  [[nodiscard]] const BugDriver& bug() const { return std::get<0>(GetParam()); }
  [[nodiscard]] const std::string& compiler() const { return std::get<1>(GetParam()); }
};

TEST_P(BugDriverTest, yields_exactly_its_rules) {
  const auto result = run_driver({.name = std::string("bug_") + bug().name,
                                  .compiler = compiler(),
                                  .service_restarts = needs_service_restart(bug())});
  EXPECT_EQ(rules_of(result), bug().rules) << explain(result);
  EXPECT_EQ(result.internal_fault, "");
  EXPECT_EQ(result.why_inconclusive, "");
}

// Of the twins, those of LOAD rules fail to start as well, and leave nothing behind.
TEST_P(BugDriverTest, has_a_twin_without_findings) {
  const std::string name = std::string("fixed_") + bug().name;
  const auto result = run_driver({.name = name,
                                  .compiler = compiler(),
                                  .start_fails = name.starts_with("fixed_load_"),
                                  .service_restarts = needs_service_restart(bug())});
  EXPECT_EQ(rules_of(result), std::vector<std::string>{}) << explain(result);
  EXPECT_EQ(result.outcome, verify::Outcome::clean) << explain(result);
}

std::string name_of(const testing::TestParamInfo<Parameter>& info) {
  return std::string(std::get<0>(info.param).name) + "_" + std::get<1>(info.param);
}

INSTANTIATE_TEST_SUITE_P(Every, BugDriverTest,
                         testing::Combine(testing::ValuesIn(bug_drivers()),
                                          testing::Values("clang", "mingw")),
                         name_of);

}  // namespace
}  // namespace drydock
