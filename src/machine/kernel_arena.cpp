// SPDX-License-Identifier: Apache-2.0
#include "machine/kernel_arena.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "machine/exhaustion.h"

namespace drydock::machine {

std::size_t KernelArena::rounded_size(std::size_t size) {
  const std::size_t rounded = round_up(std::max<std::size_t>(size, 1), unit);
  return rounded <= classes * unit ? rounded : round_up(rounded, page_size);
}

std::byte* KernelArena::reuse(std::size_t rounded) {
  const std::size_t size_class = rounded / unit - 1;
  std::vector<std::byte*>* free = nullptr;
  if (size_class < classes) {
    free = &free_[size_class];
  } else if (const auto found = free_large_.find(rounded); found != free_large_.end()) {
    free = &found->second;
  }
  if (free == nullptr || free->empty()) return nullptr;
  std::byte* block = free->back();
  free->pop_back();
  std::memset(block, 0, rounded);
  return block;
}

std::byte* KernelArena::allocate(std::size_t size) {
  if (size > capacity - reserve) exhausted("the simulated kernel", capacity >> 20, "MiB");
  const std::size_t rounded = rounded_size(size);
  if (std::byte* block = reuse(rounded)) return block;
  if (used_ + rounded > capacity - reserve)
    exhausted("the simulated kernel", capacity >> 20, "MiB");
  if (used_ + rounded > capacity) std::abort();
  std::byte* block = region_.data() + used_;
  if (used_ < high_water_) std::memset(block, 0, std::min(rounded, high_water_ - used_));
  used_ += rounded;
  high_water_ = std::max(high_water_, used_);
  return block;
}

void KernelArena::release(std::byte* block, std::size_t size) {
  const std::size_t rounded = rounded_size(size);
  const std::size_t size_class = rounded / unit - 1;
  if (size_class < classes) {
    free_[size_class].push_back(block);
  } else {
    free_large_[rounded].push_back(block);
  }
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
  free_large_.clear();
}

}  // namespace drydock::machine
