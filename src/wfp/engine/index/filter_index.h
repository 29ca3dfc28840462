// SPDX-License-Identifier: Apache-2.0
// The index of a layer with many filters: which of them can match a row of values, in evaluation
// order. Several trees, because a filter that says nothing of the bits one tree starts with would
// be everywhere in it; such filters go to the next tree. See docs/classifier.md.
#pragma once

#include <span>
#include <vector>

#include "wfp/engine/compiled_filter.h"
#include "wfp/engine/index/finder.h"
#include "wfp/engine/index/lanes.h"

namespace drydock::wfp::index {

class FilterIndex final : private BoxSource {
 public:
  // Over all taken slots. The slots stay with the owner; the index sets Slot::exact and
  // CompiledFilter::trees.
  FilterIndex(const Layer& layer, const Variants& variants, std::vector<Slot>& slots);
  FilterIndex(const FilterIndex&) = delete;
  FilterIndex& operator=(const FilterIndex&) = delete;

  void insert(std::uint32_t slot);
  void erase(std::uint32_t slot);
  // The filter in slot `from` is about to move to slot `to`, past no other.
  void move(std::uint32_t from, std::uint32_t to);

  void read(std::span<const ValueView> values, Key& key) const { layout_.read(values, key); }
  [[nodiscard]] std::uint32_t first(const Key& key) const { return finder_->first(search_, key); }
  [[nodiscard]] std::size_t some(const Key& key, std::uint32_t from, std::uint32_t* slots) const {
    return finder_->some(search_, key, from, slots);
  }
  void first_of_each(std::span<const Key> keys, std::uint32_t* slots) const {
    finder_->first_of_each(search_, keys, slots);
  }

  [[nodiscard]] std::size_t bytes() const;
  // For tests: another one than the best.
  void use(const Finder& finder) { finder_ = &finder; }

 private:
  [[nodiscard]] Box box(Candidate candidate) const override;
  [[nodiscard]] static View view_for(const BoxList& boxes, Items items);
  std::vector<std::uint32_t> plant(const BoxList& boxes, const std::vector<std::uint32_t>& items);
  [[nodiscard]] std::size_t tree_for(const Box& box) const;
  [[nodiscard]] bool shows(std::size_t tree, const Box& box) const;
  void note(Candidate candidate, std::size_t tree);

  std::vector<Slot>& slots_;
  LaneLayout layout_;
  LinePool pool_;
  std::vector<Planted> trees_;
  Search search_ = {};
  const Finder* finder_ = &best_finder();
};

}  // namespace drydock::wfp::index
