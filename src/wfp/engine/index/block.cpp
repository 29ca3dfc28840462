// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/index/block.h"

#include <algorithm>
#include <bit>

namespace drydock::wfp::index {
namespace {

std::uint16_t inverted(std::uint16_t number) {
  return static_cast<std::uint16_t>(~number);
}

// Which of a block's numbers are of this place, besides those it shares with none.
struct Span {
  unsigned low;
  unsigned high;
  unsigned lanes;
};

Span span_of(Format format, std::size_t place) {
  if (format == Format::pairs) {
    const auto first = static_cast<unsigned>(8 * (place % 2));
    return {.low = first, .high = first + 16, .lanes = short_lanes};
  }
  return {.low = 0, .high = 16, .lanes = long_lanes};
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

Candidate BlockRun::candidate(std::size_t place) const {
  const Block& from = block(place);
  switch (format_) {
    case Format::pairs:
      return candidate_in<Format::pairs>(from, place % 2);
    case Format::long_:
      return candidate_in<Format::long_>(from, 0);
    default:
      return candidate_in<Format::wide>(from, 0);
  }
}

void BlockRun::rename(std::size_t place, Candidate candidate) {
  const auto number = static_cast<std::uint32_t>(candidate);
  unsigned low = 30;
  unsigned high = 31;
  if (format_ != Format::wide) {
    const Span span = span_of(format_, place);
    low = span.low + span.lanes;
    high = span.high + span.lanes;
  }
  block(place).numbers[low] = static_cast<std::uint16_t>(number);
  block(place).numbers[high] = static_cast<std::uint16_t>(number >> 16);
}

void BlockRun::write(std::size_t place, const Box& box, Candidate candidate) {
  Block& to = block(place);
  if (format_ == Format::wide) {
    write_wide(to, box);
  } else {
    const Span span = span_of(format_, place);
    for (unsigned i = 0; i < span.lanes; ++i) {
      to.numbers[span.low + i] = box[i].low;
      to.numbers[span.high + i] = inverted(box[i].high);
    }
  }
  rename(place, candidate);
}

void BlockRun::copy(std::size_t place, const BlockRun& from, std::size_t source) {
  if (format_ != Format::pairs) {
    block(place) = from.block(source);
    return;
  }
  const Span to_span = span_of(format_, place);
  const Span from_span = span_of(format_, source);
  const Block& origin = from.block(source);
  Block& to = block(place);
  std::copy_n(origin.numbers + from_span.low, 8, to.numbers + to_span.low);
  std::copy_n(origin.numbers + from_span.high, 8, to.numbers + to_span.high);
}

void BlockRun::repeat_last(std::size_t count) {
  const std::size_t all = blocks_for(format_, count) * candidates_per_block(format_);
  for (std::size_t place = count; place < all; ++place) copy(place, *this, count - 1);
}

}  // namespace drydock::wfp::index
