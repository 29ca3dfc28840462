// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/index/filter_index.h"

#include <algorithm>
#include <set>
#include <utility>

namespace drydock::wfp::index {
namespace {

constexpr std::size_t most_trees = 6;
constexpr std::size_t few_boxes = 24;  // one more tree is not worth it

std::vector<const Filter*> filters_of(const std::vector<Slot>& slots) {
  std::vector<const Filter*> filters;
  for (const Slot& slot : slots) {
    if (slot.filter != nullptr) filters.push_back(slot.filter->filter.get());
  }
  return filters;
}

View first_lanes() {
  View view{};
  for (std::uint8_t i = 0; i < viewed_lanes; ++i) view[i] = i;
  return view;
}

}  // namespace

FilterIndex::FilterIndex(const Layer& layer, const Variants& variants, std::vector<Slot>& slots)
    : slots_(slots), layout_(layer, filters_of(slots), variants) {
  BoxList boxes(layout_.lanes());
  std::vector<std::uint32_t> items;
  for (std::uint32_t slot = 0; slot < slots.size(); ++slot) {
    if (slots[slot].filter == nullptr) continue;
    const Boxes own = layout_.boxes_of(*slots[slot].filter->filter);
    slots[slot].exact = own.exact;
    for (unsigned i = 0; i < own.boxes.size(); ++i) {
      items.push_back(boxes.size());
      boxes.add(own.boxes[i], candidate_of(slot, i));
    }
  }
  do {
    items = plant(boxes, items);
  } while (!items.empty());
  search_ = {.trees = trees_.data(),
             .count = trees_.size(),
             .whole_view = layout_.lanes() <= viewed_lanes};
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
  const View view = boxes.lanes() <= viewed_lanes ? first_lanes() : view_for(boxes, here);
  trees_.push_back({.tree = Tree(pool_, view, *this), .first = no_slot});
  trees_.back().tree.build(boxes, here, root);
  for (const std::uint32_t item : here) {
    note(boxes.candidate(item), trees_.size() - 1);
    Box whole{};
    for (unsigned lane = 0; lane < boxes.lanes(); ++lane) whole[lane] = boxes.at(item, lane);
    if (!shows(trees_.size() - 1, whole)) slots_[slot_of(boxes.candidate(item))].exact = false;
  }
  return others;
}

// The lanes that tell most boxes apart.
View FilterIndex::view_for(const BoxList& boxes, Items items) {
  struct Scored {
    std::uint8_t lane;
    std::size_t score;
  };
  std::vector<Scored> scored;
  const std::size_t step = std::max<std::size_t>(1, items.size() / 1000);
  for (std::uint8_t lane = 0; lane < boxes.lanes(); ++lane) {
    std::set<std::uint32_t> different;
    std::size_t restricted = 0;
    for (std::size_t i = 0; i < items.size(); i += step) {
      const Interval& interval = boxes.at(items[i], lane);
      if (interval.is_everything()) continue;
      ++restricted;
      different.insert(interval.low | std::uint32_t{interval.high} << 16);
    }
    scored.push_back({lane, different.size() * 16 + restricted});
  }
  std::ranges::sort(scored, {},
                    [](const Scored& entry) { return std::pair(~entry.score, entry.lane); });
  View view{};
  for (unsigned i = 0; i < viewed_lanes; ++i) view[i] = scored[i].lane;
  return view;
}

// Do the tree's blocks compare all lanes in which the box is restricted?
bool FilterIndex::shows(std::size_t tree, const Box& box) const {
  const View& view = trees_[tree].tree.view();
  for (unsigned lane = 0; lane < layout_.lanes(); ++lane) {
    const bool viewed =
        std::find(view.begin(), view.begin() + viewed_lanes, lane) != view.begin() + viewed_lanes;
    if (!viewed && !box[lane].is_everything()) return false;
  }
  return true;
}

void FilterIndex::note(Candidate candidate, std::size_t tree) {
  const std::uint32_t slot = slot_of(candidate);
  slots_[slot].filter->trees[box_of(candidate)] = static_cast<std::uint8_t>(tree);
  trees_[tree].first = std::min(trees_[tree].first, slot);
}

std::size_t FilterIndex::tree_for(const Box& box) const {
  for (std::size_t i = 0; i + 1 < trees_.size(); ++i) {
    if (trees_[i].tree.fits(box)) return i;
  }
  return trees_.size() - 1;
}

void FilterIndex::insert(std::uint32_t slot) {
  const Boxes own = layout_.boxes_of(*slots_[slot].filter->filter);
  bool exact = own.exact;
  for (unsigned i = 0; i < own.boxes.size(); ++i) {
    const std::size_t tree = tree_for(own.boxes[i]);
    const Candidate candidate = candidate_of(slot, i);
    note(candidate, tree);
    exact = exact && shows(tree, own.boxes[i]);
    trees_[tree].tree.insert(own.boxes[i], candidate);
  }
  slots_[slot].exact = exact;
}

void FilterIndex::erase(std::uint32_t slot) {
  const CompiledFilter& filter = *slots_[slot].filter;
  const Boxes own = layout_.boxes_of(*filter.filter);
  for (unsigned i = 0; i < own.boxes.size(); ++i) {
    trees_[filter.trees[i]].tree.erase(own.boxes[i], candidate_of(slot, i));
  }
}

void FilterIndex::move(std::uint32_t from, std::uint32_t to) {
  const CompiledFilter& filter = *slots_[from].filter;
  const Boxes own = layout_.boxes_of(*filter.filter);
  for (unsigned i = 0; i < own.boxes.size(); ++i) {
    Planted& planted = trees_[filter.trees[i]];
    planted.tree.rename(own.boxes[i], candidate_of(from, i), candidate_of(to, i));
    planted.first = std::min(planted.first, to);
  }
}

std::size_t FilterIndex::bytes() const {
  return sizeof *this + pool_.bytes_used() + trees_.capacity() * sizeof(Planted);
}

Box FilterIndex::box(Candidate candidate) const {
  const Filter& filter = *slots_[slot_of(candidate)].filter->filter;
  return layout_.boxes_of(filter).boxes[box_of(candidate)];
}

}  // namespace drydock::wfp::index
