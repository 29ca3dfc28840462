// SPDX-License-Identifier: Apache-2.0
// IRQL and LOCK: the discipline that every kernel call and every callback is held to.
#include <fmt/format.h>

#include <array>

#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

using ledger::Note;
using ledger::NoteKind;

std::string irql_name(std::uint64_t irql) {
  static constexpr std::array names = {"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL"};
  return irql < names.size() ? names[irql] : fmt::format("IRQL {}", irql);
}

void irql_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(NoteKind::wrong_irql, [&](const Note& note) {
    findings.push_back(
        about(run, rule, note,
              fmt::format("{} was called at {}; its {} is {}.", note.name, irql_name(note.a),
                          note.a > note.b ? "maximum" : "minimum", irql_name(note.b))));
  });
}

void irql_02(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(NoteKind::irql_changed, [&](const Note& note) {
    findings.push_back(about(run, rule, note,
                             fmt::format("A {} was entered at {} and returned at {}.", note.name,
                                         irql_name(note.a), irql_name(note.b))));
  });
}

void lock_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(NoteKind::lock_held_at_return, [&](const Note& note) {
    findings.push_back(
        about(run, rule, note, fmt::format("A {} returned with a lock held.", note.name)));
  });
}

}  // namespace

std::span<const Rule> discipline() {
  static const Rule table[] = {
      {{"LOCK-01", "Lock held at return", Severity::error,
        "The fiber's lock set when the unload routine or a callback returns.", "0xC4/0x100A, hang",
        "Release it on every path.", "Windows driver documentation: Deadlock Detection"},
       lock_01},
      {{"IRQL-01", "Call at the wrong IRQL", Severity::error,
        "The documented maximum and minimum IRQL of every kernel call.", "0xC4/0x2000x, 0x0A",
        "Leave the lock or queue a work item; do not call a routine for DISPATCH_LEVEL below it.",
        "the IRQL line of the function's documentation page"},
       irql_01},
      {{"IRQL-02", "IRQL changed by a callback", Severity::error,
        "IRQL at return of every callback against that at its entry.", "0x4A, 0xC9",
        "Lower what was raised, on every path.",
        "Windows driver documentation: Managing Hardware Priorities"},
       irql_02},
  };
  return table;
}

}  // namespace drydock::verify::rules
