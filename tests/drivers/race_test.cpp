// SPDX-License-Identifier: Apache-2.0
// The race of Windows-driver-samples issue 242 (unload's list walk against flowDeleteFn): random
// schedules find it soon, wherever they begin, and never find it in the repaired twin.
#include <gtest/gtest.h>

#include "bug_drivers.h"
#include "explore/random.h"
#include "verified_driver.h"

namespace drydock {
namespace {

constexpr std::uint64_t most_schedules = 2'000;

// The rules of the first schedule that finds something.
std::vector<std::string> first_findings(const VerifiedDriver& driver, std::uint64_t seed) {
  for (std::uint64_t schedule = 1; schedule <= most_schedules; ++schedule) {
    explore::Random choices(explore::schedule_seed(seed, schedule));
    auto rules = rules_of(run_driver(driver, choices));
    if (!rules.empty()) return rules;
  }
  return {};
}

TEST(RaceOfIssue242, is_found_by_random_schedules_from_each_of_ten_seeds) {
  for (const char* compiler : compilers) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      EXPECT_EQ(first_findings({"bug_b01", compiler}, seed), std::vector<std::string>{"POOL-03"})
          << compiler << ", seed " << seed;
    }
  }
}

TEST(RaceOfIssue242, is_not_in_the_repaired_twin) {
  for (const char* compiler : compilers) {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
      explore::Random choices(seed);
      const auto result = run_driver({"fixed_b01", compiler}, choices);
      ASSERT_EQ(explain(result), "") << compiler << ", seed " << seed;
    }
  }
}

}  // namespace
}  // namespace drydock
