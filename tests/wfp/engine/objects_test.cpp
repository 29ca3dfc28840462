// SPDX-License-Identifier: Apache-2.0
// Adding, deleting and finding objects: statuses, references, lifetimes, numbers.
#include <gtest/gtest.h>

#include "world.h"

namespace drydock::wfp::test {
namespace {

using enum FwpStatus;

constexpr LayerId layer = LayerId::ale_auth_connect_v4;

class Objects : public testing::Test {
 protected:
  FwpStatus status_of(FilterSpec spec) {
    const auto added = engine.add_filter(session, std::move(spec));
    return added ? success : added.error();
  }

  Engine engine;
  SessionId session = engine.open_session({});
};

TEST_F(Objects, a_filter_without_sublayer_lives_in_the_universal_one) {
  const FilterId id = *engine.add_filter(session, filter_spec(Action::block));
  EXPECT_EQ((*engine.get_filter(session, id))->spec.sublayer, universal_sublayer);
}

TEST_F(Objects, a_zero_key_is_replaced_by_a_new_one_each_time) {
  const Guid first = *engine.add_provider(session, {.display = display});
  const Guid second = *engine.add_provider(session, {.display = display});
  EXPECT_FALSE(first.is_zero());
  EXPECT_NE(first, second);
}

TEST_F(Objects, numbers_are_never_reused_even_after_an_aborted_transaction) {
  const FilterId first = *engine.add_filter(session, filter_spec(Action::block));
  engine.begin(session, TransactionKind::read_write);
  const FilterId second = *engine.add_filter(session, filter_spec(Action::block));
  engine.abort(session);
  ASSERT_EQ(engine.delete_filter(session, first), success);
  const FilterId third = *engine.add_filter(session, filter_spec(Action::block));
  EXPECT_EQ((std::set{first, second, third}).size(), 3U);
}

// E-1: each spec below breaks one thing more, from the last check backwards, and is refused for the
// earliest.
TEST_F(Objects, the_checks_of_a_filter_come_in_their_order) {
  engine.add_callout(session, callout_spec(1, LayerId::stream_v4));
  FilterSpec taken = filter_spec(Action::permit);
  taken.key = key(50);
  ASSERT_EQ(status_of(taken), success);

  FilterSpec spec = filter_spec(Action::permit);
  std::vector<FwpStatus> seen;
  const auto next = [&] { seen.push_back(status_of(spec)); };
  spec.key = key(50);
  next();
  spec.conditions = {{.field = key(9), .value = {}}};
  next();
  spec.weight = Value::number(DataType::uint16, 1);
  next();
  spec.flags = 0x80000000;
  next();
  spec.flags |= filter_flag::has_provider_context;
  next();
  spec.action = Action::callout_unknown;
  spec.callout = key(1);
  next();
  spec.callout = key(2);
  next();
  spec.action = Action::continue_;
  next();
  spec.provider = key(3);
  next();
  spec.sublayer = key(4);
  next();
  spec.layer = key(5);
  next();
  spec.display.name.reset();
  next();
  EXPECT_EQ(seen, (std::vector{already_exists, condition_not_found, invalid_weight, invalid_flags,
                               provider_context_not_found, incompatible_layer, callout_not_found,
                               invalid_action_type, provider_not_found, sublayer_not_found,
                               layer_not_found, null_display_name}));
}

TEST_F(Objects, a_referenced_object_is_in_use_until_its_referrer_is_gone) {
  engine.add_provider(session, {.key = key(1), .display = display});
  engine.add_provider_context(session, {.key = key(2), .display = display, .provider = key(1)});
  engine.add_sublayer(session, sublayer_spec(3));
  engine.add_callout(session, callout_spec(4));
  FilterSpec spec = callout_filter(Action::callout_terminating, 4);
  spec.sublayer = key(3);
  spec.flags = filter_flag::has_provider_context;
  spec.provider_context = key(2);
  const FilterId id = *engine.add_filter(session, spec);

  const auto delete_all = [&] {
    return std::vector{
        engine.delete_provider(session, key(1)), engine.delete_provider_context(session, key(2)),
        engine.delete_sublayer(session, key(3)), engine.delete_callout(session, key(4))};
  };
  EXPECT_EQ(delete_all(), (std::vector{in_use, in_use, in_use, in_use}));
  ASSERT_EQ(engine.delete_filter(session, id), success);
  EXPECT_EQ(delete_all(), (std::vector{in_use, success, success, success}));
  EXPECT_EQ(engine.delete_provider(session, key(1)), success);
}

TEST_F(Objects, a_missing_object_is_reported_by_its_kind) {
  EXPECT_EQ(engine.delete_provider(session, key(1)), provider_not_found);
  EXPECT_EQ(engine.delete_provider_context(session, key(1)), provider_context_not_found);
  EXPECT_EQ(engine.delete_sublayer(session, key(1)), sublayer_not_found);
  EXPECT_EQ(engine.delete_callout(session, CalloutId{77}), callout_not_found);
  EXPECT_EQ(engine.delete_filter(session, FilterId{77}), filter_not_found);
  EXPECT_EQ(engine.get_filter(session, key(1)).error(), filter_not_found);
}

TEST_F(Objects, a_built_in_sublayer_cannot_be_deleted) {
  EXPECT_EQ(engine.delete_sublayer(session, universal_sublayer), builtin_object);
}

TEST_F(Objects, an_object_may_not_refer_to_a_shorter_lived_one) {
  const SessionId dynamic = engine.open_session({.dynamic = true});
  engine.add_sublayer(dynamic, sublayer_spec(1));
  engine.add_sublayer(session, sublayer_spec(2));
  FilterSpec spec = filter_spec(Action::block);

  spec.sublayer = key(1);
  EXPECT_EQ(status_of(spec), lifetime_mismatch);
  EXPECT_EQ(engine.add_filter(engine.open_session({.dynamic = true}), spec).error(),
            lifetime_mismatch);
  EXPECT_TRUE(engine.add_filter(dynamic, spec));
  spec.sublayer = key(2);
  spec.flags = filter_flag::persistent;
  EXPECT_EQ(status_of(spec), lifetime_mismatch);
}

TEST_F(Objects, a_dynamic_session_and_the_rest_of_the_world_cannot_delete_each_others_objects) {
  const SessionId mine = engine.open_session({.dynamic = true});
  const SessionId other = engine.open_session({.dynamic = true});
  engine.add_sublayer(mine, sublayer_spec(1));
  engine.add_sublayer(session, sublayer_spec(2));
  EXPECT_EQ(engine.delete_sublayer(other, key(1)), wrong_session);
  EXPECT_EQ(engine.delete_sublayer(session, key(1)), dynamic_session_in_progress);
  EXPECT_EQ(engine.delete_sublayer(mine, key(2)), dynamic_session_in_progress);
  EXPECT_EQ(engine.delete_sublayer(mine, key(1)), success);
}

TEST_F(Objects, limits_on_sublayers_and_callouts_are_kept) {
  Engine small({.most_sublayers = engine.store().all<SubLayer>().size() + 1, .most_callouts = 1});
  const SessionId client = small.open_session({});
  EXPECT_TRUE(small.add_sublayer(client, sublayer_spec(1)));
  EXPECT_EQ(small.add_sublayer(client, sublayer_spec(2)).error(), too_many_sublayers);
  EXPECT_TRUE(small.add_callout(client, callout_spec(1)));
  EXPECT_EQ(small.add_callout(client, callout_spec(2)).error(), too_many_callouts);
}

TEST_F(Objects, the_limits_are_those_of_windows) {
  engine.begin(session, TransactionKind::read_write);
  const std::size_t built_in = engine.store().all<SubLayer>().size();
  for (std::uint32_t i = 0; i < 65536 - built_in; ++i)
    ASSERT_TRUE(engine.add_sublayer(session, sublayer_spec(i + 1)));
  EXPECT_EQ(engine.add_sublayer(session, sublayer_spec(70000)).error(), too_many_sublayers);
  for (std::uint32_t i = 0; i < 100000; ++i)
    ASSERT_TRUE(engine.add_callout(session, callout_spec(i + 1)));
  EXPECT_EQ(engine.add_callout(session, callout_spec(100001)).error(), too_many_callouts);
  EXPECT_EQ(engine.abort(session), success);
  EXPECT_EQ(engine.store().all<CalloutObject>().size(), 0U);
}

TEST_F(Objects, permit_if_callout_unregistered_is_refused_for_an_inspection_filter) {
  engine.add_callout(session, callout_spec(1));
  FilterSpec spec = callout_filter(Action::callout_inspection, 1);
  spec.flags = filter_flag::permit_if_callout_unregistered;
  EXPECT_EQ(status_of(spec), invalid_flags);
  spec.action = Action::callout_unknown;
  EXPECT_EQ(status_of(spec), success);
}

TEST_F(Objects, both_halves_of_a_callout_get_one_number_whichever_comes_first) {
  const CalloutId registered_first = engine.callout_id_for_key(key(1));
  EXPECT_EQ(*engine.add_callout(session, callout_spec(1)), registered_first);
  const CalloutId managed_first = *engine.add_callout(session, callout_spec(2));
  EXPECT_EQ(engine.callout_id_for_key(key(2)), managed_first);
}

TEST_F(Objects, a_callout_number_ends_with_its_second_half_and_does_not_come_back) {
  const CalloutId first = engine.callout_id_for_key(key(1));
  engine.add_callout(session, callout_spec(1));
  engine.release_callout_key(key(1));
  EXPECT_EQ(engine.find_callout_id(key(1)), first);
  engine.delete_callout(session, key(1));
  EXPECT_EQ(engine.find_callout_id(key(1)), std::nullopt);
  EXPECT_NE(engine.callout_id_for_key(key(1)), first);
}

TEST_F(Objects, an_aborted_delete_leaves_the_callout_its_number) {
  const CalloutId id = *engine.add_callout(session, callout_spec(1));
  engine.begin(session, TransactionKind::read_write);
  engine.delete_callout(session, key(1));
  EXPECT_EQ(engine.callout_id_for_key(key(1)), id);
  engine.release_callout_key(key(1));
  engine.abort(session);
  EXPECT_EQ((*engine.get_callout(session, id))->spec.key, key(1));
}

TEST_F(Objects, a_filter_weight_is_taken_completed_or_computed) {
  const auto weight_of = [&](Value requested, std::vector<FilterCondition> conditions) {
    FilterSpec spec = filter_spec(Action::block);
    spec.weight = std::move(requested);
    spec.conditions = std::move(conditions);
    return (*engine.get_filter(session, *engine.add_filter(session, spec)))->weight;
  };
  const FilterCondition port{.field = field_key(layer, "FWPM_CONDITION_IP_REMOTE_PORT"),
                             .value = Value::number(DataType::uint16, 443)};
  const FilterCondition address{.field = field_key(layer, "FWPM_CONDITION_IP_REMOTE_ADDRESS"),
                                .value = Value::number(DataType::uint32, 0x0a000001)};
  FilterCondition network = address;
  network.value = Value::v4_mask(0x0a000000, 0xff000000);
  EXPECT_EQ(weight_of(Value::number(DataType::uint64, 7), {port}), 7U);
  EXPECT_EQ(weight_of({}, {}), 0U);
  const std::uint64_t computed = weight_of({}, {port});
  EXPECT_EQ(weight_of(Value::number(DataType::uint8, 9), {port}), (9ULL << 60) + computed);
  EXPECT_LT(weight_of({}, {network}), weight_of({}, {address}));
  EXPECT_LT(weight_of({}, {address}), weight_of({}, {address, port}));
  EXPECT_GE(weight_of({}, {network, address}), weight_of({}, {address}));
}

}  // namespace
}  // namespace drydock::wfp::test
