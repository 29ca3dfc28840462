// SPDX-License-Identifier: Apache-2.0
// INJECT and NBL: injection handles, packets under way, and the buffers behind them.
#include <fmt/format.h>

#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

using ledger::Entry;
using ledger::EntryId;
using ledger::Kind;
using ledger::Note;
using ledger::NoteKind;

void inject_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::injection_handle, *returned, [&](EntryId id, const Entry&) {
    findings.push_back(about(run, rule, id, "An injection handle was never destroyed."));
  });
}

void inject_02(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(NoteKind::injection_handle_dead, [&](const Note& note) {
    findings.push_back(
        about(run, rule, note,
              fmt::format("{} was called with an injection handle that is already destroyed.",
                          note.name)));
  });
}

void inject_04(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::injection, *returned, [&](EntryId id, const Entry&) {
    findings.push_back(about(run, rule, id,
                             "An injected packet was still under way when the unload routine "
                             "returned; its completionFn is yet to come."));
  });
}

void inject_08(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::redirect_handle, *returned, [&](EntryId id, const Entry&) {
    findings.push_back(about(run, rule, id, "A redirect handle was never destroyed."));
  });
}

void nbl_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  for (const Kind kind : {Kind::net_buffer_list, Kind::net_buffer_list_pool}) {
    run.each_alive(kind, *returned, [&](EntryId id, const Entry&) {
      findings.push_back(about(
          run, rule, id,
          fmt::format("A {} that the driver allocated was not freed.", ledger::kind_name(kind))));
    });
  }
}

}  // namespace

std::span<const Rule> inject() {
  static const Rule table[] = {
      {{"INJECT-01", "Injection handle never destroyed", Severity::error,
        "The ledger holds an injection handle when the unload routine returns.",
        "leak; a late completion runs in freed code",
        "Call FwpsInjectionHandleDestroy0 after the callouts are unregistered.",
        "Windows driver documentation: Unloading a Callout Driver"},
       inject_01},
      {{"INJECT-02", "Injection handle used after destroy", Severity::error,
        "An injection or query with a handle that has been destroyed.",
        "0x50 or 0xD1; STATUS_FWP_INJECT_HANDLE_CLOSING in the window",
        "Destroy the handle only when no callout can run any more: after unregistering.",
        "nmap issue 1678, npcap issue 341"},
       inject_02},
      {{"INJECT-04", "Injection outstanding at return", Severity::error,
        "An injection without finished completionFn when the unload routine returns.", "0xCE",
        "FwpsInjectionHandleDestroy0 waits for outstanding injections; call it, or count "
        "completions.",
        "Windows driver documentation: FwpsInjectionHandleDestroy0"},
       inject_04},
      {{"INJECT-08", "Redirect handle never destroyed", Severity::error,
        "The ledger holds a redirect handle when the unload routine returns.",
        "a leak with each load, pool tag Fecf",
        "Call FwpsRedirectHandleDestroy0 after the callouts are unregistered.",
        "Windows-driver-samples issue 1191"},
       inject_08},
      {{"NBL-01", "NET_BUFFER_LIST leaked", Severity::error,
        "NBLs, clones or pools allocated by the driver are alive when the unload routine returns.",
        "0xC4/0x62, 0x7C/0x25; the adapter cannot halt",
        "Free each NBL in its completionFn, and each pool in the unload routine.",
        "ebpf-for-windows issue 2012"},
       nbl_01},
  };
  return table;
}

}  // namespace drydock::verify::rules
