// SPDX-License-Identifier: Apache-2.0
// THREAD-01: the thread is told to stop, but nobody waits until it has.
#include "common.h"

namespace {

KEVENT stop;
PVOID thread;

// Looks around every five seconds until told to stop.
void NTAPI housekeeping(PVOID) {
  while (KeReadStateEvent(&stop) == 0) sleep(5'000);
  PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS start_thread() {
  KeInitializeEvent(&stop, NotificationEvent, FALSE);
  HANDLE handle;
  const NTSTATUS status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, nullptr, nullptr,
                                               nullptr, housekeeping, nullptr);
  if (!NT_SUCCESS(status)) return status;
  ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread, nullptr);
  return ZwClose(handle);
}

void NTAPI unload(PDRIVER_OBJECT) {
  KeSetEvent(&stop, IO_NO_INCREMENT, FALSE);
#ifdef FIXED
  KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, nullptr);
#endif
  ObDereferenceObject(thread);
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) return status;
  status = start_thread();
  if (!NT_SUCCESS(status)) take_down();
  return status;
}
