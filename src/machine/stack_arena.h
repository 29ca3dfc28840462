// SPDX-License-Identifier: Apache-2.0
// Fiber stacks at fixed addresses, each above a guard. Host code shares them with driver code,
// hence more than Windows' 24 KiB.
#pragma once

#include <cstdint>
#include <vector>

#include "machine/region.h"

namespace drydock::machine {

class StackArena {
 public:
  static constexpr std::size_t stack_size = 256 * 1024;
  static constexpr std::size_t stride = stack_size + 4 * page_size;

  StackArena() : region_(home::stacks, count * stride, Access::none) {}

  // Index of a free stack, lowest first; its recently used top is zeroed so that nothing of earlier
  // fibers shows. Ends the run as inconclusive when there are thousands.
  std::uint32_t take();
  void give_back(std::uint32_t index) { free_.push_back(index); }
  void reset();

  [[nodiscard]] std::uint64_t low(std::uint32_t index) const { return top(index) - stack_size; }
  [[nodiscard]] std::uint64_t top(std::uint32_t index) const {
    return region_.begin() + (index + 1) * stride;
  }
  // The stack that an address of the arena lies in.
  [[nodiscard]] std::uint32_t index_of(std::uint64_t address) const {
    return static_cast<std::uint32_t>((address - region_.begin()) / stride);
  }
  [[nodiscard]] bool contains(std::uint64_t address) const { return region_.contains(address); }

 private:
  static constexpr std::size_t count = 4096;
  // For what must go on where a run cannot be ended at once.
  static constexpr std::size_t reserve = 64;

  Region region_;
  std::uint32_t opened_ = 0;
  std::uint32_t used_ = 0;
  std::vector<std::uint32_t> free_;
};

}  // namespace drydock::machine
