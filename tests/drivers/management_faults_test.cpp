// SPDX-License-Identifier: Apache-2.0
// Deletes that fail for the moment, as real systems have seen them: one fault in each run.
#include <gtest/gtest.h>

#include "verified_driver.h"

namespace drydock {
namespace {

// How a delete may fail for the moment: the answers of the fault question that only deletes ask.
constexpr std::size_t ways = 4;
enum class Failure : std::uint8_t { none, call_failed, in_use, timeout };

class FailsOneDelete final : public machine::Choices {
 public:
  FailsOneDelete(std::uint32_t number, Failure failure) : left_(number), failure_(failure) {}
  std::size_t pick_fiber(std::span<const machine::FiberId> candidates, bool can_go_on) override {
    return plain_.pick_fiber(candidates, can_go_on);
  }
  std::size_t choose(machine::Question question, std::size_t options) override {
    if (question != machine::Question::fault || options != ways || left_-- != 0) return 0;
    struck_ = true;
    return static_cast<std::size_t>(failure_);
  }
  [[nodiscard]] bool injects_faults() const override { return true; }
  [[nodiscard]] bool struck() const { return struck_; }

 private:
  machine::RoundRobin plain_;
  std::uint32_t left_;
  Failure failure_;
  bool struck_ = false;
};

constexpr Failure failures[] = {Failure::call_failed, Failure::in_use, Failure::timeout};

TEST(ManagementFaults, a_driver_that_tries_again_survives_each_of_them) {
  for (const Failure failure : failures) {
    FailsOneDelete choices(0, failure);
    const auto result = run_driver({"fixed_mgmt_06", "clang"}, choices);
    EXPECT_TRUE(choices.struck());
    EXPECT_EQ(result.outcome, verify::Outcome::clean) << explain(result);
  }
}

TEST(ManagementFaults, a_driver_that_goes_on_leaves_its_object) {
  const std::vector<std::string> passing{"MGMT-06"};
  const std::vector<std::string> in_use{"UNLOAD-08"};
  for (const Failure failure : failures) {
    FailsOneDelete choices(0, failure);
    const auto result = run_driver({"fixed_mgmt_02", "clang"}, choices);
    EXPECT_TRUE(choices.struck());
    EXPECT_EQ(rules_of(result), failure == Failure::in_use ? in_use : passing) << explain(result);
  }
}

}  // namespace
}  // namespace drydock
