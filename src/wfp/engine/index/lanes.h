// SPDX-License-Identifier: Apache-2.0
// Filters and packets as the index sees them. The fields that a layer's filters test are laid out
// as lanes, 16-bit numbers: a packet is one number in each lane (a key), what a filter accepts is
// an interval in each lane (a box), or several boxes for conditions joined by OR. A box may promise
// too much (then the filter's own conditions have the last word), but never too little.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "wfp/engine/index/limits.h"
#include "wfp/engine/layers.h"
#include "wfp/engine/objects.h"
#include "wfp/engine/variants.h"

namespace drydock::wfp::index {

inline constexpr unsigned most_lanes = 24;

// How a candidate is laid out to be compared (block.h), which is how many lanes a layout can have.
enum class Format : std::uint8_t {
  pairs,  // up to short_lanes
  long_,  // up to long_lanes
  wide,   // with IPv6 addresses: one or two in the first wide_lanes, then up to narrow_lanes others
};
inline constexpr unsigned short_lanes = 7;
inline constexpr unsigned long_lanes = 15;
inline constexpr unsigned wide_lanes = 16;
inline constexpr unsigned narrow_lanes = 6;

// Where in its field's lanes the lane of significance `i` is, 0 the most: words of four lanes have
// their most significant one last, as numbers are kept in memory.
[[nodiscard]] constexpr unsigned lane_in_field(unsigned count, unsigned i) {
  return count == 8 ? i / 4 * 4 + 3 - i % 4 : count - 1 - i;
}

// Both ends belong to it.
struct Interval {
  std::uint16_t low = 0;
  std::uint16_t high = 0xffff;

  [[nodiscard]] bool is_everything() const { return low == 0 && high == 0xffff; }
  friend bool operator==(const Interval&, const Interval&) = default;
};

using Box = std::array<Interval, most_lanes>;

struct Boxes {
  std::vector<Box> boxes = {};  // none: the filter never matches
  // A key of known values inside a box means that the filter matches.
  bool exact = true;
};

// Lane i is the (i % 4)-th 16 bits of word i / 4, counted from the low end.
struct alignas(64) Key {
  std::array<std::uint64_t, most_lanes / 4> words;  // as many as the format compares
  // Every laid-out value was there, with the type of its field. Otherwise its lanes have any number
  // and every candidate must be checked; filters that accept an EMPTY value do not restrict them.
  bool known;
};

// Which fields of a layer have lanes, and where.
class LaneLayout {
 public:
  LaneLayout(const Layer& layer, const Variants& variants);
  // Of every filter there is, before choose(), after which the fields that most of them test have
  // lanes.
  void count(const Filter& filter);
  void choose();

  [[nodiscard]] Format format() const { return format_; }
  [[nodiscard]] unsigned lanes() const { return lanes_; }
  [[nodiscard]] Boxes boxes_of(const Filter& filter) const;
  void read(std::span<const ValueView> values, Key& key) const;

 private:
  struct Laid {
    std::uint16_t field;
    std::uint8_t lane;   // the first; fields of four lanes or more start at a multiple of four
    std::uint8_t count;  // of lanes
    DataType type;
  };
  // A number of 8 to 32 bits on its way from a value into a word of the key.
  struct Step {
    DataType type;
    std::uint16_t field;
    std::uint8_t shift;
    std::uint8_t bytes;
  };
  void place(std::vector<std::uint16_t> fields);
  void plan();
  void read_short(std::span<const ValueView> values, Key& key) const;
  void read_others(std::span<const ValueView> values, Key& key) const;
  static void read_other(const Laid& laid, const ValueView& value, Key& key);

  // A field that could have lanes.
  struct Counted {
    std::uint16_t field;
    std::size_t filters;  // that it tells from others
  };

  const Layer* layer_;
  std::vector<Counted> counted_;
  std::size_t filters_ = 0;
  bool not_equal_stands_alone_;
  Format format_ = Format::pairs;
  unsigned lanes_ = 0;
  std::vector<Laid> laid_;
  // How to read a row: numbers word by word, then the others.
  std::vector<Step> steps_;
  std::array<std::uint8_t, most_lanes / 4> ends_ = {};    // of each word's steps
  std::array<std::uint64_t, most_lanes / 4> signs_ = {};  // of signed numbers, to order them
  unsigned words_ = 0;
  std::vector<Laid> others_;
  std::size_t addresses_ = 0;      // of the others: the first, each in two words from the first on
  std::size_t fewest_values_ = 0;  // all fields are below
};

[[nodiscard]] std::uint32_t hash_of(std::span<const std::uint8_t> bytes);

// Eight network-order bytes as four lanes.
inline std::uint64_t lanes_of_bytes(const std::uint8_t* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return std::byteswap(word);
}

// Reads no more bytes than a writer of the value will have written last: a load of eight that begin
// with a store of two has to wait until all before that store is done.
inline std::uint64_t number_in(const ValueView& value, unsigned bytes) {
  if (bytes == 4) return value.uint32;
  if (bytes == 2) return value.uint16;
  return value.uint8;
}

[[gnu::always_inline]] inline void LaneLayout::read(std::span<const ValueView> values,
                                                    Key& key) const {
  if (values.size() < fewest_values_) [[unlikely]]
    return read_short(values, key);
  const Step* step = steps_.data();
  const Step* const first = step;
  std::uint32_t differences = 0;
  for (unsigned i = 0; i < words_; ++i) {
    std::uint64_t word = signs_[i];
    for (const Step* const end = first + ends_[i]; step != end; ++step) {
      const ValueView& value = values[step->field];
      differences |= std::to_underlying(value.type) ^ std::to_underlying(step->type);
      word ^= number_in(value, step->bytes) << step->shift;
    }
    key.words[i] = word;
  }
  key.known = differences == 0;
  for (std::size_t i = 0; i < addresses_; ++i) {
    const ValueView& value = values[others_[i].field];
    if (value.type != DataType::byte_array16 || value.bytes == nullptr) [[unlikely]] {
      key.known = false;
      continue;
    }
    key.words[2 * i] = lanes_of_bytes(value.bytes);
    key.words[2 * i + 1] = lanes_of_bytes(value.bytes + 8);
  }
  if (others_.size() > addresses_) [[unlikely]]
    read_others(values, key);
}

}  // namespace drydock::wfp::index
