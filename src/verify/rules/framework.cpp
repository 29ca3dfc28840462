// SPDX-License-Identifier: Apache-2.0
// WDF: what the framework asks of its clients.
#include <ntddk.h>

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

}  // namespace

std::span<const Rule> framework() {
  static const Rule table[] = {
      {{"WDF-02", "No EvtDriverUnload in a non-PnP driver", Severity::error,
        "WDF_DRIVER_CONFIG of a driver with WdfDriverInitNonPnpDriver has no EvtDriverUnload.",
        "not stoppable", "Set config.EvtDriverUnload before WdfDriverCreate.",
        "Windows driver documentation: EVT_WDF_DRIVER_UNLOAD"},
       wdf_02},
  };
  return table;
}

}  // namespace drydock::verify::rules
