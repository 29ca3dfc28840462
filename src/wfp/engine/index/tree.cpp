// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/index/tree.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace drydock::wfp::index {
namespace {

constexpr std::size_t most_in_leaf = 8;  // that is worth no further cut
constexpr unsigned most_depth = 16;
constexpr std::size_t most_leaves = 128;  // of one box, where another tree can take it

std::size_t lines_of_children(const Cut& cut) {
  return std::max<std::size_t>(1, (sizeof(Ref) << cut.bits) / sizeof(Line));
}

std::size_t blocks_for(std::size_t candidates) {
  return std::max<std::size_t>(1, (candidates + Block::candidates - 1) / Block::candidates);
}

// Candidates of a leaf, without the repetitions at its end.
std::size_t count_of(Ref leaf) {
  const Block* blocks = leaf.blocks();
  const Block& last = blocks[leaf.block_count() - 1];
  if (last.candidate(0) == Candidate::none) return 0;
  unsigned used = 1;
  while (used < Block::candidates && last.candidate(used) != last.candidate(used - 1)) ++used;
  return (leaf.block_count() - 1) * Block::candidates + used;
}

void copy_place(Block* to, std::size_t place, const Block* from, std::size_t source) {
  Block& target = to[place / Block::candidates];
  const Block& origin = from[source / Block::candidates];
  std::memcpy(target.low[place % Block::candidates], origin.low[source % Block::candidates],
              sizeof target.low[0]);
  std::memcpy(target.span[place % Block::candidates], origin.span[source % Block::candidates],
              sizeof target.span[0]);
}

void write_candidate(Block* blocks, std::size_t place, Candidate candidate) {
  Block& block = blocks[place / Block::candidates];
  const auto number = static_cast<std::uint32_t>(candidate);
  block.low[place % Block::candidates][viewed_lanes] = static_cast<std::uint16_t>(number);
  block.span[place % Block::candidates][viewed_lanes] = static_cast<std::uint16_t>(number >> 16);
}

void write_place(Block* blocks, std::size_t place, const View& view, const Box& box,
                 Candidate candidate) {
  Block& block = blocks[place / Block::candidates];
  auto& low = block.low[place % Block::candidates];
  auto& span = block.span[place % Block::candidates];
  for (unsigned i = 0; i < viewed_lanes; ++i) {
    const Interval& interval = box[view[i]];
    low[i] = interval.low;
    span[i] = static_cast<std::uint16_t>(interval.high - interval.low);
  }
  write_candidate(blocks, place, candidate);
}

void repeat_last(Block* blocks, std::size_t count) {
  for (std::size_t i = count; i < blocks_for(count) * Block::candidates; ++i) {
    copy_place(blocks, i, blocks, count - 1);
  }
}

Candidate candidate_at(const Block* blocks, std::size_t place) {
  return blocks[place / Block::candidates].candidate(place % Block::candidates);
}

}  // namespace

Ref empty_leaf() {
  static const Block nothing = [] {
    Block block{};
    for (unsigned i = 0; i < Block::candidates; ++i) {
      block.low[i][viewed_lanes] = block.span[i][viewed_lanes] = 0xffff;
    }
    return block;
  }();
  static const Ref leaf = Ref::leaf(&nothing, 1);
  return leaf;
}

Ref Ref::node(const Ref* children, const Cut& cut) {
  const auto address = std::bit_cast<std::uint64_t>(children);
  return Ref(address | std::uint64_t{cut.lane} << 58 | std::uint64_t{cut.shift} << 53 |
             std::uint64_t{cut.bits} << 48);
}

Ref Ref::leaf(const Block* blocks, std::size_t count) {
  const auto address = std::bit_cast<std::uint64_t>(blocks);
  return Ref(std::uint64_t{1} << 63 | address | (count & 0x7fff) << 48 | count >> 15);
}

void BoxList::add(const Box& box, Candidate candidate) {
  intervals_.insert(intervals_.end(), box.begin(), box.begin() + lanes_);
  candidates_.push_back(candidate);
}

void Tree::build(const BoxList& boxes, Items items, const Cut& root) {
  root_ = root.bits == 0 ? build_below(boxes, items, 0) : build_node(boxes, items, root, 0);
}

Ref Tree::build_below(const BoxList& boxes, Items items, unsigned depth) {
  if (items.size() <= most_in_leaf || depth == most_depth) return build_leaf(boxes, items);
  const Cut cut = choose_cut(boxes, items);
  return cut.bits == 0 ? build_leaf(boxes, items) : build_node(boxes, items, cut, depth);
}

// Neighbours that hold the same boxes share what is below them.
Ref Tree::build_node(const BoxList& boxes, Items items, const Cut& cut, unsigned depth) {
  const std::size_t children = std::size_t{1} << cut.bits;
  std::vector<std::uint32_t> ends(children + 1, 0);
  for (const std::uint32_t item : items) {
    const ChildRange range = children_of(boxes.at(item, cut.lane), cut);
    for (std::uint32_t child = range.first; child <= range.last; ++child) ++ends[child + 1];
  }
  for (std::size_t child = 0; child < children; ++child) ends[child + 1] += ends[child];
  std::vector<std::uint32_t> below(ends[children]);
  std::vector<std::uint32_t> next(ends.begin(), ends.end() - 1);
  for (const std::uint32_t item : items) {
    const ChildRange range = children_of(boxes.at(item, cut.lane), cut);
    for (std::uint32_t child = range.first; child <= range.last; ++child) {
      below[next[child]++] = item;
    }
  }
  auto* refs = reinterpret_cast<Ref*>(pool_->take(lines_of_children(cut)));
  Items previous;
  for (std::size_t child = 0; child < children; ++child) {
    const Items own(below.data() + ends[child], below.data() + ends[child + 1]);
    const bool shared = child > 0 && std::ranges::equal(own, previous);
    refs[child] = shared ? refs[child - 1] : build_below(boxes, own, depth + 1);
    previous = own;
  }
  return Ref::node(refs, cut);
}

Ref Tree::build_leaf(const BoxList& boxes, Items items) {
  if (items.empty()) return empty_leaf();
  const std::size_t count = blocks_for(items.size());
  auto* blocks = reinterpret_cast<Block*>(pool_->take(count));
  for (std::size_t i = 0; i < items.size(); ++i) put(blocks, i, boxes, items[i]);
  repeat_last(blocks, items.size());
  return Ref::leaf(blocks, count);
}

void Tree::put(Block* blocks, std::size_t place, const BoxList& boxes, std::uint32_t item) const {
  Box box{};
  for (unsigned lane = 0; lane < boxes.lanes(); ++lane) box[lane] = boxes.at(item, lane);
  write_place(blocks, place, view_, box, boxes.candidate(item));
}

bool Tree::fits(const Box& box) const {
  if (!root_.is_leaf()) {
    const Cut cut = root_.cut();
    if (!is_narrow(children_of(box[cut.lane], cut), cut)) return false;
  }
  return leaves_for(root_, box, most_leaves) < most_leaves;
}

// Counts no further than `most`.
std::size_t Tree::leaves_for(Ref ref, const Box& box, std::size_t most) {
  if (ref.is_leaf()) return 1;
  const Cut cut = ref.cut();
  const ChildRange range = children_of(box[cut.lane], cut);
  std::size_t leaves = 0;
  for (std::uint32_t i = range.first; i <= range.last && leaves < most; ++i) {
    if (i > range.first && ref.children()[i] == ref.children()[i - 1]) continue;
    leaves += leaves_for(ref.children()[i], box, most - leaves);
  }
  return leaves;
}

// A run of children that share what is below them goes on sharing it (a box may thereby be in a
// leaf that it does not overlap, which costs a comparison); children without candidates do not.
template <class Change>
void Tree::change_leaves(Ref& ref, const Box& box, const Change& change) {
  if (ref.is_leaf()) {
    ref = change(ref);
    return;
  }
  const Cut cut = ref.cut();
  const ChildRange range = children_of(box[cut.lane], cut);
  auto* children = const_cast<Ref*>(ref.children());
  const std::uint32_t end = 1U << cut.bits;
  for (std::uint32_t i = range.first; i <= range.last;) {
    const Ref before = children[i];
    const bool empty = before == empty_leaf();
    std::uint32_t first = i;
    std::uint32_t last = i;
    while (!empty && first > 0 && children[first - 1] == before) --first;
    const std::uint32_t limit = empty ? range.last + 1 : end;
    while (last + 1 < limit && children[last + 1] == before) ++last;
    Ref after = before;
    change_leaves(after, box, change);
    std::fill(children + first, children + last + 1, after);
    i = last + 1;
  }
}

void Tree::insert(const Box& box, Candidate candidate) {
  change_leaves(root_, box, [&](Ref leaf) { return with(leaf, box, candidate); });
}

void Tree::erase(const Box& box, Candidate candidate) {
  change_leaves(root_, box, [&](Ref leaf) { return without(leaf, candidate); });
}

void Tree::rename(const Box& box, Candidate old_name, Candidate new_name) {
  change_leaves(root_, box, [&](Ref leaf) {
    auto* blocks = const_cast<Block*>(leaf.blocks());
    for (std::size_t i = 0; i < leaf.block_count() * Block::candidates; ++i) {
      if (candidate_at(blocks, i) == old_name) write_candidate(blocks, i, new_name);
    }
    return leaf;
  });
}

Ref Tree::with(Ref leaf, const Box& box, Candidate candidate) {
  const std::size_t count = count_of(leaf);
  const Block* old = leaf.blocks();
  std::size_t place = 0;
  while (place < count && slot_of(candidate_at(old, place)) <= slot_of(candidate)) {
    ++place;
  }
  const std::size_t blocks = blocks_for(count + 1);
  auto* fresh = reinterpret_cast<Block*>(pool_->take(blocks));
  for (std::size_t i = 0; i < place; ++i) copy_place(fresh, i, old, i);
  write_place(fresh, place, view_, box, candidate);
  for (std::size_t i = place; i < count; ++i) copy_place(fresh, i + 1, old, i);
  repeat_last(fresh, count + 1);
  free_leaf(leaf);
  const Ref grown = Ref::leaf(fresh, blocks);
  // Cuts are looked for when the size passes a power of two.
  if (count + 1 <= most_in_leaf || !std::has_single_bit(count)) return grown;
  const BoxList boxes = contents_of(grown, most_lanes);
  std::vector<std::uint32_t> items(boxes.size());
  for (std::uint32_t i = 0; i < boxes.size(); ++i) items[i] = i;
  const Cut cut = choose_cut(boxes, items);
  if (cut.bits == 0) return grown;
  free_leaf(grown);
  return build_node(boxes, items, cut, 1);
}

Ref Tree::without(Ref leaf, Candidate candidate) {
  const std::size_t count = count_of(leaf);
  const Block* old = leaf.blocks();
  std::size_t place = 0;
  while (place < count && candidate_at(old, place) != candidate) ++place;
  if (place == count) return leaf;
  if (count == 1) {
    free_leaf(leaf);
    return empty_leaf();
  }
  const std::size_t blocks = blocks_for(count - 1);
  auto* fresh = reinterpret_cast<Block*>(pool_->take(blocks));
  for (std::size_t i = 0; i < place; ++i) copy_place(fresh, i, old, i);
  for (std::size_t i = place + 1; i < count; ++i) copy_place(fresh, i - 1, old, i);
  repeat_last(fresh, count - 1);
  free_leaf(leaf);
  return Ref::leaf(fresh, blocks);
}

BoxList Tree::contents_of(Ref leaf, unsigned lanes) const {
  BoxList boxes(lanes);
  for (std::size_t i = 0; i < count_of(leaf); ++i) {
    const Candidate candidate = candidate_at(leaf.blocks(), i);
    boxes.add(source_->box(candidate), candidate);
  }
  return boxes;
}

void Tree::free_leaf(Ref leaf) {
  if (leaf == empty_leaf()) return;
  pool_->give_back(reinterpret_cast<Line*>(leaf.address()), leaf.block_count());
}

}  // namespace drydock::wfp::index
