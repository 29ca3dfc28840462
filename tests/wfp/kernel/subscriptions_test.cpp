// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/subscriptions.h"

#include "wfp/kernel/management_run.h"

namespace drydock::wfp {
namespace {

struct SubscriptionsTest : ManagementTest {
  std::string trace;

  Subscriptions::Callback telling(const std::string& name) {
    return [this, name](const ObjectChange& change) {
      EXPECT_EQ(run.machine.irql(), machine::Irql::passive);
      trace += name + (change.added ? "+" : "-") + std::to_string(change.key.data1) + " ";
    };
  }
  static SubLayerSpec sublayer(const Guid& key) {
    return {.key = key, .display = {u"sub", {}}, .provider = {}};
  }
  void let_workers_run() {
    for (int i = 0; i < 40; ++i) run.machine.switch_point();
  }
};

TEST_F(SubscriptionsTest, changes_of_others_are_told_after_the_call_and_own_ones_never) {
  run.run([&] {
    run.side.subscriptions().subscribe(run.session, {.kind = ObjectKind::sublayer}, telling("a"));
    // Straight to the engine: no switch between its return and the next line.
    Engine& engine = run.side.engine();
    const SessionId other = engine.open_session({});
    (void)engine.add_sublayer(other, sublayer(first_key));
    trace += "added ";
    let_workers_run();
    (void)engine.add_sublayer(run.session, sublayer(second_key));
    let_workers_run();
    EXPECT_EQ(engine.delete_sublayer(other, first_key), FwpStatus::success);
    let_workers_run();
  });
  EXPECT_EQ(trace, "added a+1 a-1 ");
}

TEST_F(SubscriptionsTest, only_what_was_asked_for_is_told) {
  run.run([&] {
    const GUID other_layer = to_windows(find_layer(LayerId::stream_v4)->key);
    auto& subscriptions = run.side.subscriptions();
    subscriptions.subscribe(run.session, {.kind = ObjectKind::callout, .deletions = false},
                            telling("add"));
    subscriptions.subscribe(run.session, {.kind = ObjectKind::callout, .additions = false},
                            telling("del"));
    subscriptions.subscribe(run.session,
                            {.kind = ObjectKind::callout,
                             .fitting = CalloutTemplate{.layer = from_windows(other_layer)}},
                            telling("stream"));
    subscriptions.subscribe(run.session, {.kind = ObjectKind::filter}, telling("filter"));
    const HANDLE session = open(FWPM_SESSION_FLAG_DYNAMIC);
    add_callout(session, first_key);
    close(session);
    let_workers_run();
  });
  EXPECT_EQ(trace, "add+1 del-1 ");
}

TEST_F(SubscriptionsTest, an_aborted_transaction_is_no_change_and_a_committed_one_is_told_whole) {
  run.run([&] {
    run.side.subscriptions().subscribe(run.session, {.kind = ObjectKind::sublayer}, telling(""));
    const HANDLE session = open();
    begin(session);
    add_sublayer(session, first_key);
    abort(session);
    begin(session);
    add_sublayer(session, first_key);
    add_sublayer(session, second_key);
    let_workers_run();
    trace += "commit ";
    commit(session);
    let_workers_run();
    close(session);
  });
  EXPECT_EQ(trace, "commit +1 +2 ");
}

TEST_F(SubscriptionsTest, after_unsubscribing_nothing_more_is_told) {
  run.run([&] {
    auto& subscriptions = run.side.subscriptions();
    const auto number =
        subscriptions.subscribe(run.session, {.kind = ObjectKind::sublayer}, telling("a"));
    Engine& engine = run.side.engine();
    (void)engine.add_sublayer(engine.open_session({}), sublayer(first_key));
    subscriptions.unsubscribe(number);  // before any worker could run
    let_workers_run();
  });
  EXPECT_EQ(trace, "");
}

}  // namespace
}  // namespace drydock::wfp
