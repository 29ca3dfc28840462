// SPDX-License-Identifier: Apache-2.0
// Drivers that do what looks like a mistake and is none, and one whose mistake looks like an old
// one.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "bug_drivers.h"
#include "explore/random.h"
#include "verified_driver.h"

namespace drydock {
namespace {

class FairVerdict : public testing::TestWithParam<const char*> {};

TEST_P(FairVerdict, a_devices_work_item_that_has_said_done_may_still_return) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    explore::Random choices(seed);
    const auto result = run_driver({"last_words", GetParam()}, choices);
    ASSERT_EQ(explain(result), "") << "seed " << seed;
    ASSERT_EQ(result.outcome, verify::Outcome::clean) << "seed " << seed;
  }
}

TEST_P(FairVerdict, persistent_policy_of_every_kind_may_stay) {
  const auto result = run_driver({"lasting_policy", GetParam()});
  EXPECT_EQ(explain(result), "");
  EXPECT_EQ(result.outcome, verify::Outcome::clean);
}

TEST_P(FairVerdict, what_only_a_later_load_leaks_is_told_beside_the_first_loads_leak) {
  const auto result = run_driver({"second_leak", GetParam()});
  std::string found;
  for (const auto& finding : result.findings) {
    found += fmt::format("{} of load {}: {}\n", finding.rule, finding.load_number, finding.what);
  }
  EXPECT_EQ(found,
            "POOL-01 of load 1: A pool block of 32 bytes with tag 'DBug' was not freed.\n"
            "POOL-01 of load 2: A pool block of 4096 bytes with tag 'DBug' was not freed.\n");
}

INSTANTIATE_TEST_SUITE_P(Every, FairVerdict, testing::ValuesIn(compilers),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace drydock
