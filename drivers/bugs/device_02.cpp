// SPDX-License-Identifier: Apache-2.0
// DEVICE-02: the device goes before the callout that was registered with it.
#include "common.h"

namespace {

void NTAPI unload(PDRIVER_OBJECT) {
  close_engine();
#ifdef FIXED
  unregister_callout();
  delete_device();
#else
  delete_device();
  unregister_callout();
#endif
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
}
