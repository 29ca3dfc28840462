// SPDX-License-Identifier: Apache-2.0
// PEND-03: the classifyFn does not look whether it is asked for the first time. When its own
// completion makes the stack ask again, it tries to pend again.
#include "pending.h"

namespace {

void NTAPI classify(const FWPS_INCOMING_VALUES0* values,
                    const FWPS_INCOMING_METADATA_VALUES0* metadata, void*, const void*,
                    const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  static bool held;
  static UINT64 held_endpoint;
  out->actionType = FWP_ACTION_PERMIT;
  if (held && metadata->transportEndpointHandle != held_endpoint) return;
#ifdef FIXED
  if (is_reauthorization(values)) return;
#else
  UNREFERENCED_PARAMETER(values);
#endif
  HANDLE context;
  if (!NT_SUCCESS(FwpsPendOperation0(metadata->completionHandle, &context))) return;
  held = true;
  held_endpoint = metadata->transportEndpointHandle;
  pended = context;
  block_until_completed(out);
}

void NTAPI unload(PDRIVER_OBJECT) {
  if (pended != nullptr) FwpsCompleteOperation0(pended, nullptr);
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up_deciding(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, classify);
}
