// SPDX-License-Identifier: Apache-2.0
#include "ledger/walks.h"

#include <gtest/gtest.h>

#include <vector>

namespace drydock::ledger {
namespace {

// Frames of two words each on a stack made by hand: a local, then the return address. Addresses
// below 0x1000 are driver code.
struct HandMade final : Unwinder {
  std::array<std::uint64_t, 64> words{};
  mutable int steps = 0;

  [[nodiscard]] Place top(std::uint64_t rip) const {
    return {rip, reinterpret_cast<std::uint64_t>(words.data()), 0};
  }
  bool step(Place& place) const override {
    ++steps;
    place.rip = reinterpret_cast<const std::uint64_t*>(place.rsp)[1];
    place.rsp += 16;
    return place.rip < 0x1000;
  }
};

std::vector<std::uint64_t> walked(Walks& walks, const HandMade& stack, std::uint64_t rip) {
  const auto frames = walks.walk(stack.top(rip), stack);
  return {frames.begin(), frames.end()};
}

TEST(Walks, equal_stacks_are_walked_once) {
  HandMade stack;
  stack.words = {0, 0x200, 0, 0x300, 0, 0x9000};
  Walks walks;
  const std::vector<std::uint64_t> expected{0x100, 0x200, 0x300};
  EXPECT_EQ(walked(walks, stack, 0x100), expected);
  EXPECT_EQ(stack.steps, 3);
  EXPECT_EQ(walked(walks, stack, 0x100), expected);
  EXPECT_EQ(stack.steps, 3);
}

TEST(Walks, a_return_address_that_has_changed_is_seen_wherever_it_is) {
  HandMade stack;
  stack.words = {0, 0x200, 0, 0x300, 0, 0x9000};
  Walks walks;
  (void)walked(walks, stack, 0x100);
  stack.words[3] = 0x301;
  EXPECT_EQ(walked(walks, stack, 0x100), (std::vector<std::uint64_t>{0x100, 0x200, 0x301}));
  stack.words[1] = 0x9000;  // called by the kernel itself this time
  EXPECT_EQ(walked(walks, stack, 0x100), (std::vector<std::uint64_t>{0x100}));
  stack.words[1] = 0x202;  // and by a driver again
  EXPECT_EQ(walked(walks, stack, 0x100), (std::vector<std::uint64_t>{0x100, 0x202, 0x301}));
}

TEST(Walks, another_place_is_another_walk_that_shares_its_callers) {
  HandMade stack;
  stack.words = {0, 0x200, 0, 0x300, 0, 0x9000};
  Walks walks;
  (void)walked(walks, stack, 0x100);
  stack.steps = 0;
  EXPECT_EQ(walked(walks, stack, 0x101), (std::vector<std::uint64_t>{0x101, 0x200, 0x300}));
  EXPECT_EQ(stack.steps, 1);
}

TEST(Walks, endless_recursion_is_walked_as_deep_as_a_stack_is_kept) {
  HandMade stack;
  stack.words.fill(0x200);
  Walks walks;
  for (int round = 0; round < 2; ++round) {
    std::vector<std::uint64_t> expected(max_frames, 0x200);
    expected[0] = 0x100;
    EXPECT_EQ(walked(walks, stack, 0x100), expected);
  }
  EXPECT_EQ(stack.steps, static_cast<int>(max_frames));
}

}  // namespace
}  // namespace drydock::ledger
