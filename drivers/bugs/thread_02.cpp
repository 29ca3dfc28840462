// SPDX-License-Identifier: Apache-2.0
// THREAD-02: the thread says through an event that it is done, and the unload routine waits for
// that event. The thread's last instructions run after it; the thread object is what to wait for.
#include "common.h"

namespace {

KEVENT stop;
KEVENT done;
PVOID thread;

void NTAPI housekeeping(PVOID) {
  KeWaitForSingleObject(&stop, Executive, KernelMode, FALSE, nullptr);
  KeSetEvent(&done, IO_NO_INCREMENT, FALSE);
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
#else
  KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, nullptr);
#endif
  ObDereferenceObject(thread);
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  KeInitializeEvent(&done, NotificationEvent, FALSE);
  NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) return status;
  status = start_thread();
  if (!NT_SUCCESS(status)) take_down();
  return status;
}
