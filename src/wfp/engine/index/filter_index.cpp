// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/index/filter_index.h"

#include <algorithm>

namespace drydock::wfp::index {
namespace {

constexpr std::size_t few_boxes = 24;  // one more tree is not worth it

std::vector<const Filter*> specs_of(const FilterIndex::Filters& filters) {
  std::vector<const Filter*> specs;
  for (const auto& filter : filters) {
    if (filter) specs.push_back(filter->filter.get());
  }
  return specs;
}

}  // namespace

FilterIndex::FilterIndex(const Layer& layer, const Variants& variants, std::vector<Slot>& slots,
                         const Filters& filters)
    : slots_(slots), filters_(filters), layout_(layer, specs_of(filters), variants) {
  BoxList boxes(layout_.lanes());
  std::vector<std::uint32_t> items;
  for (std::uint32_t slot = 0; slot < slots.size(); ++slot) {
    if (!filters[slot]) continue;
    const Boxes own = layout_.boxes_of(*filters[slot]->filter);
    slots[slot].exact = own.exact;
    for (unsigned i = 0; i < own.boxes.size(); ++i) {
      items.push_back(boxes.size());
      boxes.add(own.boxes[i], candidate_of(slot, i));
    }
  }
  do {
    items = plant(boxes, items);
  } while (!items.empty());
  search_.trees = trees_.data();
  search_.count = trees_.size();
  search_.format = layout_.format();
}

// A tree for those of the boxes that suit it; returns the others.
std::vector<std::uint32_t> FilterIndex::plant(const BoxList& boxes,
                                              const std::vector<std::uint32_t>& items) {
  Cut root{};
  if (trees_.size() + 1 < most_trees && items.size() > few_boxes) root = choose_root(boxes, items);
  std::vector<std::uint32_t> here;
  std::vector<std::uint32_t> others;
  for (const std::uint32_t item : items) {
    const bool fits =
        root.bits == 0 || is_narrow(children_of(boxes.at(item, root.lane), root), root);
    (fits ? here : others).push_back(item);
  }
  trees_.push_back({.tree = Tree(pool_, layout_.format(), layout_.lanes(), *this),
                    .first = Candidate::none,
                    .first_of_each = {}});
  trees_.back().tree.build(boxes, here, root);
  for (const std::uint32_t item : here) {
    const Candidate candidate = boxes.candidate(item);
    filters_[slot_of(candidate)]->trees[box_of(candidate)] =
        static_cast<std::uint8_t>(trees_.size() - 1);
    note(slot_of(candidate), trees_.size() - 1);
  }
  return others;
}

void FilterIndex::note(std::uint32_t slot, std::size_t tree) {
  std::uint32_t& first = filters_[slot]->sublayer->first_in_tree[tree];
  first = std::min(first, slot);
  trees_[tree].first = std::min(trees_[tree].first, candidate_of(slot, 0));
}

void FilterIndex::set_sublayers(std::span<const SubLayerSlots* const> sublayers) {
  search_.starts.fill(Candidate::none);
  search_.ends.fill(candidate_of(0, 0));
  for (Planted& planted : trees_) planted.first_of_each.fill(Candidate::none);
  for (std::size_t i = 0; i < sublayers.size(); ++i) {
    search_.starts[i] = candidate_of(i == 0 ? 0 : sublayers[i - 1]->end, 0);
    search_.ends[i] = candidate_of(sublayers[i]->end, 0);
    for (std::size_t tree = 0; tree < trees_.size(); ++tree) {
      trees_[tree].first_of_each[i] = candidate_of(sublayers[i]->first_in_tree[tree], 0);
    }
  }
}

std::size_t FilterIndex::tree_for(const Box& box) const {
  for (std::size_t i = 0; i + 1 < trees_.size(); ++i) {
    if (trees_[i].tree.fits(box)) return i;
  }
  return trees_.size() - 1;
}

void FilterIndex::insert(std::uint32_t slot) {
  CompiledFilter& filter = *filters_[slot];
  const Boxes own = layout_.boxes_of(*filter.filter);
  for (unsigned i = 0; i < own.boxes.size(); ++i) {
    const std::size_t tree = tree_for(own.boxes[i]);
    filter.trees[i] = static_cast<std::uint8_t>(tree);
    note(slot, tree);
    trees_[tree].tree.insert(own.boxes[i], candidate_of(slot, i));
  }
  slots_[slot].exact = own.exact;
}

void FilterIndex::erase(std::uint32_t slot) {
  const CompiledFilter& filter = *filters_[slot];
  const Boxes own = layout_.boxes_of(*filter.filter);
  for (unsigned i = 0; i < own.boxes.size(); ++i) {
    trees_[filter.trees[i]].tree.erase(own.boxes[i], candidate_of(slot, i));
  }
}

void FilterIndex::move(std::uint32_t from, std::uint32_t to) {
  const CompiledFilter& filter = *filters_[from];
  const Boxes own = layout_.boxes_of(*filter.filter);
  for (unsigned i = 0; i < own.boxes.size(); ++i) {
    Planted& planted = trees_[filter.trees[i]];
    planted.tree.rename(own.boxes[i], candidate_of(from, i), candidate_of(to, i));
    planted.first = std::min(planted.first, candidate_of(to, 0));
    std::uint32_t& first = filter.sublayer->first_in_tree[filter.trees[i]];
    first = std::min(first, to);
  }
}

std::size_t FilterIndex::bytes() const {
  return sizeof *this + pool_.bytes_used() + trees_.capacity() * sizeof(Planted);
}

Box FilterIndex::box(Candidate candidate) const {
  const Filter& filter = *filters_[slot_of(candidate)]->filter;
  return layout_.boxes_of(filter).boxes[box_of(candidate)];
}

}  // namespace drydock::wfp::index
