// SPDX-License-Identifier: Apache-2.0
// Choices of the engine that are not about classification (classify_test.cpp has those), each under
// its default and its variant.
#include <gtest/gtest.h>

#include <array>

#include "world.h"

namespace drydock::wfp::test {
namespace {

using enum FwpStatus;

constexpr LayerId layer = LayerId::ale_auth_connect_v4;

// E-1
TEST(EngineVariants, a_taken_key_is_reported_last_or_first) {
  for (const auto checks : {Variants::AddChecks::as_listed, Variants::AddChecks::key_first}) {
    const bool first = checks == Variants::AddChecks::key_first;
    Engine engine({.add_checks = checks});
    const SessionId session = engine.open_session({});
    must(engine.add_provider(session, {.key = key(1), .display = display}));
    must(engine.add_provider_context(session, {.key = key(1), .display = display}));
    must(engine.add_sublayer(session, sublayer_spec(1)));
    must(engine.add_callout(session, callout_spec(1)));
    FilterSpec filter = filter_spec(Action::block);
    filter.key = key(1);
    must(engine.add_filter(session, filter));
    filter.display = {};
    EXPECT_EQ((std::vector{engine.add_provider(session, {.key = key(1)}).error(),
                           engine.add_provider_context(session, {.key = key(1)}).error(),
                           engine.add_sublayer(session, {.key = key(1)}).error(),
                           engine.add_callout(session, {.key = key(1)}).error(),
                           engine.add_filter(session, filter).error()}),
              std::vector(5, first ? already_exists : null_display_name));
  }
}

// E-2
TEST(EngineVariants, a_closing_session_deletes_its_objects_newest_or_oldest_first) {
  for (const auto order :
       {Variants::CloseOrder::newest_first, Variants::CloseOrder::oldest_first}) {
    RecordingObserver observer;
    Engine engine({.close_order = order}, &observer);
    const SessionId session = engine.open_session({.dynamic = true});
    must(engine.add_callout(session, callout_spec(1)));
    for (int i = 0; i < 3; ++i)
      must(engine.add_filter(session, callout_filter(Action::callout_unknown, 1)));
    (void)observer.take();
    engine.close_session(session);
    const std::vector<std::string> newest_first{"delete 2", "delete 1", "delete 0"};
    const std::vector<std::string> oldest_first{"delete 0", "delete 1", "delete 2"};
    EXPECT_EQ(observer.take(),
              order == Variants::CloseOrder::newest_first ? newest_first : oldest_first);
  }
}

// E-4
TEST(EngineVariants, what_a_callout_writes_into_the_context_is_taken_or_lost) {
  for (const bool taken : {true, false}) {
    RecordingObserver observer;
    observer.set_context = 99;
    Engine engine({.notify_sets_context = taken}, &observer);
    const SessionId session = engine.open_session({});
    must(engine.add_callout(session, callout_spec(1)));
    FilterSpec spec = callout_filter(Action::callout_unknown, 1);
    spec.raw_context = 7;
    const FilterId id = *engine.add_filter(session, spec);
    EXPECT_EQ((*engine.get_filter(session, id))->context, taken ? 99U : 7U);
  }
}

// E-11
TEST(EngineVariants, not_equal_beside_others_on_its_field_is_one_way_in_or_a_restriction) {
  for (const bool restricts : {false, true}) {
    Engine engine({.not_equal_in_group = restricts ? Variants::NotEqualInGroup::and_with_others
                                                   : Variants::NotEqualInGroup::or_as_others});
    const auto protocol = [](MatchType match, std::uint64_t low) {
      return FilterCondition{.field = field_key(layer, "FWPM_CONDITION_IP_PROTOCOL"),
                             .match = match,
                             .value = Value::number(DataType::uint8, low)};
    };
    FilterSpec spec = filter_spec(Action::block);
    spec.conditions = {protocol(MatchType::greater, 5), protocol(MatchType::not_equal, 17)};
    must(engine.add_filter(engine.open_session({}), spec));
    std::vector<ValueView> values(find_layer(layer)->fields.size());
    const auto index = *field_index(*find_layer(layer), spec.conditions[0].field);
    std::vector<std::uint8_t> blocked;
    ScriptedInvoker invoker;
    for (const std::uint8_t number : std::to_array<std::uint8_t>({1, 6, 17})) {
      values[index] = ValueView::of(number);
      if (engine.classify(layer, values, invoker).action == Action::block)
        blocked.push_back(number);
    }
    EXPECT_EQ(blocked,
              restricts ? std::vector<std::uint8_t>{6} : (std::vector<std::uint8_t>{1, 6, 17}));
  }
}

// E-10
TEST(EngineVariants, automatic_weights_are_of_precision_or_only_of_the_number_of_fields) {
  const auto weights = [](Variants::AutoWeight rule) {
    Engine engine({.auto_weight = rule});
    const SessionId session = engine.open_session({});
    std::vector<std::uint64_t> found;
    const FilterCondition port{.field = field_key(layer, "FWPM_CONDITION_IP_REMOTE_PORT"),
                               .value = Value::number(DataType::uint16, 443)};
    const FilterCondition address{.field = field_key(layer, "FWPM_CONDITION_IP_REMOTE_ADDRESS"),
                                  .value = Value::number(DataType::uint32, 1)};
    for (const auto& conditions : {std::vector<FilterCondition>{}, std::vector{port},
                                   std::vector{address}, std::vector{address, port}}) {
      FilterSpec spec = filter_spec(Action::block);
      spec.conditions = conditions;
      found.push_back((*engine.get_filter(session, *engine.add_filter(session, spec)))->weight);
    }
    return found;
  };
  EXPECT_EQ(weights(Variants::AutoWeight::restricted_fields),
            (std::vector<std::uint64_t>{0, 1, 1, 2}));
  const auto precise = weights(Variants::AutoWeight::importance_and_precision);
  EXPECT_LT(precise[1], precise[2]) << "an address is more than a port";
  EXPECT_LT(precise[2], precise[3]);
}

}  // namespace
}  // namespace drydock::wfp::test
