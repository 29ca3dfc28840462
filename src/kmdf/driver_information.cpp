// SPDX-License-Identifier: Apache-2.0
// What drivers ask the framework about itself, and how they give up through it.
#include <array>
#include <cstdint>
#include <utility>

#include "kmdf/check.h"
#include "kmdf/driver.h"
#include "kmdf/rows.h"
#include "kmdf/strings.h"
#include "nt/context.h"

namespace drydock::kmdf {

namespace {

NTSTATUS retrieve_version(PWDF_DRIVER_GLOBALS, WDFDRIVER driver, WDFSTRING string) {
  object_of<DriverObject>(driver);
  return object_of<String>(string).assign(u"Kernel Mode Driver Framework version 1.33.0");
}

// Kept in the table for drivers of the first version; every framework answers so.
NTSTATUS register_trace_info(PWDF_DRIVER_GLOBALS, PDRIVER_OBJECT, PFN_WDF_TRACE_CALLBACK, PVOID) {
  return STATUS_NOT_SUPPORTED;
}

// Called by stubs for functions that this framework does not have: it has all of 1.33.
NTSTATUS error_report_api_missing(PWDF_DRIVER_GLOBALS globals, WDFDRIVER driver, PCWSTR extension,
                                  ULONG /*index*/, BOOLEAN returns_status) {
  object_of<DriverObject>(driver);
  if (returns_status != FALSE) return STATUS_PROCEDURE_NOT_FOUND;
  bug_check(WDF_API_UNAVAILABLE,
            "the driver called a framework function that the framework does not have",
            nt::address_of(&globals->DriverName), nt::address_of(extension));
}

// Offsets for the debugger extension; this framework has nothing that one could walk.
PVOID get_triage_info(PWDF_DRIVER_GLOBALS globals) {
  return &client_of(globals).triage();
}

// There are only interfaces of the framework itself to ask for, and drivers get none of them.
NTSTATUS object_query(PWDF_DRIVER_GLOBALS, WDFOBJECT handle, const GUID* guid, ULONG,
                      PVOID buffer) {
  object_of(handle);
  require(guid);
  require(buffer);
  return STATUS_NOT_FOUND;
}

// Breaks only when a registry value of the driver says so and a debugger is there.
void debug_break(PWDF_DRIVER_GLOBALS) {}

void verifier_bug_check(PWDF_DRIVER_GLOBALS, ULONG code, ULONG_PTR p1, ULONG_PTR p2, ULONG_PTR p3,
                        ULONG_PTR p4) {
  machine::BugCheck check;
  check.code = code;
  check.parameters = {p1, p2, p3, p4};
  check.what = "the driver stopped the system by WdfVerifierKeBugCheck";
  check.from_driver_request = true;
  check.driver = nt::the_machine().running().driver;
  check.stack = nt::the_ledger().capture();
  nt::the_machine().stop(std::move(check));
}

constexpr Traits always_refused{.max_irql = machine::Irql::passive, .quiet = true, .refused = true};

}  // namespace

Functions driver_information_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfDriverRetrieveVersionString, PFN_WDFDRIVERRETRIEVEVERSIONSTRING,
                      retrieve_version, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfDriverRegisterTraceInfo, PFN_WDFDRIVERREGISTERTRACEINFO,
                      register_trace_info, always_refused),
      DRYDOCK_WDF_ROW(WdfDriverErrorReportApiMissing, PFN_WDFDRIVERERRORREPORTAPIMISSING,
                      error_report_api_missing, any_irql),
      DRYDOCK_WDF_ROW(WdfGetTriageInfo, PFN_WDFGETTRIAGEINFO, get_triage_info, any_irql_quiet),
      DRYDOCK_WDF_ROW(WdfObjectQuery, PFN_WDFOBJECTQUERY, object_query, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfVerifierDbgBreakPoint, PFN_WDFVERIFIERDBGBREAKPOINT, debug_break,
                      any_irql_quiet),
      DRYDOCK_WDF_ROW(WdfVerifierKeBugCheck, PFN_WDFVERIFIERKEBUGCHECK, verifier_bug_check,
                      any_irql),
  };
  return rows;
}

}  // namespace drydock::kmdf
