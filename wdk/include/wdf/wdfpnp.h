// SPDX-License-Identifier: Apache-2.0
// Plug and Play: what only devices of the PnP manager have.
#pragma once

#include "wdfdevice.h"
#include "wdfmisc.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PLUGPLAY_REGKEY_DEVICE 1
#define PLUGPLAY_REGKEY_DRIVER 2

typedef NTSTATUS(NTAPI* PFN_WDFDEVICEOPENREGISTRYKEY)(PWDF_DRIVER_GLOBALS, WDFDEVICE, ULONG,
                                                      ACCESS_MASK, PWDF_OBJECT_ATTRIBUTES, WDFKEY*);

#ifdef WDK_DRIVER
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfDeviceOpenRegistryKey(WDFDEVICE Device, ULONG Ulong, ACCESS_MASK AccessMask,
                             PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFKEY* Key) {
  return ((PFN_WDFDEVICEOPENREGISTRYKEY)WdfFunctions[WdfDeviceOpenRegistryKeyTableIndex])(
      WdfDriverGlobals, Device, Ulong, AccessMask, ObjectAttributes, Key);
}
#endif

#ifdef __cplusplus
}
#endif
