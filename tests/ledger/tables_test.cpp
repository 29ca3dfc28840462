// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "ledger/flat_index.h"
#include "ledger/stacks.h"

namespace drydock::ledger {
namespace {

TEST(FlatIndex, finds_the_newest_value_of_each_of_many_pairs_and_nothing_else) {
  FlatIndex index;
  EXPECT_EQ(index.find(1, 0), 0u);
  const auto key = [](std::uint32_t i) { return std::uint64_t{i / 3} * 4096; };
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    index.set(i % 3, key(i), i + 1);
    if (i % 2 == 0) index.set(i % 3, key(i), i + 100'000);
  }
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    ASSERT_EQ(index.find(i % 3, key(i)), i % 2 == 0 ? i + 100'000 : i + 1);
  }
  EXPECT_EQ(index.find(3, 0), 0u);
  EXPECT_EQ(index.find(0, 1), 0u);
}

TEST(StackTable, keeps_each_of_many_different_stacks_once) {
  StackTable table;
  EXPECT_EQ(table.intern({}), 0u);
  for (int round = 0; round < 2; ++round) {
    for (std::uint32_t i = 0; i < 1'000; ++i) {
      const std::array<std::uint64_t, 2> frames{i % 10, i / 10};
      ASSERT_EQ(table.intern(frames), i + 1);
      ASSERT_TRUE(std::ranges::equal(table.frames(i + 1), frames));
    }
  }
  EXPECT_TRUE(table.frames(1'001).empty());
}

}  // namespace
}  // namespace drydock::ledger
