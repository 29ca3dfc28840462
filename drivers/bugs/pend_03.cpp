// SPDX-License-Identifier: Apache-2.0
// PEND-03: the classifyFn does not look whether it could pend. When its own completion makes the
// stack ask again, it is refused, and blocks as if somebody were to complete that as well.
#include "pending.h"

namespace {

void NTAPI classify(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0* metadata,
                    void*, const void*, const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  static bool held;
  static UINT64 held_endpoint;
  out->actionType = FWP_ACTION_PERMIT;
  if (held && metadata->transportEndpointHandle != held_endpoint) return;
  HANDLE context = nullptr;
  const NTSTATUS status = FwpsPendOperation0(metadata->completionHandle, &context);
#ifdef FIXED
  if (!NT_SUCCESS(status)) return;
#endif
  if (NT_SUCCESS(status)) {
    held = true;
    held_endpoint = metadata->transportEndpointHandle;
    pended = context;
  }
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
