// SPDX-License-Identifier: Apache-2.0
// Compiles, and links against an import that nobody has.
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
NTKERNELAPI VOID KeNoSuchImport(VOID);

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path) {
  UNREFERENCED_PARAMETER(driver);
  UNREFERENCED_PARAMETER(path);
  KeNoSuchImport();
  return STATUS_SUCCESS;
}
