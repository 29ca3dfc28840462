// SPDX-License-Identifier: Apache-2.0
// MGMT-07: the driver asks to hear when the filter engine's service stops or starts, and never says
// that it is not interested any more.
#include "common.h"

namespace {

HANDLE subscription;

void NTAPI service_state_changed(void*, FWPM_SERVICE_STATE) {}

void NTAPI unload(PDRIVER_OBJECT) {
#ifdef FIXED
  FwpmBfeStateUnsubscribeChanges0(subscription);
#endif
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) return status;
  status = FwpmBfeStateSubscribeChanges0(device, service_state_changed, nullptr, &subscription);
  if (!NT_SUCCESS(status)) take_down();
  return status;
}
