// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/index/places.h"

#include <algorithm>
#include <cmath>

namespace drydock::wfp::index {
namespace {

constexpr std::uint32_t smallest_stretch = 8;
constexpr double fullest_stretch = 0.95;
constexpr double fullest_whole = 0.8;

// How much of a stretch may be taken: the less the longer it is, so that one that has just been
// spread has room for as many newcomers as were moved.
double fullest(std::uint64_t length, std::uint32_t size) {
  const double levels = std::log2(std::max(2.0, static_cast<double>(size) / smallest_stretch));
  const double level = std::log2(static_cast<double>(length) / smallest_stretch);
  return fullest_stretch + std::min(1.0, level / levels) * (fullest_whole - fullest_stretch);
}

// Spreads `taken` and one newcomer, the `place`-th of them then. If it is one of several that
// follow each other, half of what is free goes around it.
Room spread(std::uint32_t first, std::uint32_t length, const std::vector<std::uint32_t>& taken,
            std::size_t place, bool follows) {
  Room room;
  const std::size_t count = taken.size() + 1;
  const std::size_t around = follows ? (length - count) / 4 * 2 : 0;
  const auto target = [&](std::size_t number) {
    const std::size_t even = (2 * number + 1) * (length - around) / (2 * count);
    const std::size_t more = number < place ? 0 : number == place ? around / 2 : around;
    return first + static_cast<std::uint32_t>(even + more);
  };
  const auto target_of = [&](std::size_t i) { return target(i < place ? i : i + 1); };
  // To the left beginning on the left, to the right beginning on the right: nothing is in the way.
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (target_of(i) < taken[i]) room.moves.push_back({taken[i], target_of(i)});
  }
  for (std::size_t i = taken.size(); i-- > 0;) {
    if (target_of(i) > taken[i]) room.moves.push_back({taken[i], target_of(i)});
  }
  room.free = target(place);
  return room;
}

}  // namespace

Room make_room(std::uint32_t size, std::uint32_t position,
               const std::function<bool(std::uint32_t)>& is_taken, bool follows) {
  for (std::uint64_t length = smallest_stretch;; length *= 2) {
    const auto first =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(position, size - 1) / length * length);
    const auto end = static_cast<std::uint32_t>(std::min<std::uint64_t>(first + length, size));
    std::vector<std::uint32_t> taken;
    std::size_t place = 0;
    for (std::uint32_t i = first; i < end; ++i) {
      if (!is_taken(i)) continue;
      if (i < position) ++place;
      taken.push_back(i);
    }
    if (static_cast<double>(taken.size() + 1) <= fullest(length, size) * (end - first)) {
      return spread(first, end - first, taken, place, follows);
    }
    if (length >= size) return {.free = size};
  }
}

std::int64_t between(std::int64_t left, std::int64_t right, std::int64_t latest) {
  if (right - left < 2) return left;
  // One that follows the latest on either side leaves the room for those that will follow it.
  if (left == latest) return left + 1;
  if (right == latest) return right - 1;
  return left + (right - left) / 2;
}

}  // namespace drydock::wfp::index
