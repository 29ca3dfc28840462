// SPDX-License-Identifier: Apache-2.0
// POOL: memory leaked, freed wrongly, used after free, or overrun.
#include <fmt/format.h>

#include <array>
#include <cctype>

#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

using ledger::Entry;
using ledger::EntryId;
using ledger::Kind;
using ledger::Note;
using ledger::NoteKind;

std::string tag_text(std::uint64_t tag) {
  std::string text;
  for (int i = 0; i < 4; ++i) {
    const auto letter = static_cast<unsigned char>(tag >> (8 * i));
    text += std::isprint(letter) != 0 ? static_cast<char>(letter) : '.';
  }
  return text;
}

void pool_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::pool_block, *returned, [&](EntryId id, const Entry& entry) {
    findings.push_back(about(run, rule, id,
                             fmt::format("A pool block of {} bytes with tag '{}' was not freed.",
                                         entry.a, tag_text(entry.b))));
  });
  run.each_alive(Kind::lookaside_list, *returned, [&](EntryId id, const Entry&) {
    findings.push_back(about(run, rule, id, "A lookaside list was not deleted."));
  });
  run.each_alive(Kind::mdl, *returned, [&](EntryId id, const Entry&) {
    findings.push_back(about(run, rule, id, "An MDL was not freed."));
  });
  run.each_alive(Kind::engine_memory, *returned, [&](EntryId id, const Entry&) {
    findings.push_back(
        about(run, rule, id, "Memory of an Fwpm call was not freed with FwpmFreeMemory0."));
  });
  run.each_alive(Kind::work_item_object, *returned, [&](EntryId id, const Entry&) {
    findings.push_back(about(run, rule, id, "An I/O work item was not freed with IoFreeWorkItem."));
  });
  run.each_alive(Kind::timer_object, *returned, [&](EntryId id, const Entry&) {
    findings.push_back(
        about(run, rule, id, "A timer of ExAllocateTimer was not deleted with ExDeleteTimer."));
  });
  run.each_alive(Kind::error_log_entry, *returned, [&](EntryId id, const Entry&) {
    findings.push_back(about(run, rule, id, "An error log entry was neither written nor freed."));
  });
}

void pool_02(const RunView& run, const RuleInfo& rule, Findings& findings) {
  static constexpr std::array reasons = {"was already freed", "is no pool block",
                                         "was allocated with another tag"};
  run.each_note(NoteKind::pool_bad_free, [&](const Note& note) {
    findings.push_back(about(
        run, rule, note,
        fmt::format("The memory given to ExFreePool ({:#x}) {}.", note.a, reasons.at(note.b))));
  });
}

// A CPU fault at a block that is no longer the driver's.
void pool_03(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const machine::BugCheck* stop = run.bug_check();
  if (stop == nullptr || stop->memory == 0 || run.ledger().entry(stop->memory).alive()) return;
  const Entry& block = run.ledger().entry(stop->memory);
  Finding finding =
      about(run, rule, stop->memory,
            fmt::format("Freed memory is used: {} bytes with tag '{}', at offset {}.", block.a,
                        tag_text(block.b), static_cast<std::int64_t>(stop->address - block.key)));
  finding.found_at = stop->stack;
  findings.push_back(std::move(finding));
}

void pool_04(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(NoteKind::pool_corrupted, [&](const Note& note) {
    const bool overrun = static_cast<machine::Corruption>(note.a) == machine::Corruption::overrun;
    findings.push_back(about(
        run, rule, note,
        fmt::format("Bytes {} a pool block were overwritten.", overrun ? "behind" : "before")));
  });
  const machine::BugCheck* stop = run.bug_check();
  if (stop == nullptr || stop->memory == 0 || !run.ledger().entry(stop->memory).alive()) return;
  const Entry& block = run.ledger().entry(stop->memory);
  Finding finding =
      about(run, rule, stop->memory,
            fmt::format(
                "A block of {} bytes with tag '{}' is accessed at offset {}, outside of it.",
                block.a, tag_text(block.b), static_cast<std::int64_t>(stop->address - block.key)));
  finding.found_at = stop->stack;
  findings.push_back(std::move(finding));
}

}  // namespace

std::span<const Rule> pool() {
  static const Rule table[] = {
      {{"POOL-01", "Pool leaked at unload", Severity::error,
        "Blocks, lookaside lists, MDLs, I/O work items, system timers, error log entries or memory "
        "of Fwpm calls that the driver allocated are alive when the unload routine "
        "returns.",
        "0xC4/0x62 under Driver Verifier, else silent",
        "Free it on the path that the acquiring stack shows.",
        "Windows driver documentation: Bug Check 0xC4"},
       pool_01},
      {{"POOL-02", "Bad free", Severity::error,
        "Double free, free of a foreign pointer, wrong tag.", "0xC2, 0x13A, 0xC4/0x13",
        "Free each block once, with its tag.", "Windows driver documentation: Bug Check 0xC2"},
       pool_02},
      {{"POOL-03", "Use after free", Severity::error,
        "An access to a block that has been freed; freed blocks are made inaccessible.",
        "0x50, 0xD1, 0xD5", "Hold a reference on what another processor may free.",
        "Windows driver documentation: Special Pool"},
       pool_03},
      {{"POOL-04", "Overrun or underrun", Severity::error,
        "Canaries and guard pages around every block.", "0x19, 0xD6",
        "Check lengths before writing.", "Windows driver documentation: Special Pool"},
       pool_04},
  };
  return table;
}

}  // namespace drydock::verify::rules
