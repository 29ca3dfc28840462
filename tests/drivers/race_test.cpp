// SPDX-License-Identifier: Apache-2.0
// Races: random schedules find them soon, wherever they begin, and never find them in the repaired
// twins. b01 is Windows-driver-samples issue 242 (unload's list walk against flowDeleteFn); signal
// has its race between the effect of a kernel call and the very next instruction.
#include <gtest/gtest.h>

#include "bug_drivers.h"
#include "explore/random.h"
#include "verified_driver.h"

namespace drydock {
namespace {

constexpr std::uint64_t most_schedules = 10'000;  // a few seconds

// The rules of the first schedule that finds something.
std::vector<std::string> first_findings(const VerifiedDriver& driver, std::uint64_t seed) {
  for (std::uint64_t schedule = 1; schedule <= most_schedules; ++schedule) {
    explore::Random choices(explore::schedule_seed(seed, schedule));
    auto rules = rules_of(run_driver(driver, choices));
    if (!rules.empty()) return rules;
  }
  return {};
}

class Race : public testing::TestWithParam<std::tuple<std::string, const char*>> {
 protected:
  [[nodiscard]] VerifiedDriver driver(const char* prefix) const {
    return {prefix + std::get<0>(GetParam()), std::get<1>(GetParam())};
  }
};

TEST_P(Race, is_found_by_random_schedules_from_each_of_ten_seeds) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    EXPECT_EQ(first_findings(driver("bug_"), seed), std::vector<std::string>{"POOL-03"})
        << "seed " << seed;
  }
}

TEST_P(Race, is_not_in_the_repaired_twin) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    explore::Random choices(seed);
    const auto result = run_driver(driver("fixed_"), choices);
    ASSERT_EQ(explain(result), "") << "seed " << seed;
    ASSERT_EQ(result.outcome, verify::Outcome::clean) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Every, Race, testing::Combine(testing::Values("b01", "signal"), testing::ValuesIn(compilers)),
    [](const auto& test) { return std::get<0>(test.param) + "_" + std::get<1>(test.param); });

}  // namespace
}  // namespace drydock
