// SPDX-License-Identifier: Apache-2.0
// Drivers that rely on what is documented, and on nothing else: nothing is found wrong with them.
#include <gtest/gtest.h>

#include <string>

#include "explore/random.h"
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

}  // namespace
}  // namespace drydock
