// SPDX-License-Identifier: Apache-2.0
// DEVICE: device objects and their names.
#include <fmt/format.h>

#include <algorithm>

#include "nt/io_types.h"
#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

using ledger::Entry;
using ledger::EntryId;
using ledger::Kind;

// A driver of Plug and Play is unloaded with its last device object: one that it forgets on
// IRP_MN_REMOVE_DEVICE keeps it for good. (A framework driver's is WDF-04's.)
void left_after_removal(const RunView& run, const RuleInfo& rule, Findings& findings) {
  if (run.life.framework) return;
  run.each_note(ledger::NoteKind::unload_deferred, [&](const ledger::Note& note) {
    if (note.b != nt::left_after_removal || !run.ledger().entry(note.entry).alive()) return;
    const std::string& name = run.ledger().entry(note.entry).name;
    findings.push_back(about(
        run, rule, note.entry,
        fmt::format("Device object {} was not deleted when its device was removed: the driver "
                    "cannot be unloaded.",
                    name.empty() ? "without a name" : name)));
  });
}

void device_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return left_after_removal(run, rule, findings);
  run.each_alive(Kind::device, *returned, [&](EntryId id, const Entry& entry) {
    findings.push_back(about(run, rule, id,
                             fmt::format("Device object {} was not deleted.",
                                         entry.name.empty() ? "without a name" : entry.name)));
  });
}

// Was a callout unregistered only after the device had gone? (One that never was is UNLOAD-01's.)
bool some_callout_outlives(const RunView& run, const Entry& device) {
  const EntryId id = run.ledger().id_of(device);
  return std::ranges::any_of(run.ledger().entries(), [&](const Entry& entry) {
    return entry.kind == Kind::callout && entry.owner == run.life.driver && entry.related == id &&
           entry.acquired < device.released && entry.alive_at(device.released) && !entry.alive();
  });
}

void device_02(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto called = run.moment(ledger::Moment::unload_called);
  if (!called) return;
  for (const Entry& entry : run.ledger().entries()) {
    if (entry.kind != Kind::device || entry.owner != run.life.driver ||
        entry.released < called->seq)
      continue;
    if (!some_callout_outlives(run, entry)) continue;
    Finding finding =
        about(run, rule, run.ledger().id_of(entry),
              fmt::format("Device object {} was deleted while callouts were still registered.",
                          entry.name));
    finding.found_at = entry.release_stack;
    findings.push_back(std::move(finding));
  }
}

void device_03(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::symbolic_link, *returned, [&](EntryId id, const Entry& entry) {
    findings.push_back(
        about(run, rule, id, fmt::format("Symbolic link {} was not deleted.", entry.name)));
  });
}

void device_08(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto returned = run.returned();
  if (!returned) return;
  run.each_alive(Kind::callback, *returned, [&](EntryId id, const Entry& entry) {
    findings.push_back(about(
        run, rule, id,
        fmt::format("The {} was not taken back before the unload routine returned.", entry.name)));
  });
}

}  // namespace

std::span<const Rule> device() {
  static const Rule table[] = {
      {{"DEVICE-01", "Device object left", Severity::error,
        "The ledger holds a device object when the unload routine returns, or when the device of "
        "Plug and Play has been removed.",
        "leak; name collision on reload",
        "Call IoDeleteDevice for every device, for one of Plug and Play on IRP_MN_REMOVE_DEVICE.",
        "Windows driver documentation: IoDeleteDevice"},
       device_01},
      {{"DEVICE-02", "Device deleted before callouts unregistered", Severity::warning,
        "Order of IoDeleteDevice and of FwpsCalloutUnregister for callouts that were registered "
        "with the device, in unload.",
        "undefined", "Unregister the callouts first.",
        "Windows driver documentation: Unloading a Callout Driver"},
       device_02},
      {{"DEVICE-03", "Symbolic link left", Severity::error,
        "The ledger holds a symbolic link when the unload routine returns.",
        "the next load fails; dangling name", "Call IoDeleteSymbolicLink.",
        "Windows driver documentation: IoDeleteSymbolicLink"},
       device_03},
      {{"DEVICE-08", "Callback registration left", Severity::error,
        "The ledger holds a registration for process, image, object or registry callbacks, ETW, "
        "WPP or WMI when the unload routine returns.",
        "0xCE or a jump into freed memory when the callback is due",
        "Take every registration back: PsSetCreateProcessNotifyRoutine with TRUE, "
        "PsRemoveLoadImageNotifyRoutine, ObUnRegisterCallbacks, CmUnRegisterCallback, "
        "EtwUnregister, WPP_CLEANUP.",
        "Windows driver documentation: EtwUnregister, PsSetCreateProcessNotifyRoutine"},
       device_08},
  };
  return table;
}

}  // namespace drydock::verify::rules
