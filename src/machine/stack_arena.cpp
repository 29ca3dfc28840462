// SPDX-License-Identifier: Apache-2.0
#include "machine/stack_arena.h"

#include <cstdlib>
#include <cstring>

#include "machine/exhaustion.h"

namespace drydock::machine {

namespace {

// What drivers' frames reach in practice; deeper leftovers are host frames, which hold nothing that
// a driver reads.
constexpr std::size_t zeroed_top = 8 * 1024;

}  // namespace

std::uint32_t StackArena::take() {
  std::uint32_t index = 0;
  if (!free_.empty()) {
    index = free_.back();
    free_.pop_back();
  } else {
    if (used_ >= count - reserve) exhausted("the simulated machine", count - reserve, "threads");
    if (used_ == count) std::abort();
    index = used_++;
    if (index >= opened_) {
      region_.protect(index * stride + 4 * page_size, stack_size, Access::read_write);
      opened_ = index + 1;
    }
  }
  std::memset(reinterpret_cast<void*>(top(index) - zeroed_top), 0, zeroed_top);
  return index;
}

void StackArena::reset() {
  used_ = 0;
  free_.clear();
}

}  // namespace drydock::machine
