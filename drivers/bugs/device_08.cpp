// SPDX-License-Identifier: Apache-2.0
// DEVICE-08: the driver registers itself as a provider of trace events and never unregisters.
#include "common.h"

namespace {

constexpr GUID provider = {
    0x0b5a1f7e, 0x51d0, 0x4c0e, {0x9d, 0x3c, 0x22, 0x6e, 0x7d, 0x4b, 0x10, 0x88}};
REGHANDLE registration;

void NTAPI unload(PDRIVER_OBJECT) {
#ifdef FIXED
  EtwUnregister(registration);
#endif
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) return status;
  status = EtwRegister(&provider, nullptr, nullptr, &registration);
  if (!NT_SUCCESS(status)) take_down();
  return status;
}
