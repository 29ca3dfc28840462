// SPDX-License-Identifier: Apache-2.0
// PEND-04: the classify handle that a redirecting callout acquires is released only on the path
// that redirects, which is not the one taken.
#include "pending.h"

namespace {

void NTAPI classify(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0*, void*,
                    const void* context, const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_PERMIT;
  UINT64 handle;
  if (!NT_SUCCESS(FwpsAcquireClassifyHandle0(const_cast<void*>(context), 0, &handle))) return;
#ifdef FIXED
  FwpsReleaseClassifyHandle0(handle);
#endif
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up_deciding(driver, unload, FWPM_LAYER_ALE_CONNECT_REDIRECT_V4, classify);
}
