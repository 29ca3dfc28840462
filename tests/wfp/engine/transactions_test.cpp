// SPDX-License-Identifier: Apache-2.0
// Sessions, transactions, who waits for whom, and when callouts hear of filters.
#include <gtest/gtest.h>

#include "world.h"

namespace drydock::wfp::test {
namespace {

using enum FwpStatus;
using Events = std::vector<std::string>;
constexpr auto read_write = TransactionKind::read_write;
constexpr auto read_only = TransactionKind::read_only;
constexpr LayerId layer = LayerId::ale_auth_connect_v4;

class Transactions : public testing::Test {
 protected:
  explicit Transactions(const Variants& variants = {}) : engine(variants, &observer) {
    engine.add_callout(session, callout_spec(1));
  }

  // A callout filter whose raw context is `context`.
  FwpResult<FilterId> add(SessionId client, std::uint64_t context = 0) {
    FilterSpec spec = callout_filter(Action::callout_unknown, 1);
    spec.raw_context = context;
    return engine.add_filter(client, spec);
  }

  // A dynamic session's filters cannot name the static callout's session mates, so it brings its
  // own callout.
  FwpResult<FilterId> add_block(SessionId client) {
    return engine.add_filter(client, filter_spec(Action::block));
  }

  Action decide() {
    ScriptedInvoker invoker;
    return engine.classify(layer, {}, invoker).action;
  }

  RecordingObserver observer;
  Engine engine;
  SessionId session = engine.open_session({});
};

TEST_F(Transactions, a_session_has_one_transaction_at_a_time) {
  EXPECT_EQ(engine.commit(session), no_txn_in_progress);
  EXPECT_EQ(engine.abort(session), no_txn_in_progress);
  EXPECT_EQ(engine.begin(session, read_write), success);
  EXPECT_EQ(engine.begin(session, read_write), txn_in_progress);
  EXPECT_EQ(engine.commit(session), success);
  EXPECT_EQ(engine.commit(session), no_txn_in_progress);
}

TEST_F(Transactions, calls_on_a_session_that_is_not_open_are_refused) {
  const SessionId closed = engine.open_session({});
  ASSERT_EQ(engine.close_session(closed), success);
  EXPECT_EQ(engine.close_session(closed), invalid_handle);
  EXPECT_EQ(engine.begin(closed, read_write), invalid_handle);
  EXPECT_EQ(engine.commit(closed), invalid_handle);
  EXPECT_EQ(add(closed).error(), invalid_handle);
  EXPECT_EQ(engine.get_filter(closed, FilterId{1}).error(), invalid_handle);
}

TEST_F(Transactions, a_writer_keeps_everybody_else_waiting) {
  const SessionId other = engine.open_session({});
  engine.begin(session, read_write);
  EXPECT_TRUE(engine.busy());
  EXPECT_EQ(engine.begin(other, read_write), would_block);
  EXPECT_EQ(engine.begin(other, read_only), would_block);
  EXPECT_EQ(add(other).error(), would_block);
  EXPECT_EQ(engine.get_callout(other, key(1)).error(), would_block);
  EXPECT_TRUE(engine.get_callout(session, key(1)));
  engine.commit(session);
  EXPECT_FALSE(engine.busy());
  EXPECT_TRUE(add(other));
}

TEST_F(Transactions, readers_coexist_and_keep_a_writer_waiting) {
  const SessionId other = engine.open_session({});
  EXPECT_EQ(engine.begin(session, read_only), success);
  EXPECT_EQ(engine.begin(other, read_only), success);
  EXPECT_TRUE(engine.get_callout(other, key(1)));
  EXPECT_EQ(add(engine.open_session({})).error(), would_block);
  engine.commit(session);
  engine.abort(other);
  EXPECT_TRUE(add(other));
}

TEST_F(Transactions, a_write_in_a_read_only_transaction_is_incompatible) {
  engine.begin(session, read_only);
  EXPECT_EQ(add(session).error(), incompatible_txn);
  EXPECT_EQ(engine.delete_callout(session, key(1)), incompatible_txn);
  EXPECT_EQ(engine.commit(session), success);
}

TEST_F(Transactions, nothing_is_visible_to_classification_before_commit) {
  engine.begin(session, read_write);
  add_block(session);
  EXPECT_EQ(decide(), Action::permit);
  EXPECT_FALSE(engine.has_filters(layer));
  engine.commit(session);
  EXPECT_EQ(decide(), Action::block);
}

TEST_F(Transactions, a_failing_call_leaves_the_transaction_usable) {
  engine.begin(session, read_write);
  add_block(session);
  EXPECT_EQ(engine.delete_sublayer(session, key(9)), sublayer_not_found);
  EXPECT_EQ(engine.commit(session), success);
  EXPECT_EQ(decide(), Action::block);
}

TEST_F(Transactions, abort_takes_back_adds_and_deletes_alike) {
  const FilterId kept = *add(session);
  observer.take();
  engine.begin(session, read_write);
  engine.delete_filter(session, kept);
  engine.delete_callout(session, key(1));
  engine.add_callout(session, callout_spec(1, LayerId::stream_v4));
  engine.add_sublayer(session, sublayer_spec(5));
  engine.abort(session);
  EXPECT_EQ(observer.take(), Events{});
  EXPECT_TRUE(engine.get_filter(session, kept));
  EXPECT_EQ((*engine.get_callout(session, key(1)))->layer, layer);
  EXPECT_EQ(engine.delete_callout(session, key(1)), in_use);
  EXPECT_EQ(engine.get_sublayer(session, key(5)).error(), sublayer_not_found);
}

TEST_F(Transactions, a_callout_hears_of_a_filter_when_it_becomes_effective) {
  add(session);
  EXPECT_EQ(observer.take(), Events{"add 0"});
  engine.begin(session, read_write);
  add(session);
  add(session);
  EXPECT_EQ(observer.take(), Events{});
  engine.commit(session);
  EXPECT_EQ(observer.take(), (Events{"add 1", "add 2"}));
}

TEST_F(Transactions, a_filter_added_and_deleted_in_one_transaction_is_not_announced) {
  engine.begin(session, read_write);
  const FilterId id = *add(session);
  add(session);
  engine.delete_filter(session, id);
  engine.commit(session);
  EXPECT_EQ(observer.take(), Events{"add 1"});
}

TEST_F(Transactions, a_filter_without_callout_or_disabled_is_not_announced) {
  add_block(session);
  const FilterId id = add_disabled(engine, callout_filter(Action::callout_unknown, 1));
  engine.delete_filter(session, id);
  EXPECT_EQ(observer.take(), Events{});
}

TEST_F(Transactions, a_commit_is_confirmed_after_the_filters_are_effective) {
  observer.on_add = [&](const Filter&) { EXPECT_FALSE(engine.has_filters(layer)); };
  add(session);
  EXPECT_EQ(observer.events, (Events{"add 0", "committed 0"}));
}

TEST_F(Transactions, a_refused_filter_is_not_added) {
  observer.refused = {7};
  EXPECT_EQ(add(session, 7).error(), callout_notification_failed);
  EXPECT_EQ(observer.take(), Events{"add 0"});
  EXPECT_EQ(engine.store().all<Filter>().size(), 0U);
  EXPECT_FALSE(engine.has_filters(layer));
}

TEST_F(Transactions, a_refusal_at_commit_undoes_all_and_takes_announcements_back) {
  observer.refused = {7};
  engine.begin(session, read_write);
  engine.add_sublayer(session, sublayer_spec(5));
  add(session);
  add(session, 7);
  add(session);
  EXPECT_EQ(engine.commit(session), callout_notification_failed);
  EXPECT_EQ(observer.take(), (Events{"add 0", "add 1", "delete 0"}));
  EXPECT_EQ(engine.store().all<Filter>().size(), 0U);
  EXPECT_EQ(engine.get_sublayer(session, key(5)).error(), sublayer_not_found);
  EXPECT_EQ(engine.commit(session), no_txn_in_progress);
}

struct DropRefused : Transactions {
  DropRefused()
      : Transactions({.refused_at_commit = Variants::RefusedAtCommit::drop_that_filter}) {}
};

TEST_F(DropRefused, only_the_refused_filter_is_missing_after_commit) {
  observer.refused = {7};
  engine.begin(session, read_write);
  const FilterId first = *add(session);
  const FilterId refused = *add(session, 7);
  EXPECT_EQ(engine.commit(session), success);
  EXPECT_TRUE(engine.get_filter(session, first));
  EXPECT_EQ(engine.get_filter(session, refused).error(), filter_not_found);
  EXPECT_EQ(observer.take(), (Events{"add 0", "add 1"}));
  EXPECT_EQ(engine.delete_filter(session, first), success);
  EXPECT_EQ(engine.delete_callout(session, key(1)), success);
}

TEST_F(Transactions, a_callout_may_set_the_context_of_an_added_filter) {
  observer.set_context = 0x1234;
  const FilterId id = *add(session, 5);
  EXPECT_EQ((*engine.get_filter(session, id))->context, 0x1234U);
  EXPECT_EQ((*engine.get_filter(session, id))->spec.raw_context, 5U);
}

TEST_F(Transactions, closing_a_dynamic_session_deletes_its_objects_newest_first) {
  const SessionId dynamic = engine.open_session({.dynamic = true});
  engine.add_provider(dynamic, {.key = key(20), .display = display});
  CalloutSpec callout = callout_spec(21);
  callout.provider = key(20);
  engine.add_callout(dynamic, callout);
  for (int i = 0; i < 3; ++i) {
    engine.add_filter(dynamic, callout_filter(Action::callout_unknown, 21));
  }
  observer.take();
  observer.on_delete = [&](const Filter&) { EXPECT_FALSE(engine.has_filters(layer)); };
  EXPECT_EQ(engine.close_session(dynamic), success);
  EXPECT_EQ(observer.take(), (Events{"delete 2", "delete 1", "delete 0"}));
  EXPECT_EQ(engine.get_callout(session, key(21)).error(), callout_not_found);
  EXPECT_EQ(engine.get_provider(session, key(20)).error(), provider_not_found);
}

TEST_F(Transactions, closing_a_session_aborts_its_transaction_and_keeps_static_objects) {
  const SessionId other = engine.open_session({});
  const FilterId kept = *add(other);
  engine.begin(other, read_write);
  const FilterId lost = *add(other);
  EXPECT_EQ(engine.close_session(other), success);
  EXPECT_FALSE(engine.busy());
  EXPECT_TRUE(engine.get_filter(session, kept));
  EXPECT_EQ(engine.get_filter(session, lost).error(), filter_not_found);
}

TEST_F(Transactions, closing_a_dynamic_session_waits_for_a_writer) {
  const SessionId dynamic = engine.open_session({.dynamic = true});
  add_block(dynamic);
  engine.begin(session, read_write);
  EXPECT_EQ(engine.close_session(dynamic), would_block);
  engine.abort(session);
  EXPECT_EQ(engine.close_session(dynamic), success);
  EXPECT_FALSE(engine.has_filters(layer));
}

TEST_F(Transactions, the_engine_stays_held_while_callouts_are_told) {
  const SessionId other = engine.open_session({});
  std::vector<FwpStatus> seen;
  observer.on_add = [&](const Filter&) {
    seen.push_back(engine.begin(other, read_write));
    seen.push_back(engine.add_sublayer(session, sublayer_spec(5)).error());
    seen.push_back(engine.close_session(session));
  };
  EXPECT_TRUE(add(session));
  EXPECT_EQ(seen, (std::vector{would_block, would_block, would_block}));
  EXPECT_EQ(engine.begin(other, read_write), success);
}

TEST_F(Transactions, a_suspended_classification_keeps_the_filters_it_began_with) {
  const FilterId first = *add(session);
  const FilterId second = *add(session);
  ScriptedInvoker invoker;
  std::vector<bool> held;
  invoker.script = [&](const Filter& filter) {
    if (filter.id == first) {
      const auto gone = *engine.get_filter(session, second);
      engine.delete_filter(session, first);
      engine.delete_filter(session, second);
      add_block(session);
      held.push_back(engine.classifying(*gone));
    }
    return answers(Action::continue_);
  };
  const auto gone = *engine.get_filter(session, second);
  EXPECT_EQ(engine.classify(layer, {}, invoker).action, Action::permit);
  EXPECT_EQ(invoker.called, (std::vector{first, second}));
  held.push_back(engine.classifying(*gone));
  EXPECT_EQ(held, (std::vector{true, false}));
  EXPECT_EQ(engine.classify(layer, {}, invoker).action, Action::block);
}

}  // namespace
}  // namespace drydock::wfp::test
