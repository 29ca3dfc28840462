// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/callouts.h"

#include "wfp/kernel/kernel_run.h"

namespace drydock::wfp {
namespace {

using ledger::Kind;
using ledger::NoteKind;
using Running = LifecycleVariants::UnregisterWhileRunning;

TEST(Callouts, registering_makes_a_ledger_entry_and_unregistering_by_key_ends_it) {
  KernelRun run;
  run.run([&] {
    const UINT32 id = run.registered(first_key);
    const auto entry = run.record.ledger().find(Kind::callout, id);
    EXPECT_EQ(run.record.ledger().entry(entry).name, to_string(first_key));
    EXPECT_EQ(run.record.ledger().entry(entry).a, 3U);
    const GUID key = to_windows(first_key);
    EXPECT_EQ(IMPORT(callout_exports(), FwpsCalloutUnregisterByKey0)(&key), STATUS_SUCCESS);
  });
  EXPECT_EQ(run.alive(Kind::callout), 0U);
  EXPECT_EQ(statuses(run, NoteKind::callout_registered), std::vector<NTSTATUS>{STATUS_SUCCESS});
  EXPECT_EQ(statuses(run, NoteKind::callout_unregistered), std::vector<NTSTATUS>{STATUS_SUCCESS});
}

TEST(Callouts, a_second_registration_under_the_key_is_refused_and_names_the_first) {
  KernelRun run;
  run.run([&] {
    run.registered(first_key);
    EXPECT_EQ(run.register_callout(KernelRun::functions(first_key)), STATUS_FWP_ALREADY_EXISTS);
  });
  const auto notes = run.notes(NoteKind::callout_registered);
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_EQ(notes[0].entry, notes[1].entry);
}

TEST(Callouts, registering_without_device_or_function_is_refused) {
  KernelRun run;
  run.run([&] {
    auto callout = KernelRun::functions(first_key);
    EXPECT_EQ(IMPORT(callout_exports(), FwpsCalloutRegister3)(nullptr, &callout, nullptr),
              STATUS_FWP_NULL_POINTER);
    callout.classifyFn = nullptr;
    EXPECT_EQ(run.register_callout(callout), STATUS_FWP_NULL_POINTER);
    EXPECT_EQ(IMPORT(callout_exports(), FwpsCalloutRegister3)(&run.device, nullptr, nullptr),
              STATUS_FWP_NULL_POINTER);
  });
  EXPECT_EQ(run.alive(Kind::callout), 0U);
}

TEST(Callouts, an_unknown_id_and_a_second_unregistration_answer_not_found) {
  KernelRun run;
  run.run([&] {
    const UINT32 id = run.registered(first_key);
    EXPECT_EQ(run.unregister(0), STATUS_FWP_CALLOUT_NOT_FOUND);
    EXPECT_EQ(run.unregister(id), STATUS_SUCCESS);
    EXPECT_EQ(run.unregister(id), STATUS_FWP_CALLOUT_NOT_FOUND);
  });
  const auto notes = run.notes(NoteKind::callout_unregistered);
  EXPECT_EQ(notes[0].entry, 0U);
  EXPECT_EQ(notes[1].entry, notes[2].entry);
}

TEST(Callouts, unregistering_above_passive_level_is_not_supported_and_changes_nothing) {
  KernelRun run;
  run.run([&] {
    const UINT32 id = run.registered(first_key);
    for (const auto irql : {machine::Irql::apc, machine::Irql::dispatch}) {
      run.machine.set_irql(irql);
      EXPECT_EQ(run.unregister(id), STATUS_NOT_SUPPORTED);
      run.machine.set_irql(machine::Irql::passive);
    }
  });
  EXPECT_EQ(run.alive(Kind::callout), 1U);
  EXPECT_TRUE(run.notes(NoteKind::wrong_irql).empty());
}

TEST(Callouts, registering_above_passive_level_is_noted_and_refused_only_under_the_variant) {
  for (const bool refused : {false, true}) {
    KernelRun run({.engine = {}, .lifecycle = {.wrong_irql_is_refused = refused}});
    run.run([&] {
      run.machine.set_irql(machine::Irql::dispatch);
      EXPECT_EQ(run.register_callout(KernelRun::functions(first_key)),
                refused ? STATUS_NOT_SUPPORTED : STATUS_SUCCESS);
      run.machine.set_irql(machine::Irql::passive);
    });
    EXPECT_EQ(run.notes(NoteKind::wrong_irql).size(), 1U);
  }
}

TEST(Callouts, a_flow_context_makes_the_callout_busy_until_it_is_removed) {
  KernelRun run;
  run.run([&] {
    const UINT32 id = run.registered(first_key);
    const FlowId flow = run.side.flows().begin();
    EXPECT_EQ(run.associate(flow, id, 42), STATUS_SUCCESS);
    EXPECT_EQ(run.unregister(id), STATUS_DEVICE_BUSY);
    EXPECT_EQ(run.associate(run.side.flows().begin(), id, 43),
              STATUS_FWP_CALLOUT_NOT_FOUND);
    EXPECT_EQ(run.remove_context(flow, id), STATUS_SUCCESS);
    EXPECT_EQ(run.unregister(id), STATUS_SUCCESS);
  });
  EXPECT_EQ(run.alive(Kind::callout), 0U);
}

TEST(Callouts, after_busy_classifies_go_on_by_default_and_stop_under_the_variant) {
  for (const auto after : {LifecycleVariants::AfterBusy::refuse_contexts,
                           LifecycleVariants::AfterBusy::stop_classify}) {
    KernelRun run({.engine = {}, .lifecycle = {.after_busy = after}});
    run.run([&] {
      const UINT32 id = run.registered(first_key);
      run.add_filter(first_key);
      EXPECT_EQ(run.associate(run.side.flows().begin(), id, 42), STATUS_SUCCESS);
      EXPECT_EQ(run.unregister(id), STATUS_DEVICE_BUSY);
      const bool goes_on = after == LifecycleVariants::AfterBusy::refuse_contexts;
      EXPECT_EQ(run.indicate().callouts, goes_on ? 1U : 0U);
    });
  }
}

// A classifyFn that lasts ten kernel calls, and an unregistration that comes in its middle.
struct Overlap {
  explicit Overlap(Running running)
      : run({.engine = {}, .lifecycle = {.unregister_while_running = running}}) {
    run.script.classify = [this](auto&, auto&, UINT64, FWPS_CLASSIFY_OUT0& out) {
      trace += "(";
      inside = true;
      for (int i = 0; i < 10; ++i) run.machine.switch_point();
      out.actionType = FWP_ACTION_PERMIT;
      trace += ")";
    };
    run.as_driver("setup", [this] {
      id = run.registered(first_key);
      run.add_filter(first_key);
      run.machine.spawn("traffic", machine::Irql::passive, [this] { run.indicate(); });
      run.as_driver("unload", [this] {
        while (!inside) run.machine.switch_point();
        status = run.unregister(id);
        trace += "u";
      });
    });
    run.machine.run();
  }

  KernelRun run;
  UINT32 id = 0;
  bool inside = false;
  NTSTATUS status = STATUS_PENDING;
  std::string trace;
};

TEST(Callouts, unregistering_waits_for_a_running_classify_by_default) {
  const Overlap overlap(Running::wait);
  EXPECT_EQ(overlap.trace, "()u");
  EXPECT_EQ(overlap.status, STATUS_SUCCESS);
}

TEST(Callouts, unregistering_during_a_classify_answers_at_once_under_the_variants) {
  const Overlap busy(Running::device_busy);
  EXPECT_EQ(busy.trace, "(u)");
  EXPECT_EQ(busy.status, STATUS_DEVICE_BUSY);
  const Overlap in_use(Running::in_use);
  EXPECT_EQ(in_use.trace, "(u)");
  EXPECT_EQ(in_use.status, STATUS_FWP_IN_USE);
}

TEST(Callouts, a_second_thread_that_unregisters_meanwhile_gets_in_use) {
  KernelRun run;
  UINT32 id = 0;
  bool inside = false;
  std::vector<NTSTATUS> answers;
  run.script.classify = [&](auto&, auto&, UINT64, FWPS_CLASSIFY_OUT0&) {
    inside = true;
    for (int i = 0; i < 40; ++i) run.machine.switch_point();
  };
  run.as_driver("setup", [&] {
    id = run.registered(first_key);
    run.add_filter(first_key);
    run.machine.spawn("traffic", machine::Irql::passive, [&] { run.indicate(); });
    for (int i = 0; i < 2; ++i) {
      run.as_driver("unload", [&] {
        while (!inside) run.machine.switch_point();
        answers.push_back(run.unregister(id));
      });
    }
  });
  run.machine.run();
  EXPECT_EQ(answers, (std::vector<NTSTATUS>{STATUS_FWP_IN_USE, STATUS_SUCCESS}));
}

struct Devices final : DeviceReferences {
  int references = 0;
  void reference(void*, ledger::EntryId) override { ++references; }
  void dereference(void*, ledger::EntryId) override { --references; }
};

TEST(Callouts, a_registered_callout_refers_to_its_device) {
  TestRun run;
  Devices devices;
  KernelSide side(run.machine, {}, &devices);
  const Script script;
  run.run([&] {
    const auto callout = KernelRun::functions(first_key);
    UINT32 id = 0;
    IMPORT(callout_exports(), FwpsCalloutRegister3)(&devices, &callout, &id);
    EXPECT_EQ(devices.references, 1);
    KernelRun::unregister(id);
  });
  EXPECT_EQ(devices.references, 0);
}

TEST(Callouts, version_0_functions_get_six_arguments) {
  KernelRun run;
  static UINT64 seen = 0;
  const FWPS_CALLOUT0 callout{
      to_windows(first_key), 0,
      [](const FWPS_INCOMING_VALUES0* values, const FWPS_INCOMING_METADATA_VALUES0*, void*,
         const FWPS_FILTER0* filter, UINT64 context, FWPS_CLASSIFY_OUT0* out) NTAPI {
        seen = values->layerId + context;
        out->actionType = FWP_ACTION_BLOCK;
        out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
        EXPECT_EQ(filter->weight.type, FWP_UINT64);
      },
      nullptr, scripted_flow_delete};
  run.run([&] {
    UINT32 id = 0;
    EXPECT_EQ(IMPORT(callout_exports(), FwpsCalloutRegister0)(&run.device, &callout, &id),
              STATUS_SUCCESS);
    run.add_filter(first_key);
    const FlowId flow = run.side.flows().begin();
    run.associate(flow, id, 1000);
    EXPECT_EQ(run.indicate(flow).action, Action::block);
  });
  EXPECT_EQ(seen, 1000U + KernelRun::layer_number);
}

}  // namespace
}  // namespace drydock::wfp
