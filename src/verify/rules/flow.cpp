// SPDX-License-Identifier: Apache-2.0
// FLOW: every context a driver puts on a flow must be gone, with its flowDeleteFn finished, before
// the unload routine returns.
#include <fmt/format.h>
#include <ntddk.h>

#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

using ledger::Entry;
using ledger::EntryId;
using ledger::Kind;
using ledger::Note;
using ledger::NoteKind;

void flow_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::flow_context, *returned, [&](EntryId id, const Entry& entry) {
    findings.push_back(about(
        run, rule, id,
        fmt::format(
            "Flow {} still holds a context of the driver at {} when the unload routine returns.",
            entry.a, entry.name.empty() ? "a layer" : entry.name)));
  });
}

// Was the block behind the context freed while the context was still the flow's, by anybody but the
// flowDeleteFn that ends it?
bool freed_too_early(const RunView& run, const Entry& context) {
  for (const Entry& block : run.ledger().entries()) {
    if (block.kind != Kind::pool_block || block.alive()) continue;
    if (context.b - block.key >= block.a || block.released < context.acquired) continue;
    if (context.released != 0 && block.acquired > context.released) continue;
    if (block.released_in == machine::CallbackKind::flow_delete) continue;
    if (context.alive() || block.released < context.released) return true;
  }
  return false;
}

void flow_02(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(NoteKind::flow_context_removed, [&](const Note& note) {
    if (static_cast<std::uint32_t>(note.a) != STATUS_PENDING || note.entry == 0) return;
    const Entry& context = run.ledger().entry(note.entry);
    const auto returned = run.returned();
    const bool outlived_return = returned && context.alive_at(*returned);
    if (!outlived_return && !freed_too_early(run, context)) return;
    findings.push_back(
        about(run, rule, note,
              fmt::format("Removing the context of flow {} answered STATUS_PENDING, and the driver "
                          "{} before its flowDeleteFn had run.",
                          note.b, outlived_return ? "finished unloading" : "freed the context")));
  });
}

}  // namespace

std::span<const Rule> flow() {
  static const Rule table[] = {
      {{"FLOW-01", "Flow contexts left at return", Severity::error,
        "The ledger holds contexts associated by this image when the unload routine returns.",
        "STATUS_DEVICE_BUSY from unregistering; flowDeleteFn in freed code, 0xCE",
        "Call FwpsFlowRemoveContext0 for every flow, then unregister.",
        "Windows driver documentation: FwpsFlowRemoveContext0; fort issue 41"},
       flow_01},
      {{"FLOW-02", "PENDING treated as done", Severity::error,
        "FwpsFlowRemoveContext0 answered STATUS_PENDING, and the context was freed or the unload "
        "routine returned before flowDeleteFn ran.",
        "use after free; 0x1000007E seconds after the driver was stopped",
        "Free the context only in flowDeleteFn, and wait until it has run for every context.",
        "Windows driver documentation: FwpsFlowRemoveContext0; fort issue 41"},
       flow_02},
  };
  return table;
}

}  // namespace drydock::verify::rules
