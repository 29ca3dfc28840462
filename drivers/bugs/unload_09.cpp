// SPDX-License-Identifier: Apache-2.0
// UNLOAD-09: a driver that cannot be sure to have everything back stops the machine.
#include "common.h"

namespace {

[[maybe_unused]] constexpr ULONG manually_initiated_crash = 0xe2;

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
#ifndef FIXED
  KeBugCheckEx(manually_initiated_crash, 0, 0, 0, 0);
#endif
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
}
