// SPDX-License-Identifier: Apache-2.0
// FLOW-01: the unload routine unregisters its callout once and returns, with contexts still on the
// flows. When those end, flowDeleteFn is called in an image that is gone.
#include "flows.h"

namespace {

void NTAPI unload(PDRIVER_OBJECT) {
  close_engine();
#ifdef FIXED
  forget_flows();
#endif
  FwpsCalloutUnregisterById0(callout_id);
  delete_device();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  start_flows();
  return set_up(driver, unload, FWPM_LAYER_ALE_FLOW_ESTABLISHED_V4, keep_every_flow, flow_deleted);
}
