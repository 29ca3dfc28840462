// SPDX-License-Identifier: Apache-2.0
// Drivers that rely on what is documented, and on nothing else: nothing is found wrong with them.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "explore/random.h"
#include "scenario/run.h"
#include "scenario/run_env.h"
#include "verified_driver.h"

namespace drydock {
namespace {

using scenario::RunResult;

class CarefulDriver : public testing::TestWithParam<const char*> {
 protected:
  [[nodiscard]] static VerifiedDriver named(const std::string& name) {
    return {.name = name, .compiler = GetParam()};
  }
};

INSTANTIATE_TEST_SUITE_P(Both, CarefulDriver, testing::Values("clang", "mingw"),
                         [](const auto& compiler) { return std::string(compiler.param); });

TEST_P(CarefulDriver, that_keeps_a_state_for_each_socket_meets_its_layers_in_their_order) {
  const RunResult plain = run_driver(named("socket_states"));
  EXPECT_EQ(plain.outcome, verify::Outcome::clean) << explain(plain);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    explore::Random choices(seed);
    const RunResult result = run_driver(named("socket_states"), choices);
    EXPECT_EQ(result.outcome, verify::Outcome::clean) << "seed " << seed << explain(result);
  }
}

// The thread that completes wins the race with the classifyFn in some of them.
TEST_P(CarefulDriver, that_lets_a_thread_complete_loses_neither_connects_nor_packets) {
  scenario::Plan plan = standard_plan();
  plan.driver = input_of(named("early_completion"));
  for (const bool late : {false, true}) {
    plan.platform.lifecycle.complete_comes_late = late;  // E-14
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      explore::Random choices(seed);
      const auto run = scenario::run(scenario::test_environment(), plan, choices);
      ASSERT_TRUE(run) << run.error().message;
      EXPECT_EQ(run->outcome, verify::Outcome::clean) << "seed " << seed << explain(*run);
      // Each connect is pended, and asked about again.
      std::map<std::string, std::uint64_t> counters = run->counters;
      EXPECT_GT(counters["block FWPS_LAYER_ALE_AUTH_CONNECT_V4"], 0U) << "seed " << seed;
      EXPECT_GE(counters["classify FWPS_LAYER_ALE_AUTH_CONNECT_V4"],
                2 * counters["block FWPS_LAYER_ALE_AUTH_CONNECT_V4"])
          << "seed " << seed;
    }
  }
}

// TCP and UDP, of recorded traffic.
TEST_P(CarefulDriver, that_gives_its_redirections_contexts_leaves_them_to_the_platform) {
  RunResult result = run_driver(named("redirect_contexts"));
  EXPECT_EQ(result.outcome, verify::Outcome::clean) << explain(result);
  EXPECT_GT(result.counters["classifyFn FWPS_LAYER_ALE_CONNECT_REDIRECT_V4"], 0U);
}

}  // namespace
}  // namespace drydock
