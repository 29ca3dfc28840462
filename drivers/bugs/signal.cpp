// SPDX-License-Identifier: Apache-2.0
// A race that needs no kernel call between its two sides: a thread says through an event that it
// has started, and notes so afterwards in the block that the event lies in. Whoever waited has
// freed the block when the waiting processor was the faster one.
#include "common.h"

namespace {

struct Start {
  KEVENT done;
  BOOLEAN finished;
};

PVOID thread;

void NTAPI work(PVOID context) {
  auto* start = static_cast<Start*>(context);
#ifdef FIXED
  start->finished = TRUE;
  KeSetEvent(&start->done, IO_NO_INCREMENT, FALSE);
#else
  KeSetEvent(&start->done, IO_NO_INCREMENT, FALSE);
  start->finished = TRUE;
#endif
  PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS start_thread() {
  auto* start = static_cast<Start*>(allocate(sizeof(Start)));
  if (start == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  KeInitializeEvent(&start->done, NotificationEvent, FALSE);
  HANDLE handle;
  const NTSTATUS status =
      PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, nullptr, nullptr, nullptr, work, start);
  if (NT_SUCCESS(status)) {
    ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread, nullptr);
    ZwClose(handle);
    KeWaitForSingleObject(&start->done, Executive, KernelMode, FALSE, nullptr);
  }
  release(start);
  return status;
}

void NTAPI unload(PDRIVER_OBJECT) {
  KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, nullptr);
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
