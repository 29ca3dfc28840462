// SPDX-License-Identifier: Apache-2.0
// How long objects live: sessions, the service's stop and start, reboots.
#include <gtest/gtest.h>

#include "world.h"

namespace drydock::wfp::test {
namespace {

using enum FwpStatus;

constexpr LayerId layer = LayerId::ale_auth_connect_v4;

struct Lifetimes : testing::Test {
  RecordingObserver observer;
  Engine engine{{}, &observer};
  SessionId session = engine.open_session({});
  ScriptedInvoker invoker;

  FilterSpec spec_of(Action action, std::uint32_t number, std::uint32_t flags = 0) {
    FilterSpec spec = filter_spec(action);
    spec.key = key(number);
    spec.flags = flags;
    return spec;
  }
  Action decision(Engine& of) { return of.classify(layer, {}, invoker).action; }
  static std::vector<std::uint32_t> filter_numbers(const Engine& of) {
    std::vector<std::uint32_t> numbers;
    for (const auto& [key, entry] : of.store().all<Filter>()) numbers.push_back(key.data1);
    return numbers;
  }
};

TEST_F(Lifetimes,
       a_stop_takes_dynamic_and_static_objects_and_leaves_persistent_and_boot_time_ones) {
  const SessionId dynamic = engine.open_session({.dynamic = true});
  must(engine.add_sublayer(dynamic, sublayer_spec(1)));
  must(engine.add_filter(dynamic, spec_of(Action::permit, 2)));
  must(engine.add_provider(session, {.key = key(3), .display = display}));
  must(engine.add_filter(session, spec_of(Action::permit, 4)));
  must(engine.add_filter(session, spec_of(Action::permit, 5, filter_flag::persistent)));
  must(engine.add_filter(session, spec_of(Action::permit, 6, filter_flag::boot_time)));
  must(engine.add_provider(session, {.key = key(7), .display = display, .flags = persistent_flag}));
  const std::size_t built_in = Engine().store().all<SubLayer>().size();

  ASSERT_EQ(engine.stop(), success);
  EXPECT_EQ(filter_numbers(engine), (std::vector<std::uint32_t>{5, 6}));
  EXPECT_EQ(engine.store().all<SubLayer>().size(), built_in);
  EXPECT_EQ(engine.store().all<Provider>().size(), 1U);
  EXPECT_EQ(engine.open_session({}), SessionId::none);
  EXPECT_EQ(engine.delete_filter(session, key(5)), invalid_handle);
  ASSERT_EQ(engine.start(), success);
  EXPECT_EQ(engine.delete_filter(engine.open_session({}), key(5)), success);
}

TEST_F(Lifetimes, a_stop_undoes_open_transactions_and_lets_others_in_after_the_start) {
  engine.begin(session, TransactionKind::read_write);
  must(engine.add_filter(session, spec_of(Action::block, 1, filter_flag::persistent)));
  const SessionId reader = engine.open_session({});
  ASSERT_EQ(engine.begin(reader, TransactionKind::read_only), would_block);
  ASSERT_EQ(engine.stop(), success);
  ASSERT_EQ(engine.start(), success);
  EXPECT_TRUE(filter_numbers(engine).empty());
  EXPECT_FALSE(engine.busy());
  EXPECT_EQ(engine.begin(engine.open_session({}), TransactionKind::read_write), success);
}

TEST_F(Lifetimes, only_boot_time_filters_are_in_force_while_the_engine_does_not_run) {
  must(engine.add_filter(session, spec_of(Action::permit, 1, filter_flag::persistent)));
  must(engine.add_filter(session, spec_of(Action::block, 2, filter_flag::boot_time)));
  EXPECT_EQ(decision(engine), Action::permit);
  ASSERT_EQ(engine.stop(), success);
  EXPECT_EQ(decision(engine), Action::block);
  ASSERT_EQ(engine.start(), success);
  EXPECT_EQ(decision(engine), Action::permit);
  EXPECT_EQ(engine.stop(), success);
  EXPECT_EQ(engine.stop(), success) << "a second time there is nothing to do";
}

TEST_F(Lifetimes, callouts_hear_of_filters_that_leave_force_and_come_into_it) {
  CalloutSpec callout = callout_spec(1);
  callout.flags = callout_persistent_flag;
  must(engine.add_callout(session, callout));
  for (const std::uint32_t flags : {filter_flag::persistent, filter_flag::boot_time, 0U}) {
    FilterSpec spec = callout_filter(Action::callout_terminating, 1);
    spec.flags = flags;
    must(engine.add_filter(session, spec));
  }
  EXPECT_EQ(observer.take(), (std::vector<std::string>{"add 0", "add 2"}));
  engine.stop();
  EXPECT_EQ(observer.take(), (std::vector<std::string>{"add 1", "delete 2", "delete 0"}));
  engine.start();
  EXPECT_EQ(observer.take(), (std::vector<std::string>{"add 0", "delete 1"}));
}

TEST_F(Lifetimes, a_stop_waits_for_a_session_that_is_committing) {
  must(engine.add_callout(session, callout_spec(1)));
  FwpStatus during = success;
  observer.on_add = [&](const Filter&) { during = engine.stop(); };
  must(engine.add_filter(session, callout_filter(Action::callout_unknown, 1)));
  EXPECT_EQ(during, would_block);
  EXPECT_TRUE(engine.running());
  EXPECT_EQ(engine.stop(), success);
}

TEST_F(Lifetimes, a_callout_number_survives_the_stop_only_with_its_functions) {
  const CalloutId lonely = *engine.add_callout(session, callout_spec(1));
  const CalloutId registered = *engine.add_callout(session, callout_spec(2));
  engine.callout_id_for_key(key(2));
  engine.stop();
  EXPECT_EQ(engine.find_callout_id(key(1)), std::nullopt);
  EXPECT_EQ(engine.find_callout_id(key(2)), registered);
  engine.start();
  EXPECT_NE(*engine.add_callout(engine.open_session({}), callout_spec(1)), lonely);
}

// --- what is kept over a reboot

// One of each kind, referring to each other, persistent unless `flags` say otherwise.
FilterId add_one_of_each(Engine& engine, SessionId session) {
  must(engine.add_provider(session, {.key = key(1), .display = display, .flags = persistent_flag}));
  must(engine.add_provider_context(session, {.key = key(2),
                                             .display = display,
                                             .flags = persistent_flag,
                                             .provider = key(1),
                                             .data = {7}}));
  SubLayerSpec sublayer = sublayer_spec(3);
  sublayer.flags = persistent_flag;
  must(engine.add_sublayer(session, sublayer));
  CalloutSpec callout = callout_spec(4);
  callout.flags = callout_persistent_flag;
  must(engine.add_callout(session, callout));
  FilterSpec spec = callout_filter(Action::callout_terminating, 4);
  spec.key = key(5);
  spec.flags = filter_flag::persistent | filter_flag::has_provider_context;
  spec.sublayer = key(3);
  spec.provider = key(1);
  spec.provider_context = key(2);
  spec.conditions = {{.field = field_key(layer, "FWPM_CONDITION_IP_REMOTE_PORT"),
                      .value = Value::number(DataType::uint16, 443)}};
  return *engine.add_filter(session, spec);
}

TEST_F(Lifetimes, persistent_objects_come_back_after_a_reboot_with_their_numbers_and_weights) {
  const FilterId id = add_one_of_each(engine, session);
  must(engine.add_filter(session, spec_of(Action::block, 9)));
  const ObjectSet kept = engine.export_objects();
  ASSERT_EQ(kept.filters.size(), 1U);

  Engine rebooted;
  rebooted.stop();
  ASSERT_TRUE(rebooted.import_objects(kept));
  rebooted.start();
  const Filter& before = *engine.store().filter(id);
  const auto after = rebooted.store().filter(id);
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(after->weight, before.weight);
  EXPECT_EQ(after->sublayer_weight, before.sublayer_weight);
  EXPECT_EQ(after->callout_id, before.callout_id);
  EXPECT_EQ(after->lifetime, Lifetime::persistent);
  EXPECT_EQ(after->provider_context->id, before.provider_context->id);
  EXPECT_EQ(after->provider_context->spec.data, (std::vector<std::uint8_t>{7}));
  EXPECT_EQ(rebooted.delete_provider(rebooted.open_session({}), key(1)), in_use);
  const FilterId next = *rebooted.add_filter(rebooted.open_session({}), spec_of(Action::block, 9));
  EXPECT_GT(std::to_underlying(next), std::to_underlying(id) + 1) << "filter 9 had that number";
}

TEST_F(Lifetimes, what_was_exported_can_be_exported_again) {
  add_one_of_each(engine, session);
  const ObjectSet kept = engine.export_objects();
  Engine other;
  ASSERT_TRUE(other.import_objects(kept));
  const ObjectSet again = other.export_objects();
  ASSERT_EQ(again.filters.size(), 1U);
  EXPECT_EQ(again.filters[0].id, kept.filters[0].id);
  EXPECT_EQ(again.filters[0].weight, kept.filters[0].weight);
  EXPECT_EQ(again.callouts[0].id, kept.callouts[0].id);
  EXPECT_EQ(again.provider_contexts[0].id, kept.provider_contexts[0].id);
  EXPECT_EQ(again.providers.size() + again.sublayers.size(), 2U);
  EXPECT_EQ(again.next_filter, kept.next_filter);
  EXPECT_EQ(again.next_callout, kept.next_callout);
}

TEST_F(Lifetimes, an_export_from_a_lower_lifetime_on_holds_static_objects_too) {
  must(engine.add_filter(session, spec_of(Action::block, 1)));
  must(engine.add_filter(session, spec_of(Action::block, 2, filter_flag::boot_time)));
  must(engine.add_filter(engine.open_session({.dynamic = true}), spec_of(Action::block, 3)));
  EXPECT_EQ(engine.export_objects().filters.size(), 1U);
  EXPECT_EQ(engine.export_objects(Lifetime::until_stop).filters.size(), 2U);
  EXPECT_EQ(engine.export_objects(Lifetime::dynamic_session).filters.size(), 3U);
}

TEST_F(Lifetimes, a_set_with_one_bad_object_is_refused_whole_and_the_object_named) {
  add_one_of_each(engine, session);
  ObjectSet kept = engine.export_objects();
  kept.filters.push_back({.spec = spec_of(Action::continue_, 8)});
  Engine other;
  const auto imported = other.import_objects(kept);
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().kind, ObjectKind::filter);
  EXPECT_EQ(imported.error().index, 1U);
  EXPECT_EQ(imported.error().status, invalid_action_type);
  EXPECT_EQ(other.store().all<Provider>().size() + other.store().all<Filter>().size(), 0U);
  EXPECT_EQ(other.find_callout_id(key(4)), std::nullopt);
  EXPECT_FALSE(other.busy());
}

TEST_F(Lifetimes, a_built_in_sublayer_takes_the_weight_it_has_elsewhere_until_it_has_filters) {
  const ObjectSet::BuiltInWeight heavy{universal_sublayer, 50000};
  const auto weight = [](const Engine& of) {
    return of.store().all<SubLayer>().find(universal_sublayer)->object->spec.weight;
  };
  ObjectSet set{.filters = {{.spec = spec_of(Action::block, 1)}}, .built_in_weights = {heavy}};
  ASSERT_TRUE(engine.import_objects(set));
  EXPECT_EQ(weight(engine), 50000);
  EXPECT_EQ((*engine.get_filter(session, key(1)))->sublayer_weight, 50000);
  EXPECT_EQ(engine.export_objects().built_in_weights, std::vector{heavy});
  ASSERT_TRUE(engine.import_objects({.built_in_weights = {{universal_sublayer, 7}}}));
  EXPECT_EQ(weight(engine), 50000) << "a filter counts with it";

  Engine other;
  set.filters.push_back({.spec = spec_of(Action::continue_, 2)});
  ASSERT_FALSE(other.import_objects(set));
  EXPECT_EQ(weight(other), weight(Engine()));
  EXPECT_TRUE(other.export_objects().built_in_weights.empty());
}

TEST_F(Lifetimes, a_number_that_is_taken_is_refused) {
  const FilterId id = add_one_of_each(engine, session);
  const CalloutId callout = (*engine.get_callout(session, key(4)))->id;
  ObjectSet set;
  set.filters.push_back({.spec = spec_of(Action::block, 8), .id = id});
  EXPECT_EQ(engine.import_objects(set).error().status, already_exists);
  set = {};
  set.callouts.push_back({.spec = callout_spec(9), .id = callout});
  EXPECT_EQ(engine.import_objects(set).error().status, already_exists);
  set.callouts[0].id = CalloutId::none;
  EXPECT_TRUE(engine.import_objects(set));
}

TEST_F(Lifetimes, nothing_is_imported_while_a_session_holds_the_engine) {
  engine.begin(session, TransactionKind::read_write);
  EXPECT_EQ(engine.import_objects({}).error().status, would_block);
}

TEST_F(Lifetimes, an_imported_filter_that_its_callout_refuses_undoes_the_import) {
  ObjectSet set;
  set.callouts.push_back({.spec = callout_spec(1)});
  set.filters.push_back({.spec = callout_filter(Action::callout_unknown, 1)});
  set.filters.back().spec.raw_context = 66;
  observer.refused = {66};
  EXPECT_EQ(engine.import_objects(set).error().status, callout_notification_failed);
  EXPECT_EQ(engine.store().all<CalloutObject>().size(), 0U);
}

}  // namespace
}  // namespace drydock::wfp::test
