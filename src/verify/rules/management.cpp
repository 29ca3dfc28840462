// SPDX-License-Identifier: Apache-2.0
// MGMT: what the driver leaves in the base filtering engine.
#include <fmt/format.h>

#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

using ledger::Entry;
using ledger::EntryId;
using ledger::Kind;
using ledger::managed_kind_name;
using ledger::ManagedKind;

// Blocks whatever it matches now that nobody answers for its callout (lifecycle section 9).
bool blocks_without_callout(const RunView& run, const Entry& entry) {
  if (run.engine == nullptr || static_cast<ManagedKind>(entry.a) != ManagedKind::filter)
    return false;
  const auto filter = run.engine->store().filter(static_cast<wfp::FilterId>(entry.b));
  if (filter == nullptr || !wfp::names_callout(filter->spec.action)) return false;
  if (filter->spec.action == wfp::Action::callout_inspection) return false;
  return (filter->spec.flags & wfp::filter_flag::permit_if_callout_unregistered) == 0;
}

bool persistent_by_intent(const RunView& run, const Entry& entry) {
  if (run.engine == nullptr || static_cast<ManagedKind>(entry.a) != ManagedKind::filter)
    return false;
  const auto filter = run.engine->store().filter(static_cast<wfp::FilterId>(entry.b));
  return filter != nullptr && filter->lifetime >= wfp::Lifetime::persistent;
}

void mgmt_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::management_object, *returned, [&](EntryId id, const Entry& entry) {
    if (!blocks_without_callout(run, entry)) return;
    findings.push_back(
        about(run, rule, id,
              fmt::format("Filter {} outlives the driver and blocks all traffic that it matches: "
                          "its callout is gone.",
                          entry.name.empty() ? std::to_string(entry.b) : entry.name)));
  });
}

void mgmt_02(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::management_object, *returned, [&](EntryId id, const Entry& entry) {
    if (persistent_by_intent(run, entry)) return;
    findings.push_back(
        about(run, rule, id,
              fmt::format("{} {} is left in the filtering engine.",
                          managed_kind_name(static_cast<ManagedKind>(entry.a)),
                          entry.name.empty() ? std::to_string(entry.b) : entry.name)));
  });
}

void mgmt_03(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::engine_session, *returned, [&](EntryId id, const Entry&) {
    findings.push_back(
        about(run, rule, id, "An engine handle was never closed with FwpmEngineClose0."));
  });
}

void mgmt_05(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(ledger::NoteKind::transaction_left_open, [&](const ledger::Note& note) {
    findings.push_back(about(run, rule, note,
                             "An engine handle was closed with its transaction neither committed "
                             "nor aborted."));
  });
}

void mgmt_07(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::bfe_subscription, *returned, [&](EntryId id, const Entry&) {
    findings.push_back(about(run, rule, id,
                             "A subscription to the state of the base filtering engine was never "
                             "ended with FwpmBfeStateUnsubscribeChanges0."));
  });
}

}  // namespace

std::span<const Rule> management() {
  static const Rule table[] = {
      {{"MGMT-01", "Traffic blocked after unload", Severity::error,
        "A filter of the driver names its callout, with a terminating or unknown action and "
        "without PERMIT_IF_CALLOUT_UNREGISTERED, after unload.",
        "all matching traffic is dead until a reboot",
        "Delete the filters (or use a dynamic session) before unregistering.",
        "ebpf-for-windows pull request 5496"},
       mgmt_01},
      {{"MGMT-02", "Management objects left", Severity::warning,
        "Filters, callouts, sublayers or providers of the driver, not persistent by intent, are "
        "there after unload.",
        "stale policy; FWP_E_ALREADY_EXISTS on the next start",
        "Use a dynamic session, or delete what was added.", "WinDivert pull request 92"},
       mgmt_02},
      {{"MGMT-03", "Engine handle leaked", Severity::error,
        "The ledger holds an engine session when the unload routine returns.",
        "session and RPC leak", "Call FwpmEngineClose0.",
        "Windows driver documentation: FwpmEngineClose0"},
       mgmt_03},
      {{"MGMT-05", "Transaction left open", Severity::warning,
        "FwpmEngineClose0 is called on a session whose transaction was neither committed nor "
        "aborted.",
        "the engine stays locked until then; others get FWP_E_TIMEOUT",
        "Commit or abort on every path, also where an add has failed.",
        "Windows driver documentation: FwpmTransactionBegin0"},
       mgmt_05},
      {{"MGMT-07", "Subscription to the engine's state left", Severity::error,
        "The ledger holds a subscription of FwpmBfeStateSubscribeChanges0 when the unload routine "
        "returns.",
        "a callback into freed code when the service stops or starts",
        "Call FwpmBfeStateUnsubscribeChanges0, and not from the callback itself.",
        "Windows driver documentation: FwpmBfeStateUnsubscribeChanges0"},
       mgmt_07},
  };
  return table;
}

}  // namespace drydock::verify::rules
