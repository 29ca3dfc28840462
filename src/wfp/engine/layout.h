// SPDX-License-Identifier: Apache-2.0
// One numbering of a layer's filters in evaluation order, with gaps for newcomers (index/places.h),
// and where they are many the index over it. Filters stay with the owner.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "wfp/engine/compiled_filter.h"
#include "wfp/engine/index/filter_index.h"
#include "wfp/engine/index/places.h"
#include "wfp/engine/index/work.h"
#include "wfp/engine/objects.h"
#include "wfp/engine/variants.h"

namespace drydock::wfp {

// What newcomers find free, so that few others must move for them.
struct LayoutRoom {
  std::size_t slots_each;        // one of them taken
  std::size_t in_front_percent;  // of the filters; at the end there is always room
  std::size_t grows_to_percent;  // of the filters, until another layout is wanted
};

class Layout {
 public:
  // Two that are made or used at the same time have sides 0 and 1. Of so many filters or some more.
  Layout(const Layer& layer, const Variants& variants, unsigned side, std::size_t filters,
         const LayoutRoom& room);
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  // --- making it ---
  // Behind all others. Not after settle().
  void append(CompiledFilter& filter);
  // Makes it complete, with an index if `indexed`; until then there are no answers. The filters
  // stay meanwhile.
  index::Work settle(bool indexed);

  // --- changing it ---
  // Makes room, moving others. False: too little is left, and a new layout is needed.
  bool insert(CompiledFilter& filter) { return insert(filter, first_after(*filter.filter)); }
  // The same before a slot of which is known that it comes first_after() the filter.
  bool insert(CompiledFilter& filter, std::uint32_t before);
  void erase(CompiledFilter& filter);
  // Tells the index which slots are whose; after changes. At most index::most_sublayers.
  void number_sublayers();

  // --- asking it ---
  [[nodiscard]] std::span<const Slot> slots() const { return slots_; }
  [[nodiscard]] CompiledFilter& at(std::uint32_t slot) const { return *filters_[slot]; }
  [[nodiscard]] bool has(const CompiledFilter& filter) const {
    const std::uint32_t slot = filter.placed[side_].slot;
    return slot < filters_.size() && filters_[slot] == &filter;
  }
  // Of one that is here.
  [[nodiscard]] const Placed& placed(const CompiledFilter& filter) const {
    return filter.placed[side_];
  }
  [[nodiscard]] unsigned side() const { return side_; }
  [[nodiscard]] std::uint32_t taken_from(std::uint32_t slot) const;  // slots().size() if none is
  // The first taken slot that `filter` does not come after.
  [[nodiscard]] std::uint32_t first_after(const Filter& filter) const;
  // The same beginning at a slot whose filter it does not come after.
  [[nodiscard]] std::uint32_t first_after(const Filter& filter, std::uint32_t at) const;
  [[nodiscard]] std::size_t made_for() const { return made_for_; }  // filters, by settle()
  // Will newcomers soon find no room among the filters or before them?
  [[nodiscard]] bool runs_full(std::size_t filters) const {
    return filters * 10 > (slots_.size() - front_) * 6 || std::size_t{least_} * 4 < front_;
  }
  [[nodiscard]] const LayoutRoom& room() const { return room_; }
  [[nodiscard]] std::size_t sublayers() const { return sublayers_.size(); }
  [[nodiscard]] FilterId id_of(Slot slot) const { return FilterId{first_id_ + slot.id}; }
  [[nodiscard]] index::FilterIndex* index() const { return index_.get(); }
  [[nodiscard]] std::size_t bytes() const;

  // When it is used no more: gives some of its memory back. False: little is left.
  bool shed() { return index_ && index_->shed(); }

 private:
  [[nodiscard]] Placed& place_of(CompiledFilter& filter) const { return filter.placed[side_]; }
  void put(CompiledFilter& filter, std::uint32_t slot);
  [[nodiscard]] std::uint32_t make_place(std::uint32_t right);
  void fetch(std::span<const index::Move> moves) const;
  void move(std::uint32_t from, std::uint32_t to);
  void mark_ends(std::uint32_t slot);
  [[nodiscard]] std::int64_t taken_before(std::uint32_t slot) const;  // -1 if none is

  const Layer& layer_;
  const Variants& variants_;
  unsigned side_;
  LayoutRoom room_;
  std::size_t front_;                     // slots before the first filter
  std::uint32_t least_ = index::no_slot;  // that is taken, or less
  std::vector<Slot> slots_;
  std::vector<CompiledFilter*> filters_;                               // by slot
  std::map<std::pair<std::uint16_t, Guid>, SubLayerSlots> sublayers_;  // by weight and key
  std::size_t made_for_ = 0;
  std::int64_t latest_ = -2;                    // the newcomer's slot
  std::uint64_t first_id_ = ~std::uint64_t{0};  // of the filters that were laid out together
  std::unique_ptr<index::FilterIndex> index_;
};

// Is `filter` evaluated before `other`?
[[nodiscard]] bool comes_before(const Filter& filter, const Filter& other,
                                const Variants& variants);

}  // namespace drydock::wfp
