// SPDX-License-Identifier: Apache-2.0
// KeWaitFor*Object and sleeping.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/stop.h"
#include "nt/timeouts.h"
#include "nt/waits.h"

namespace drydock::nt {

namespace {

NTSTATUS wait_for_single(PVOID object, KWAIT_REASON, KPROCESSOR_MODE, BOOLEAN,
                         PLARGE_INTEGER timeout) {
  return service<Waits>().wait({&object, 1}, WaitAny, timeout, "KeWaitForSingleObject");
}

NTSTATUS wait_for_multiple(ULONG count, PVOID* objects, WAIT_TYPE type, KWAIT_REASON,
                           KPROCESSOR_MODE, BOOLEAN, PLARGE_INTEGER timeout, PKWAIT_BLOCK blocks) {
  const ULONG limit = blocks != nullptr ? MAXIMUM_WAIT_OBJECTS : THREAD_WAIT_OBJECTS;
  if (count == 0 || count > limit) {
    bug_check(bugcheck::maximum_wait_objects_exceeded,
              "KeWaitForMultipleObjects was given more objects than it has wait blocks for",
              {count, limit, 0, 0});
  }
  return service<Waits>().wait({objects, count}, type, timeout, "KeWaitForMultipleObjects");
}

NTSTATUS delay_execution(KPROCESSOR_MODE, BOOLEAN, PLARGE_INTEGER interval) {
  machine::Machine& machine = the_machine();
  const machine::VirtualTime due = due_time(interval->QuadPart, machine.now());
  if (due > machine.now()) machine.sleep_until(due);
  return STATUS_SUCCESS;
}

}  // namespace

Exports wait_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"KeWaitForSingleObject", decltype(::KeWaitForSingleObject), wait_for_single,
                 up_to_dispatch>(),
      kernel_row<"KeWaitForMultipleObjects", decltype(::KeWaitForMultipleObjects),
                 wait_for_multiple, up_to_dispatch>(),
      kernel_row<"KeDelayExecutionThread", decltype(::KeDelayExecutionThread), delay_execution,
                 up_to_apc>(),
  };
  return rows;
}

}  // namespace drydock::nt
