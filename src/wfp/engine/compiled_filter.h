// SPDX-License-Identifier: Apache-2.0
// A filter as its layer keeps it for classification.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "wfp/engine/index/limits.h"
#include "wfp/engine/match.h"
#include "wfp/engine/objects.h"

namespace drydock::wfp {

// The filters of one sublayer have adjacent slots.
struct SubLayerSlots {
  std::size_t filters = 0;
  std::uint32_t end = 0;  // no slot of theirs is so great, no slot of later sublayers is less
  // For each tree of the index: no slot of theirs in it is less.
  std::array<std::uint32_t, index::most_trees> first_in_tree = index::no_slots;
};

// Which tree of the index each box of a filter is in.
class TreeOfEachBox {
 public:
  [[nodiscard]] std::size_t operator[](unsigned box) const { return trees_ >> 4 * box & 15; }
  void set(unsigned box, std::size_t tree) {
    trees_ &= ~(15U << 4 * box);
    trees_ |= static_cast<std::uint32_t>(tree) << 4 * box;
  }

 private:
  std::uint32_t trees_ = 0;
  static_assert(index::most_trees <= 16 && index::most_boxes <= 8);
};

// Where a filter is in one layout of its layer (layout.h); out of date when it is not there.
struct Placed {
  SubLayerSlots* sublayer = nullptr;
  std::uint32_t slot = 0;
  TreeOfEachBox trees = {};
};
static_assert(sizeof(Placed) == 16);

struct CompiledFilter {
  // Grouped by field.
  [[nodiscard]] std::span<const CompiledCondition> conditions() const {
    return {first_condition.get(), condition_count};
  }

  std::shared_ptr<const Filter> filter;
  std::unique_ptr<CompiledCondition[]> first_condition;
  std::unique_ptr<const ConditionPool> pool;  // null: no condition refers to it
  std::uint64_t born = 0;                     // at this commit
  std::uint64_t died = ~std::uint64_t{0};     // at this commit
  Placed placed[2] = {};                      // by the layout's side
  std::uint32_t kept_at = 0;                  // which of the layer's filters it is
  std::uint32_t condition_count = 0;
};

// What it takes in memory, the filter as the client gave it not counted.
[[nodiscard]] std::size_t bytes_of(const CompiledFilter& filter);

// A place in the order of evaluation: all that a classification must know of most filters, in four
// bytes, because where there are many every one is a cache miss.
struct Slot {
  static constexpr std::uint32_t far_id = (1U << 26) - 1;

  std::uint32_t id : 26 = 0;  // less LayerFilters::first_id_; far_id: too far from it
  std::uint32_t taken : 1 = false;
  std::uint32_t blocks : 1 = false;  // it calls no callout, and so it answers
  std::uint32_t hard : 1 = false;
  std::uint32_t calls_out : 1 = false;
  // The index cannot answer for it: it calls a callout, wants a token judged, or has a far_id.
  std::uint32_t needs_walk : 1 = false;
  std::uint32_t exact : 1 = false;  // need not be checked when the index finds it for a known key
};
static_assert(sizeof(Slot) == 4);

}  // namespace drydock::wfp
