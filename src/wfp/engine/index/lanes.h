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
#include <vector>

#include "wfp/engine/layers.h"
#include "wfp/engine/objects.h"
#include "wfp/engine/variants.h"

namespace drydock::wfp::index {

inline constexpr unsigned most_lanes = 32;
inline constexpr unsigned most_boxes = 8;  // of one filter
// A block of candidates compares this many lanes (block.h). Layouts of no more are compared whole.
inline constexpr unsigned viewed_lanes = 7;

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
  std::array<std::uint64_t, most_lanes / 4> words = {};
  // Every laid-out value was there, with the type of its field. Otherwise its lanes are zero and
  // every candidate must be checked; filters that accept an EMPTY value do not restrict its lanes.
  bool known = true;
};

// Which fields of a layer have lanes, and where.
class LaneLayout {
 public:
  // The fields most filters test, as `filters` stand now.
  LaneLayout(const Layer& layer, std::span<const Filter* const> filters, const Variants& variants);

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
  void place(const Layer& layer, std::vector<std::uint16_t> fields);
  static void read_rare(const Laid& laid, const ValueView& value, Key& key);
  template <class Put>
  static void read_some(std::span<const Laid> some, std::span<const ValueView> values, Key& key,
                        const Put& put);

  const Layer* layer_;
  bool not_equal_stands_alone_;
  unsigned lanes_ = 0;
  std::vector<Laid> laid_;  // by type: rare ones, BYTE_ARRAY16, UINT32, UINT16, UINT8
  std::size_t first_array16_ = 0;
  std::size_t first_uint32_ = 0;
  std::size_t first_uint16_ = 0;
  std::size_t first_uint8_ = 0;
};

[[nodiscard]] std::uint32_t hash_of(std::span<const std::uint8_t> bytes);

// Network-order bytes as four lanes.
inline std::uint64_t lanes_of_bytes(const std::uint8_t* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  constexpr std::uint64_t even = 0x00ff00ff00ff00ff;
  return (word & even) << 8 | (word >> 8 & even);
}

// Beyond the end of the values, or of another type: lanes stay zero.
template <class Put>
void LaneLayout::read_some(std::span<const Laid> some, std::span<const ValueView> values, Key& key,
                           const Put& put) {
  for (const Laid& laid : some) {
    if (laid.field >= values.size() || values[laid.field].type != laid.type) [[unlikely]] {
      key.known = false;
    } else {
      put(laid, values[laid.field], key.words[laid.lane / 4], laid.lane % 4 * 16);
    }
  }
}

inline void LaneLayout::read(std::span<const ValueView> values, Key& key) const {
  for (unsigned i = 0; i < (lanes_ + 3) / 4; ++i) key.words[i] = 0;
  key.known = true;
  const std::span<const Laid> laid = laid_;
  using Word = std::uint64_t;
  read_some(laid.first(first_array16_), values, key,
            [&](const Laid& rare, const ValueView& value, Word&, unsigned) {
              read_rare(rare, value, key);
            });
  read_some(laid.subspan(first_array16_, first_uint32_ - first_array16_), values, key,
            [&](const Laid&, const ValueView& value, Word& word, unsigned) {
              if (value.bytes == nullptr) {
                key.known = false;
                return;
              }
              word = lanes_of_bytes(value.bytes);
              *(&word + 1) = lanes_of_bytes(value.bytes + 8);
            });
  read_some(laid.subspan(first_uint32_, first_uint16_ - first_uint32_), values, key,
            [](const Laid&, const ValueView& value, Word& word, unsigned shift) {
              word |= Word{std::rotl(value.uint32, 16)} << shift;
            });
  read_some(laid.subspan(first_uint16_, first_uint8_ - first_uint16_), values, key,
            [](const Laid&, const ValueView& value, Word& word, unsigned shift) {
              word |= Word{value.uint16} << shift;
            });
  read_some(laid.subspan(first_uint8_), values, key,
            [](const Laid&, const ValueView& value, Word& word, unsigned shift) {
              word |= Word{value.uint8} << shift;
            });
}

}  // namespace drydock::wfp::index
