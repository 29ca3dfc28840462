// SPDX-License-Identifier: Apache-2.0
#include "machine/kernel_arena.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace drydock::machine {

std::byte* KernelArena::allocate(std::size_t size) {
  const std::size_t rounded = round_up(std::max<std::size_t>(size, 1), unit);
  const std::size_t size_class = rounded / unit - 1;
  if (size_class < classes && !free_[size_class].empty()) {
    std::byte* block = free_[size_class].back();
    free_[size_class].pop_back();
    std::memset(block, 0, rounded);
    return block;
  }
  if (used_ + rounded > capacity) {
    fmt::print(stderr, "drydock: the simulated kernel needs more than {} MiB for its objects\n",
               capacity >> 20);
    std::exit(70);
  }
  std::byte* block = region_.data() + used_;
  if (used_ < high_water_) std::memset(block, 0, std::min(rounded, high_water_ - used_));
  used_ += rounded;
  high_water_ = std::max(high_water_, used_);
  return block;
}

void KernelArena::release(std::byte* block, std::size_t size) {
  const std::size_t size_class = round_up(std::max<std::size_t>(size, 1), unit) / unit - 1;
  if (size_class < classes) free_[size_class].push_back(block);
}

void KernelArena::reset() {
  constexpr std::size_t keep =
      std::size_t{1} << 20;  // a run that grew large must not make the next ones slow or fat
  if (high_water_ > keep) {
    region_.discard(keep, round_up(high_water_, page_size) - keep);
    high_water_ = keep;
  }
  used_ = 0;
  for (auto& list : free_) list.clear();
}

}  // namespace drydock::machine
