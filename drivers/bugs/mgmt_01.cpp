// SPDX-License-Identifier: Apache-2.0
// MGMT-01: a filter with a terminating callout is added in a session that is not dynamic, and stays
// when the driver goes. From then on it blocks every connection: nobody answers for its callout.
#include "common.h"

namespace {

void NTAPI permit(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0*, void*,
                  const void*, const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  if (out->rights & FWPS_RIGHT_ACTION_WRITE) out->actionType = FWP_ACTION_PERMIT;
}

void NTAPI unload(PDRIVER_OBJECT) {
#ifdef FIXED
  FwpmFilterDeleteById0(engine, filter_id);
  FwpmCalloutDeleteByKey0(engine, &callout_key);
#endif
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  driver->DriverUnload = unload;
  NTSTATUS status = create_device(driver);
  if (NT_SUCCESS(status)) status = register_callout(permit);
  if (NT_SUCCESS(status)) status = open_engine(0);
  if (NT_SUCCESS(status))
    status = attach_callout(FWPM_LAYER_ALE_AUTH_CONNECT_V4, FWP_ACTION_CALLOUT_TERMINATING);
  if (!NT_SUCCESS(status)) take_down();
  return status;
}
