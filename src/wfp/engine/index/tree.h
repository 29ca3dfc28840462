// SPDX-License-Identifier: Apache-2.0
// A tree of cuts. A node looks at a few adjacent bits of one lane and has a child for each of their
// values; a box is below every child that it overlaps. A leaf is a run of blocks of candidates in
// evaluation order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "wfp/engine/index/block.h"
#include "wfp/engine/index/lanes.h"
#include "wfp/engine/index/line_pool.h"
#include "wfp/engine/index/work.h"

namespace drydock::wfp::index {

// Bits `shift` to `shift + bits - 1` of a lane.
struct Cut {
  std::uint8_t lane = 0;
  std::uint8_t shift = 0;
  std::uint8_t bits = 0;  // 1 to 16
};

// The children that a box overlaps, or all of them when that cannot be said by an interval.
struct ChildRange {
  std::uint32_t first;
  std::uint32_t last;
};
[[nodiscard]] inline ChildRange children_of(const Interval& interval, const Cut& cut) {
  const unsigned above = cut.shift + cut.bits;
  const std::uint32_t mask = (1U << cut.bits) - 1;
  if (std::uint32_t{interval.low} >> above != std::uint32_t{interval.high} >> above) {
    return {0, mask};
  }
  return {std::uint32_t{interval.low} >> cut.shift & mask,
          std::uint32_t{interval.high} >> cut.shift & mask};
}

// A node or a leaf, packed so that going down costs one load and few instructions: the address, a
// multiple of 64 below 2^48, in the middle; bit 63 says leaf.
// Of a node: where in a key the word with the lane is, in bytes, in bits 3-5, and what to shift
// that word by, left and then right, in 48-53 and 54-59. Of a leaf: has it more blocks than one in
// bit 0, their number in bits 48-62 and, above 2^15, in 1-5.
class Ref {
 public:
  static constexpr std::uint64_t word_offset_mask = 0x38;
  static constexpr unsigned left_at = 48;
  static constexpr unsigned right_at = 54;
  static constexpr unsigned count_at = 48;
  static constexpr std::uint64_t low_count_mask = 0x7fff;
  static constexpr std::uint64_t high_count_mask = 0x3e;
  static constexpr unsigned high_count_shift = 14;
  static constexpr std::uint64_t address_mask = 0x0000ffffffffffc0;

  constexpr Ref() = default;
  static Ref node(const Ref* children, const Cut& cut);
  static Ref leaf(const Block* blocks, std::size_t count);

  [[nodiscard]] bool is_leaf() const { return bits_ >> 63 != 0; }
  [[nodiscard]] Cut cut() const {
    const unsigned bits = 64 - right();
    const unsigned lowest = right() - left();  // of the word's bits
    return {.lane = static_cast<std::uint8_t>(word_offset() / 2 + lowest / 16),
            .shift = static_cast<std::uint8_t>(lowest % 16),
            .bits = static_cast<std::uint8_t>(bits)};
  }
  [[nodiscard]] unsigned word_offset() const { return bits_ & word_offset_mask; }
  // Which child, of the key's word.
  [[nodiscard]] std::uint64_t child_for(std::uint64_t word) const {
    return word << left() >> right();
  }
  [[nodiscard]] const Ref* children() const { return reinterpret_cast<const Ref*>(address()); }
  [[nodiscard]] const Block* blocks() const { return reinterpret_cast<const Block*>(address()); }
  [[nodiscard]] bool has_one_block() const { return (bits_ & 1) == 0; }
  [[nodiscard]] std::size_t block_count() const {
    return (bits_ >> count_at & low_count_mask) | (bits_ & high_count_mask) << high_count_shift;
  }
  [[nodiscard]] std::uint64_t address() const { return bits_ & address_mask; }

  friend bool operator==(const Ref&, const Ref&) = default;

 private:
  explicit constexpr Ref(std::uint64_t bits) : bits_(bits) {}
  [[nodiscard]] unsigned left() const { return bits_ >> left_at & 63; }
  [[nodiscard]] unsigned right() const { return bits_ >> right_at & 63; }
  std::uint64_t bits_ = 0;
};

// A leaf of one block that holds no candidate (but Candidate::none, which may match), in any
// format.
[[nodiscard]] Ref empty_leaf();

// Where a tree that must cut a leaf finds its candidates' boxes again.
class BoxSource {
 public:
  virtual ~BoxSource() = default;
  [[nodiscard]] virtual Box box(Candidate candidate) const = 0;
};

// Boxes on their way into a tree, in evaluation order.
class BoxList {
 public:
  explicit BoxList(unsigned lanes) : lanes_(lanes) {}
  void reserve(std::size_t boxes);
  void add(const Box& box, Candidate candidate);
  [[nodiscard]] std::uint32_t size() const {
    return static_cast<std::uint32_t>(candidates_.size());
  }
  [[nodiscard]] unsigned lanes() const { return lanes_; }
  [[nodiscard]] Box box(std::uint32_t item) const;
  [[nodiscard]] const Interval& at(std::uint32_t item, unsigned lane) const {
    return intervals_[std::size_t{item} * lanes_ + lane];
  }
  [[nodiscard]] Candidate candidate(std::uint32_t item) const { return candidates_[item]; }

 private:
  unsigned lanes_;
  std::vector<Interval> intervals_;
  std::vector<Candidate> candidates_;
};

using Items = std::span<const std::uint32_t>;  // positions in a BoxList, ascending

class Tree {
 public:
  Tree(LinePool& pool, Format format, unsigned lanes, const BoxSource& source)
      : pool_(&pool), source_(&source), format_(format), lanes_(lanes) {}

  // `root`: where to begin, no bits: decide as at any node. Boxes, items and tree stay where they
  // are meanwhile.
  Work build(const BoxList& boxes, Items items, Cut root);
  // May a box go here without having to be in very many leaves?
  [[nodiscard]] bool fits(const Box& box) const;
  void insert(const Box& box, Candidate candidate);
  void erase(const Box& box, Candidate candidate);
  // The same filter by another slot, with none between the two.
  void rename(const Box& box, Candidate old_name, Candidate new_name);

  [[nodiscard]] Ref root() const { return root_; }

 private:
  Work build_below(const BoxList& boxes, Items items, unsigned depth, Ref& built);
  Work build_node(const BoxList& boxes, Items items, Cut cut, unsigned depth, Ref& built);
  Ref build_leaf(const BoxList& boxes, Items items);
  static std::size_t leaves_for(Ref ref, const Box& box, std::size_t most);
  template <class Change>
  void change_leaves(Ref& ref, const Box& box, const Change& change);
  [[nodiscard]] Ref with(Ref leaf, const Box& box, Candidate candidate);
  [[nodiscard]] Ref cut_if_large(Ref leaf);
  [[nodiscard]] Ref without(Ref leaf, Candidate candidate);
  [[nodiscard]] BlockRun run_of(Ref leaf) const;
  [[nodiscard]] std::size_t count_of(Ref leaf) const;
  [[nodiscard]] BoxList contents_of(Ref leaf) const;
  void free_leaf(Ref leaf);

  LinePool* pool_;
  const BoxSource* source_;
  Format format_;
  unsigned lanes_;
  Ref root_ = empty_leaf();
};

// The cut that tells most of the items apart, for a root: also that has few items in most of its
// children. No bits: there is none worth it.
[[nodiscard]] Work choose_cut(const BoxList& boxes, Items items, Cut& chosen);
// The same in less time, for the one leaf that a change has made too large.
[[nodiscard]] Cut choose_cut_of_leaf(const BoxList& boxes, Items items);
[[nodiscard]] Work choose_root(const BoxList& boxes, Items items, Cut& chosen);
// Should a box be in a tree with this root?
[[nodiscard]] bool is_narrow(const ChildRange& range, const Cut& root);

}  // namespace drydock::wfp::index
