// SPDX-License-Identifier: Apache-2.0
// THREAD: threads, DPCs, timers and work items that are not over when the unload routine returns.
#include <fmt/format.h>

#include <algorithm>

#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

using ledger::Entry;
using ledger::EntryId;
using ledger::Kind;
using ledger::Note;
using ledger::NoteKind;

void left_at_return(const RunView& run, const RuleInfo& rule, Findings& findings, Kind kind,
                    const char* what) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(kind, *returned,
                 [&](EntryId id, const Entry&) { findings.push_back(about(run, rule, id, what)); });
}

void thread_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  left_at_return(
      run, rule, findings, Kind::system_thread,
      "A system thread of the driver was still running when the unload routine returned.");
}

bool thread_object_was_waited_for(const RunView& run, EntryId thread) {
  return std::ranges::any_of(run.record.notes(), [&](const Note& note) {
    return note.kind == NoteKind::wait_for_thread && note.entry == thread;
  });
}

// The thread says "done" through an event and runs on for a few instructions: nothing keeps the
// image there for them.
void thread_02(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto called = run.moment(ledger::Moment::unload_called);
  const auto returned = run.returned();
  if (!called || !returned) return;
  run.each_note(NoteKind::wait_for_event, [&](const Note& note) {
    if (note.seq < called->seq || note.seq > *returned || note.entry == 0) return;
    // Had the thread ended before unload began to wait, the wait proved nothing wrong.
    const Entry& thread = run.ledger().entry(note.entry);
    if (!thread.alive_at(called->seq) || thread_object_was_waited_for(run, note.entry)) return;
    findings.push_back(about(run, rule, note,
                             "The unload routine waits for an event that the thread sets, not for "
                             "the thread object: the thread still has instructions to run then."));
  });
}

void thread_03(const RunView& run, const RuleInfo& rule, Findings& findings) {
  left_at_return(run, rule, findings, Kind::dpc,
                 "A DPC of the driver was queued or running when the unload routine returned.");
}

void thread_04(const RunView& run, const RuleInfo& rule, Findings& findings) {
  left_at_return(run, rule, findings, Kind::timer,
                 "A timer of the driver was still set when the unload routine returned.");
}

void thread_05(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::work_item, *returned, [&](EntryId id, const Entry& item) {
    if (ends_in_safety(item, *returned)) return;
    findings.push_back(
        about(run, rule, id,
              "A work item of the driver was queued or running when the unload routine returned."));
  });
}

}  // namespace

std::span<const Rule> thread() {
  static const Rule table[] = {
      {{"THREAD-01", "System thread alive at return", Severity::error,
        "The ledger holds a system thread when the unload routine returns.", "0xCE",
        "Tell the thread to end and wait on its thread object.",
        "Windows driver documentation: PsTerminateSystemThread"},
       thread_01},
      {{"THREAD-02", "Waited on an event, not on the thread object", Severity::error,
        "A wait of the unload routine was satisfied by an event that the thread set; the thread "
        "object itself was never waited for.",
        "0xCE, rarely",
        "Keep a reference to the thread object (ObReferenceObjectByHandle) and wait on that.",
        "fort commits fa593779 and d457e1f2"},
       thread_02},
      {{"THREAD-03", "DPC queued or running at return", Severity::error,
        "The ledger holds a DPC when the unload routine returns.", "0xCE or 0xD4",
        "Call KeFlushQueuedDpcs after the last insertion and after cancelling timers.",
        "Windows driver documentation: KeFlushQueuedDpcs"},
       thread_03},
      {{"THREAD-04", "Timer active at return", Severity::error,
        "The ledger holds a set timer when the unload routine returns.", "0xC7 or 0xD4",
        "Call KeCancelTimer, then KeFlushQueuedDpcs.",
        "Windows driver documentation: KeCancelTimer; openzfs issue 52"},
       thread_04},
      {{"THREAD-05", "Work item queued or running at return", Severity::error,
        "The ledger holds a work item when the unload routine returns, other than one of "
        "IoQueueWorkItem whose routine runs already: for that the I/O manager keeps the image.",
        "0xCE", "Wait until every queued work item has finished.",
        "Windows driver documentation: IoQueueWorkItem"},
       thread_05},
  };
  return table;
}

}  // namespace drydock::verify::rules
