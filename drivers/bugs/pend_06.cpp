// SPDX-License-Identifier: Apache-2.0
// PEND-06: writable layer data are acquired, found to be right as they are, and not applied.
#include "pending.h"

namespace {

void NTAPI classify(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0*, void*,
                    const void* context, const FWPS_FILTER3* filter, UINT64,
                    FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_PERMIT;
  UINT64 handle;
  if (!NT_SUCCESS(FwpsAcquireClassifyHandle0(const_cast<void*>(context), 0, &handle))) return;
  PVOID data = nullptr;
  const NTSTATUS status =
      FwpsAcquireWritableLayerDataPointer0(handle, filter->filterId, 0, &data, out);
#ifdef FIXED
  if (NT_SUCCESS(status)) FwpsApplyModifiedLayerData0(handle, data, 0);
#else
  UNREFERENCED_PARAMETER(status);
#endif
  FwpsReleaseClassifyHandle0(handle);
  out->actionType = FWP_ACTION_PERMIT;
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up_deciding(driver, unload, FWPM_LAYER_ALE_CONNECT_REDIRECT_V4, classify);
}
