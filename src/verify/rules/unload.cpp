// SPDX-License-Identifier: Apache-2.0
// UNLOAD: the unload routine itself - is there one, does it come back, and is the image free of
// calls when it has.
#include <fmt/format.h>
#include <ntddk.h>

#include <algorithm>

#include "base/status_names.h"
#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

using ledger::Entry;
using ledger::EntryId;
using ledger::Kind;
using ledger::Moment;
using ledger::Note;
using ledger::NoteKind;

constexpr auto in_use = static_cast<std::uint32_t>(STATUS_FWP_IN_USE);

std::string callout_text(const Entry& entry) {
  return entry.name.empty() ? fmt::format("callout {}", entry.key)
                            : fmt::format("callout {} ({})", entry.key, entry.name);
}

void unload_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::callout, *returned, [&](EntryId id, const Entry& entry) {
    findings.push_back(
        about(run, rule, id,
              fmt::format("{} is still registered after the unload routine returned.",
                          callout_text(entry))));
  });
}

void unload_02(const RunView& run, const RuleInfo& rule, Findings& findings) {
  if (run.life.framework || !run.loaded() || run.moment(Moment::unload_called)) return;
  if (run.life.stop_status != static_cast<std::uint32_t>(STATUS_INVALID_DEVICE_REQUEST)) return;
  Finding finding{.rule = &rule, .severity = rule.severity, .driver = run.life.driver};
  finding.what =
      "DriverEntry left DriverObject->DriverUnload NULL: the driver can be started but never "
      "stopped.";
  findings.push_back(std::move(finding));
}

void unload_03(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(NoteKind::call_into_gone_image, [&](const Note& note) {
    const auto kind = static_cast<machine::CallbackKind>(note.b);
    if (note.entry != 0 && ends_in_safety(run.ledger().entry(note.entry), note.seq)) return;
    findings.push_back(
        about(run, rule, note,
              fmt::format("The kernel called a {} of the driver after its image was gone.",
                          machine::callback_name(kind))));
  });
}

std::string endless_wait(const Note& note, machine::VirtualTime called) {
  if (note.b == 0) {
    return fmt::format(
        "The unload routine waits for {} and nothing is left that could end the wait.", note.name);
  }
  const auto minutes =
      (static_cast<std::int64_t>(note.b) - called.ticks) / machine::seconds(60).ticks;
  return fmt::format("The unload routine has not returned after {} minutes; it waits for {}.",
                     minutes, note.name);
}

void unload_04(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto called = run.moment(Moment::unload_called);
  if (!called || run.returned()) return;
  run.each_note(NoteKind::blocked_forever, [&](const Note& note) {
    if (static_cast<machine::CallbackKind>(note.a) != machine::CallbackKind::unload) return;
    findings.push_back(about(run, rule, note, endless_wait(note, called->time)));
  });
}

void unload_05(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(NoteKind::fiber_in_image, [&](const Note& note) {
    const auto kind = static_cast<machine::CallbackKind>(note.b);
    if (note.entry != 0 && ends_in_safety(run.ledger().entry(note.entry), note.seq)) return;
    findings.push_back(
        about(run, rule, note,
              fmt::format("A {} of the driver was still running when its unload routine returned.",
                          machine::callback_name(kind))));
  });
}

constexpr machine::VirtualTime at_once = machine::seconds(1);

// The I/O manager waits for whatever is queued at the moment; it runs and is over.
bool is_passing(const RunView& run, const Note& note) {
  const auto requested = run.moment(Moment::unload_requested);
  const auto called = run.moment(Moment::unload_called);
  return requested && called && called->time - requested->time < at_once && note.entry != 0 &&
         run.ledger().entry(note.entry).kind == Kind::work_item;
}

// Late is a warning; never is a service that hangs in STOP_PENDING.
void unload_06(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const bool came = run.moment(Moment::unload_called).has_value();
  run.each_note(NoteKind::unload_deferred, [&](const Note& note) {
    if (is_passing(run, note)) return;
    const std::string holder =
        note.entry == 0 ? note.name : ledger::kind_name(run.ledger().entry(note.entry).kind);
    Finding finding = about(
        run, rule, note,
        fmt::format(
            "The stop request {} reach the unload routine{}: the driver's {} holds the device.",
            came ? "did not" : "did never", came ? " at once" : "", holder));
    if (!came) finding.severity = Severity::error;
    findings.push_back(std::move(finding));
  });
}

// A call for the same object after `seq` whose status says that it is done.
bool settled_later(const RunView& run, const Note& failed) {
  return std::ranges::any_of(run.record.notes(), [&](const Note& note) {
    return note.kind == failed.kind && note.entry == failed.entry && note.seq > failed.seq &&
           (static_cast<std::uint32_t>(note.a) == STATUS_SUCCESS ||
            static_cast<std::uint32_t>(note.a) ==
                static_cast<std::uint32_t>(STATUS_FWP_CALLOUT_NOT_FOUND));
  });
}

void unload_08(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto called = run.moment(Moment::unload_called);
  const auto returned = run.returned();
  if (!called || !returned) return;
  const auto ignored = [&](const Note& note) {
    if (static_cast<std::uint32_t>(note.a) != in_use || note.entry == 0) return;
    if (note.seq < called->seq || note.seq > *returned || settled_later(run, note)) return;
    if (!run.ledger().entry(note.entry).alive_at(*returned)) return;
    findings.push_back(
        about(run, rule, note,
              fmt::format("{} answered {} and the unload routine went on; the {} is still there.",
                          note.name.empty() ? "A call" : note.name, describe_status(in_use),
                          ledger::kind_name(run.ledger().entry(note.entry).kind))));
  };
  run.each_note(NoteKind::callout_unregistered, ignored);
  run.each_note(NoteKind::management_status, ignored);
}

void unload_09(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const machine::BugCheck* stop = run.bug_check();
  if (stop == nullptr || !stop->from_driver_request || !run.moment(Moment::unload_called) ||
      run.returned())
    return;
  Finding finding{.rule = &rule, .severity = rule.severity, .driver = run.life.driver};
  finding.what = fmt::format("The unload routine stops the machine itself with {}.",
                             describe_bugcheck(stop->code));
  finding.found_at = stop->stack;
  findings.push_back(std::move(finding));
}

// Not when it was before a reboot: a machine whose driver does not start is not booted again.
bool first_load_failed(const RunView& run) {
  return std::ranges::any_of(run.lives, [](const Life& life) {
    return life.load_number == 1 && static_cast<std::int32_t>(life.entry_status) < 0;
  });
}

void unload_10(const RunView& run, const RuleInfo& rule, Findings& findings) {
  if (run.life.load_number < 2 || run.loaded() || first_load_failed(run)) return;
  Finding finding{.rule = &rule, .severity = rule.severity, .driver = run.life.driver};
  finding.what = fmt::format(
      "Load {} of the same driver failed: DriverEntry returned {} where the first load succeeded.",
      run.life.load_number, describe_status(run.life.entry_status));
  findings.push_back(std::move(finding));
}

}  // namespace

std::span<const Rule> unload() {
  static const Rule table[] = {
      {{"UNLOAD-01", "Unload returned with callouts registered", Severity::error,
        "The ledger holds callout functions of this image when the unload routine returns.",
        "0xD1, 0x50 or 0xCE at the next classify",
        "Unregister every callout and look at the status: only STATUS_SUCCESS and "
        "STATUS_FWP_CALLOUT_NOT_FOUND mean that it is gone.",
        "Windows driver documentation: Unloading a Callout Driver"},
       unload_01},
      {{"UNLOAD-02", "No unload routine", Severity::error,
        "DriverUnload is NULL after a successful DriverEntry.",
        "stopping the service fails with STATUS_INVALID_DEVICE_REQUEST; Driver Verifier objects",
        "Set DriverObject->DriverUnload in DriverEntry.",
        "Windows driver documentation: Specifying an Unload Function; KDU issue 49"},
       unload_02},
      {{"UNLOAD-03", "Call into the image after it is gone", Severity::error,
        "Any control transfer into the image after unload, seen by page protection.",
        "0xCE; at raised IRQL 0xD4",
        "Withdraw every registration and wait for what is under way before the unload routine "
        "returns.",
        "Windows driver documentation: Bug Check 0xCE; fort issue 41"},
       unload_03},
      {{"UNLOAD-04", "Unload never returns", Severity::error,
        "The unload routine is blocked and no event is left that can wake it, or it has not "
        "returned after an hour of virtual time.",
        "the service shows STOP_PENDING for ever",
        "Wait only for what is certain to happen; look at statuses instead of counting on "
        "callbacks.",
        "ebpf-for-windows issue 3567"},
       unload_04},
      {{"UNLOAD-05", "Still inside the image at return", Severity::error,
        "The stack of another fiber holds a frame of the image when the unload routine returns.",
        "0xCE or 0xD1, rarely and late",
        "Count callbacks in and out, and wait for the count to become zero before returning.",
        "InfinityHook issue 9; nmap issue 1678"},
       unload_05},
      {{"UNLOAD-06", "Unload deferred by references", Severity::warning,
        "The stop request found the device held by a handle, an IRP, a work item or a reference.",
        "STOP_PENDING; error 1058 on restart",
        "Close handles before stopping the service; drop references on every path.",
        "Windows driver documentation: DRIVER_UNLOAD; WinDivert issue 406"},
       unload_06},
      {{"UNLOAD-08", "A status that matters was ignored", Severity::error,
        "A call of the unload routine answered IN_USE, nothing retried, and the object lives on.",
        "as UNLOAD-01", "Retry until the object is gone.",
        "observed in public sample drivers; Windows-driver-samples issue 464"},
       unload_08},
      {{"UNLOAD-09", "Unload crashes the system on purpose", Severity::error,
        "KeBugCheck(Ex) called by the unload routine.", "the given bug check",
        "Leak and report rather than stop the machine.",
        "observed in a public split tunnel driver"},
       unload_09},
      {{"UNLOAD-10", "Second load fails", Severity::error,
        "The driver is loaded a second time in the same machine; DriverEntry fails.",
        "the service does not start again until a reboot",
        "Delete at unload what DriverEntry creates, and accept what an earlier load has left.",
        "WinDivert pull request 92; ebpf-for-windows issue 1881"},
       unload_10},
  };
  return table;
}

}  // namespace drydock::verify::rules
