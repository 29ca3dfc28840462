// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/index/places.h"

#include <algorithm>

namespace drydock::wfp::index {
namespace {

constexpr std::uint32_t smallest_stretch = 8;
constexpr double fullest_stretch = 0.95;
constexpr double fullest_whole = 0.8;

// Spreads `taken` and one newcomer, the `place`-th of them then, evenly.
Room spread(std::uint32_t first, std::uint32_t length, const std::vector<std::uint32_t>& taken,
            std::size_t place) {
  Room room;
  const std::size_t count = taken.size() + 1;
  const auto target = [&](std::size_t number) {
    return first + static_cast<std::uint32_t>((2 * number + 1) * length / (2 * count));
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
               const std::function<bool(std::uint32_t)>& is_taken) {
  for (std::uint64_t length = smallest_stretch;; length *= 2) {
    const auto first =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(position, size - 1) / length * length);
    const auto end = static_cast<std::uint32_t>(std::min<std::uint64_t>(first + length, size));
    const double share = std::min(1.0, static_cast<double>(length) / size);
    const double fullest = fullest_stretch + share * (fullest_whole - fullest_stretch);
    std::vector<std::uint32_t> taken;
    std::size_t place = 0;
    for (std::uint32_t i = first; i < end; ++i) {
      if (!is_taken(i)) continue;
      if (i < position) ++place;
      taken.push_back(i);
    }
    if (static_cast<double>(taken.size() + 1) <= fullest * (end - first)) {
      return spread(first, end - first, taken, place);
    }
    if (length >= size) return {.free = size};
  }
}

std::int64_t between(std::int64_t left, std::int64_t right, std::int64_t size) {
  // At the end, where most newcomers go, all but one position stay for others.
  if (right == size) return std::min(left + 2, size - 1);
  return left + (right - left) / 2;
}

}  // namespace drydock::wfp::index
