// SPDX-License-Identifier: Apache-2.0
// LOAD-02: DriverEntry fails after it has made its device and allocated its settings, and returns
// as if the unload routine would clean up. It is not called for a driver that never started.
#include "common.h"

namespace {

void* settings;

void clean_up() {
  take_down();
  if (settings != nullptr) release(settings);
}

void NTAPI unload(PDRIVER_OBJECT) {
  clean_up();
}

// The second use of the name collides with the first.
NTSTATUS create_second_device(PDRIVER_OBJECT driver) {
  PDEVICE_OBJECT second;
  return IoCreateDevice(driver, 0, &device_name, FILE_DEVICE_NETWORK, 0, FALSE, &second);
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  driver->DriverUnload = unload;
  NTSTATUS status = create_device(driver);
  if (!NT_SUCCESS(status)) return status;
  settings = allocate(64);
  status = create_second_device(driver);
#ifdef FIXED
  if (!NT_SUCCESS(status)) clean_up();
#endif
  return status;
}
