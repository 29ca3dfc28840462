// SPDX-License-Identifier: Apache-2.0
// DEVICE-03: the symbolic link outlives the device that it points to.
#include "common.h"

namespace {

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
#ifdef FIXED
  IoDeleteSymbolicLink(&link_name);
#endif
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) return status;
  status = IoCreateSymbolicLink(&link_name, &device_name);
  if (!NT_SUCCESS(status)) take_down();
  return status;
}
