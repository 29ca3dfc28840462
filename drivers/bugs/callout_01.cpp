// SPDX-License-Identifier: Apache-2.0
// CALLOUT-01: the callout is unregistered while flows still carry its contexts, and the answer
// STATUS_DEVICE_BUSY is not looked at. Removing the contexts afterwards is too late.
#include "flows.h"

namespace {

void NTAPI unload(PDRIVER_OBJECT) {
  close_engine();
#ifdef FIXED
  forget_flows();
  unregister_callout();
#else
  FwpsCalloutUnregisterById0(callout_id);
  forget_flows();
#endif
  delete_device();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  start_flows();
  return set_up(driver, unload, FWPM_LAYER_ALE_FLOW_ESTABLISHED_V4, keep_every_flow, flow_deleted);
}
