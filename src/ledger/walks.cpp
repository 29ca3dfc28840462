// SPDX-License-Identifier: Apache-2.0
#include "ledger/walks.h"

#include <algorithm>

namespace drydock::ledger {

std::span<const std::uint64_t> Walks::walk(const Unwinder::Place& start, const Unwinder& unwinder) {
  const std::uint64_t mixed = (start.rip ^ start.rsp << 20) * 0x9e3779b97f4a7c15ULL;
  Walk& walk = walks_[mixed >> 59];
  static_assert(kept == 32);
  if (!still_holds(walk, start)) redo(walk, start, unwinder);
  return std::span(walk.frames).first(walk.frame_count);
}

// The same code at the same place on the stack, and every frame above it returns where it did:
// the unwind data would lead the same way.
bool Walks::still_holds(const Walk& walk, const Unwinder::Place& start) {
  if (walk.frame_count == 0 || walk.start.rip != start.rip || walk.start.rsp != start.rsp ||
      walk.start.rbp != start.rbp) {
    return false;
  }
  return std::ranges::all_of(
      std::span(walk.returns).first(walk.return_count), [](const Return& left) {
        return *reinterpret_cast<const std::uint64_t*>(left.slot) == left.address;
      });
}

void Walks::redo(Walk& walk, const Unwinder::Place& start, const Unwinder& unwinder) {
  walk.start = start;
  walk.frame_count = 0;
  walk.return_count = 0;
  Unwinder::Place place = start;
  for (bool more = true; more && walk.frame_count < max_frames;) {
    walk.frames[walk.frame_count++] = place.rip;
    const std::uint64_t rsp = place.rsp;
    more = unwinder.step(place);
    // A return leaves the stack pointer just above the address it took.
    if (place.rsp != rsp) walk.returns[walk.return_count++] = {place.rsp - 8, place.rip};
  }
}

}  // namespace drydock::ledger
