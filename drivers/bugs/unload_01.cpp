// SPDX-License-Identifier: Apache-2.0
// UNLOAD-01: the unload routine closes its engine session and takes that for unregistering: the
// session held the filter, but the functions stay registered.
#include "common.h"

namespace {

void NTAPI unload(PDRIVER_OBJECT) {
  close_engine();
#ifdef FIXED
  unregister_callout();
#endif
  delete_device();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
}
