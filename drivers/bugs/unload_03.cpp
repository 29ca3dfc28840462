// SPDX-License-Identifier: Apache-2.0
// UNLOAD-03: the process notify routine is never withdrawn. The next process that starts or ends
// is announced to code that is gone.
#include "common.h"

namespace {

LONG processes;

void NTAPI process_changed(HANDLE, HANDLE, BOOLEAN created) {
  if (created) InterlockedIncrement(&processes);
}

void NTAPI unload(PDRIVER_OBJECT) {
#ifdef FIXED
  PsSetCreateProcessNotifyRoutine(process_changed, TRUE);
#endif
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  const NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) return status;
  const NTSTATUS notified = PsSetCreateProcessNotifyRoutine(process_changed, FALSE);
  if (!NT_SUCCESS(notified)) take_down();
  return notified;
}
