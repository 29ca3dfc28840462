// SPDX-License-Identifier: Apache-2.0
// The half of a layer's filters that answers.
#include <algorithm>

#include "wfp/engine/layer_filters.h"

namespace drydock::wfp {
namespace {

using Outcome = TraceEntry::Outcome;
using index::Key;
using index::no_slot;

const ConditionPool no_pool{};

// AND over groups, OR in a group; a group is a run of conditions that ends in last_of_group.
Match matches_all(const CompiledFilter& filter, std::span<const ValueView> values,
                  CalloutInvoker& invoker) {
  static constexpr ValueView nothing{};
  const ConditionPool& pool = filter.pool ? *filter.pool : no_pool;
  Match all = Match::yes;
  Match group = Match::no;
  for (const CompiledCondition& condition : filter.conditions()) {
    if (group != Match::yes) {
      const ValueView& value = condition.field < values.size() ? values[condition.field] : nothing;
      const Match one = matches(condition, pool, value, invoker);
      if (one != Match::no) group = one;
    }
    if (!condition.last_of_group) continue;
    if (group == Match::no) return Match::no;
    if (group == Match::unknown) all = Match::unknown;
    group = Match::no;
  }
  return all;
}

}  // namespace

// Counts classifications while they run.
class LayerFilters::Reading {
 public:
  explicit Reading(LayerFilters& owner) : owner_(owner), commit_(owner.commit_) {
    ++owner_.readers_.back().count;
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() {
    const auto own = std::ranges::find(owner_.readers_, commit_, &Readers::commit);
    if (--own->count == 0 && owner_.readers_.size() > 1) owner_.drop_ended();
  }

  [[nodiscard]] std::uint64_t commit() const { return commit_; }

 private:
  LayerFilters& owner_;
  std::uint64_t commit_;
};

// The way of one classification through the filters of its commit, in evaluation order.
class LayerFilters::Walk {
 public:
  // Every filter is met, matching or not, if `all`; else the index may leave some out. `key` is
  // where the values are kept as the index wants them.
  Walk(const LayerFilters& owner, std::span<const ValueView> values, std::uint64_t commit, bool all,
       Key& key)
      : owner_(owner), values_(values), commit_(commit), all_(all), key_(key) {
    prepare();
  }

  // The next filter's slot at `from` or later; no_slot if there is none.
  std::uint32_t next(std::uint32_t from) {
    const std::uint64_t commit = commit_;
    const auto meets = [&](const CompiledFilter& filter) {
      return filter.born <= commit && commit < filter.died;
    };
    while (true) {
      const std::uint32_t slot = indexed_ ? next_found(from) : next_taken(from);
      if (slot == no_slot || plain_ || meets(owner_.layout_->at(slot))) return slot;
      from = slot + 1;
    }
  }
  // After a callout or a condition, during which much may have changed. The filter itself has
  // stayed, but perhaps not where it was.
  std::uint32_t next_after(const CompiledFilter& filter) {
    if (seen_ != owner_.changes_) prepare();
    return next(owner_.layout_->placed(filter).slot + 1);
  }
  std::uint32_t next_sublayer_after(const CompiledFilter& filter) {
    if (seen_ != owner_.changes_) prepare();
    return next(owner_.layout_->placed(filter).sublayer->end);
  }

  // Does a filter that was met match for certain?
  [[nodiscard]] bool knows(const Slot& slot) const { return indexed_ && slot.exact && key_.known; }
  [[nodiscard]] std::span<const ValueView> values() const { return values_; }

 private:
  void prepare() {
    seen_ = owner_.changes_;
    indexed_ = owner_.layout_->index() != nullptr && !all_;
    plain_ = owner_.is_plain(commit_);
    at_ = count_ = 0;
    more_ = true;
    if (indexed_) owner_.layout_->index()->read(values_, key_);
  }

  std::uint32_t next_taken(std::uint32_t from) const {
    const std::uint32_t slot = owner_.layout_->taken_from(from);
    return slot < owner_.layout_->slots().size() ? slot : no_slot;
  }

  std::uint32_t next_found(std::uint32_t from) {
    while (true) {
      while (at_ < count_ && found_[at_] < from) ++at_;
      if (at_ < count_) return found_[at_];
      if (!more_) return no_slot;
      count_ = owner_.layout_->index()->some(key_, from, found_);
      more_ = count_ == index::most_found;
      at_ = 0;
    }
  }

  const LayerFilters& owner_;
  std::span<const ValueView> values_;
  std::uint64_t commit_;
  bool all_;
  bool indexed_ = false;
  bool plain_ = false;  // all filters here are of the commit
  bool more_ = true;    // the index may have more than it has given
  Key& key_;
  std::uint64_t seen_ = 0;  // LayerFilters::changes_
  std::size_t at_ = 0;
  std::size_t count_ = 0;
  std::uint32_t found_[index::most_found];
};

FilterVerdict LayerFilters::call(const CompiledFilter& filter, ClassifyRights rights,
                                 CalloutInvoker& invoker) const {
  const Filter& asked = *filter.filter;
  if (!invoker.registered(asked.callout_id)) return missing_verdict(asked, variants_);
  return callout_verdict(asked.spec.action, invoker.invoke(asked, rights));
}

// Conditions and callouts may suspend: nothing is kept across them but what the commit pins.
Decision LayerFilters::decide(Walk& walk, CalloutInvoker& invoker, ClassifyTrace* trace) {
  Arbiter arbiter(variants_);
  for (std::uint32_t slot = walk.next(0); slot != no_slot;) {
    const Slot met = layout_->slots()[slot];
    const CompiledFilter& filter = layout_->at(slot);
    const FilterId id = filter.filter->id;
    const auto note = [&](Outcome outcome) {
      if (trace) trace->push_back({id, outcome});
    };
    const Match match = walk.knows(met) ? Match::yes : matches_all(filter, walk.values(), invoker);
    FilterVerdict verdict{.outcome = Outcome::no_match};
    if (match == Match::unknown) arbiter.mark_inconclusive();
    if (match == Match::yes) {
      verdict = met.calls_out ? call(filter, arbiter.rights(), invoker)
                              : plain_verdict(met.blocks, met.hard);
    }
    if (verdict.action == Action::none) {
      note(verdict.outcome);
      slot = walk.next_after(filter);
      continue;
    }
    note(arbiter.take(id, met.calls_out, verdict));
    if (arbiter.finished()) break;
    slot = walk.next_sublayer_after(filter);
  }
  return arbiter.result();
}

// Does a filter that the index found match, and is that all there is to know?
bool LayerFilters::settles(std::uint32_t slot, const Row& row) const {
  const Slot met = layout_->slots()[slot];
  if (met.exact && !met.needs_walk && row.key.known) [[likely]]
    return true;
  return !met.needs_walk && matches_all(layout_->at(slot), row.values, row.invoker) == Match::yes;
}

bool LayerFilters::all_settle(const index::SlotOfEach& firsts, const Row& row) const {
  for (std::size_t i = 0; i < layout_->sublayers(); ++i) {
    if (firsts[i] != no_slot && !settles(firsts[i], row)) return false;
  }
  return true;
}

Decision LayerFilters::plain_decision(std::uint32_t first) const {
  const Slot met = layout_->slots()[first];
  return {.action = met.blocks ? Action::block : Action::permit,
          .filter = layout_->id_of(met),
          .hard = met.hard != 0};
}

Decision LayerFilters::plain_decision(const index::SlotOfEach& firsts) const {
  Arbiter arbiter(variants_);
  for (std::size_t i = 0; i < layout_->sublayers(); ++i) {
    if (firsts[i] == no_slot) continue;
    const Slot met = layout_->slots()[firsts[i]];
    arbiter.take(layout_->id_of(met), false, plain_verdict(met.blocks, met.hard));
    if (arbiter.finished()) break;
  }
  return arbiter.result();
}

Decision LayerFilters::classify(std::span<const ValueView> values, CalloutInvoker& invoker,
                                ClassifyTrace* trace) {
  if (index_finds_ == IndexFinds::candidates || trace != nullptr) {
    return walk_all(values, invoker, trace);
  }
  Key key;
  layout_->index()->read(values, key);
  if (index_finds_ == IndexFinds::first) {
    const std::uint32_t first = layout_->index()->first(key);
    if (first == no_slot) return {};
    if (settles(first, {values, key, invoker})) return plain_decision(first);
  } else {
    index::SlotOfEach firsts;
    layout_->index()->firsts(key, firsts);
    if (all_settle(firsts, {values, key, invoker})) return plain_decision(firsts);
  }
  return walk_all(values, invoker, trace);
}

Decision LayerFilters::walk_all(std::span<const ValueView> values, CalloutInvoker& invoker,
                                ClassifyTrace* trace) {
  Key key;
  const Reading reading(*this);
  Walk walk(*this, values, reading.commit(), trace != nullptr, key);
  return decide(walk, invoker, trace);
}

// Those of up to most_in_burst rows that need no walk; says which.
std::uint32_t LayerFilters::answer_together(std::span<const std::span<const ValueView>> rows,
                                            CalloutInvoker& invoker,
                                            std::span<Decision> decisions) const {
  Key keys[index::most_in_burst];
  for (std::size_t i = 0; i < rows.size(); ++i) layout_->index()->read(rows[i], keys[i]);
  std::uint32_t answered = 0;
  if (index_finds_ == IndexFinds::first) {
    std::uint32_t first[index::most_in_burst];
    layout_->index()->first_of_each({keys, rows.size()}, first);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool none = first[i] == no_slot;
      if (!none && !settles(first[i], {rows[i], keys[i], invoker})) continue;
      decisions[i] = none ? Decision{} : plain_decision(first[i]);
      answered |= std::uint32_t{1} << i;
    }
  } else {
    index::SlotOfEach firsts[index::most_in_burst];
    layout_->index()->firsts_of_each({keys, rows.size()}, firsts);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!all_settle(firsts[i], {rows[i], keys[i], invoker})) continue;
      decisions[i] = plain_decision(firsts[i]);
      answered |= std::uint32_t{1} << i;
    }
  }
  return answered;
}

void LayerFilters::classify(std::span<const std::span<const ValueView>> rows,
                            CalloutInvoker& invoker, std::span<Decision> decisions) {
  const Reading reading(*this);
  for (std::size_t done = 0; done < rows.size();) {
    const std::size_t count = std::min(rows.size() - done, index::most_in_burst);
    std::uint32_t answered = 0;
    // A callout of an earlier row may have changed the filters.
    if (index_finds_ != IndexFinds::candidates && is_plain(reading.commit())) {
      answered =
          answer_together(rows.subspan(done, count), invoker, decisions.subspan(done, count));
    }
    for (std::size_t i = 0; i < count; ++i, ++done) {
      if ((answered >> i & 1) != 0) continue;
      Key key;
      invoker.begin_row(done);
      Walk walk(*this, rows[done], reading.commit(), false, key);
      decisions[done] = decide(walk, invoker, nullptr);
    }
  }
}

}  // namespace drydock::wfp
