// SPDX-License-Identifier: Apache-2.0
// MGMT: what the driver leaves in the base filtering engine.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/status_names.h"
#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

using ledger::Entry;
using ledger::EntryId;
using ledger::Kind;
using ledger::managed_kind_name;
using ledger::ManagedKind;
using ledger::Moment;
using ledger::Note;
using ledger::NoteKind;

constexpr std::uint32_t in_use = 0xc022000a;       // STATUS_FWP_IN_USE
constexpr std::uint32_t timed_out = 0xc0220012;    // STATUS_FWP_TIMEOUT
constexpr std::uint32_t call_failed = 0xc002001b;  // RPC_NT_CALL_FAILED

bool another_driver_answers(const RunView& run, const Guid& callout, ledger::EventSeq moment) {
  return std::ranges::any_of(run.ledger().entries(), [&](const Entry& entry) {
    return entry.kind == Kind::callout && entry.owner != run.life.driver &&
           entry.alive_at(moment) && entry.name == to_string(callout);
  });
}

// Blocks whatever it matches now that nobody answers for its callout (lifecycle section 9).
bool blocks_without_callout(const RunView& run, const Entry& entry, ledger::EventSeq moment) {
  if (run.engine == nullptr || static_cast<ManagedKind>(entry.a) != ManagedKind::filter)
    return false;
  const auto filter = run.engine->store().filter(static_cast<wfp::FilterId>(entry.b));
  if (filter == nullptr || !wfp::names_callout(filter->spec.action)) return false;
  if (filter->spec.action == wfp::Action::callout_inspection) return false;
  if (another_driver_answers(run, filter->spec.callout, moment)) return false;
  return (filter->spec.flags & wfp::filter_flag::permit_if_callout_unregistered) == 0;
}

template <class T>
bool is_persistent(const wfp::Store& store, std::uint64_t serial) {
  return std::ranges::any_of(store.all<T>(), [&](const auto& kept) {
    const wfp::ObjectHead& head = *kept.second.object;
    return head.serial == serial && head.lifetime >= wfp::Lifetime::persistent;
  });
}

bool persistent_by_intent(const RunView& run, const Entry& entry) {
  if (run.engine == nullptr) return false;
  const wfp::Store& store = run.engine->store();
  switch (static_cast<ManagedKind>(entry.a)) {
    case ManagedKind::provider:
      return is_persistent<wfp::Provider>(store, entry.key);
    case ManagedKind::provider_context:
      return is_persistent<wfp::ProviderContext>(store, entry.key);
    case ManagedKind::sublayer:
      return is_persistent<wfp::SubLayer>(store, entry.key);
    case ManagedKind::callout:
      return is_persistent<wfp::CalloutObject>(store, entry.key);
    case ManagedKind::filter:
      return is_persistent<wfp::Filter>(store, entry.key);
  }
  return false;
}

std::string shown(const Entry& entry) {
  return fmt::format("{} {}", managed_kind_name(static_cast<ManagedKind>(entry.a)),
                     entry.name.empty() ? std::to_string(entry.b) : entry.name);
}

bool is_of(const Note& note, std::string_view verb) {
  return std::string_view(note.name).contains(verb);
}

// A later call of the same life has deleted the object.
bool deleted_after(const RunView& run, const Note& failed) {
  const auto end = run.returned().value_or(UINT64_MAX);
  return std::ranges::any_of(run.record.notes(), [&](const Note& note) {
    return note.kind == NoteKind::management_deleted && note.entry == failed.entry &&
           note.seq > failed.seq && note.seq <= end;
  });
}

bool any_object_left(const RunView& run, ledger::EventSeq moment) {
  bool any = false;
  run.each_alive(Kind::management_object, moment,
                 [&](EntryId, const Entry& entry) { any |= !persistent_by_intent(run, entry); });
  return any;
}

void mgmt_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::management_object, *returned, [&](EntryId id, const Entry& entry) {
    if (!blocks_without_callout(run, entry, *returned)) return;
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
        about(run, rule, id, fmt::format("{} is left in the filtering engine.", shown(entry))));
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

// What is still there when the routine returns is UNLOAD-08's.
bool left_by_unload(const RunView& run, const Note& note) {
  const auto called = run.moment(Moment::unload_called);
  const auto returned = run.returned();
  return called && returned && note.seq > called->seq && note.seq < *returned &&
         run.ledger().entry(note.entry).alive_at(*returned);
}

void mgmt_04(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(NoteKind::management_status, [&](const Note& note) {
    if (static_cast<std::uint32_t>(note.a) != in_use || note.entry == 0 || !is_of(note, "Delete"))
      return;
    if (deleted_after(run, note) || left_by_unload(run, note)) return;
    findings.push_back(about(run, rule, note,
                             fmt::format("{} answered IN_USE, because other objects still name the "
                                         "{}, and it was never called again for it.",
                                         note.name, shown(run.ledger().entry(note.entry)))));
  });
}

void mgmt_05(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(ledger::NoteKind::transaction_left_open, [&](const ledger::Note& note) {
    findings.push_back(about(run, rule, note,
                             "An engine handle was closed with its transaction neither committed "
                             "nor aborted."));
  });
}

// What a failure that passes led to; empty: nothing.
std::string outcome_of(const RunView& run, const Note& note) {
  const auto returned = run.returned();
  if (!returned) return "the unload routine never returned";
  if (note.seq > *returned) return {};
  if (note.entry == 0)
    return any_object_left(run, *returned) ? "what it had to delete is still there" : "";
  const Entry& entry = run.ledger().entry(note.entry);
  if (!entry.alive_at(*returned) || deleted_after(run, note)) return {};
  return fmt::format("the {} is still there", shown(entry));
}

void mgmt_06(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto called = run.moment(Moment::unload_called);
  if (!called) return;
  run.each_note(NoteKind::management_status, [&](const Note& note) {
    const auto status = static_cast<std::uint32_t>(note.a);
    if ((status != timed_out && status != call_failed) || note.seq < called->seq) return;
    const std::string outcome = outcome_of(run, note);
    if (outcome.empty()) return;
    findings.push_back(about(run, rule, note,
                             fmt::format("{} failed for the moment, with {}, and {}.", note.name,
                                         describe_status(status), outcome)));
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

void mgmt_08(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto called = run.moment(Moment::unload_called);
  const auto returned = run.returned();
  if (!called || !returned) return;
  run.each_note(NoteKind::made_in_service_callback, [&](const Note& note) {
    const Entry& entry = run.ledger().entry(note.entry);
    if (note.seq < called->seq || !entry.alive_at(*returned)) return;
    const bool session = entry.kind == Kind::engine_session;
    findings.push_back(
        about(run, rule, note,
              fmt::format("The callback about the filtering engine's state {} while the unload "
                          "routine was taking down, and it is still there.",
                          session ? "opened an engine handle" : "added the " + shown(entry))));
  });
}

}  // namespace

std::span<const Rule> management() {
  static const Rule table[] = {
      {{"MGMT-01", "Traffic blocked after unload", Severity::error,
        "A filter of the driver names its callout, with a terminating or unknown action and "
        "without PERMIT_IF_CALLOUT_UNREGISTERED, after unload; no "
        "other driver answers for the callout.",
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
      {{"MGMT-04", "Deleted in the wrong order", Severity::warning,
        "A delete answers FWP_E_IN_USE because other objects name the object, and no later call "
        "deletes it.",
        "the object stays, unless a dynamic session takes it along",
        "Delete filters first, then callouts and sublayers, then the provider.",
        "observed in a public stream editing sample; Windows driver documentation: "
        "FwpmSubLayerDeleteByKey0"},
       mgmt_04},
      {{"MGMT-05", "Transaction left open", Severity::warning,
        "FwpmEngineClose0 is called on a session whose transaction was neither committed nor "
        "aborted.",
        "the engine stays locked until then; others get FWP_E_TIMEOUT",
        "Commit or abort on every path, also where an add has failed.",
        "Windows driver documentation: FwpmTransactionBegin0"},
       mgmt_05},
      {{"MGMT-06", "A passing failure was not survived", Severity::error,
        "A management call of the unload routine fails with RPC_NT_CALL_FAILED or FWP_E_TIMEOUT, "
        "and then something is left or the routine never returns.",
        "filters stay, or the service hangs in STOP_PENDING",
        "Try deletes again until they succeed or the object is not found; better, keep objects in "
        "a dynamic session.",
        "ebpf-for-windows issue 5486"},
       mgmt_06},
      {{"MGMT-07", "Subscription to the engine's state left", Severity::error,
        "The ledger holds a subscription of FwpmBfeStateSubscribeChanges0 when the unload routine "
        "returns.",
        "a callback into freed code when the service stops or starts",
        "Call FwpmBfeStateUnsubscribeChanges0, and not from the callback itself.",
        "Windows driver documentation: FwpmBfeStateUnsubscribeChanges0"},
       mgmt_07},
      {{"MGMT-08", "A callback makes again what unload removes", Severity::error,
        "A callback about the engine's state opens a handle or adds objects after the unload "
        "routine was called, and they are there when it returns.",
        "stale policy, session leak", "End the subscription before closing the engine handle.",
        "observed in a public sampler driver"},
       mgmt_08},
  };
  return table;
}

}  // namespace drydock::verify::rules
