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
// A box that is in more leaves would be in more and more if all of them were cut on its account.
constexpr std::size_t most_cut_leaves = 16;
constexpr Cost cost_of_item{10};  // to see or to say which children it is below

std::size_t lines_of_children(const Cut& cut) {
  return std::max<std::size_t>(1, (sizeof(Ref) << cut.bits) / sizeof(Line));
}

}  // namespace

Ref empty_leaf() {
  static const Block nothing = [] {
    Block block{};
    const auto none = Candidate::none;
    for (const unsigned i : {14, 30}) {  // wherever a format has a candidate
      std::memcpy(block.numbers + i, &none, sizeof none);
    }
    return block;
  }();
  static const Ref leaf = Ref::leaf(&nothing, 1);
  return leaf;
}

Ref Ref::node(const Ref* children, const Cut& cut) {
  const auto address = std::bit_cast<std::uint64_t>(children);
  const std::uint64_t right = 64U - cut.bits;
  const std::uint64_t left = right - (cut.lane % 4 * 16 + cut.shift);
  const std::uint64_t word_offset = cut.lane / 4 * sizeof(std::uint64_t);
  return Ref(address | word_offset | left << left_at | right << right_at);
}

Ref Ref::leaf(const Block* blocks, std::size_t count) {
  const auto address = std::bit_cast<std::uint64_t>(blocks);
  const std::uint64_t low = count & low_count_mask;
  const std::uint64_t high = count >> high_count_shift & high_count_mask;
  return Ref(std::uint64_t{1} << 63 | address | low << count_at | high | std::uint64_t{count > 1});
}

void BoxList::reserve(std::size_t boxes) {
  intervals_.reserve(boxes * lanes_);
  candidates_.reserve(boxes);
}

void BoxList::add(const Box& box, Candidate candidate) {
  intervals_.insert(intervals_.end(), box.begin(), box.begin() + lanes_);
  candidates_.push_back(candidate);
}

Box BoxList::box(std::uint32_t item) const {
  Box box{};
  std::copy_n(&at(item, 0), lanes_, box.begin());
  return box;
}

Work Tree::build(const BoxList& boxes, Items items, Cut root) {
  if (root.bits == 0) {
    co_await build_below(boxes, items, 0, root_);
  } else {
    co_await build_node(boxes, items, root, 0, root_);
  }
}

Work Tree::build_below(const BoxList& boxes, Items items, unsigned depth, Ref& built) {
  Cut cut{};
  if (items.size() > most_in_leaf && depth != most_depth) co_await choose_cut(boxes, items, cut);
  if (cut.bits == 0) {
    built = build_leaf(boxes, items);
  } else {
    co_await build_node(boxes, items, cut, depth, built);
  }
}

// Neighbours that hold the same boxes share what is below them.
Work Tree::build_node(const BoxList& boxes, Items items, Cut cut, unsigned depth, Ref& built) {
  const std::size_t children = std::size_t{1} << cut.bits;
  std::vector<std::uint32_t> ends(children + 1, 0);
  for (const std::uint32_t item : items) {
    const ChildRange range = children_of(boxes.at(item, cut.lane), cut);
    for (std::uint32_t child = range.first; child <= range.last; ++child) ++ends[child + 1];
    co_await cost_of_item;
  }
  for (std::size_t child = 0; child < children; ++child) ends[child + 1] += ends[child];
  co_await Cost{static_cast<std::int64_t>(children)};
  std::vector<std::uint32_t> below;
  below.reserve(ends[children]);  // not yet touched
  while (below.size() < ends[children]) {
    below.resize(std::min<std::size_t>(below.size() + 4096, ends[children]));
    co_await Cost{2000};
  }
  std::vector<std::uint32_t> next(ends.begin(), ends.end() - 1);
  for (const std::uint32_t item : items) {
    const ChildRange range = children_of(boxes.at(item, cut.lane), cut);
    for (std::uint32_t child = range.first; child <= range.last; ++child) {
      below[next[child]++] = item;
    }
    co_await cost_of_item;
  }
  auto* refs = reinterpret_cast<Ref*>(pool_->take(lines_of_children(cut)));
  Items previous;
  for (std::size_t child = 0; child < children; ++child) {
    const Items own(below.data() + ends[child], below.data() + ends[child + 1]);
    if (child > 0 && std::ranges::equal(own, previous)) {
      refs[child] = refs[child - 1];
    } else if (own.size() <= most_in_leaf) {
      refs[child] = build_leaf(boxes, own);
      co_await Cost{static_cast<std::int64_t>(100 * own.size())};
    } else {
      co_await build_below(boxes, own, depth + 1, refs[child]);
    }
    previous = own;
    co_await Cost{5};
  }
  built = Ref::node(refs, cut);
}

Ref Tree::build_leaf(const BoxList& boxes, Items items) {
  if (items.empty()) return empty_leaf();
  const std::size_t count = BlockRun::blocks_for(format_, items.size());
  auto* blocks = reinterpret_cast<Block*>(pool_->take(count));
  BlockRun run(format_, blocks);
  for (std::size_t i = 0; i < items.size(); ++i) {
    run.write(i, boxes.box(items[i]), boxes.candidate(items[i]));
  }
  run.repeat_last(items.size());
  return Ref::leaf(blocks, count);
}

BlockRun Tree::run_of(Ref leaf) const {
  return {format_, const_cast<Block*>(leaf.blocks())};
}

// Candidates of a leaf, without the repetition at its end.
std::size_t Tree::count_of(Ref leaf) const {
  if (leaf == empty_leaf()) return 0;
  const BlockRun run = run_of(leaf);
  const std::size_t places = leaf.block_count() * candidates_per_block(format_);
  const bool repeated =
      format_ == Format::pairs && run.candidate(places - 1) == run.candidate(places - 2);
  return repeated ? places - 1 : places;
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
  std::size_t changed = 0;
  change_leaves(root_, box, [&](Ref leaf) {
    const Ref grown = with(leaf, box, candidate);
    return ++changed <= most_cut_leaves ? cut_if_large(grown) : grown;
  });
}

void Tree::erase(const Box& box, Candidate candidate) {
  change_leaves(root_, box, [&](Ref leaf) { return without(leaf, candidate); });
}

void Tree::rename(const Box& box, Candidate old_name, Candidate new_name) {
  change_leaves(root_, box, [&](Ref leaf) {
    BlockRun run = run_of(leaf);
    for (std::size_t i = 0; i < leaf.block_count() * candidates_per_block(format_); ++i) {
      if (run.candidate(i) == old_name) run.rename(i, new_name);
    }
    return leaf;
  });
}

Ref Tree::with(Ref leaf, const Box& box, Candidate candidate) {
  const std::size_t count = count_of(leaf);
  const BlockRun old = run_of(leaf);
  std::size_t place = 0;
  while (place < count && slot_of(old.candidate(place)) <= slot_of(candidate)) ++place;
  const std::size_t blocks = BlockRun::blocks_for(format_, count + 1);
  auto* fresh = reinterpret_cast<Block*>(pool_->take(blocks));
  BlockRun run(format_, fresh);
  for (std::size_t i = 0; i < place; ++i) run.copy(i, old, i);
  run.write(place, box, candidate);
  for (std::size_t i = place; i < count; ++i) run.copy(i + 1, old, i);
  run.repeat_last(count + 1);
  free_leaf(leaf);
  return Ref::leaf(fresh, blocks);
}

// Of a leaf that has just grown. Cuts are looked for when the size passes a power of two.
Ref Tree::cut_if_large(Ref leaf) {
  const std::size_t count = count_of(leaf);
  if (count <= most_in_leaf || !std::has_single_bit(count - 1)) return leaf;
  const BoxList boxes = contents_of(leaf);
  std::vector<std::uint32_t> items(boxes.size());
  for (std::uint32_t i = 0; i < boxes.size(); ++i) items[i] = i;
  const Cut cut = choose_cut_of_leaf(boxes, items);
  if (cut.bits == 0) return leaf;
  free_leaf(leaf);
  Ref node;
  build_node(boxes, items, cut, 1, node).finish();
  return node;
}

Ref Tree::without(Ref leaf, Candidate candidate) {
  const std::size_t count = count_of(leaf);
  const BlockRun old = run_of(leaf);
  std::size_t place = 0;
  while (place < count && old.candidate(place) != candidate) ++place;
  if (place == count) return leaf;
  if (count == 1) {
    free_leaf(leaf);
    return empty_leaf();
  }
  const std::size_t blocks = BlockRun::blocks_for(format_, count - 1);
  auto* fresh = reinterpret_cast<Block*>(pool_->take(blocks));
  BlockRun run(format_, fresh);
  for (std::size_t i = 0; i < place; ++i) run.copy(i, old, i);
  for (std::size_t i = place + 1; i < count; ++i) run.copy(i - 1, old, i);
  run.repeat_last(count - 1);
  free_leaf(leaf);
  return Ref::leaf(fresh, blocks);
}

BoxList Tree::contents_of(Ref leaf) const {
  BoxList boxes(lanes_);
  for (std::size_t i = 0; i < count_of(leaf); ++i) {
    const Candidate candidate = run_of(leaf).candidate(i);
    boxes.add(source_->box(candidate), candidate);
  }
  return boxes;
}

void Tree::free_leaf(Ref leaf) {
  if (leaf == empty_leaf()) return;
  pool_->give_back(reinterpret_cast<Line*>(leaf.address()), leaf.block_count());
}

}  // namespace drydock::wfp::index
