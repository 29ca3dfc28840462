// SPDX-License-Identifier: Apache-2.0
// PEND-02: the unload routine completes the connect that it finds pended, and then, to be sure,
// completes it once more.
#include "pending.h"

namespace {

void NTAPI unload(PDRIVER_OBJECT) {
  if (pended != nullptr) {
    FwpsCompleteOperation0(pended, nullptr);
#ifndef FIXED
    FwpsCompleteOperation0(pended, nullptr);
#endif
  }
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up_deciding(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, hold_first_connect);
}
