// SPDX-License-Identifier: Apache-2.0
// WDF: what the framework asks of its clients.
#include <fmt/format.h>
#include <ntddk.h>

#include "nt/io_types.h"
#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

void wdf_02(const RunView& run, const RuleInfo& rule, Findings& findings) {
  if (!run.life.framework || !run.loaded() || run.moment(ledger::Moment::unload_called)) return;
  if (run.life.stop_status != static_cast<std::uint32_t>(STATUS_INVALID_DEVICE_REQUEST)) return;
  Finding finding{.rule = &rule, .severity = rule.severity, .driver = run.life.driver};
  finding.what =
      "The driver is non-PnP and gave no EvtDriverUnload: the framework leaves DriverUnload NULL "
      "and the driver can never be stopped.";
  findings.push_back(std::move(finding));
}

void wdf_04(const RunView& run, const RuleInfo& rule, Findings& findings) {
  if (!run.life.framework || run.returned()) return;
  run.each_note(ledger::NoteKind::unload_deferred, [&](const ledger::Note& note) {
    if (note.b != nt::left_after_removal || !run.ledger().entry(note.entry).alive()) return;
    findings.push_back(
        about(run, rule, note.entry,
              fmt::format("Control device {} is still there after the driver's last device of Plug "
                          "and Play was removed: the driver cannot be unloaded.",
                          run.ledger().entry(note.entry).name)));
  });
}

}  // namespace

std::span<const Rule> framework() {
  static const Rule table[] = {
      {{"WDF-02", "No EvtDriverUnload in a non-PnP driver", Severity::error,
        "WDF_DRIVER_CONFIG of a driver with WdfDriverInitNonPnpDriver has no EvtDriverUnload.",
        "not stoppable", "Set config.EvtDriverUnload before WdfDriverCreate.",
        "Windows driver documentation: EVT_WDF_DRIVER_UNLOAD"},
       wdf_02},
      {{"WDF-04", "Control device kept in a PnP driver", Severity::error,
        "A control device is left when the driver's last device of Plug and Play has been removed.",
        "the driver is never unloaded",
        "Delete the control device with the last device, in its EvtCleanupCallback.",
        "Windows driver documentation: Using Control Device Objects"},
       wdf_04},
  };
  return table;
}

}  // namespace drydock::verify::rules
