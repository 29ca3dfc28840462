// SPDX-License-Identifier: Apache-2.0
// The unload routine has a device's work item write the last entry of a log, and waits for the
// event that it sets. That is enough: the I/O manager keeps the image until the routine has
// returned.
#include "common.h"

namespace {

KEVENT written;
PIO_WORKITEM item;

void NTAPI write_log(PDEVICE_OBJECT, void*) {
  KeSetEvent(&written, IO_NO_INCREMENT, FALSE);
}

void NTAPI unload(PDRIVER_OBJECT) {
  close_engine();
  unregister_callout();
  IoQueueWorkItem(item, write_log, DelayedWorkQueue, nullptr);
  KeWaitForSingleObject(&written, Executive, KernelMode, FALSE, nullptr);
  IoFreeWorkItem(item);
  delete_device();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  KeInitializeEvent(&written, NotificationEvent, FALSE);
  const NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) return status;
  item = IoAllocateWorkItem(device);
  if (item != nullptr) return STATUS_SUCCESS;
  take_down();
  return STATUS_INSUFFICIENT_RESOURCES;
}
