// SPDX-License-Identifier: Apache-2.0
// LOAD-01: the last step of DriverEntry fails, because the link's name is taken. The error path
// deletes the device and forgets the callout; the unload routine, which would not, is never called.
#include "common.h"

namespace {

// Another device already has this one.
UNICODE_STRING taken_name = RTL_CONSTANT_STRING(L"\\Device\\DrydockBug");

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  driver->DriverUnload = unload;
  NTSTATUS status = create_device(driver);
  if (!NT_SUCCESS(status)) return status;
  status = register_callout(look_on);
  if (NT_SUCCESS(status)) status = IoCreateSymbolicLink(&taken_name, &device_name);
  if (!NT_SUCCESS(status)) {
#ifdef FIXED
    unregister_callout();
#endif
    delete_device();
  }
  return status;
}
