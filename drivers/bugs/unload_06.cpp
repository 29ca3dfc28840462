// SPDX-License-Identifier: Apache-2.0
// UNLOAD-06: a work item waits a minute before it looks at the settings again. As long as it is
// queued or running it holds the device, and the stop request hangs in STOP_PENDING. A thread that
// listens to the unload routine holds nothing.
#include "common.h"

namespace {

constexpr LONGLONG minute = 60'000;

void look_at_settings() {
  DbgPrint("settings: unchanged\n");
}

#ifdef FIXED

KEVENT stop;
PVOID thread;

void NTAPI watch_settings(PVOID) {
  LARGE_INTEGER interval;
  interval.QuadPart = -minute * millisecond;
  while (KeWaitForSingleObject(&stop, Executive, KernelMode, FALSE, &interval) == STATUS_TIMEOUT) {
    look_at_settings();
  }
  PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS start_watching() {
  KeInitializeEvent(&stop, NotificationEvent, FALSE);
  HANDLE handle;
  const NTSTATUS status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, nullptr, nullptr,
                                               nullptr, watch_settings, nullptr);
  if (!NT_SUCCESS(status)) return status;
  ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread, nullptr);
  return ZwClose(handle);
}

void stop_watching() {
  KeSetEvent(&stop, IO_NO_INCREMENT, FALSE);
  KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, nullptr);
  ObDereferenceObject(thread);
}

#else

PIO_WORKITEM item;

void NTAPI watch_settings(PDEVICE_OBJECT, PVOID) {
  sleep(minute);
  look_at_settings();
}

NTSTATUS start_watching() {
  item = IoAllocateWorkItem(device);
  if (item == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  IoQueueWorkItem(item, watch_settings, DelayedWorkQueue, nullptr);
  return STATUS_SUCCESS;
}

void stop_watching() {
  IoFreeWorkItem(item);
}

#endif

void NTAPI unload(PDRIVER_OBJECT) {
  stop_watching();
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  const NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) return status;
  const NTSTATUS watching = start_watching();
  if (!NT_SUCCESS(watching)) take_down();
  return watching;
}
