// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/snapshot.h"

#include <algorithm>
#include <tuple>

namespace drydock::wfp {
namespace {

using Outcome = TraceEntry::Outcome;

bool comes_before(const Filter& a, const Filter& b, const Variants& variants) {
  if (a.sublayer_weight != b.sublayer_weight) return a.sublayer_weight > b.sublayer_weight;
  const bool descending = variants.ties == Variants::Ties::descending;
  if (a.spec.sublayer != b.spec.sublayer) {
    return (a.spec.sublayer < b.spec.sublayer) != descending;
  }
  if (a.weight != b.weight) return a.weight > b.weight;
  return (a.id < b.id) != descending && a.id != b.id;
}

bool is_hard(const FilterSpec& spec) {
  return spec.action == Action::block || (spec.flags & filter_flag::clear_action_right) != 0;
}

// What one filter contributes to its sublayer.
struct Verdict {
  Outcome outcome = Outcome::went_on;
  Action action = Action::none;  // PERMIT or BLOCK when it decides
  bool hard = false;
  bool absorb = false;
  bool may_veto = false;
};

Verdict plain_verdict(const CompiledFilter& filter) {
  const bool block = filter.action == Action::block;
  return {.outcome = block ? Outcome::block : Outcome::permit,
          .action = filter.action,
          .hard = filter.hard};
}

// Lifecycle of a callout, section 9: functions not registered.
Verdict missing_verdict(const CompiledFilter& filter, const Variants& variants) {
  if (filter.action == Action::callout_inspection) return {.outcome = Outcome::skipped};
  if (filter.permit_if_missing) {
    return {.outcome = Outcome::callout_missing_permit, .action = Action::permit};
  }
  return {.outcome = Outcome::callout_missing_block,
          .action = Action::block,
          .hard = variants.missing_callout_blocks_hard};
}

Verdict callout_verdict(const CompiledFilter& filter, const CalloutAnswer& answer) {
  if (answer.skipped) return {.outcome = Outcome::skipped};
  const bool decides = answer.action == Action::permit || answer.action == Action::block;
  if (filter.action == Action::callout_inspection || !answer.wrote || !decides) return {};
  const bool block = answer.action == Action::block;
  return {.outcome = block ? Outcome::block : Outcome::permit,
          .action = answer.action,
          .hard = answer.hard,
          .absorb = block && answer.absorb,
          .may_veto = block};
}

// The state that sublayers hand on to each other.
class Arbiter {
 public:
  explicit Arbiter(const Variants& variants) : variants_(variants) {}

  [[nodiscard]] ClassifyRights rights() const { return {.write = may_write_}; }

  // Returns what the verdict turned out to be: a BLOCK without the right is a veto.
  Outcome take(const CompiledFilter& filter, const Verdict& verdict) {
    const bool block = verdict.action == Action::block;
    Outcome outcome = verdict.outcome;
    if (block && may_write_ && !blocked()) {
      settle(filter, verdict);
    } else if (block && !may_write_ && !blocked() && verdict.may_veto) {
      settle(filter, verdict);
      decision_.veto = true;
      outcome = Outcome::veto;
    } else if (!block && decision_.filter == FilterId::none) {
      settle(filter, verdict);
    }
    if (clears_right(filter, verdict)) may_write_ = false;
    return outcome;
  }

  [[nodiscard]] bool finished() const {
    return variants_.stop_after_hard_block && blocked() && !may_write_;
  }

  void mark_inconclusive() { decision_.inconclusive = true; }

  [[nodiscard]] Decision result() const {
    Decision decision = decision_;
    decision.hard = !may_write_;
    return decision;
  }

 private:
  [[nodiscard]] bool blocked() const { return decision_.action == Action::block; }

  void settle(const CompiledFilter& filter, const Verdict& verdict) {
    decision_.action = verdict.action;
    decision_.filter = filter.filter->id;
    decision_.absorbed = verdict.absorb;
  }

  // E-7: one product's authors saw a callout's hard permit not respected.
  [[nodiscard]] bool clears_right(const CompiledFilter& filter, const Verdict& verdict) const {
    const bool callout_permit = names_callout(filter.action) && verdict.action == Action::permit;
    return verdict.hard && (!callout_permit || variants_.callout_hard_permit_counts);
  }

  const Variants& variants_;
  Decision decision_;
  bool may_write_ = true;
};

// AND over groups, OR in a group; a group is a run of conditions that ends in last_of_group.
Match matches_all(std::span<const CompiledCondition> conditions, const ConditionPool& pool,
                  std::span<const ValueView> values, CalloutInvoker& invoker) {
  static constexpr ValueView nothing{};
  Match all = Match::yes;
  Match group = Match::no;
  for (const CompiledCondition& condition : conditions) {
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

// Counts a classification while it runs.
class Reading {
 public:
  explicit Reading(std::uint32_t& readers) : readers_(readers) { ++readers_; }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() { --readers_; }

 private:
  std::uint32_t& readers_;
};

Verdict evaluate(const CompiledFilter& filter, ClassifyRights rights, CalloutInvoker& invoker,
                 const Variants& variants) {
  if (!names_callout(filter.action)) return plain_verdict(filter);
  if (!invoker.registered(filter.callout)) return missing_verdict(filter, variants);
  return callout_verdict(filter, invoker.invoke(*filter.filter, rights));
}

}  // namespace

Decision LayerSnapshot::classify(std::span<const ValueView> values, CalloutInvoker& invoker,
                                 const Variants& variants, ClassifyTrace* trace) {
  const Reading reading(readers_);
  Arbiter arbiter(variants);
  for (const SubLayerPass& pass : passes_) {
    for (std::uint32_t i = pass.first; i < pass.end; ++i) {
      const CompiledFilter& filter = filters_[i];
      const auto note = [&](Outcome outcome) {
        if (trace) trace->push_back({filter.filter->id, outcome});
      };
      const auto conditions =
          std::span(conditions_)
              .subspan(filter.first_condition, filter.end_of_conditions - filter.first_condition);
      const Match match = matches_all(conditions, pool_, values, invoker);
      if (match != Match::yes) {
        if (match == Match::unknown) arbiter.mark_inconclusive();
        note(Outcome::no_match);
        continue;
      }
      const Verdict verdict = evaluate(filter, arbiter.rights(), invoker, variants);
      if (verdict.action == Action::none) {
        note(verdict.outcome);
        continue;
      }
      note(arbiter.take(filter, verdict));
      break;
    }
    if (arbiter.finished()) break;
  }
  return arbiter.result();
}

std::unique_ptr<LayerSnapshot> LayerSnapshot::build(
    const Layer& layer, std::vector<std::shared_ptr<const Filter>> filters,
    const Variants& variants) {
  if (filters.empty()) return nullptr;
  std::ranges::sort(filters,
                    [&](const auto& a, const auto& b) { return comes_before(*a, *b, variants); });
  auto snapshot = std::make_unique<LayerSnapshot>();
  snapshot->filters_.reserve(filters.size());
  for (const auto& filter : filters) {
    const auto position = static_cast<std::uint32_t>(snapshot->filters_.size());
    const bool same_sublayer =
        position > 0 && snapshot->filters_.back().filter->spec.sublayer == filter->spec.sublayer;
    if (!same_sublayer) snapshot->passes_.push_back({position, position});
    snapshot->append(layer, *filter, variants);
    snapshot->passes_.back().end = position + 1;
  }
  snapshot->owners_ = std::move(filters);
  return snapshot;
}

bool LayerSnapshot::holds(const Filter& filter) const {
  return std::ranges::any_of(filters_,
                             [&](const CompiledFilter& entry) { return entry.filter == &filter; });
}

void LayerSnapshot::append(const Layer& layer, const Filter& filter, const Variants& variants) {
  const auto first = static_cast<std::uint32_t>(conditions_.size());
  const bool split_not_equal =
      variants.not_equal_in_group == Variants::NotEqualInGroup::and_with_others;
  struct Keyed {
    std::uint16_t field;
    std::size_t alone;  // conditions with different numbers are in different groups
    const FilterCondition* condition;
  };
  std::vector<Keyed> keyed;
  for (const FilterCondition& condition : filter.spec.conditions) {
    const bool alone = split_not_equal && condition.match == MatchType::not_equal;
    keyed.push_back(
        {*field_index(layer, condition.field), alone ? keyed.size() + 1 : 0, &condition});
  }
  const auto group = [](const Keyed& entry) { return std::tuple(entry.field, entry.alone); };
  std::ranges::sort(keyed, {},
                    [&](const Keyed& entry) { return std::tuple(group(entry), entry.condition); });
  for (std::size_t i = 0; i < keyed.size(); ++i) {
    CompiledCondition compiled = compile_condition(keyed[i].field, layer.fields[keyed[i].field],
                                                   *keyed[i].condition, variants, pool_);
    compiled.last_of_group = i + 1 == keyed.size() || group(keyed[i]) != group(keyed[i + 1]);
    conditions_.push_back(compiled);
  }
  filters_.push_back({
      .filter = &filter,
      .first_condition = first,
      .end_of_conditions = static_cast<std::uint32_t>(conditions_.size()),
      .action = filter.spec.action,
      .callout = filter.callout_id,
      .hard = is_hard(filter.spec),
      .permit_if_missing = (filter.spec.flags & filter_flag::permit_if_callout_unregistered) != 0,
  });
}

}  // namespace drydock::wfp
