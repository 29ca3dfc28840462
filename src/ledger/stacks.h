// SPDX-License-Identifier: Apache-2.0
// Call stacks of driver code as plain addresses, each different stack kept once. Symbols come
// later, outside the run.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace drydock::ledger {

// Index into the table, from 1; 0 is "unknown".
using StackId = std::uint32_t;

inline constexpr std::size_t max_frames = 12;

// One frame is an address in a driver image, or 0 for a stretch of kernel between two driver
// frames.
using StackFrames = std::array<std::uint64_t, max_frames>;

class StackTable {
 public:
  StackTable() { stacks_.reserve(32); }

  StackId intern(std::span<const std::uint64_t> frames);
  [[nodiscard]] std::span<const std::uint64_t> frames(StackId id) const;

 private:
  struct Stack {
    StackFrames frames{};
    std::uint32_t count = 0;
    std::uint64_t hash = 0;
  };
  void index_all();

  std::vector<Stack> stacks_;
  std::vector<StackId> index_;  // by hash, open addressing; a power of two
};

}  // namespace drydock::ledger
