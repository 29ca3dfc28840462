// SPDX-License-Identifier: Apache-2.0
#include "machine/guarded_arena.h"

#include <gtest/gtest.h>

#include <cstring>

#include "machine/shared_memory.h"

namespace drydock::machine {
namespace {

GuardedArena& fresh_arena() {
  shared_memory().reset();
  return shared_memory().pool;
}

TEST(GuardedArena, block_ends_at_the_guard_page_and_addresses_repeat_after_reset) {
  GuardedArena& arena = fresh_arena();
  std::byte* first = arena.allocate(48, std::byte{0});
  EXPECT_EQ((reinterpret_cast<std::uint64_t>(first) + 48) % page_size, 0u);
  arena.reset();
  EXPECT_EQ(arena.allocate(48, std::byte{0}), first);
}

TEST(GuardedArena, writing_before_or_behind_a_block_is_told_at_release) {
  GuardedArena& arena = fresh_arena();
  std::byte* block = arena.allocate(20, std::byte{0});
  block[20] = std::byte{1};  // 12 bytes of slack up to the guard
  EXPECT_EQ(arena.release(block), Corruption::overrun);
  block = arena.allocate(20, std::byte{0});
  block[-1] = std::byte{1};
  EXPECT_EQ(arena.release(block), Corruption::underrun);
  block = arena.allocate(5000, std::byte{0});
  block[5000] = std::byte{1};
  EXPECT_EQ(arena.release(block), Corruption::overrun);
}

TEST(GuardedArena, freed_block_is_inaccessible_and_still_found_by_any_address_in_it) {
  GuardedArena& arena = fresh_arena();
  std::byte* block = arena.allocate(100, std::byte{7});
  const auto address = reinterpret_cast<std::uint64_t>(block);
  EXPECT_TRUE(arena.find(address + 99)->live);
  EXPECT_EQ(arena.release(block), Corruption::none);
  const auto found = arena.find(address + 50);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->data, block);
  EXPECT_FALSE(found->live);
  EXPECT_DEATH(std::memset(block, 0, 1), "");
}

TEST(GuardedArena, thousands_of_blocks_fall_back_to_larger_memory_instead_of_failing) {
  GuardedArena& arena = fresh_arena();
  for (int i = 0; i < 13'000; ++i) ASSERT_NE(arena.allocate(64, std::byte{0}), nullptr) << i;
  arena.reset();
}

}  // namespace
}  // namespace drydock::machine
