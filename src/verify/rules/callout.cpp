// SPDX-License-Identifier: Apache-2.0
// CALLOUT: how callouts are unregistered, and that nothing calls them afterwards.
#include <fmt/format.h>
#include <ntddk.h>

#include "base/status_names.h"
#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

using ledger::Moment;
using ledger::Note;
using ledger::NoteKind;

std::uint32_t status_of(const Note& note) {
  return static_cast<std::uint32_t>(note.a);
}

void callout_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  const Note* last = nullptr;
  run.each_note(NoteKind::callout_unregistered, [&](const Note& note) {
    if (status_of(note) != static_cast<std::uint32_t>(STATUS_DEVICE_BUSY) || note.entry == 0)
      return;
    if (last != nullptr && last->entry == note.entry) return;
    if (!run.ledger().entry(note.entry).alive_at(*returned)) return;
    last = &note;
    findings.push_back(about(run, rule, note,
                             fmt::format("Unregistering callout {} answered {} because flows still "
                                         "held its contexts, and no later call succeeded.",
                                         note.b, describe_status(status_of(note)))));
  });
}

void callout_02(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(NoteKind::callout_unregistered, [&](const Note& note) {
    if (status_of(note) != static_cast<std::uint32_t>(STATUS_NOT_SUPPORTED)) return;
    findings.push_back(about(run, rule, note,
                             fmt::format("Callout {} was to be unregistered above PASSIVE_LEVEL: "
                                         "the call answers {} and does nothing.",
                                         note.b, describe_status(status_of(note)))));
  });
}

// Our engine's own promise; a driver cannot break it.
void callout_03(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(NoteKind::callback_after_unregister, [&](const Note& note) {
    findings.push_back(
        about(run, rule, note,
              fmt::format("A {} ran after its callout was successfully unregistered.", note.name)));
  });
}

void callout_04(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(NoteKind::callout_unregistered, [&](const Note& note) {
    if (status_of(note) != static_cast<std::uint32_t>(STATUS_FWP_CALLOUT_NOT_FOUND)) return;
    findings.push_back(about(
        run, rule, note,
        fmt::format(
            "Callout {} was unregistered though it is not registered (never, or not any more).",
            note.b)));
  });
}

}  // namespace

std::span<const Rule> callout() {
  static const Rule table[] = {
      {{"CALLOUT-01", "BUSY not resolved", Severity::error,
        "FwpsCalloutUnregister answered STATUS_DEVICE_BUSY and no later call for that callout "
        "succeeded before unload returned.",
        "as UNLOAD-01: 0xD1, 0x50 or 0xCE at the next classify",
        "Remove the flow contexts, wait for their flowDeleteFn, and unregister again until it "
        "succeeds.",
        "Windows driver documentation: FwpsCalloutUnregisterById0; ebpf-for-windows issue 1272"},
       callout_01},
      {{"CALLOUT-02", "Unregister at wrong IRQL", Severity::error,
        "FwpsCalloutUnregister called above PASSIVE_LEVEL.",
        "STATUS_NOT_SUPPORTED, the callout stays registered",
        "Call it at PASSIVE_LEVEL: outside spin locks, fast mutexes and guarded mutexes.",
        "Windows-driver-samples issue 464"},
       callout_02},
      {{"CALLOUT-03", "Callback after successful unregister", Severity::error,
        "Self-check of the engine: no callback of a callout once its unregistration has succeeded.",
        "-", "Report this as a fault of Drydock.",
        "Windows driver documentation: FwpsCalloutUnregisterById0"},
       callout_03},
      {{"CALLOUT-04", "Unregistered twice, or unknown id", Severity::note,
        "FwpsCalloutUnregister answered STATUS_FWP_CALLOUT_NOT_FOUND.", "nothing",
        "Unregister each callout once; id 0 was never registered.",
        "observed in a public sample driver"},
       callout_04},
  };
  return table;
}

}  // namespace drydock::verify::rules
