// SPDX-License-Identifier: Apache-2.0
// Driver-owned memory in which mistakes show: each block ends at an inaccessible page, carries
// canaries where it does not, and becomes inaccessible when freed. Addresses depend only on the
// order of calls within a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "machine/region.h"

namespace drydock::machine {

enum class Corruption : std::uint8_t { none, underrun, overrun };

class GuardedArena {
 public:
  struct Block {
    std::byte* data = nullptr;
    std::size_t size = 0;
    bool live = false;
  };

  struct Home {
    std::uint64_t small = 0;  // address of the blocks below a page
    std::uint64_t large = 0;  // and of the others
    std::size_t slot_count =
        0;  // small blocks; two mappings each; Linux allows a process about 65,000
    std::size_t large_capacity = 0;
  };
  static constexpr Home pool_home{home::pool, home::large_pool, 12'000, std::size_t{4} << 30};
  static constexpr Home user_home{home::user, home::large_user, 2'000, std::size_t{1} << 30};

  explicit GuardedArena(const Home& home);

  // 16-byte aligned, page aligned from a page on (as Windows does); contents are what `fill` says.
  // nullptr when full.
  std::byte* allocate(std::size_t size, std::byte fill);
  // Only for a live block's own address; tells whether its canaries were touched. The memory
  // becomes inaccessible.
  Corruption release(std::byte* data);
  // Canaries of a block that stays.
  [[nodiscard]] Corruption inspect(const std::byte* data) const;

  // The block that `address` lies in or, when it lies in no block, the one whose guard or slack it
  // hits.
  [[nodiscard]] std::optional<Block> find(std::uint64_t address) const;
  [[nodiscard]] bool contains(std::uint64_t address) const {
    return small_.contains(address) || large_.contains(address);
  }
  void reset();

 private:
  static constexpr std::size_t slot_stride = 2 * page_size;  // one page of data, one guard

  struct Slot {
    std::byte* data = nullptr;
    std::uint32_t size = 0;
    bool live = false;
    bool open = false;      // accessible
    bool separate = false;  // its page is a mapping of its own
  };
  struct LargeBlock {
    std::byte* data = nullptr;
    std::size_t size = 0;
    std::size_t pages = 0;
    bool live = false;
  };

  std::byte* allocate_small(std::size_t size, std::byte fill);
  std::byte* allocate_large(std::size_t size, std::byte fill);
  [[nodiscard]] std::optional<std::size_t> next_slot();
  [[nodiscard]] std::size_t slot_of(std::uint64_t address) const {
    return (address - small_.begin()) / slot_stride;
  }
  [[nodiscard]] LargeBlock* large_block(const std::byte* data);

  Region small_;
  Region large_;
  std::vector<Slot> slots_;
  std::size_t used_slots_ = 0;
  std::deque<std::size_t>
      quarantine_;  // freed slots, oldest first; reused only when no fresh one is left
  std::vector<LargeBlock> large_blocks_;
  std::size_t large_used_ = 0;
};

}  // namespace drydock::machine
