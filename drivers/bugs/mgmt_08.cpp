// SPDX-License-Identifier: Apache-2.0
// MGMT-08: unload closes the engine and ends the subscription to its state last. When the filter
// engine's service is restarted in between, the callback opens the engine anew, for nobody.
#include "common.h"

namespace {

HANDLE subscription;

// The service went away with the session, or it is there again.
void NTAPI service_state_changed(void*, FWPM_SERVICE_STATE state) {
  if (state == FWPM_SERVICE_STOPPED) close_engine();
  if (state != FWPM_SERVICE_RUNNING || engine != nullptr) return;
  if (NT_SUCCESS(open_engine(FWPM_SESSION_FLAG_DYNAMIC)))
    attach_callout(FWPM_LAYER_ALE_AUTH_CONNECT_V4);
}

void NTAPI unload(PDRIVER_OBJECT) {
#ifdef FIXED
  FwpmBfeStateUnsubscribeChanges0(subscription);
  close_engine();
  sleep(100);  // for whoever is still inside
#else
  close_engine();
  sleep(100);
  FwpmBfeStateUnsubscribeChanges0(subscription);
#endif
  unregister_callout();
  delete_device();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) return status;
  status = FwpmBfeStateSubscribeChanges0(device, service_state_changed, nullptr, &subscription);
  if (!NT_SUCCESS(status)) take_down();
  return status;
}
