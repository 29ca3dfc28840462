// SPDX-License-Identifier: Apache-2.0
// Enumerations: which objects fit a template, in which order.
#include "wfp/engine/enumerate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "wfp/engine/overlap.h"
#include "world.h"

namespace drydock::wfp::test {
namespace {

using enum FwpStatus;

constexpr LayerId layer = LayerId::ale_auth_connect_v4;
const Guid port_field = field_key(layer, "FWPM_CONDITION_IP_REMOTE_PORT");
const Guid address_field = field_key(layer, "FWPM_CONDITION_IP_REMOTE_ADDRESS");
const Guid app_field = field_key(layer, "FWPM_CONDITION_ALE_APP_ID");

FilterCondition port(std::uint16_t number, MatchType match = MatchType::equal) {
  return {.field = port_field, .match = match, .value = Value::number(DataType::uint16, number)};
}
FilterCondition ports(std::uint16_t low, std::uint16_t high) {
  return {.field = port_field,
          .match = MatchType::range,
          .value = Value::range(Value::number(DataType::uint16, low),
                                Value::number(DataType::uint16, high))};
}
FilterCondition network(std::uint32_t address, std::uint32_t mask) {
  return {.field = address_field, .value = Value::v4_mask(address, mask)};
}

struct Enumerate : testing::Test {
  Engine engine;
  SessionId session = engine.open_session({});

  void add_spec(std::uint32_t number, FilterSpec spec) {
    spec.key = key(number);
    const auto added = engine.add_filter(session, std::move(spec));
    ASSERT_TRUE(added) << name(added.error());
  }
  void add(std::uint32_t number, std::vector<FilterCondition> conditions,
           Action action = Action::block) {
    FilterSpec spec = filter_spec(action);
    spec.conditions = std::move(conditions);
    add_spec(number, spec);
  }
  std::vector<std::uint32_t> filters(const FilterTemplate& wanted) {
    std::vector<std::uint32_t> numbers;
    const auto found = engine.enumerate_filters(session, wanted);
    EXPECT_TRUE(found) << name(found.error());
    for (const auto& filter : *found) numbers.push_back(filter->spec.key.data1);
    return numbers;
  }
  std::vector<std::uint32_t> filters(std::vector<FilterCondition> conditions,
                                     FilterTemplate::Type type) {
    return filters({.layer = layer_key(layer), .type = type, .conditions = std::move(conditions)});
  }
};

using Numbers = std::vector<std::uint32_t>;

TEST_F(Enumerate, objects_of_every_kind_by_provider) {
  must(engine.add_provider(session, {.key = key(1), .display = display}));
  must(engine.add_provider_context(session,
                                   {.key = key(2), .display = display, .provider = key(1)}));
  must(engine.add_provider_context(session, {.key = key(3), .display = display, .type = 9}));
  SubLayerSpec sublayer = sublayer_spec(4);
  sublayer.provider = key(1);
  must(engine.add_sublayer(session, sublayer));
  CalloutSpec callout = callout_spec(5);
  callout.provider = key(1);
  must(engine.add_callout(session, callout));
  must(engine.add_callout(session, callout_spec(6, LayerId::stream_v4)));

  EXPECT_EQ(engine.enumerate_providers(session)->size(), 1U);
  EXPECT_EQ(engine.enumerate_provider_contexts(session)->size(), 2U);
  const auto contexts = engine.enumerate_provider_contexts(session, {.provider = key(1)});
  ASSERT_EQ(contexts->size(), 1U);
  EXPECT_EQ(contexts->front()->spec.key, key(2));
  EXPECT_EQ(engine.enumerate_provider_contexts(session, {.type = 9})->front()->spec.key, key(3));
  EXPECT_EQ(engine.enumerate_sublayers(session, {.provider = key(1)})->size(), 1U);
  EXPECT_GT(engine.enumerate_sublayers(session)->size(), 1U) << "built-in ones too";
  EXPECT_EQ(engine.enumerate_callouts(session)->size(), 2U);
  EXPECT_EQ(engine.enumerate_callouts(session, {.layer = layer_key(LayerId::stream_v4)})
                ->front()
                ->spec.key,
            key(6));
  EXPECT_TRUE(
      engine
          .enumerate_callouts(session, {.provider = key(1), .layer = layer_key(LayerId::stream_v4)})
          ->empty());
}

TEST_F(Enumerate, filters_by_layer_provider_callout_and_action) {
  must(engine.add_provider(session, {.key = key(1), .display = display}));
  must(engine.add_callout(session, callout_spec(2)));
  add(10, {});
  FilterSpec owned = filter_spec(Action::permit, LayerId::stream_v4);
  owned.provider = key(1);
  add_spec(11, owned);
  add_spec(12, callout_filter(Action::callout_inspection, 2));

  EXPECT_EQ(filters(FilterTemplate{}), (Numbers{10, 11, 12}));
  EXPECT_EQ(filters({.provider = key(1)}), (Numbers{11}));
  EXPECT_EQ(filters({.layer = layer_key(layer)}), (Numbers{10, 12}));
  EXPECT_EQ(filters({.callout = key(2)}), (Numbers{12}));
  EXPECT_EQ(filters({.action_mask = 0x4000}), (Numbers{12})) << "the bit of callouts";
  EXPECT_EQ(filters({.action_mask = 0x1000}), (Numbers{10, 11})) << "the bit of terminating ones";
  EXPECT_EQ(engine.enumerate_filters(session, {.action_mask = 0}).error(), never_match);
}

TEST_F(Enumerate, disabled_and_boot_time_filters_only_when_asked_for) {
  using namespace filter_enum_flag;
  add(1, {});
  FilterSpec spec = filter_spec(Action::block);
  spec.key = key(2);
  add_disabled(engine, spec);
  spec.flags = filter_flag::boot_time;
  add_spec(3, spec);
  EXPECT_EQ(filters(FilterTemplate{}), (Numbers{1}));
  EXPECT_EQ(filters({.flags = include_disabled}), (Numbers{1, 2}));
  EXPECT_EQ(filters({.flags = include_boot_time}), (Numbers{1, 3}));
  EXPECT_EQ(filters({.flags = boot_time_only}), (Numbers{3}));
}

TEST_F(Enumerate, by_provider_context) {
  must(engine.add_provider_context(session, {.key = key(1), .display = display}));
  FilterSpec spec = filter_spec(Action::block);
  spec.flags = filter_flag::has_provider_context;
  spec.provider_context = key(1);
  add_spec(2, spec);
  add(3, {});
  EXPECT_EQ(filters({.provider_context = ProviderContextTemplate{.type = 8}}), (Numbers{2}));
  EXPECT_EQ(filters({.provider_context = ProviderContextTemplate{.type = 9}}), Numbers{});
}

TEST_F(Enumerate, in_order_of_evaluation_or_only_the_best_that_terminates) {
  using namespace filter_enum_flag;
  must(engine.add_callout(session, callout_spec(1)));
  must(engine.add_sublayer(session, sublayer_spec(2, 0xffff)));
  const auto weighted = [](FilterSpec spec, std::uint64_t weight) {
    spec.weight = Value::number(DataType::uint64, weight);
    return spec;
  };
  add_spec(10, weighted(filter_spec(Action::block), 1));
  add_spec(11, weighted(filter_spec(Action::permit), 3));
  FilterSpec above = weighted(callout_filter(Action::callout_inspection, 1), 0);
  above.sublayer = key(2);
  add_spec(12, above);
  EXPECT_EQ(filters({.flags = sorted}), (Numbers{12, 11, 10}));
  EXPECT_EQ(filters({.flags = best_terminating_match}), (Numbers{11}));
  EXPECT_EQ(filters({.flags = best_terminating_match, .callout = key(1)}), Numbers{});
}

TEST_F(Enumerate, those_that_overlap_with_conditions_and_those_that_contain_them) {
  add(1, {});
  add(2, {port(443)});
  add(3, {ports(400, 500)});
  add(4, {port(80)});
  add(5, {port(80), port(443)});
  add(6, {port(443), network(0x0a000000, 0xff000000)});
  add(7, {port(443, MatchType::not_equal)});
  using enum FilterTemplate::Type;
  EXPECT_EQ(filters({port(443)}, overlapping), (Numbers{1, 2, 3, 5, 6}));
  EXPECT_EQ(filters({port(443)}, fully_contained), (Numbers{1, 2, 3, 5}));
  EXPECT_EQ(filters({ports(440, 450)}, overlapping), (Numbers{1, 2, 3, 5, 6, 7}));
  EXPECT_EQ(filters({ports(440, 450)}, fully_contained), (Numbers{1, 3}));
  EXPECT_EQ(filters({port(443), network(0x0a010000, 0xffff0000)}, fully_contained),
            (Numbers{1, 2, 3, 5, 6}));
}

TEST_F(Enumerate, byte_strings_overlap_unless_they_demand_different_ones) {
  const auto app = [](std::uint8_t byte, MatchType match = MatchType::equal) {
    return FilterCondition{
        .field = app_field, .match = match, .value = Value::blob(std::array{byte})};
  };
  add(1, {app(1)});
  add(2, {app(2)});
  add(3, {app(3, MatchType::not_equal)});
  using enum FilterTemplate::Type;
  EXPECT_EQ(filters({app(1)}, overlapping), (Numbers{1, 3}));
  EXPECT_EQ(filters({app(1)}, fully_contained), (Numbers{1}));
}

TEST_F(Enumerate, a_template_that_makes_no_sense_is_refused) {
  const auto status = [&](const FilterTemplate& wanted) {
    return engine.enumerate_filters(session, wanted).error();
  };
  EXPECT_EQ(status({.layer = key(9)}), layer_not_found);
  EXPECT_EQ(status({.conditions = {port(1)}}), layer_not_found);
  EXPECT_EQ(status({.type = static_cast<FilterTemplate::Type>(2)}), invalid_enumerator);
  EXPECT_EQ(status({.flags = 0x40}), invalid_flags);
  EXPECT_EQ(status({.layer = layer_key(layer), .conditions = {port(1), port(1)}}),
            duplicate_condition);
  EXPECT_EQ(status({.layer = layer_key(layer), .conditions = {{.field = key(1)}}}),
            condition_not_found);
  EXPECT_EQ(
      status({.layer = layer_key(layer),
              .conditions = {{.field = port_field, .value = Value::number(DataType::uint8, 1)}}}),
      type_mismatch);
}

TEST_F(Enumerate, a_transaction_sees_its_own_changes_and_keeps_others_waiting) {
  const SessionId other = engine.open_session({});
  engine.begin(session, TransactionKind::read_write);
  add(1, {});
  EXPECT_EQ(filters(FilterTemplate{}), (Numbers{1}));
  EXPECT_EQ(engine.enumerate_filters(other).error(), would_block);
  EXPECT_EQ(engine.enumerate_sessions(other).error(), would_block);
  engine.abort(session);
  EXPECT_EQ(engine.enumerate_filters(other)->size(), 0U);
}

TEST_F(Enumerate, sessions_with_what_they_said_of_themselves) {
  const auto named =
      engine.open({.dynamic = true, .key = key(7), .display = display, .process_id = 42});
  ASSERT_TRUE(named);
  EXPECT_EQ(engine.open({.key = key(7)}).error(), already_exists);
  const auto found = engine.enumerate_sessions(session);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_FALSE((*found)[0].spec.key.is_zero());
  EXPECT_EQ((*found)[1].id, *named);
  EXPECT_EQ((*found)[1].spec.process_id, 42U);
  EXPECT_TRUE((*found)[1].spec.dynamic);
}

// Any two random groups of conditions on a small field: what the intervals say is what trying every
// value says.
TEST(Overlap, agrees_with_trying_every_value) {
  const Layer& with_protocol = *find_layer(layer);
  const Guid protocol = field_key(layer, "FWPM_CONDITION_IP_PROTOCOL");
  const auto holds = [](const FilterCondition& condition, std::uint64_t value) {
    const std::uint64_t number = condition.value.bits;
    switch (condition.match) {
      case MatchType::equal:
        return value == number;
      case MatchType::not_equal:
        return value != number;
      case MatchType::greater:
        return value > number;
      case MatchType::less:
        return value < number;
      case MatchType::greater_or_equal:
        return value >= number;
      case MatchType::less_or_equal:
        return value <= number;
      default:
        return value >= condition.value.bounds[0].bits && value <= condition.value.bounds[1].bits;
    }
  };
  std::mt19937_64 dice(7);
  const auto random_number = [&] {
    const std::uint64_t edges[] = {0, 1, 2, 7, 8, 254, 255};
    return Value::number(DataType::uint8, edges[dice() % std::size(edges)]);
  };
  const auto random_group = [&] {
    std::vector<FilterCondition> group(dice() % 3 + 1);
    for (FilterCondition& condition : group) {
      const MatchType matches[] = {MatchType::equal,         MatchType::not_equal,
                                   MatchType::greater,       MatchType::less,
                                   MatchType::less_or_equal, MatchType::greater_or_equal,
                                   MatchType::range};
      condition = {.field = protocol, .match = matches[dice() % std::size(matches)]};
      condition.value = random_number();
      if (condition.match != MatchType::range) continue;
      const Value other = random_number();
      condition.value = other.bits < condition.value.bits ? Value::range(other, condition.value)
                                                          : Value::range(condition.value, other);
    }
    return group;
  };
  const auto lets_in = [&](const std::vector<FilterCondition>& group, std::uint64_t value) {
    return std::ranges::any_of(group, [&](const auto& one) { return holds(one, value); });
  };
  for (int round = 0; round < 20000; ++round) {
    const auto first = random_group();
    const auto second = random_group();
    bool contained = true;
    bool common = false;
    for (std::uint64_t value = 0; value <= 255; ++value) {
      contained &= !lets_in(second, value) || lets_in(first, value);
      common |= lets_in(first, value) && lets_in(second, value);
    }
    ASSERT_EQ(contains(with_protocol, first, second), contained) << "round " << round;
    ASSERT_EQ(overlap(with_protocol, first, second), common) << "round " << round;
  }
}

}  // namespace
}  // namespace drydock::wfp::test
