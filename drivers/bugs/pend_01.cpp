// SPDX-License-Identifier: Apache-2.0
// PEND-01: a connect is pended and never completed. Its application waits for ever.
#include "pending.h"

namespace {

void NTAPI unload(PDRIVER_OBJECT) {
#ifdef FIXED
  if (pended != nullptr) FwpsCompleteOperation0(pended, nullptr);
#endif
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up_deciding(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, hold_first_connect);
}
