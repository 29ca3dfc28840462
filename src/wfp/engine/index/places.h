// SPDX-License-Identifier: Apache-2.0
// Numbers in evaluation order: an array with gaps, in which whatever comes earlier has the lesser
// position. A newcomer takes a free position between its neighbours; when there is none, those of
// the smallest stretch around that has room to spare are spread over it. (The packed-memory array
// of Itai, Konheim and Rodeh; an insertion moves O(log² n) others in the mean, mostly none.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace drydock::wfp::index {

struct Move {
  std::uint32_t from;
  std::uint32_t to;
};

// How to make room before `position` (a number of positions counts as "at the end"): which taken
// positions to move where, in an order in which every target is free, and then the free one in the
// right place. `is_taken(i)` for every i below `size`; `follows`: the newcomer comes right before
// or behind the latest, and others may follow.
struct Room {
  std::vector<Move> moves = {};
  std::uint32_t free = 0;
};

// Nothing to give when more than four fifths are taken: `moves` is empty and `free` is `size`.
[[nodiscard]] Room make_room(std::uint32_t size, std::uint32_t position,
                             const std::function<bool(std::uint32_t)>& is_taken, bool follows);

// The position for one that goes between two taken ones (or before the first, -1), where `latest`
// is the position of the newcomer before it; less than or equal to `left` if there is no room.
[[nodiscard]] std::int64_t between(std::int64_t left, std::int64_t right, std::int64_t latest);

}  // namespace drydock::wfp::index
