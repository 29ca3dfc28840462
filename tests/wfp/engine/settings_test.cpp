// SPDX-License-Identifier: Apache-2.0
// What sessions can say and ask beside adding and deleting: security descriptors, options, changes
// of others, transactions that last too long.
#include <gtest/gtest.h>

#include "security.h"
#include "world.h"

namespace drydock::wfp::test {
namespace {

using enum FwpStatus;

// A line per change: "+" or "-", kind, first part of the key, number.
struct RecordingChanges : ChangeObserver {
  using Told = std::vector<std::string>;
  void changed(SessionId by, std::span<const ObjectChange> changes) override {
    Told told;
    for (const ObjectChange& change : changes) {
      told.push_back((change.added ? "+" : "-") + std::to_string(std::to_underlying(change.kind)) +
                     " " + std::to_string(change.key.data1) + " " + std::to_string(change.id));
    }
    seen.emplace_back(by, told);
  }
  std::vector<std::pair<SessionId, Told>> seen;
};

struct Settings : testing::Test {
  Engine engine;
  SessionId session = engine.open_session({});
};

TEST_F(Settings, a_security_descriptor_is_kept_replaced_and_put_back_by_an_abort) {
  must(engine.add_provider(session,
                           {.key = key(1), .display = display, .security = marked_descriptor(1)}));
  const auto current = [&] { return *engine.security_of(session, ObjectKind::provider, key(1)); };
  EXPECT_EQ(current(), marked_descriptor(1));
  EXPECT_EQ(engine.set_security(session, ObjectKind::provider, key(1), marked_descriptor(2)),
            success);
  engine.begin(session, TransactionKind::read_write);
  engine.set_security(session, ObjectKind::provider, key(1), marked_descriptor(3));
  engine.set_security(session, ObjectKind::provider, key(1), marked_descriptor(4));
  EXPECT_EQ(current(), marked_descriptor(4));
  engine.abort(session);
  EXPECT_EQ(current(), marked_descriptor(2));
}

TEST_F(Settings, a_missing_object_has_no_descriptor_and_the_kind_says_so) {
  const std::vector expected{provider_not_found, provider_context_not_found, sublayer_not_found,
                             callout_not_found, filter_not_found};
  for (std::size_t kind = 0; kind < expected.size(); ++kind) {
    EXPECT_EQ(engine.security_of(session, static_cast<ObjectKind>(kind), key(1)).error(),
              expected[kind]);
    EXPECT_EQ(engine.set_security(session, static_cast<ObjectKind>(kind), key(1), {}),
              expected[kind]);
  }
}

TEST_F(Settings, descriptors_go_along_when_objects_are_exported) {
  FilterSpec spec = filter_spec(Action::block);
  spec.flags = filter_flag::persistent;
  spec.key = key(1);
  must(engine.add_filter(session, spec));
  engine.set_security(session, ObjectKind::filter, key(1), marked_descriptor(9));
  EXPECT_EQ(engine.export_objects().filters[0].spec.security, marked_descriptor(9));
}

TEST_F(Settings, options_have_their_documented_defaults_and_take_their_values) {
  EXPECT_EQ(engine.option(session, EngineOption::collect_net_events), 1U);
  EXPECT_EQ(engine.option(session, EngineOption::net_event_match_any_keywords), 0U);
  EXPECT_EQ(engine.set_option(session, EngineOption::net_event_match_any_keywords, 3), success);
  EXPECT_EQ(engine.option(session, EngineOption::net_event_match_any_keywords), 3U);
  EXPECT_EQ(engine.set_option(session, EngineOption::collect_net_events, 2), invalid_parameter);
  EXPECT_EQ(engine.set_option(session, EngineOption::count, 0), invalid_parameter);
  EXPECT_EQ(engine.option(session, EngineOption::count).error(), invalid_parameter);
}

TEST_F(Settings, monitoring_of_ipsec_connections_cannot_be_switched_off_again) {
  EXPECT_EQ(engine.set_option(session, EngineOption::monitor_ipsec_connections, 0), success);
  EXPECT_EQ(engine.set_option(session, EngineOption::monitor_ipsec_connections, 1), success);
  EXPECT_EQ(engine.set_option(session, EngineOption::monitor_ipsec_connections, 0), still_on);
}

TEST_F(Settings, options_are_not_set_inside_a_transaction) {
  engine.begin(session, TransactionKind::read_write);
  EXPECT_EQ(engine.set_option(session, EngineOption::packet_queuing, 1), txn_in_progress);
  engine.abort(session);
  engine.begin(session, TransactionKind::read_only);
  EXPECT_EQ(engine.set_option(session, EngineOption::packet_queuing, 1), incompatible_txn);
}

TEST_F(Settings, changes_are_told_once_per_transaction_without_what_came_and_went) {
  RecordingChanges changes;
  engine.set_change_observer(&changes);
  must(engine.add_provider(session, {.key = key(1), .display = display}));
  engine.begin(session, TransactionKind::read_write);
  const CalloutId callout = *engine.add_callout(session, callout_spec(2));
  must(engine.add_sublayer(session, sublayer_spec(3)));
  engine.delete_sublayer(session, key(3));
  engine.delete_provider(session, key(1));
  EXPECT_EQ(changes.seen.size(), 1U) << "nothing before the commit";
  engine.commit(session);
  engine.begin(session, TransactionKind::read_write);
  engine.delete_callout(session, key(2));
  engine.abort(session);

  const std::string number = std::to_string(std::to_underlying(callout));
  EXPECT_EQ(changes.seen,
            (std::vector{std::pair(session, RecordingChanges::Told{"+0 1 0"}),
                         std::pair(session, RecordingChanges::Told{"+3 2 " + number, "-0 1 0"})}));
}

TEST_F(Settings, the_deletions_of_a_closing_session_are_changes_too) {
  RecordingChanges changes;
  engine.set_change_observer(&changes);
  const SessionId dynamic = engine.open_session({.dynamic = true});
  FilterSpec spec = filter_spec(Action::block);
  spec.key = key(1);
  const auto id = std::to_underlying(*engine.add_filter(dynamic, spec));
  engine.close_session(dynamic);
  ASSERT_EQ(changes.seen.size(), 2U);
  EXPECT_EQ(changes.seen[1],
            std::pair(dynamic, RecordingChanges::Told{"-4 1 " + std::to_string(id)}));
}

TEST_F(Settings, a_transaction_that_lasts_too_long_is_undone_and_its_session_told) {
  engine.begin(session, TransactionKind::read_write);
  must(engine.add_filter(session, filter_spec(Action::block)));
  engine.expire_transaction(session);
  const SessionId other = engine.open_session({});
  EXPECT_EQ(engine.begin(other, TransactionKind::read_write), success) << "others may go on";
  engine.abort(other);
  EXPECT_EQ(engine.add_filter(session, filter_spec(Action::block)).error(), txn_aborted);
  EXPECT_EQ(engine.get_sublayer(session, universal_sublayer).error(), txn_aborted);
  EXPECT_EQ(engine.commit(session), txn_aborted);
  EXPECT_EQ(engine.commit(session), no_txn_in_progress);
  EXPECT_TRUE(engine.add_filter(session, filter_spec(Action::block)));
  EXPECT_EQ(engine.store().all<Filter>().size(), 1U);
}

TEST_F(Settings, an_expired_session_can_be_closed_or_abort) {
  engine.begin(session, TransactionKind::read_write);
  engine.expire_transaction(session);
  EXPECT_EQ(engine.abort(session), success);
  engine.begin(session, TransactionKind::read_write);
  engine.expire_transaction(session);
  EXPECT_EQ(engine.close_session(session), success);
  EXPECT_FALSE(engine.busy());
}

}  // namespace
}  // namespace drydock::wfp::test
