// SPDX-License-Identifier: Apache-2.0
#include "policy/explain/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>

#include "net/host_network.h"
#include "policy/describe.h"
#include "policy/explain/values_of_step.h"
#include "policy/names.h"
#include "policy/text.h"
#include "policy/values.h"
#include "wfp/engine/access_check.h"
#include "wfp/engine/match.h"

namespace drydock::policy {
namespace {

using wfp::Action;
using wfp::Filter;
using wfp::FilterId;
using wfp::Match;
using Fate = ExplainedFilter::Fate;
using Outcome = wfp::TraceEntry::Outcome;

constexpr std::uint32_t registered_flag = 0x40000;  // FWPM_CALLOUT_FLAG_REGISTERED

// Answers in the place of callouts.
class Actor final : public wfp::CalloutInvoker {
 public:
  Actor(const wfp::Engine& engine, const Assumptions& assumptions)
      : engine_(engine), assumptions_(assumptions) {}

  bool registered(wfp::CalloutId callout) override {
    const auto object = engine_.store().callout(callout);
    return object && answer_of(*object) != AssumedAnswer::missing;
  }
  wfp::CalloutAnswer invoke(const Filter& filter, wfp::ClassifyRights /*rights*/) override {
    switch (answer_of(filter)) {
      case AssumedAnswer::permit:
        return {.action = Action::permit, .wrote = true};
      case AssumedAnswer::permit_hard:
        return {.action = Action::permit, .wrote = true, .hard = true};
      case AssumedAnswer::block:
        return {.action = Action::block, .wrote = true, .hard = true};
      case AssumedAnswer::block_soft:
        return {.action = Action::block, .wrote = true};
      default:
        return {.action = Action::continue_, .wrote = true};
    }
  }

  [[nodiscard]] AssumedAnswer answer_of(const Filter& filter) const {
    const auto object = engine_.store().callout(filter.callout_id);
    return object ? answer_of(*object) : AssumedAnswer::missing;
  }

 private:
  [[nodiscard]] AssumedAnswer answer_of(const wfp::CalloutObject& callout) const {
    const auto given = assumptions_.callouts.find(callout.spec.key);
    if (given != assumptions_.callouts.end()) return given->second;
    const bool was_registered = (callout.spec.flags & registered_flag) != 0;
    return was_registered ? AssumedAnswer::unknown : AssumedAnswer::missing;
  }

  const wfp::Engine& engine_;
  const Assumptions& assumptions_;
};

// `sid`: of a token, and so a whole one.
std::string user_text(const std::uint8_t* sid) {
  constexpr std::size_t header = 8, sub_authority = 4;
  return sid_text({sid, header + sub_authority * sid[1]}).value_or("a user without a SID");
}

std::string given_text(const wfp::Field& field, const wfp::ValueView& view) {
  if (view.type == wfp::DataType::empty) return "nothing is known of it";
  wfp::SidAndAttributes alone{};
  if (const auto token = wfp::token_of(view, alone))
    return "it is " + user_text(token->sids.front().sid);
  return "it is " + value_text(field, wfp::Value::copy_of(view));
}

// Why a filter does not match.
struct Judgement {
  Match match = Match::yes;
  std::string why = {};
  const wfp::Field* field = nullptr;
  bool nothing_known = false;  // of the field's value
};

class Judge {
 public:
  Judge(const wfp::Layer& layer, std::span<const wfp::ValueView> values, const wfp::Engine& engine,
        Actor& actor)
      : layer_(layer), values_(values), engine_(engine), actor_(actor) {}

  // A field that fails for sure says more than one of which nothing is known.
  Judgement judge(const Filter& filter) {
    Judgement result;
    for (std::size_t i = 0; i < layer_.fields.size(); ++i) {
      Judgement field = judge_field(filter, static_cast<std::uint16_t>(i));
      if (field.match == Match::no && !field.nothing_known) return field;
      const bool worse = field.match == Match::no && result.match != Match::no;
      if (worse || (field.match == Match::unknown && result.match == Match::yes))
        result = std::move(field);
    }
    return result;
  }

 private:
  // All conditions on one field: one that holds is enough.
  Judgement judge_field(const Filter& filter, std::uint16_t index) {
    const wfp::Field& field = layer_.fields[index];
    const wfp::ValueView& view = values_[index];
    std::vector<std::string> tests;
    Match best = Match::no;
    for (const wfp::FilterCondition& condition : filter.spec.conditions) {
      if (condition.field != field.condition->key) continue;
      tests.push_back(test_text(field, condition));
      wfp::ConditionPool pool;
      const auto compiled =
          wfp::compile_condition(index, field, condition, engine_.variants(), pool);
      const Match match = wfp::matches(compiled, pool, view, actor_);
      if (match == Match::yes) return {};
      if (match == Match::unknown) best = Match::unknown;
    }
    if (tests.empty()) return {};
    return {.match = best,
            .why = fmt::format("needs {} that {}, but {}", short_name(field),
                               fmt::join(tests, " or "), given_text(field, view)),
            .field = &field,
            .nothing_known = view.type == wfp::DataType::empty};
  }

  const wfp::Layer& layer_;
  std::span<const wfp::ValueView> values_;
  const wfp::Engine& engine_;
  Actor& actor_;
};

std::string callout_text(const Filter& filter) {
  return key_text(KeyKind::callout, filter.spec.callout);
}

// Arbitration over sublayers (engine section 4.4), told step by step.
class Narrator {
 public:
  std::string effect_of(const ExplainedFilter& decided, bool veto) {
    std::string text = tell(decided, veto);
    if (decided.hard) may_decide_ = false;
    return text;
  }

 private:
  std::string tell(const ExplainedFilter& decided, bool veto) {
    if (decided.blocks && blocked_) return "blocks as well";
    if (decided.blocks && !may_decide_ && !veto)
      return "would block, but the hard permit before it took the right to decide away";
    if (decided.blocks) {
      blocked_ = true;
      return veto ? "blocks by veto, against the hard permit before it" : "the layer blocks";
    }
    if (blocked_) return "would permit, but the layer blocks already";
    if (std::exchange(permitted_, true)) return "permits as well";
    return decided.hard ? "the layer permits, and only a veto can change that"
                        : "the layer permits, unless a later sublayer blocks";
  }

  bool blocked_ = false;
  bool permitted_ = false;
  bool may_decide_ = true;
};

class Explainer {
 public:
  Explainer(wfp::Engine& engine, const net::Step& step, const Assumptions& assumptions)
      : engine_(engine),
        layer_(*wfp::find_layer(net::layer_of(step.kind, step.version))),
        values_(step, layer_.id, assumptions.fields),
        actor_(engine, assumptions),
        judge_(layer_, values_.views(), engine, actor_) {
    result_.layer = &layer_;
    result_.direction = step.direction;
  }

  ExplainedLayer run() {
    wfp::ClassifyTrace trace;
    result_.decision = engine_.classify(layer_.id, values_.views(), actor_, &trace);
    for (const wfp::TraceEntry& entry : trace) {
      if (entry.outcome != Outcome::no_match) outcomes_[entry.filter] = entry.outcome;
    }
    if (result_.decision.filter != FilterId::none)
      result_.decider = engine_.store().filter(result_.decision.filter);
    for (const auto& filter : in_order(engine_, layer_.id)) {
      if ((filter->spec.flags & (wfp::filter_flag::disabled | wfp::filter_flag::boot_time)) == 0)
        add(filter);
    }
    finish_sublayer();
    tell_of_unclear_filters();
    return std::move(result_);
  }

 private:
  void add(const std::shared_ptr<const Filter>& filter) {
    if (result_.sublayers.empty() || result_.sublayers.back().key != filter->spec.sublayer)
      begin_sublayer(*filter);
    ExplainedFilter explained{.filter = filter};
    const auto outcome = outcomes_.find(filter->id);
    if (outcome == outcomes_.end()) {
      tell_of_no_match(explained);
    } else {
      tell_of_match(explained, outcome->second);
    }
    result_.sublayers.back().filters.push_back(std::move(explained));
  }

  void begin_sublayer(const Filter& filter) {
    finish_sublayer();
    const auto* entry = engine_.store().all<wfp::SubLayer>().find(filter.spec.sublayer);
    const auto name = entry == nullptr ? u"" : entry->object->spec.display.name.value_or(u"");
    result_.sublayers.push_back({.key = filter.spec.sublayer,
                                 .name = shown(name),
                                 .weight = filter.sublayer_weight,
                                 .filters = {},
                                 .effect = "does not decide"});
    decided_here_ = false;
  }

  void finish_sublayer() {
    if (result_.sublayers.empty()) return;
    ExplainedSubLayer& sublayer = result_.sublayers.back();
    const auto decided = std::ranges::find(sublayer.filters, Fate::decided, &ExplainedFilter::fate);
    if (decided == sublayer.filters.end()) return;
    const bool veto = outcomes_.at(decided->filter->id) == Outcome::veto;
    sublayer.effect = narrator_.effect_of(*decided, veto);
  }

  void tell_of_no_match(ExplainedFilter& explained) {
    if (decided_here_) {
      explained.fate = Fate::not_reached;
      explained.why = "its sublayer had decided";
      return;
    }
    const Judgement judgement = judge_.judge(*explained.filter);
    explained.why = judgement.why;
    if (judgement.match != Match::unknown && !judgement.nothing_known) return;
    explained.fate = Fate::unclear;
    unclear_fields_.insert(short_name(*judgement.field));
    ++unclear_filters_;
  }

  void tell_of_unclear_filters() {
    if (unclear_filters_ == 0) return;
    result_.doubts.push_back(
        fmt::format("{} filter{} taken not to match: nobody said what is in {}", unclear_filters_,
                    unclear_filters_ == 1 ? " was" : "s were", fmt::join(unclear_fields_, ", ")));
  }

  void tell_of_match(ExplainedFilter& explained, Outcome outcome) {
    const Filter& filter = *explained.filter;
    explained.fate = Fate::decided;
    switch (outcome) {
      case Outcome::permit:
      case Outcome::block:
      case Outcome::veto:
        tell_of_decision(explained, outcome != Outcome::permit);
        break;
      case Outcome::callout_missing_block:
        explained.blocks = true;
        explained.hard = engine_.variants().missing_callout_blocks_hard;
        explained.why = "blocks: no functions are registered for its callout";
        break;
      case Outcome::callout_missing_permit:
        explained.why =
            "permits: no functions are registered for its callout, and its flag "
            "PERMIT_IF_CALLOUT_UNREGISTERED says so";
        break;
      default:
        explained.fate = Fate::went_on;
        explained.why = outcome == Outcome::skipped
                            ? "goes on: its callout only looks, and has no functions registered"
                            : tell_of_going_on(filter);
    }
    if (explained.fate == Fate::decided) decided_here_ = true;
  }

  void tell_of_decision(ExplainedFilter& explained, bool blocks) {
    const Filter& filter = *explained.filter;
    explained.blocks = blocks;
    const char* verb = blocks ? "blocks" : "permits";
    if (!names_callout(filter.spec.action)) {
      const bool cleared = (filter.spec.flags & wfp::filter_flag::clear_action_right) != 0;
      explained.hard = blocks || cleared;
      explained.why = fmt::format("{}, {}", verb, explained.hard ? "hard" : "soft");
      return;
    }
    const AssumedAnswer answer = actor_.answer_of(filter);
    explained.hard = answer == AssumedAnswer::block || answer == AssumedAnswer::permit_hard;
    explained.why = fmt::format("{}, {}: so its callout was taken to answer", verb,
                                explained.hard ? "hard" : "soft");
  }

  std::string tell_of_going_on(const Filter& filter) {
    if (actor_.answer_of(filter) != AssumedAnswer::unknown ||
        filter.spec.action == Action::callout_inspection)
      return "goes on: its callout leaves the decision to the next";
    result_.doubts.push_back(fmt::format("callout {} (filter {}) may decide; it was taken to go on",
                                         callout_text(filter), name_text(filter.spec.display)));
    return "goes on, taken that its callout does: nobody knows here";
  }

  wfp::Engine& engine_;
  const wfp::Layer& layer_;
  StepValues values_;
  Actor actor_;
  Judge judge_;
  Narrator narrator_;
  std::map<FilterId, Outcome> outcomes_;
  bool decided_here_ = false;
  std::set<std::string_view> unclear_fields_;
  std::size_t unclear_filters_ = 0;
  ExplainedLayer result_;
};

}  // namespace

ExplainedLayer explain(wfp::Engine& engine, const net::Step& step, const Assumptions& assumptions) {
  return Explainer(engine, step, assumptions).run();
}

}  // namespace drydock::policy
