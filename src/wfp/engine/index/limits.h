// SPDX-License-Identifier: Apache-2.0
// What the index and those who use it agree on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace drydock::wfp::index {

inline constexpr std::uint32_t no_slot = (1U << 29) - 1;  // after all others
inline constexpr std::size_t most_trees = 8;
inline constexpr unsigned most_boxes = 8;  // of one filter
// The first of each sublayer is found for at most so many.
inline constexpr std::size_t most_sublayers = 8;

inline constexpr auto no_slots = [] {
  std::array<std::uint32_t, most_trees> slots{};
  slots.fill(no_slot);
  return slots;
}();

}  // namespace drydock::wfp::index
