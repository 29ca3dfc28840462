// SPDX-License-Identifier: Apache-2.0
// The smallest loadable and unloadable driver; C, to prove that the headers are C.
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD unload;

static VOID unload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  DbgPrint("trivial: unloaded\n");
}

__attribute__((section("INIT"))) NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject,
                                                      PUNICODE_STRING RegistryPath) {
  DbgPrint("trivial: loaded from %wZ\n", RegistryPath);
  DriverObject->DriverUnload = unload;
  return STATUS_SUCCESS;
}
