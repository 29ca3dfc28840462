// SPDX-License-Identifier: Apache-2.0
// Debug output and what a driver does when it gives up: DbgPrint, KeBugCheck.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/stop.h"

namespace drydock::nt {

namespace {

// --- debug output: an event of the trace; the text is formatted nowhere

ULONG record_print(ledger::detail::KernelCall& call, const ExportRow& row, const void* format) {
  call.record(call.machine_.get<ledger::Record>(), row, {address_of(format), 0, 0, 0});
  call.machine_.switch_point();
  return STATUS_SUCCESS;
}

extern const ExportRow print_row;
extern const ExportRow print_ex_row;

// Variadic, so these two enter here instead of through the thunk, which forwards arguments.
NTAPI ULONG print(PCSTR format, ...) {
  ledger::detail::KernelCall call(print_row, __builtin_return_address(0),
                                  __builtin_frame_address(0));
  return record_print(call, print_row, format);
}

NTAPI ULONG print_ex(ULONG, ULONG, PCSTR format, ...) {
  ledger::detail::KernelCall call(print_ex_row, __builtin_return_address(0),
                                  __builtin_frame_address(0));
  return record_print(call, print_ex_row, format);
}

const ExportRow print_row{"ntoskrnl.exe", "DbgPrint", any_irql, reinterpret_cast<void*>(&print),
                          ledger::name_hash("DbgPrint")};
const ExportRow print_ex_row{"ntoskrnl.exe", "DbgPrintEx", any_irql,
                             reinterpret_cast<void*>(&print_ex), ledger::name_hash("DbgPrintEx")};

ULONG print_va(ULONG, ULONG, PCCH, WDK_VA_LIST) {
  return STATUS_SUCCESS;
}

// --- giving up

void ke_bug_check_ex(ULONG code, ULONG_PTR p1, ULONG_PTR p2, ULONG_PTR p3, ULONG_PTR p4) {
  machine::BugCheck check;
  check.code = code;
  check.parameters = {p1, p2, p3, p4};
  check.what = "the driver stopped the system by KeBugCheckEx";
  check.from_driver_request = true;
  check.driver = the_machine().running().driver;
  check.stack = the_ledger().capture();
  the_machine().stop(std::move(check));
}

void ke_bug_check(ULONG code) {
  ke_bug_check_ex(code, 0, 0, 0, 0);
}

}  // namespace

Exports debug_exports() {
  static const ExportRow* const rows[] = {
      &print_row,
      &print_ex_row,
      kernel_row<"vDbgPrintEx", decltype(::vDbgPrintEx), print_va, any_irql>(),
      kernel_row<"KeBugCheckEx", VOID(ULONG, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR),
                 ke_bug_check_ex, any_irql>(),
      kernel_row<"KeBugCheck", VOID(ULONG), ke_bug_check, any_irql>(),
  };
  return rows;
}

}  // namespace drydock::nt
