// SPDX-License-Identifier: Apache-2.0
#include "scenario/run.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "scenario/run_env.h"

namespace drydock::scenario {
namespace {

Environment& environment() {
  return test_environment();
}

Plan plan_for(const std::string& name) {
  Plan plan;
  plan.driver.path = std::string(DRYDOCK_BINARY_DIR "/drivers/clang/") + name;
  plan.driver.name = name;
  plan.driver.service = name.substr(0, name.find('.'));
  plan.driver.content = read_file(plan.driver.path).value();
  return plan;
}

TEST(Run, driver_that_does_nothing_lives_twice_and_is_clean) {
  machine::RoundRobin choices;
  const auto result = run(environment(), plan_for("trivial_wdm.sys"), choices);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::clean)
      << result->why_inconclusive << result->internal_fault;
  EXPECT_EQ(result->framework, "WDM");
  ASSERT_EQ(result->lives.size(), 2u);
  EXPECT_TRUE(result->lives[1].unload_returned);
}

TEST(Run, equal_runs_have_equal_traces) {
  const Plan plan = plan_for("trivial_wdm.sys");
  std::uint64_t first = 0;
  for (int i = 0; i < 1000; ++i) {
    machine::RoundRobin choices;
    const auto result = run(environment(), plan, choices);
    ASSERT_TRUE(result);
    if (i == 0) first = result->trace_hash;
    ASSERT_EQ(result->trace_hash, first) << i;
  }
}

TEST(Run, exception_that_the_driver_means_to_handle_is_inconclusive_and_no_crash_of_its) {
  machine::RoundRobin choices;
  const auto result = run(test_environment(), plan_for("nt_guarded.sys"), choices);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::inconclusive);
  EXPECT_EQ(result->why_inconclusive,
            "the driver meets an exception inside a __try block (a NULL pointer was read (address "
            "0x10)): its "
            "handlers cannot be run yet");
  EXPECT_TRUE(result->findings.empty());
}

}  // namespace
}  // namespace drydock::scenario
