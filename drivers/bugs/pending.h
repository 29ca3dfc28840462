// SPDX-License-Identifier: Apache-2.0
// A callout that decides over connects and may hold one of them up, for drivers whose mistake lies
// in how they do that.
#pragma once

#include "common.h"

inline HANDLE pended;  // the one connect that is held up

inline bool is_reauthorization(const FWPS_INCOMING_VALUES0* values) {
  const UINT32 flags = values->incomingValue[FWPS_FIELD_ALE_AUTH_CONNECT_V4_FLAGS].value.uint32;
  return (flags & FWP_CONDITION_FLAG_IS_REAUTHORIZE) != 0;
}

inline void block_until_completed(FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_BLOCK;
  out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
  out->flags |= FWPS_CLASSIFY_OUT_FLAG_ABSORB;
}

// The first connect waits, all others pass.
inline void NTAPI hold_first_connect(const FWPS_INCOMING_VALUES0* values,
                                     const FWPS_INCOMING_METADATA_VALUES0* metadata, void*,
                                     const void*, const FWPS_FILTER3*, UINT64,
                                     FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_PERMIT;
  if (is_reauthorization(values) || pended != nullptr) return;
  if (NT_SUCCESS(FwpsPendOperation0(metadata->completionHandle, &pended))) {
    block_until_completed(out);
  }
}

// set_up() with a filter whose callout decides.
inline NTSTATUS set_up_deciding(PDRIVER_OBJECT driver, PDRIVER_UNLOAD unload, const GUID& layer,
                                FWPS_CALLOUT_CLASSIFY_FN3 classify) {
  driver->DriverUnload = unload;
  NTSTATUS status = create_device(driver);
  if (NT_SUCCESS(status)) status = register_callout(classify);
  if (NT_SUCCESS(status)) status = open_engine(FWPM_SESSION_FLAG_DYNAMIC);
  if (NT_SUCCESS(status)) status = attach_callout(layer, FWP_ACTION_CALLOUT_UNKNOWN);
  if (!NT_SUCCESS(status)) take_down();
  return status;
}
