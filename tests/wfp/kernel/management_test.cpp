// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/management.h"

#include "wfp/kernel/management_run.h"

namespace drydock::wfp {
namespace {

using ledger::Kind;
using ledger::NoteKind;

TEST_F(ManagementTest, objects_are_in_the_ledger_by_name_and_number_until_deleted) {
  run.run([&] {
    const HANDLE session = open();
    UINT32 callout = 0;
    UINT64 number = 0;
    EXPECT_EQ(add_callout(session, first_key, &callout), STATUS_SUCCESS);
    EXPECT_EQ(add_filter(session, filter(first_key), &number), STATUS_SUCCESS);
    std::vector<std::string> names;
    std::vector<std::uint64_t> numbers;
    for (const auto& entry : run.record.ledger().entries()) {
      if (entry.kind != Kind::management_object) continue;
      names.push_back(entry.name);
      numbers.push_back(entry.b);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"callout", "filter"}));
    EXPECT_EQ(numbers, (std::vector<std::uint64_t>{callout, number}));
    const GUID key = to_windows(first_key);
    EXPECT_EQ(IMPORT(rows, FwpmCalloutDeleteByKey0)(session, &key), STATUS_FWP_IN_USE);
    EXPECT_EQ(IMPORT(rows, FwpmFilterDeleteById0)(session, number), STATUS_SUCCESS);
    EXPECT_EQ(IMPORT(rows, FwpmCalloutDeleteById0)(session, callout), STATUS_SUCCESS);
    EXPECT_EQ(IMPORT(rows, FwpmCalloutDeleteById0)(session, callout), STATUS_FWP_CALLOUT_NOT_FOUND);
    EXPECT_EQ(close(session), STATUS_SUCCESS);
  });
  EXPECT_EQ(run.alive(Kind::management_object), 0U);
  EXPECT_EQ(run.alive(Kind::engine_session), 0U);
  const auto notes = run.notes(NoteKind::management_status);
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_EQ(notes[0].name, "FwpmCalloutDeleteByKey0");
  EXPECT_EQ(run.record.ledger().entry(notes[0].entry).name, "callout");
}

TEST_F(ManagementTest, both_halves_of_a_callout_have_one_number) {
  run.run([&] {
    UINT32 id = 0;
    add_callout(open(), first_key, &id);
    EXPECT_EQ(run.registered(first_key), id);
  });
}

TEST_F(ManagementTest,
       a_dynamic_session_takes_its_objects_along_and_tells_callouts_before_close_returns) {
  std::string trace;
  run.script.notify = [&](FWPS_CALLOUT_NOTIFY_TYPE type, const GUID*, FWPS_FILTER3& shown) {
    trace +=
        (type == FWPS_CALLOUT_NOTIFY_ADD_FILTER ? "+" : "-") + std::to_string(shown.context) + " ";
    return STATUS_SUCCESS;
  };
  run.run([&] {
    run.registered(first_key);
    const HANDLE session = open(FWPM_SESSION_FLAG_DYNAMIC);
    add_callout(session, first_key);
    for (UINT64 context : {1, 2, 3}) {
      FWPM_FILTER0 spec = filter(first_key);
      spec.rawContext = context;
      EXPECT_EQ(add_filter(session, spec), STATUS_SUCCESS);
    }
    EXPECT_EQ(run.alive(Kind::management_object), 4U);
    EXPECT_EQ(close(session), STATUS_SUCCESS);
    trace += "closed";
    EXPECT_EQ(run.indicate().action, Action::permit);
  });
  EXPECT_EQ(trace, "+1 +2 +3 -3 -2 -1 closed");
  EXPECT_EQ(run.alive(Kind::management_object), 0U);
}

TEST_F(ManagementTest, transactions_count_at_commit_and_leave_nothing_when_aborted) {
  run.run([&] {
    const HANDLE session = open();
    EXPECT_EQ(commit(session), STATUS_FWP_NO_TXN_IN_PROGRESS);
    EXPECT_EQ(begin(session), STATUS_SUCCESS);
    EXPECT_EQ(begin(session), STATUS_FWP_TXN_IN_PROGRESS);
    add_callout(session, first_key);
    add_filter(session, filter(first_key));
    EXPECT_EQ(run.indicate().action, Action::permit);
    EXPECT_EQ(abort(session), STATUS_SUCCESS);
    EXPECT_EQ(run.alive(Kind::management_object), 0U);
    begin(session);
    add_callout(session, first_key);
    add_filter(session, filter(first_key));
    EXPECT_EQ(commit(session), STATUS_SUCCESS);
    EXPECT_EQ(run.indicate().action, Action::block);  // no functions registered
    EXPECT_EQ(run.alive(Kind::management_object), 2U);
  });
}

TEST_F(ManagementTest, a_deletion_that_is_aborted_leaves_the_entry_alive) {
  run.run([&] {
    const HANDLE session = open();
    add_sublayer(session, first_key);
    begin(session);
    const GUID key = to_windows(first_key);
    EXPECT_EQ(IMPORT(rows, FwpmSubLayerDeleteByKey0)(session, &key), STATUS_SUCCESS);
    EXPECT_EQ(abort(session), STATUS_SUCCESS);
    EXPECT_EQ(run.alive(Kind::management_object), 1U);
  });
}

TEST_F(ManagementTest, a_second_writer_waits_and_times_out_or_goes_on) {
  std::string trace;
  run.as_driver("first", [&] {
    const HANDLE session = open();
    begin(session);
    trace += "1begin ";
    run.machine.sleep_until(machine::seconds(5));
    commit(session);
    trace += "1commit ";
  });
  run.as_driver("impatient", [&] {
    const HANDLE session = open(0, 1000);
    while (trace.empty()) run.machine.switch_point();
    EXPECT_EQ(add_sublayer(session, first_key), STATUS_FWP_TIMEOUT);
    trace += "timeout ";
  });
  run.as_driver("patient", [&] {
    const HANDLE session = open();
    while (trace.empty()) run.machine.switch_point();
    EXPECT_EQ(add_sublayer(session, second_key), STATUS_SUCCESS);
    trace += "added ";
  });
  run.machine.run();
  EXPECT_EQ(trace, "1begin timeout 1commit added ");
  EXPECT_EQ(statuses(run, NoteKind::management_status), std::vector<NTSTATUS>{STATUS_FWP_TIMEOUT});
}

TEST_F(ManagementTest, what_a_driver_forgot_to_fill_in_is_refused_not_read) {
  run.run([&] {
    const HANDLE session = open();
    EXPECT_EQ(IMPORT(rows, FwpmFilterAdd0)(session, nullptr, nullptr, nullptr),
              STATUS_FWP_NULL_POINTER);
    add_callout(session, first_key);
    FWPM_FILTER0 spec = filter(first_key);
    spec.numFilterConditions = 2;
    EXPECT_EQ(add_filter(session, spec), STATUS_FWP_NULL_POINTER);
    FWPM_FILTER_CONDITION0 conditions[2]{};
    conditions[0].conditionValue.type = FWP_BYTE_BLOB_TYPE;
    spec.filterCondition = conditions;
    EXPECT_EQ(add_filter(session, spec), STATUS_FWP_NULL_POINTER);
    FWP_RANGE0 loop{};
    loop.valueLow.type = FWP_RANGE_TYPE;
    conditions[0].conditionValue.type = FWP_RANGE_TYPE;
    conditions[0].conditionValue.rangeValue = &loop;
    EXPECT_EQ(add_filter(session, spec), STATUS_FWP_TYPE_MISMATCH);
    spec.numFilterConditions = 0xffffffff;
    EXPECT_EQ(add_filter(session, spec), STATUS_FWP_INVALID_PARAMETER);
    FWPM_FILTER0 nameless = filter(first_key);
    nameless.displayData.name = nullptr;
    EXPECT_EQ(add_filter(session, nameless), STATUS_FWP_NULL_DISPLAY_NAME);
    EXPECT_EQ(IMPORT(rows, FwpmFilterDeleteByKey0)(session, nullptr), STATUS_FWP_NULL_POINTER);
    EXPECT_EQ(add_sublayer(reinterpret_cast<HANDLE>(12), first_key), STATUS_INVALID_HANDLE);
  });
}

TEST_F(ManagementTest, what_is_reserved_must_be_zero) {
  run.run([&] {
    const HANDLE session = open();
    EXPECT_EQ(IMPORT(rows, FwpmTransactionBegin0)(session, 2), STATUS_FWP_INVALID_FLAGS);
    EXPECT_EQ(add_callout(session, first_key), STATUS_SUCCESS);
    FWPM_FILTER0 spec = filter(first_key);
    spec.reserved = &layer;
    EXPECT_EQ(add_filter(session, spec), STATUS_FWP_RESERVED);
    spec.reserved = nullptr;
    EXPECT_EQ(add_filter(session, spec), STATUS_SUCCESS);
    close(session);
  });
}

TEST_F(ManagementTest, get_hands_out_the_object_until_free_memory) {
  run.run([&] {
    const HANDLE session = open();
    add_callout(session, first_key);
    FWPM_FILTER0 spec = filter(first_key);
    UINT64 weight = 1000;
    spec.weight.type = FWP_UINT64;
    spec.weight.uint64 = &weight;
    spec.rawContext = 5;
    UINT64 number = 0;
    ASSERT_EQ(add_filter(session, spec, &number), STATUS_SUCCESS);
    FWPM_FILTER0* found = nullptr;
    ASSERT_EQ(IMPORT(rows, FwpmFilterGetById0)(session, number, &found), STATUS_SUCCESS);
    EXPECT_EQ(found->filterId, number);
    EXPECT_EQ(*found->effectiveWeight.uint64, 1000U);
    EXPECT_EQ(found->rawContext, 5U);
    EXPECT_EQ(std::u16string_view(reinterpret_cast<char16_t*>(found->displayData.name)), u"filter");
    IMPORT(rows, FwpmFreeMemory0)(reinterpret_cast<void**>(&found));
    EXPECT_EQ(found, nullptr);
    EXPECT_EQ(IMPORT(rows, FwpmFilterGetById0)(session, number + 1, &found),
              STATUS_FWP_FILTER_NOT_FOUND);
  });
}

TEST_F(ManagementTest, a_failing_notify_fails_the_add) {
  run.script.notify = [](FWPS_CALLOUT_NOTIFY_TYPE, const GUID*, FWPS_FILTER3&) {
    return STATUS_UNSUCCESSFUL;
  };
  run.run([&] {
    run.registered(first_key);
    const HANDLE session = open();
    add_callout(session, first_key);
    EXPECT_EQ(add_filter(session, filter(first_key)), STATUS_FWP_CALLOUT_NOTIFICATION_FAILED);
    EXPECT_EQ(run.alive(Kind::management_object), 1U);
  });
}

struct Heard {
  std::vector<FWPM_SERVICE_STATE> states;
  static void NTAPI callback(void* context, FWPM_SERVICE_STATE state) {
    static_cast<Heard*>(context)->states.push_back(state);
    machine::Machine::current()->switch_point();
    EXPECT_EQ(machine::Machine::current()->irql(), machine::Irql::passive);
  }
};

TEST_F(ManagementTest, when_the_service_stops_subscribers_hear_it_and_sessions_are_dead) {
  Heard heard;
  run.run([&] {
    HANDLE subscription = nullptr;
    EXPECT_EQ(IMPORT(rows, FwpmBfeStateSubscribeChanges0)(&run.device, Heard::callback, &heard,
                                                          &subscription),
              STATUS_SUCCESS);
    EXPECT_EQ(IMPORT(rows, FwpmBfeStateGet0)(), FWPM_SERVICE_RUNNING);
    const HANDLE session = open(FWPM_SESSION_FLAG_DYNAMIC);
    add_sublayer(session, first_key);
    run.side.management().set_bfe_state(FWPM_SERVICE_STOPPED);
    EXPECT_EQ(run.alive(Kind::management_object), 0U);
    EXPECT_EQ(static_cast<UINT32>(add_sublayer(session, first_key)), 0xc002001bU);
    EXPECT_EQ(close(session), STATUS_SUCCESS);
    EXPECT_EQ(run.alive(Kind::bfe_subscription), 1U);
    while (heard.states.empty()) run.machine.switch_point();
    EXPECT_EQ(IMPORT(rows, FwpmBfeStateUnsubscribeChanges0)(subscription), STATUS_SUCCESS);
    run.side.management().set_bfe_state(FWPM_SERVICE_RUNNING);
  });
  EXPECT_EQ(heard.states, std::vector{FWPM_SERVICE_STOPPED});
  EXPECT_EQ(run.alive(Kind::bfe_subscription), 0U);
}

TEST_F(ManagementTest, a_stop_of_the_service_takes_static_objects_too_but_no_persistent_ones) {
  run.run([&] {
    const HANDLE session = open();
    add_sublayer(session, first_key);
    FWPM_SUBLAYER0 lasting{};
    lasting.subLayerKey = to_windows(second_key);
    lasting.displayData.name = text(u"lasting");
    lasting.flags = FWPM_SUBLAYER_FLAG_PERSISTENT;
    EXPECT_EQ(IMPORT(rows, FwpmSubLayerAdd0)(session, &lasting, nullptr), STATUS_SUCCESS);
    run.side.management().set_bfe_state(FWPM_SERVICE_STOPPED);
    EXPECT_EQ(run.alive(Kind::management_object), 1U);
    EXPECT_EQ(close(session), STATUS_SUCCESS);
    run.side.management().set_bfe_state(FWPM_SERVICE_RUNNING);
    const GUID key = to_windows(second_key);
    EXPECT_EQ(IMPORT(rows, FwpmSubLayerDeleteByKey0)(open(), &key), STATUS_SUCCESS);
  });
  EXPECT_EQ(run.alive(Kind::management_object), 0U);
}

TEST_F(ManagementTest, a_stop_of_the_service_waits_for_a_commit_whose_callout_is_being_told) {
  bool stopped = false;
  bool stopped_early = false;
  run.script.notify = [&](FWPS_CALLOUT_NOTIFY_TYPE type, const GUID*, FWPS_FILTER3&) {
    if (type != FWPS_CALLOUT_NOTIFY_ADD_FILTER) return STATUS_SUCCESS;
    run.machine.spawn("service control", machine::Irql::passive, [&] {
      run.side.management().set_bfe_state(FWPM_SERVICE_STOPPED);
      stopped = true;
    });
    for (int i = 0; i < 20; ++i) run.machine.switch_point();
    stopped_early = stopped;
    return STATUS_SUCCESS;
  };
  run.run([&] {
    run.registered(first_key);
    const HANDLE session = open();
    add_callout(session, first_key);
    EXPECT_EQ(add_filter(session, filter(first_key)), STATUS_SUCCESS);
    while (!stopped) run.machine.switch_point();
    EXPECT_FALSE(stopped_early);
    EXPECT_EQ(run.alive(Kind::management_object), 0U);
    EXPECT_EQ(close(session), STATUS_SUCCESS);
  });
}

}  // namespace
}  // namespace drydock::wfp
