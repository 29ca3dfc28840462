// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/index/block.h"

#include <algorithm>
#include <bit>

namespace drydock::wfp::index {
namespace {

std::uint16_t inverted(std::uint16_t number) {
  return static_cast<std::uint16_t>(~number);
}

// Which of a block's numbers are of this place.
struct Ends {
  unsigned low;
  unsigned high;
  unsigned lanes;
};

Ends ends_of(Format format, std::size_t place) {
  if (format == Format::long_) return {.low = 0, .high = long_lanes, .lanes = long_lanes};
  const auto first = static_cast<unsigned>(16 * (place % 2));
  return {.low = first, .high = first + short_lanes, .lanes = short_lanes};
}

// How many leading bits of an address a box fixes: its lanes are intervals that are a prefix.
unsigned prefix_length(const Box& box, unsigned field) {
  unsigned length = 0;
  for (unsigned i = 0; i < 8; ++i) {
    const Interval& interval = box[8 * field + lane_in_field(8, i)];
    const auto free = std::bit_width(static_cast<unsigned>(interval.high - interval.low));
    length += 16 - static_cast<unsigned>(free);
    if (free != 0) break;
  }
  return length;
}

void write_wide(Block& block, const Box& box) {
  for (unsigned i = 0; i < wide_lanes; ++i) block.numbers[i] = box[i].low;
  for (unsigned i = 0; i < narrow_lanes; ++i) {
    block.numbers[wide_low + i] = box[wide_lanes + i].low;
    block.numbers[wide_high + i] = inverted(box[wide_lanes + i].high);
  }
  block.numbers[wide_lengths] =
      static_cast<std::uint16_t>(prefix_length(box, 0) | prefix_length(box, 1) << 8);
  block.numbers[wide_lengths + 1] = 0;
}

}  // namespace

std::size_t BlockRun::blocks_for(Format format, std::size_t candidates) {
  const std::size_t each = candidates_per_block(format);
  return std::max<std::size_t>(1, (candidates + each - 1) / each);
}

void BlockRun::rename(std::size_t place, Candidate candidate) {
  std::memcpy(block(place).numbers + candidate_at(format_, place), &candidate, sizeof candidate);
}

void BlockRun::write(std::size_t place, const Box& box, Candidate candidate) {
  Block& to = block(place);
  if (format_ == Format::wide) {
    write_wide(to, box);
  } else {
    const Ends ends = ends_of(format_, place);
    for (unsigned i = 0; i < ends.lanes; ++i) {
      to.numbers[ends.low + i] = box[i].low;
      to.numbers[ends.high + i] = inverted(box[i].high);
    }
  }
  rename(place, candidate);
}

void BlockRun::copy(std::size_t place, const BlockRun& from, std::size_t source) {
  if (format_ != Format::pairs) {
    block(place) = from.block(source);
    return;
  }
  constexpr std::size_t half = 16;
  std::copy_n(from.block(source).numbers + half * (source % 2), half,
              block(place).numbers + half * (place % 2));
}

void BlockRun::repeat_last(std::size_t count) {
  const std::size_t all = blocks_for(format_, count) * candidates_per_block(format_);
  for (std::size_t place = count; place < all; ++place) copy(place, *this, count - 1);
}

}  // namespace drydock::wfp::index
