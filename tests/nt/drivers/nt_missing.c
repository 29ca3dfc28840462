// SPDX-License-Identifier: Apache-2.0
// Calls a kernel function that Drydock does not have.
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path) {
  return IoVolumeDeviceToDosName(driver, registry_path);
}
