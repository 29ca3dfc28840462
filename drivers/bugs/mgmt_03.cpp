// SPDX-License-Identifier: Apache-2.0
// MGMT-03: the engine handle is never closed. The dynamic session lives on, and with it the filter.
#include "common.h"

namespace {

void NTAPI unload(PDRIVER_OBJECT) {
#ifdef FIXED
  close_engine();
#endif
  unregister_callout();
  delete_device();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
}
