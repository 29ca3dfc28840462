// SPDX-License-Identifier: Apache-2.0
// Asks for what no kit has: build-driver must name each thing in one line.
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path) {
  UNREFERENCED_PARAMETER(path);
  driver->NoSuchMember = 0;
  ZwNoSuchService(driver);
  return STATUS_NO_SUCH_STATUS;
}
