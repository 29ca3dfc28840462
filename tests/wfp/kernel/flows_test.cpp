// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/flows.h"

#include "wfp/kernel/kernel_run.h"

namespace drydock::wfp {
namespace {

using ledger::Kind;
using ledger::NoteKind;
using machine::Irql;

TEST(Flows, numbers_are_never_used_again) {
  KernelRun run;
  const FlowId first = run.side.flows().begin();
  run.run([&] { run.side.flows().end(first); });
  EXPECT_NE(run.side.flows().begin(), first);
  EXPECT_FALSE(run.side.flows().alive(first));
}

TEST(Flows, associating_answers_as_documented) {
  KernelRun run;
  run.run([&] {
    const UINT32 id = run.registered(first_key);
    const FlowId flow = run.side.flows().begin();
    EXPECT_EQ(run.associate(flow, id, 0), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(run.associate(flow, id + 1, 1), STATUS_FWP_CALLOUT_NOT_FOUND);
    EXPECT_EQ(run.associate(FlowId{99999}, id, 1), STATUS_NOT_FOUND);
    EXPECT_EQ(run.associate(flow, id, 1), STATUS_SUCCESS);
    EXPECT_EQ(run.associate(flow, id, 2), STATUS_OBJECT_NAME_EXISTS);
    auto deaf = KernelRun::functions(second_key);
    deaf.flowDeleteFn = nullptr;
    UINT32 deaf_id = 0;
    run.register_callout(deaf, &deaf_id);
    EXPECT_EQ(run.associate(flow, deaf_id, 1), STATUS_INVALID_PARAMETER);
  });
  EXPECT_EQ(run.alive(Kind::flow_context), 1U);
  const auto notes = run.notes(NoteKind::flow_context_associated);
  ASSERT_EQ(notes.size(), 6U);
  EXPECT_EQ(notes[3].entry, notes[4].entry);
  const auto& entry = run.record.ledger().entry(notes[3].entry);
  EXPECT_EQ(entry.b, 1U);
  EXPECT_EQ(entry.name, find_layer(KernelRun::layer)->name);
  EXPECT_EQ(run.record.ledger().entry(entry.related).kind, Kind::callout);
}

TEST(Flows, removing_calls_flow_delete_inside_the_call_on_the_same_thread_and_irql) {
  KernelRun run;
  std::string trace;
  run.script.flow_delete = [&](UINT16, UINT32, UINT64 context) {
    trace +=
        "d" + std::to_string(context) + "@" + std::to_string(static_cast<int>(run.machine.irql()));
  };
  run.run([&] {
    const UINT32 id = run.registered(first_key);
    const FlowId flow = run.side.flows().begin();
    run.associate(flow, id, 7);
    EXPECT_EQ(run.remove_context(flow, id), STATUS_SUCCESS);
    trace += " returned";
    EXPECT_EQ(run.remove_context(flow, id), STATUS_UNSUCCESSFUL);
    EXPECT_EQ(run.remove_context(FlowId{99999}, id), STATUS_UNSUCCESSFUL);
  });
  EXPECT_EQ(trace, "d7@0 returned");
  EXPECT_EQ(run.alive(Kind::flow_context), 0U);
  EXPECT_EQ(statuses(run, NoteKind::flow_context_removed),
            (std::vector<NTSTATUS>{STATUS_SUCCESS, STATUS_UNSUCCESSFUL, STATUS_UNSUCCESSFUL}));
}

TEST(Flows, a_context_has_left_the_ledger_when_its_flow_delete_runs) {
  KernelRun run;
  run.script.flow_delete = [&](UINT16, UINT32, UINT64) {
    EXPECT_EQ(run.alive(Kind::flow_context), 0U);
  };
  run.run([&] {
    const UINT32 id = run.registered(first_key);
    const FlowId flow = run.side.flows().begin();
    run.associate(flow, id, 7);
    EXPECT_EQ(run.alive(Kind::flow_context), 1U);
    run.remove_context(flow, id);
  });
}

TEST(Flows, removing_from_within_classify_is_pending_and_flow_delete_comes_when_it_returns) {
  KernelRun run;
  std::string trace;
  UINT32 id = 0;
  FlowId flow{};
  run.script.flow_delete = [&](UINT16, UINT32, UINT64) {
    trace += "d@" + std::to_string(static_cast<int>(run.machine.irql())) + " on " +
             run.machine.running().name;
  };
  run.script.classify = [&](auto&, auto&, UINT64 context, FWPS_CLASSIFY_OUT0&) {
    EXPECT_EQ(context, 7U);
    EXPECT_EQ(run.remove_context(flow, id), STATUS_PENDING);
    EXPECT_EQ(run.remove_context(flow, id), STATUS_UNSUCCESSFUL);
    trace += "classify ";
  };
  run.run([&] {
    id = run.registered(first_key);
    run.add_filter(first_key);
    flow = run.side.flows().begin();
    run.associate(flow, id, 7);
    run.indicate(flow);
    trace += " verdict";
    EXPECT_EQ(run.unregister(id), STATUS_SUCCESS);
  });
  EXPECT_EQ(trace, "classify d@2 on driver verdict");
  EXPECT_EQ(run.alive(Kind::flow_context), 0U);
}

TEST(Flows, a_pending_deletion_may_come_seconds_later_under_the_variant) {
  LastOption late;
  KernelRun run({.engine = {}, .lifecycle = {.pending_delete_comes_late = true}}, &late);
  std::string trace;
  UINT32 id = 0;
  FlowId flow{};
  run.script.flow_delete = [&](UINT16, UINT32, UINT64) {
    trace += "d on " + run.machine.running().name;
  };
  run.script.classify = [&](auto&, auto&, UINT64, FWPS_CLASSIFY_OUT0&) {
    run.remove_context(flow, id);
  };
  run.run([&] {
    id = run.registered(first_key);
    run.add_filter(first_key);
    flow = run.side.flows().begin();
    run.associate(flow, id, 7);
    run.indicate(flow);
    EXPECT_EQ(run.unregister(id), STATUS_DEVICE_BUSY);
    trace += "busy ";
  });
  EXPECT_EQ(trace, "busy d on network stack");
  EXPECT_GE(run.machine.now(), machine::seconds(10));
}

TEST(Flows, the_end_of_a_flow_deletes_each_context_once_in_registration_order_at_dispatch) {
  KernelRun run;
  std::vector<UINT64> deleted;
  run.script.flow_delete = [&](UINT16, UINT32, UINT64 context) {
    EXPECT_EQ(run.machine.irql(), Irql::dispatch);
    deleted.push_back(context);
  };
  run.run([&] {
    const UINT32 first = run.registered(first_key);
    const UINT32 second = run.registered(second_key);
    const FlowId flow = run.side.flows().begin();
    run.associate(flow, second, 2);
    run.associate(flow, first, 1);
    run.side.flows().end(flow);
    run.side.flows().end(flow);
    EXPECT_EQ(run.machine.irql(), Irql::passive);
    EXPECT_EQ(run.associate(flow, first, 3), STATUS_NOT_FOUND);
  });
  EXPECT_EQ(deleted, (std::vector<UINT64>{1, 2}));
  EXPECT_EQ(run.alive(Kind::flow_context), 0U);
}

TEST(Flows, a_flow_that_ends_during_a_classify_keeps_its_context_until_that_returns) {
  KernelRun run;
  std::string trace;
  bool inside = false;
  UINT32 id = 0;
  FlowId flow{};
  run.script.classify = [&](auto&, auto&, UINT64, FWPS_CLASSIFY_OUT0&) {
    trace += "(";
    inside = true;
    for (int i = 0; i < 10; ++i) run.machine.switch_point();
    trace += ")";
  };
  run.script.flow_delete = [&](UINT16, UINT32, UINT64) {
    trace += "d on " + run.machine.running().name;
  };
  run.as_driver("setup", [&] {
    id = run.registered(first_key);
    run.add_filter(first_key);
    flow = run.side.flows().begin();
    run.associate(flow, id, 7);
    run.machine.spawn("traffic", Irql::passive, [&] { run.indicate(flow); });
    run.machine.spawn("end", Irql::passive, [&] {
      while (!inside) run.machine.switch_point();
      run.side.flows().end(flow);
      trace += "e";
      EXPECT_EQ(run.remove_context(flow, id), STATUS_UNSUCCESSFUL);
    });
  });
  run.machine.run();
  EXPECT_EQ(trace, "(e)d on traffic");
  EXPECT_EQ(run.alive(Kind::flow_context), 0U);
}

TEST(Flows, contexts_of_one_flow_go_in_any_order_under_the_variant) {
  LastOption last;
  KernelRun run({.engine = {}, .lifecycle = {.delete_order = LifecycleVariants::DeleteOrder::any}},
                &last);
  std::vector<UINT64> deleted;
  run.script.flow_delete = [&](UINT16, UINT32, UINT64 context) { deleted.push_back(context); };
  run.run([&] {
    const UINT32 first = run.registered(first_key);
    const UINT32 second = run.registered(second_key);
    const FlowId flow = run.side.flows().begin();
    run.associate(flow, second, 2);
    run.associate(flow, first, 1);
    run.side.flows().end(flow);
  });
  EXPECT_EQ(deleted, (std::vector<UINT64>{2, 1}));
}

TEST(Flows, a_removal_too_late_follows_the_variant) {
  using enum LifecycleVariants::RemoveTooLate;
  for (const auto& [variant, expected] :
       {std::pair{unsuccessful, STATUS_UNSUCCESSFUL}, std::pair{success, STATUS_SUCCESS}}) {
    KernelRun run({.engine = {}, .lifecycle = {.remove_too_late = variant}});
    run.run([&] {
      const UINT32 id = run.registered(first_key);
      const FlowId flow = run.side.flows().begin();
      run.associate(flow, id, 7);
      run.side.flows().end(flow);
      EXPECT_EQ(run.remove_context(flow, id), expected);
    });
  }
}

TEST(Flows, an_aborted_flow_ends_on_a_kernel_fiber_after_its_listener_heard_of_it) {
  struct Listener final : FlowListener {
    std::string& trace;
    explicit Listener(std::string& text) : trace(text) {}
    void flow_aborted(FlowId) override { trace += "heard "; }
  };
  KernelRun run;
  std::string trace;
  Listener listener(trace);
  run.side.flows().set_listener(&listener);
  run.script.flow_delete = [&](UINT16, UINT32, UINT64) {
    trace += "deleted on " + run.machine.running().name;
  };
  run.run([&] {
    const UINT32 id = run.registered(first_key);
    const FlowId flow = run.side.flows().begin();
    run.associate(flow, id, 7);
    EXPECT_EQ(IMPORT(flow_exports(), FwpsFlowAbort0)(std::to_underlying(flow)), STATUS_SUCCESS);
  });
  EXPECT_EQ(trace, "heard deleted on network stack");
}

TEST(Flows, a_callout_conditional_on_flow_is_called_only_for_flows_with_its_context) {
  KernelRun run;
  run.run([&] {
    auto callout = KernelRun::functions(first_key);
    callout.flags = FWP_CALLOUT_FLAG_CONDITIONAL_ON_FLOW;
    UINT32 id = 0;
    run.register_callout(callout, &id);
    run.add_filter(first_key);
    const FlowId flow = run.side.flows().begin();
    EXPECT_EQ(run.indicate(flow).callouts, 0U);
    run.associate(flow, id, 7);
    EXPECT_EQ(run.indicate(flow).callouts, 1U);
  });
}

}  // namespace
}  // namespace drydock::wfp
