// SPDX-License-Identifier: Apache-2.0
// CALLOUT-04: unregistered by id, and once more by key.
#include "common.h"

namespace {

void NTAPI unload(PDRIVER_OBJECT) {
  close_engine();
  unregister_callout();
#ifndef FIXED
  FwpsCalloutUnregisterByKey0(&callout_key);
#endif
  delete_device();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
}
