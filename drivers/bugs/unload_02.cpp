// SPDX-License-Identifier: Apache-2.0
// UNLOAD-02: the driver has no unload routine. It can be started and never stopped.
#include "common.h"

namespace {

#ifdef FIXED
void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
}
#else
constexpr PDRIVER_UNLOAD unload = nullptr;
#endif

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
}
