// SPDX-License-Identifier: Apache-2.0
// PEND: what a driver keeps waiting - operations, classifications, stream data - and has to let go.
#include <fmt/format.h>

#include <initializer_list>
#include <utility>

#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

using ledger::Entry;
using ledger::EntryId;
using ledger::Kind;
using ledger::Note;
using ledger::NoteKind;
using ledger::PendMisuse;

void each_misuse(const RunView& run, std::initializer_list<PendMisuse> kinds,
                 const std::function<void(const Note&)>& visit) {
  run.each_note(NoteKind::pend_misused, [&](const Note& note) {
    for (const PendMisuse kind : kinds) {
      if (note.a == std::to_underlying(kind)) visit(note);
    }
  });
}

void pend_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::pended_operation, *returned, [&](EntryId id, const Entry& pended) {
    findings.push_back(
        about(run, rule, id,
              fmt::format("An {} that the driver pended was not completed.", pended.name)));
  });
}

void pend_02(const RunView& run, const RuleInfo& rule, Findings& findings) {
  each_misuse(run, {PendMisuse::completed_again}, [&](const Note& note) {
    findings.push_back(
        about(run, rule, note,
              fmt::format("{} was called for what is completed already, or was never pended.",
                          note.name)));
  });
}

void pend_03(const RunView& run, const RuleInfo& rule, Findings& findings) {
  each_misuse(run, {PendMisuse::not_pendable}, [&](const Note& note) {
    findings.push_back(
        about(run, rule, note,
              fmt::format("{} was called when the classifyFn that it is about had returned.",
                          note.name)));
  });
  each_misuse(run, {PendMisuse::refusal_ignored}, [&](const Note& note) {
    findings.push_back(about(run, rule, note,
                             fmt::format("{} answered STATUS_FWP_CANNOT_PEND, but the classifyFn "
                                         "returned as if it had been pended.",
                                         note.name)));
  });
  each_misuse(run, {PendMisuse::not_blocked}, [&](const Note& note) {
    findings.push_back(
        about(run, rule, note,
              fmt::format("{} succeeded, but the classifyFn did not return BLOCK and ABSORB.",
                          note.name)));
  });
}

void pend_04(const RunView& run, const RuleInfo& rule, Findings& findings) {
  each_misuse(run, {PendMisuse::handle_unknown}, [&](const Note& note) {
    findings.push_back(
        about(run, rule, note, fmt::format("{}: the handle was not held any more.", note.name)));
  });
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::classify_handle, *returned, [&](EntryId id, const Entry&) {
    findings.push_back(about(run, rule, id, "A classify handle was never released."));
  });
}

void pend_06(const RunView& run, const RuleInfo& rule, Findings& findings) {
  each_misuse(run, {PendMisuse::data_not_acquired}, [&](const Note& note) {
    findings.push_back(
        about(run, rule, note, fmt::format("Writable layer data were {}.", note.name)));
  });
}

void pend_05(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::held_stream, *returned, [&](EntryId id, const Entry& held) {
    findings.push_back(
        about(run, rule, id,
              held.name == "FIN"
                  ? "The end of a stream was blocked and not injected: its connection never closes."
                  : fmt::format("{} bytes of a stream were {} when the unload routine returned.",
                                held.a, held.name)));
  });
}

}  // namespace

std::span<const Rule> pend() {
  static const Rule table[] = {
      {{"PEND-01", "Operation pended and never completed", Severity::error,
        "Operations and classifications that are pended when the unload routine returns.",
        "the application waits for ever and its endpoint stays",
        "Keep every completion context, and complete each before the callouts are unregistered.",
        "Windows driver documentation: FwpsPendOperation0, FwpsPendClassify0"},
       pend_01},
      {{"PEND-02", "Operation completed twice", Severity::error,
        "FwpsCompleteOperation0 and FwpsCompleteClassify0 against what is pended.",
        "0x50 or 0x0A in tcpip.sys",
        "Let one place complete, and take the context off its list under the lock.",
        "Windows driver documentation: FwpsCompleteOperation0"},
       pend_02},
      {{"PEND-03", "Pended where it is not possible, or without blocking", Severity::error,
        "The status of FwpsPendOperation0 and FwpsPendClassify0, and what that classifyFn returns "
        "after them: BLOCK and ABSORB when it has pended, its own verdict when it was refused.",
        "the verdict is lost",
        "Decide at once when the status is STATUS_FWP_CANNOT_PEND, as in reauthorizations; after "
        "pending return FWP_ACTION_BLOCK with FWPS_CLASSIFY_OUT_FLAG_ABSORB.",
        "Windows driver documentation: FwpsPendOperation0"},
       pend_03},
      {{"PEND-04", "Classify handle not balanced", Severity::error,
        "Classify handles that are held when the unload routine returns, and releases without one.",
        "the object leaks and its endpoint never closes",
        "Release once for each acquire, on every path.",
        "Windows driver documentation: FwpsAcquireClassifyHandle0"},
       pend_04},
      {{"PEND-05", "Stream left deferred or waiting", Severity::error,
        "Stream data that a callout deferred or wants more of, and ends of streams that it "
        "blocked, "
        "when the unload routine returns.",
        "the connection stalls; with the filter deleted nothing can help it",
        "Before deleting the filters, continue or abort every such connection.",
        "Windows driver documentation: FwpsStreamContinue0, FWPS_STREAM_CALLOUT_IO_PACKET0"},
       pend_05},
      {{"PEND-06", "Writable layer data not applied, or applied twice", Severity::error,
        "FwpsApplyModifiedLayerData0 against FwpsAcquireWritableLayerDataPointer0.",
        "0x1E in FeApplyModifiedLayerData",
        "Apply once for each acquire, also when nothing was changed.",
        "Windows driver documentation: FwpsAcquireWritableLayerDataPointer0"},
       pend_06},
  };
  return table;
}

}  // namespace drydock::verify::rules
