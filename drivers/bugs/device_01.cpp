// SPDX-License-Identifier: Apache-2.0
// DEVICE-01: the device object is left. The next start finds its name taken.
#include "common.h"

namespace {

void NTAPI unload(PDRIVER_OBJECT) {
  close_engine();
  unregister_callout();
#ifdef FIXED
  delete_device();
#endif
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
}
