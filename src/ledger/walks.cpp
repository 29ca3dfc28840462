// SPDX-License-Identifier: Apache-2.0
#include "ledger/walks.h"

#include <algorithm>

namespace drydock::ledger {

std::size_t Walks::slot_of(const Unwinder::Place& start) {
  static_assert(kept == 1 << 6);
  return ((start.rip ^ start.rsp << 20) * 0x9e3779b97f4a7c15ULL) >> (64 - 6);
}

std::span<const std::uint64_t> Walks::walk(const Unwinder::Place& start, const Unwinder& unwinder) {
  const Walk* walk = &walks_[slot_of(start)];
  if (!still_holds(*walk, start)) {
    latest_ = redo(start, unwinder, max_frames);
    walk = &latest_;
  }
  return std::span(walk->frames).first(walk->frame_count);
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

Walks::Walk Walks::redo(const Unwinder::Place& start, const Unwinder& unwinder, std::size_t room) {
  Walk walk{.start = start, .frame_count = 1};
  walk.frames[0] = start.rip;
  Unwinder::Place place = start;
  const bool more = unwinder.step(place);
  // A return leaves the stack pointer just above the address it took.
  if (place.rsp != start.rsp) walk.returns[walk.return_count++] = {place.rsp - 8, place.rip};
  if (more && room > 1) {
    const Walk& known = walks_[slot_of(place)];
    const Walk outer = still_holds(known, place) ? known : redo(place, unwinder, room - 1);
    const std::size_t frames = std::min<std::size_t>(outer.frame_count, max_frames - 1);
    const std::size_t returns = std::min<std::size_t>(outer.return_count, max_frames - 1);
    std::copy_n(outer.frames.begin(), frames, walk.frames.begin() + 1);
    std::copy_n(outer.returns.begin(), returns, walk.returns.begin() + walk.return_count);
    walk.frame_count += static_cast<std::uint32_t>(frames);
    walk.return_count += static_cast<std::uint32_t>(returns);
    walk.whole = outer.whole || walk.frame_count == max_frames;
  } else {
    walk.whole = !more;
  }
  if (walk.whole) walks_[slot_of(start)] = walk;
  return walk;
}

}  // namespace drydock::ledger
