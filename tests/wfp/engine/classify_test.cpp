// SPDX-License-Identifier: Apache-2.0
// Arbitration: order of sublayers and filters, hard and soft, vetoes, missing callouts.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "world.h"

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace drydock::wfp::test {
namespace {

using Outcome = TraceEntry::Outcome;
constexpr LayerId layer = LayerId::ale_auth_connect_v4;

class Classify : public testing::Test {
 protected:
  explicit Classify(const Variants& variants = {}) : engine(variants) {
    for (std::uint32_t i = 1; i <= 3; ++i) {
      engine.add_sublayer(session, sublayer_spec(i, static_cast<std::uint16_t>(10 * i)));
    }
    engine.add_callout(session, callout_spec(9));
  }

  // Sublayer 3 comes first, 1 last.
  FilterId add(std::uint32_t sublayer, Action action, std::uint32_t flags = 0,
               std::uint64_t weight = 1) {
    FilterSpec spec = callout_filter(action, 9);
    spec.sublayer = key(sublayer);
    spec.flags = flags;
    spec.weight = Value::number(DataType::uint64, weight);
    return *engine.add_filter(session, spec);
  }

  FilterId add_callout_filter(std::uint32_t sublayer, CalloutAnswer answer,
                              Action action = Action::callout_unknown) {
    const FilterId id = add(sublayer, action);
    script[id] = answer;
    return id;
  }

  Decision decide() {
    invoker.script = [this](const Filter& filter) { return script.at(filter.id); };
    return engine.classify(layer, {}, invoker);
  }

  Engine engine;
  SessionId session = engine.open_session({});
  ScriptedInvoker invoker;
  std::map<FilterId, CalloutAnswer> script;
};

TEST_F(Classify, nothing_decides_means_permit_without_a_filter) {
  EXPECT_EQ(decide(), Decision{});
  add_callout_filter(1, answers(Action::continue_));
  EXPECT_EQ(decide(), Decision{});
}

TEST_F(Classify, a_plain_block_is_hard_and_later_sublayers_still_run) {
  const FilterId block = add(3, Action::block);
  const FilterId inspection = add_callout_filter(1, {}, Action::callout_inspection);
  EXPECT_EQ(decide(), (Decision{.action = Action::block, .filter = block, .hard = true}));
  EXPECT_EQ(invoker.called, std::vector{inspection});
  EXPECT_EQ(invoker.rights_seen, std::vector{false});
}

TEST_F(Classify, a_plain_permit_is_soft_so_a_lower_block_wins) {
  add(3, Action::permit);
  const FilterId block = add(1, Action::block);
  EXPECT_EQ(decide(), (Decision{.action = Action::block, .filter = block, .hard = true}));
}

TEST_F(Classify, a_hard_permit_beats_a_lower_plain_block) {
  const FilterId permit = add(3, Action::permit, filter_flag::clear_action_right);
  add(1, Action::block);
  EXPECT_EQ(decide(), (Decision{.action = Action::permit, .filter = permit, .hard = true}));
}

TEST_F(Classify, a_permit_never_changes_a_block) {
  const FilterId block = add_callout_filter(3, answers(Action::block));
  add(1, Action::permit, filter_flag::clear_action_right);
  EXPECT_EQ(decide(), (Decision{.action = Action::block, .filter = block, .hard = true}));
}

TEST_F(Classify, a_callout_vetoes_a_hard_permit_by_blocking_without_the_right) {
  add_callout_filter(3, answers(Action::permit, true));
  const FilterId veto = add_callout_filter(1, answers(Action::block));
  EXPECT_EQ(decide(),
            (Decision{.action = Action::block, .filter = veto, .veto = true, .hard = true}));
  EXPECT_EQ(invoker.rights_seen, (std::vector{true, false}));
}

TEST_F(Classify, the_first_filter_of_a_sublayer_that_decides_ends_the_sublayer) {
  const FilterId low = add(1, Action::block, 0, 1);
  const FilterId high = add(1, Action::permit, 0, 2);
  EXPECT_EQ(decide().filter, high);
  engine.delete_filter(session, high);
  EXPECT_EQ(decide().filter, low);
}

TEST_F(Classify, continue_goes_on_to_the_next_filter_of_the_sublayer) {
  const FilterId first = add_callout_filter(2, answers(Action::continue_));
  const FilterId second = add_callout_filter(2, answers(Action::none));
  const FilterId third = add_callout_filter(2, answers(Action::block));
  EXPECT_EQ(decide(), (Decision{.action = Action::block, .filter = third}));
  EXPECT_EQ(invoker.called, (std::vector{first, second, third}));
}

TEST_F(Classify, an_inspection_callout_decides_nothing) {
  add_callout_filter(1, answers(Action::block, true), Action::callout_inspection);
  EXPECT_EQ(decide(), Decision{});
}

TEST_F(Classify, an_action_that_the_callout_did_not_write_does_not_count) {
  add_callout_filter(1, {.action = Action::block, .wrote = false});
  EXPECT_EQ(decide(), Decision{});
}

TEST_F(Classify, a_skipped_callout_is_as_a_filter_that_does_not_match) {
  add_callout_filter(1, {.action = Action::block, .wrote = true, .skipped = true});
  EXPECT_EQ(decide(), Decision{});
}

TEST_F(Classify, absorb_counts_with_the_deciding_block_only) {
  add_callout_filter(3, answers(Action::permit, false, true));
  EXPECT_FALSE(decide().absorbed);
  add_callout_filter(2, answers(Action::block, false, true));
  EXPECT_TRUE(decide().absorbed);
}

TEST_F(Classify, a_missing_callout_blocks_softly_unless_the_filter_permits_it) {
  invoker.missing = {*engine.find_callout_id(key(9))};
  add_callout_filter(3, {}, Action::callout_inspection);
  EXPECT_EQ(decide(), Decision{});
  const FilterId permit =
      add(2, Action::callout_terminating, filter_flag::permit_if_callout_unregistered);
  EXPECT_EQ(decide(), (Decision{.action = Action::permit, .filter = permit}));
  const FilterId block = add(1, Action::callout_unknown);
  EXPECT_EQ(decide(), (Decision{.action = Action::block, .filter = block}));
  EXPECT_TRUE(invoker.called.empty());
}

TEST_F(Classify, a_missing_callout_does_not_veto_a_hard_permit) {
  invoker.missing = {*engine.find_callout_id(key(9))};
  const FilterId permit = add(3, Action::permit, filter_flag::clear_action_right);
  add(1, Action::callout_terminating);
  EXPECT_EQ(decide(), (Decision{.action = Action::permit, .filter = permit, .hard = true}));
}

TEST_F(Classify, equal_weights_are_ordered_by_sublayer_key_and_filter_id) {
  engine.add_sublayer(session, sublayer_spec(20, 30));  // as heavy as sublayer 3, greater key
  const FilterId third = add_callout_filter(20, {});
  const FilterId first = add_callout_filter(3, {});
  const FilterId second = add_callout_filter(3, {});
  decide();
  EXPECT_EQ(invoker.called, (std::vector{first, second, third}));
}

struct TiesDescending : Classify {
  TiesDescending() : Classify({.ties = Variants::Ties::descending}) {}
};

TEST_F(TiesDescending, equal_weights_are_ordered_the_other_way_round) {
  engine.add_sublayer(session, sublayer_spec(20, 30));
  const FilterId first = add_callout_filter(20, {});
  const FilterId third = add_callout_filter(3, {});
  const FilterId second = add_callout_filter(3, {});
  decide();
  EXPECT_EQ(invoker.called, (std::vector{first, second, third}));
}

struct StopAtHardBlock : Classify {
  StopAtHardBlock() : Classify({.stop_after_hard_block = true}) {}
};

TEST_F(StopAtHardBlock, sublayers_below_a_hard_block_are_not_asked) {
  add(3, Action::block);
  add_callout_filter(1, {}, Action::callout_inspection);
  EXPECT_EQ(decide().action, Action::block);
  EXPECT_TRUE(invoker.called.empty());
}

struct CalloutPermitIsSoft : Classify {
  CalloutPermitIsSoft() : Classify({.callout_hard_permit_counts = false}) {}
};

TEST_F(CalloutPermitIsSoft, a_lower_block_overrides_a_callouts_hard_permit) {
  add_callout_filter(3, answers(Action::permit, true));
  const FilterId block = add(1, Action::block);
  EXPECT_EQ(decide(), (Decision{.action = Action::block, .filter = block, .hard = true}));
}

struct MissingIsHard : Classify {
  MissingIsHard() : Classify({.missing_callout_blocks_hard = true}) {}
};

TEST_F(MissingIsHard, a_missing_callout_takes_the_right_from_those_below) {
  invoker.missing = {*engine.find_callout_id(key(9))};
  const FilterId block = add(3, Action::callout_terminating);
  EXPECT_EQ(decide(), (Decision{.action = Action::block, .filter = block, .hard = true}));
}

TEST_F(Classify, a_trace_tells_every_filter_that_was_reached) {
  FilterSpec other = filter_spec(Action::block);
  other.sublayer = key(3);
  other.weight = Value::number(DataType::uint64, 5);
  other.conditions = {{.field = field_key(layer, "FWPM_CONDITION_IP_REMOTE_PORT"),
                       .value = Value::number(DataType::uint16, 80)}};
  const FilterId no_match = *engine.add_filter(session, other);
  const FilterId went_on = add_callout_filter(3, answers(Action::continue_));
  const FilterId permit = add(3, Action::permit, filter_flag::clear_action_right);
  const FilterId veto = add_callout_filter(2, answers(Action::block));
  invoker.script = [this](const Filter& filter) { return script.at(filter.id); };
  ClassifyTrace trace;
  engine.classify(layer, {}, invoker, &trace);
  std::vector<std::pair<FilterId, Outcome>> seen;
  for (const TraceEntry& entry : trace) seen.emplace_back(entry.filter, entry.outcome);
  EXPECT_EQ(seen, (std::vector<std::pair<FilterId, Outcome>>{{no_match, Outcome::no_match},
                                                             {went_on, Outcome::went_on},
                                                             {permit, Outcome::permit},
                                                             {veto, Outcome::veto}}));
}

TEST_F(Classify, a_classification_does_not_allocate) {
  struct Silent : CalloutInvoker {
    bool registered(CalloutId) override { return true; }
    CalloutAnswer invoke(const Filter&, ClassifyRights) override {
      return answers(Action::continue_);
    }
  } silent;
  FilterSpec spec = callout_filter(Action::callout_unknown, 9);
  spec.conditions = {{.field = field_key(layer, "FWPM_CONDITION_IP_REMOTE_PORT"), .value = {}},
                     {.field = field_key(layer, "FWPM_CONDITION_ALE_APP_ID"),
                      .match = MatchType::not_equal,
                      .value = Value::blob(std::vector<std::uint8_t>{1, 2})}};
  engine.add_filter(session, spec);
  add(1, Action::block);
  const std::size_t before = allocations;
  const Decision decision = engine.classify(layer, {}, silent);
  EXPECT_EQ(allocations - before, 0U);
  EXPECT_EQ(decision.action, Action::block);
}

}  // namespace
}  // namespace drydock::wfp::test
