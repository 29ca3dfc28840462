// SPDX-License-Identifier: Apache-2.0
// INJECT-08: the redirect handle that is made for a proxy is never destroyed.
#include "common.h"

namespace {

DEFINE_GUID(provider_key, 0x2b1d7e44, 0x93c0, 0x4f0a, 0x8d, 0x11, 0x6a, 0x5e, 0x02, 0xc7, 0x39,
            0xb8);

HANDLE redirect;

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
#ifdef FIXED
  FwpsRedirectHandleDestroy0(redirect);
#endif
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  NTSTATUS status = FwpsRedirectHandleCreate0(&provider_key, 0, &redirect);
  if (!NT_SUCCESS(status)) return status;
  status = set_up(driver, unload, FWPM_LAYER_ALE_CONNECT_REDIRECT_V4, look_on);
  if (!NT_SUCCESS(status)) FwpsRedirectHandleDestroy0(redirect);
  return status;
}
