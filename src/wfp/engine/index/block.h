// SPDX-License-Identifier: Apache-2.0
// A block: one cache line of a leaf, with one or two candidates that are compared at once. Bounds
// are kept so that "at least" is the only comparison: low ends as they are, high ends inverted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "wfp/engine/index/lanes.h"
#include "wfp/engine/index/limits.h"
#include "wfp/engine/index/line_pool.h"

namespace drydock::wfp::index {

// One box of one filter: which filter (its slot, a number in evaluation order), which box, 0 to 7.
// Candidates are in the order of their slots.
enum class Candidate : std::uint32_t { none = ~std::uint32_t{0} };

[[nodiscard]] constexpr Candidate candidate_of(std::uint32_t slot, unsigned box) {
  return Candidate{slot << 3 | box};
}
[[nodiscard]] constexpr std::uint32_t slot_of(Candidate candidate) {
  return static_cast<std::uint32_t>(candidate) >> 3;
}
[[nodiscard]] constexpr unsigned box_of(Candidate candidate) {
  return static_cast<std::uint32_t>(candidate) & 7;
}
static_assert(slot_of(Candidate::none) == no_slot);

// Its numbers, by the format of the layout (lanes.h):
//   pairs  two halves: low ends of seven lanes, high ends; the candidate
//   long_  low ends of fifteen lanes, high ends; the candidate
//   wide   two addresses of eight lanes, low and high ends of six lanes, the lengths of the two
//          prefixes, a number unused; the candidate
struct alignas(64) Block {
  std::uint16_t numbers[32];
};
static_assert(sizeof(Block) == sizeof(Line));

// The numbers of a wide block's second half begin here.
inline constexpr unsigned wide_low = 16;
inline constexpr unsigned wide_high = wide_low + narrow_lanes;
inline constexpr unsigned wide_lengths = wide_high + narrow_lanes;

[[nodiscard]] constexpr unsigned candidates_per_block(Format format) {
  return format == Format::pairs ? 2 : 1;
}

// Where in a block a candidate is: the last in its half, or in all of it.
[[nodiscard]] constexpr unsigned candidate_at(Format format, std::size_t place) {
  return format == Format::pairs && place % 2 == 0 ? 14 : 30;
}

[[nodiscard]] inline Candidate candidate_in(const Block& block, Format format, std::size_t place) {
  Candidate candidate{};
  std::memcpy(&candidate, block.numbers + candidate_at(format, place), sizeof candidate);
  return candidate;
}

// A run of blocks: a leaf's candidates by their number in it. Unused places of the last block
// repeat the last candidate, so that nothing need be masked off.
class BlockRun {
 public:
  BlockRun(Format format, Block* blocks) : format_(format), blocks_(blocks) {}

  [[nodiscard]] static std::size_t blocks_for(Format format, std::size_t candidates);
  [[nodiscard]] Candidate candidate(std::size_t place) const {
    return candidate_in(block(place), format_, place);
  }
  void rename(std::size_t place, Candidate candidate);
  void write(std::size_t place, const Box& box, Candidate candidate);
  void copy(std::size_t place, const BlockRun& from, std::size_t source);
  void repeat_last(std::size_t count);

 private:
  [[nodiscard]] Block& block(std::size_t place) const {
    return blocks_[place / candidates_per_block(format_)];
  }

  Format format_;
  Block* blocks_;
};

}  // namespace drydock::wfp::index
