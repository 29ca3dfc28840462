// SPDX-License-Identifier: Apache-2.0
// Rules and their consequences on records made by hand: what no driver can bring about, and how
// findings hang together.
#include "verify/verdict.h"

#include <gtest/gtest.h>
#include <ntddk.h>

#include <set>
#include <string>

#include "ledger/unwinder.h"
#include "machine/shared_memory.h"
#include "verify/rules.h"

namespace drydock::verify {
namespace {

using ledger::EntryId;
using ledger::Kind;
using ledger::Moment;
using ledger::NoteKind;

struct NoUnwinder final : ledger::Unwinder {
  bool step(Place&) const override { return false; }
};

// The record of one life of driver 0, written by `body` on a fiber that is in the driver's code.
template <class Body>
Verdict verdict_of(Body body, std::uint32_t entry_status = STATUS_SUCCESS,
                   bool start_fails = false) {
  machine::RoundRobin choices;
  machine::Machine machine(machine::shared_memory(), choices, {});
  ledger::Record record(machine);
  NoUnwinder unwinder;
  machine.install(record);
  machine.install<ledger::Unwinder>(unwinder);
  machine.spawn("driver", machine::Irql::passive, [&] {
    machine.running().driver = 0;
    body(record);
  });
  machine.run();
  const std::vector<Life> lives = {{.driver = 0,
                                    .name = "test.sys",
                                    .framework = false,
                                    .load_number = 1,
                                    .entry_status = entry_status,
                                    .start_fails = start_fails,
                                    .stop_status = {}}};
  return judge(record, machine.stopped(), nullptr, lives);
}

void unload(ledger::Record& record) {
  record.moment(Moment::unload_called, 0);
  record.moment(Moment::unload_returned, 0);
}

std::multiset<std::string> ids(const Verdict& verdict) {
  std::multiset<std::string> found;
  for (const Finding& finding : verdict.findings) found.emplace(finding.rule->id);
  return found;
}

using Ids = std::multiset<std::string>;

TEST(Verdict, empty_record_is_clean) {
  const Verdict verdict = verdict_of([](ledger::Record& record) { unload(record); });
  EXPECT_EQ(verdict.outcome, Outcome::clean);
  EXPECT_EQ(ids(verdict), Ids{});
}

TEST(Verdict, what_is_released_before_return_is_no_finding_and_what_is_not_is) {
  const Verdict verdict = verdict_of([](ledger::Record& record) {
    record.ledger().acquire(Kind::pool_block, 0x1000, {.a = 16});
    record.ledger().acquire(Kind::pool_block, 0x2000, {.a = 16});
    record.ledger().release(Kind::pool_block, 0x1000);
    unload(record);
  });
  EXPECT_EQ(ids(verdict), Ids{"POOL-01"});
  EXPECT_EQ(verdict.outcome, Outcome::findings);
}

TEST(Verdict, context_left_behind_explains_the_busy_callout_and_the_memory_behind_it) {
  const Verdict verdict = verdict_of([](ledger::Record& record) {
    auto& ledger = record.ledger();
    ledger.acquire(Kind::pool_block, 0x1000, {.a = 64});
    const EntryId callout = ledger.acquire(Kind::callout, 7);
    ledger.acquire(Kind::flow_context, 1, {.a = 5, .b = 0x1010, .related = callout});
    record.note(NoteKind::callout_unregistered, callout,
                static_cast<std::uint32_t>(STATUS_DEVICE_BUSY), 7);
    unload(record);
  });
  ASSERT_EQ(ids(verdict), Ids{"FLOW-01"});
  EXPECT_EQ(verdict.findings[0].consequences.size(), 3u);  // CALLOUT-01, UNLOAD-01, POOL-01
}

TEST(Verdict, busy_without_a_context_left_is_its_own_mistake) {
  const Verdict verdict = verdict_of([](ledger::Record& record) {
    const EntryId callout = record.ledger().acquire(Kind::callout, 7);
    record.note(NoteKind::callout_unregistered, callout,
                static_cast<std::uint32_t>(STATUS_DEVICE_BUSY), 7);
    unload(record);
  });
  EXPECT_EQ(ids(verdict), Ids{"CALLOUT-01"});
}

TEST(Verdict, pending_removal_that_is_waited_for_is_no_finding) {
  const Verdict verdict = verdict_of([](ledger::Record& record) {
    const EntryId context = record.ledger().acquire(Kind::flow_context, 1, {.a = 5, .b = 0x1010});
    record.note(NoteKind::flow_context_removed, context, STATUS_PENDING, 5);
    record.ledger().release(context);
    unload(record);
  });
  EXPECT_EQ(ids(verdict), Ids{});
}

TEST(Verdict, callback_after_successful_unregistration_is_told) {
  const Verdict verdict = verdict_of([](ledger::Record& record) {
    const EntryId callout = record.ledger().acquire(Kind::callout, 7);
    record.ledger().release(callout);
    record.note(NoteKind::callback_after_unregister, callout, 0, 0, "classifyFn");
    unload(record);
  });
  EXPECT_EQ(ids(verdict), Ids{"CALLOUT-03"});
}

TEST(Verdict, failed_driver_entry_is_asked_for_what_it_left) {
  const Verdict verdict = verdict_of(
      [](ledger::Record& record) {
        record.ledger().acquire(Kind::callout, 7);
        record.ledger().acquire(Kind::device, 0x5000, {.name = "\\Device\\Test"});
        record.moment(Moment::driver_entry_returned, 0,
                      static_cast<std::uint32_t>(STATUS_UNSUCCESSFUL));
      },
      static_cast<std::uint32_t>(STATUS_UNSUCCESSFUL));
  EXPECT_EQ(ids(verdict), (Ids{"LOAD-01", "LOAD-02"}));
}

TEST(Verdict, redirect_handle_of_a_failed_driver_entry_is_left_behind) {
  const Verdict verdict = verdict_of(
      [](ledger::Record& record) {
        record.ledger().acquire(Kind::redirect_handle, 7);
        record.moment(Moment::driver_entry_returned, 0,
                      static_cast<std::uint32_t>(STATUS_UNSUCCESSFUL));
      },
      static_cast<std::uint32_t>(STATUS_UNSUCCESSFUL));
  EXPECT_EQ(ids(verdict), Ids{"LOAD-02"});
}

TEST(Verdict, work_item_and_memory_of_the_engine_that_are_not_freed_are_leaks) {
  const Verdict verdict = verdict_of([](ledger::Record& record) {
    record.ledger().acquire(Kind::work_item_object, 0x7000);
    record.ledger().acquire(Kind::engine_memory, 0x8000);
    record.ledger().acquire(Kind::engine_memory, 0x9000);
    record.ledger().release(Kind::engine_memory, 0x9000);
    unload(record);
  });
  ASSERT_EQ(ids(verdict), Ids{"POOL-01"});  // of one place in the driver
  EXPECT_EQ(verdict.findings[0].times, 2u);
  EXPECT_EQ(verdict.findings[0].what, "Memory of an Fwpm call was not freed with FwpmFreeMemory0.");
}

TEST(Verdict, system_timers_and_error_log_entries_that_are_not_given_back_are_leaks) {
  for (const Kind kind : {Kind::timer_object, Kind::error_log_entry}) {
    const Verdict verdict = verdict_of([kind](ledger::Record& record) {
      record.ledger().acquire(kind, 0x7000);
      unload(record);
    });
    EXPECT_EQ(ids(verdict), Ids{"POOL-01"});
  }
}

TEST(Verdict, call_below_the_lowest_irql_is_told_with_that) {
  const Verdict verdict = verdict_of([](ledger::Record& record) {
    record.note(NoteKind::wrong_irql, 0, 0, 2, "KeAcquireSpinLockAtDpcLevel");
    unload(record);
  });
  ASSERT_EQ(ids(verdict), Ids{"IRQL-01"});
  EXPECT_EQ(verdict.findings[0].what,
            "KeAcquireSpinLockAtDpcLevel was called at PASSIVE_LEVEL; its minimum is "
            "DISPATCH_LEVEL.");
}

TEST(Verdict,
     what_a_failed_driver_entry_left_in_the_engine_is_told_unless_its_session_explains_it) {
  const Verdict verdict = verdict_of(
      [](ledger::Record& record) {
        auto& ledger = record.ledger();
        const EntryId session = ledger.acquire(Kind::engine_session, 1);
        ledger.acquire(Kind::management_object, 2, {.name = "dynamic", .related = session});
        ledger.acquire(Kind::management_object, 3, {.name = "static"});
        record.moment(Moment::driver_entry_returned, 0,
                      static_cast<std::uint32_t>(STATUS_UNSUCCESSFUL));
      },
      static_cast<std::uint32_t>(STATUS_UNSUCCESSFUL));
  ASSERT_EQ(ids(verdict), Ids{"LOAD-02"});
  EXPECT_EQ(verdict.findings[0].times, 2u);  // the session, and what does not belong to it
  EXPECT_EQ(verdict.findings[0].consequences,
            std::vector<std::string>{
                "LOAD-02: DriverEntry failed with STATUS_UNSUCCESSFUL (0xc0000001) and left a "
                "management object dynamic behind."});
}

TEST(Verdict, only_lives_that_were_seen_to_their_end_are_clean) {
  const auto failed = static_cast<std::uint32_t>(STATUS_NO_MEMORY);
  const auto nothing = [](ledger::Record&) {};
  const Verdict not_started = verdict_of(nothing, failed);
  EXPECT_EQ(not_started.outcome, Outcome::inconclusive);
  EXPECT_EQ(not_started.why_inconclusive,
            "DriverEntry returned STATUS_NO_MEMORY (0xc0000017): nothing after it was checked.");
  const Verdict as_expected = verdict_of(nothing, failed, true);
  EXPECT_EQ(as_expected.outcome, Outcome::clean);
  const Verdict not_as_expected = verdict_of(unload, STATUS_SUCCESS, true);
  EXPECT_EQ(not_as_expected.outcome, Outcome::inconclusive);
  EXPECT_EQ(
      not_as_expected.why_inconclusive,
      "DriverEntry returned STATUS_SUCCESS (0x00000000), but the scenario expects it to fail.");
  const Verdict not_unloaded = verdict_of(nothing);
  EXPECT_EQ(not_unloaded.outcome, Outcome::inconclusive);
  EXPECT_EQ(not_unloaded.why_inconclusive,
            "The driver was not unloaded: what it would leave behind is not known.");
}

TEST(Verdict, a_bug_check_that_no_rule_accounts_for_is_never_clean) {
  const Verdict verdict = verdict_of([](ledger::Record& record) {
    unload(record);
    machine::Machine::current()->stop(machine::BugCheck{.code = 0xD1, .what = "a test"});
  });
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_EQ(verdict.why_inconclusive,
            "The machine stopped with DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xD1) (a test), and no rule "
            "says whose mistake that was.");
}

TEST(Verdict, device_deleted_before_the_callouts_is_a_warning_only) {
  const Verdict verdict = verdict_of([](ledger::Record& record) {
    auto& ledger = record.ledger();
    const EntryId device = ledger.acquire(Kind::device, 0x5000, {.name = "\\Device\\Test"});
    ledger.acquire(Kind::device, 0x6000);  // which no callout was registered with
    ledger.acquire(Kind::callout, 7, {.related = device});
    record.moment(Moment::unload_called, 0);
    ledger.release(Kind::device, 0x6000);
    ledger.release(Kind::device, 0x5000);
    record.moment(Moment::unload_requested, 0);  // any event between the two
    ledger.release(Kind::callout, 7);
    record.moment(Moment::unload_returned, 0);
  });
  EXPECT_EQ(ids(verdict), Ids{"DEVICE-02"});
  EXPECT_EQ(verdict.outcome, Outcome::clean);
}

TEST(Verdict, stop_that_is_only_late_is_a_warning_and_one_that_never_comes_an_error) {
  const auto deferred = [](ledger::Record& record) {
    const EntryId file = record.ledger().acquire(Kind::file_object, 0x6000);
    record.note(NoteKind::unload_deferred, file);
  };
  const Verdict late = verdict_of([&](ledger::Record& record) {
    deferred(record);
    unload(record);
  });
  EXPECT_EQ(ids(late), Ids{"UNLOAD-06"});
  EXPECT_EQ(late.outcome, Outcome::clean);
  const Verdict never = verdict_of(deferred);
  EXPECT_EQ(ids(never), Ids{"UNLOAD-06"});
  EXPECT_EQ(never.outcome, Outcome::findings);
}

TEST(Verdict, waiting_for_ever_is_told_of_the_unload_routine_and_of_everything_else) {
  const auto blocked_in = [](machine::CallbackKind kind) {
    return verdict_of([kind](ledger::Record& record) {
      if (kind == machine::CallbackKind::unload) record.moment(Moment::unload_called, 0);
      record.note(NoteKind::blocked_forever, 0, static_cast<std::uint64_t>(kind), 0, "an event");
    });
  };
  EXPECT_EQ(ids(blocked_in(machine::CallbackKind::unload)), Ids{"UNLOAD-04"});
  EXPECT_EQ(ids(blocked_in(machine::CallbackKind::driver_entry)), Ids{"HANG-01"});
}

TEST(Verdict, a_wait_that_the_time_limit_ended_is_told_with_its_length) {
  const auto still_in = [](machine::CallbackKind kind) {
    return verdict_of([kind](ledger::Record& record) {
      if (kind == machine::CallbackKind::unload) record.moment(Moment::unload_called, 0);
      record.note(NoteKind::blocked_forever, 0, static_cast<std::uint64_t>(kind),
                  static_cast<std::uint64_t>(machine::seconds(3600).ticks), "time to pass");
    });
  };
  const Verdict unloading = still_in(machine::CallbackKind::unload);
  ASSERT_EQ(ids(unloading), Ids{"UNLOAD-04"});
  EXPECT_EQ(unloading.findings[0].what,
            "The unload routine has not returned after 60 minutes; it waits for time to pass.");
  EXPECT_EQ(ids(still_in(machine::CallbackKind::driver_entry)), Ids{"HANG-01"});
  EXPECT_EQ(ids(still_in(machine::CallbackKind::work_item)), Ids{});  // it may be a loop that waits
}

TEST(Verdict, many_like_findings_are_one_with_a_count) {
  const Verdict verdict = verdict_of([](ledger::Record& record) {
    for (std::uint64_t block = 1; block <= 5; ++block)
      record.ledger().acquire(Kind::pool_block, block << 12, {.a = 16});
    unload(record);
  });
  ASSERT_EQ(verdict.findings.size(), 1u);
  EXPECT_EQ(verdict.findings[0].times, 5u);
}

TEST(Rules, ids_are_unique_and_found_in_any_case) {
  std::set<std::string_view> seen;
  for (const Rule* rule : all_rules()) {
    EXPECT_TRUE(seen.insert(rule->info.id).second) << rule->info.id;
    EXPECT_FALSE(rule->info.title.empty() || rule->info.windows.empty() ||
                 rule->info.advice.empty() || rule->info.evidence.empty());
  }
  EXPECT_EQ(find_rule("flow-01"), find_rule("FLOW-01"));
  EXPECT_NE(find_rule("FLOW-01"), nullptr);
  EXPECT_EQ(find_rule("FLOW-99"), nullptr);
}

}  // namespace
}  // namespace drydock::verify
