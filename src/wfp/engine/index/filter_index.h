// SPDX-License-Identifier: Apache-2.0
// The index of a layer with many filters: which of them can match a row of values, in evaluation
// order. Several trees, because a filter that says nothing of the bits one tree starts with would
// be everywhere in it; such filters go to the next tree. See docs/classifier.md.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "wfp/engine/compiled_filter.h"
#include "wfp/engine/index/finder.h"
#include "wfp/engine/index/lanes.h"

namespace drydock::wfp::index {

class FilterIndex final : private BoxSource {
 public:
  using Filters = std::vector<CompiledFilter*>;

  // Slots and filters (by slot) stay with the owner; the index sets Slot::exact, and Placed::trees
  // and SubLayerSlots::first_in_tree of the layout of this side (0 or 1).
  FilterIndex(const Layer& layer, const Variants& variants, std::vector<Slot>& slots,
              const Filters& filters, unsigned side);
  FilterIndex(const FilterIndex&) = delete;
  FilterIndex& operator=(const FilterIndex&) = delete;

  // Over all slots that have a filter; first of all. Slots and filters stay as they are meanwhile.
  Work build();
  void insert(std::uint32_t slot);
  void erase(std::uint32_t slot);
  // The filter in slot `from` is about to move to slot `to`, past no other.
  void move(std::uint32_t from, std::uint32_t to);
  // All sublayers, in evaluation order, after every change of them or of slots; at most
  // most_sublayers.
  void set_sublayers(std::span<const SubLayerSlots* const> sublayers);

  void read(std::span<const ValueView> values, Key& key) const { layout_.read(values, key); }
  [[nodiscard]] std::uint32_t first(const Key& key) const { return finder_->first(search_, key); }
  void firsts(const Key& key, SlotOfEach& slots) const { finder_->firsts(search_, key, slots); }
  [[nodiscard]] std::size_t some(const Key& key, std::uint32_t from, std::uint32_t* slots) const {
    return finder_->some(search_, key, from, slots);
  }
  void first_of_each(std::span<const Key> keys, std::uint32_t* slots) const {
    finder_->first_of_each(search_, keys, slots);
  }
  void firsts_of_each(std::span<const Key> keys, SlotOfEach* slots) const {
    finder_->firsts_of_each(search_, keys, slots);
  }

  [[nodiscard]] std::size_t bytes() const;
  // When it is used no more: gives some of its memory back. False: there is none left.
  bool shed() { return pool_.shed(); }
  // For tests: another one than the best.
  void use(const Finder& finder) { finder_ = &finder; }

 private:
  [[nodiscard]] Box box(Candidate candidate) const override;
  Work measure(BoxList& boxes, std::vector<std::uint32_t>& items);
  Work plant(const BoxList& boxes, std::vector<std::uint32_t>& items);
  [[nodiscard]] Placed& placed(std::uint32_t slot) const { return filters_[slot]->placed[side_]; }
  [[nodiscard]] std::size_t tree_for(const Box& box);
  Tree& add_tree();
  void note(std::uint32_t slot, std::size_t tree);

  std::vector<Slot>& slots_;
  const Filters& filters_;
  unsigned side_;
  LaneLayout layout_;
  LinePool pool_;
  std::vector<Planted> trees_;
  Search search_ = {};
  const Finder* finder_ = &best_finder();
};

}  // namespace drydock::wfp::index
