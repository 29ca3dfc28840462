// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/index/filter_index.h"

#include <algorithm>

namespace drydock::wfp::index {
namespace {

constexpr std::size_t few_boxes = 24;  // one more tree is not worth it

// What it takes to look at a filter that is not in the cache.
constexpr Cost cost_of_counting{1000};
constexpr Cost cost_of_boxes{1200};
constexpr Cost cost_of_item{30};

}  // namespace

FilterIndex::FilterIndex(const Layer& layer, const Variants& variants, std::vector<Slot>& slots,
                         const Filters& filters, unsigned side)
    : slots_(slots), filters_(filters), side_(side), layout_(layer, variants) {
  trees_.reserve(most_trees);
}

Work FilterIndex::build() {
  for (const CompiledFilter* filter : filters_) {
    if (filter == nullptr) continue;
    layout_.count(*filter->filter);
    co_await cost_of_counting;
  }
  layout_.choose();
  BoxList boxes(layout_.lanes());
  std::vector<std::uint32_t> items;
  co_await measure(boxes, items);
  do {
    co_await plant(boxes, items);
  } while (!items.empty());
  search_.format = layout_.format();
}

Work FilterIndex::measure(BoxList& boxes, std::vector<std::uint32_t>& items) {
  boxes.reserve(filters_.size());
  items.reserve(filters_.size());
  for (std::uint32_t slot = 0; slot < filters_.size(); ++slot) {
    if (filters_[slot] == nullptr) continue;
    const Boxes own = layout_.boxes_of(*filters_[slot]->filter);
    slots_[slot].exact = own.exact;
    for (unsigned i = 0; i < own.boxes.size(); ++i) {
      items.push_back(boxes.size());
      boxes.add(own.boxes[i], candidate_of(slot, i));
    }
    co_await cost_of_boxes;
  }
}

// A tree for those of the boxes that suit it; the others stay.
Work FilterIndex::plant(const BoxList& boxes, std::vector<std::uint32_t>& items) {
  Cut root{};
  if (trees_.size() + 1 < most_trees && items.size() > few_boxes) {
    co_await choose_root(boxes, items, root);
  }
  std::vector<std::uint32_t> here;
  std::vector<std::uint32_t> others;
  here.reserve(items.size());
  others.reserve(items.size());
  for (const std::uint32_t item : items) {
    const bool fits =
        root.bits == 0 || is_narrow(children_of(boxes.at(item, root.lane), root), root);
    (fits ? here : others).push_back(item);
    co_await cost_of_item;
  }
  co_await add_tree().build(boxes, here, root);
  for (const std::uint32_t item : here) {
    const Candidate candidate = boxes.candidate(item);
    placed(slot_of(candidate)).trees.set(box_of(candidate), trees_.size() - 1);
    note(slot_of(candidate), trees_.size() - 1);
    co_await cost_of_item;
  }
  items = std::move(others);
}

void FilterIndex::note(std::uint32_t slot, std::size_t tree) {
  std::uint32_t& first = placed(slot).sublayer->first_in_tree[tree];
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

// One more tree where the box would be in too many leaves of all others.
std::size_t FilterIndex::tree_for(const Box& box) {
  for (std::size_t i = 0; i < trees_.size(); ++i) {
    if (trees_[i].tree.fits(box)) return i;
  }
  if (trees_.size() < most_trees) add_tree();
  return trees_.size() - 1;
}

Tree& FilterIndex::add_tree() {
  trees_.push_back({.tree = Tree(pool_, layout_.format(), layout_.lanes(), *this),
                    .first = Candidate::none,
                    .first_of_each = {}});
  trees_.back().first_of_each.fill(Candidate::none);
  search_.trees = trees_.data();
  search_.count = trees_.size();
  return trees_.back().tree;
}

void FilterIndex::insert(std::uint32_t slot) {
  const Boxes own = layout_.boxes_of(*filters_[slot]->filter);
  for (unsigned i = 0; i < own.boxes.size(); ++i) {
    const std::size_t tree = tree_for(own.boxes[i]);
    placed(slot).trees.set(i, tree);
    note(slot, tree);
    trees_[tree].tree.insert(own.boxes[i], candidate_of(slot, i));
  }
  slots_[slot].exact = own.exact;
}

void FilterIndex::erase(std::uint32_t slot) {
  const Boxes own = layout_.boxes_of(*filters_[slot]->filter);
  for (unsigned i = 0; i < own.boxes.size(); ++i) {
    trees_[placed(slot).trees[i]].tree.erase(own.boxes[i], candidate_of(slot, i));
  }
}

void FilterIndex::move(std::uint32_t from, std::uint32_t to) {
  const Placed& place = placed(from);
  const Boxes own = layout_.boxes_of(*filters_[from]->filter);
  for (unsigned i = 0; i < own.boxes.size(); ++i) {
    Planted& planted = trees_[place.trees[i]];
    planted.tree.rename(own.boxes[i], candidate_of(from, i), candidate_of(to, i));
    planted.first = std::min(planted.first, candidate_of(to, 0));
    std::uint32_t& first = place.sublayer->first_in_tree[place.trees[i]];
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
