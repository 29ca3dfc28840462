// SPDX-License-Identifier: Apache-2.0
// IRPs that a framework driver sees before the framework does, and names, states and properties of
// devices.
#pragma once

#include "wdfio.h"
#include "wdfmisc.h"
#include "wdfstates.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef NTSTATUS NTAPI EVT_WDFDEVICE_WDM_IRP_PREPROCESS(WDFDEVICE, PIRP);
typedef EVT_WDFDEVICE_WDM_IRP_PREPROCESS* PFN_WDFDEVICE_WDM_IRP_PREPROCESS;
typedef NTSTATUS NTAPI EVT_WDFDEVICE_WDM_IRP_DISPATCH(WDFDEVICE, UCHAR, UCHAR, ULONG, WDFCONTEXT,
                                                      PIRP, WDFCONTEXT);
typedef EVT_WDFDEVICE_WDM_IRP_DISPATCH* PFN_WDFDEVICE_WDM_IRP_DISPATCH;

typedef PVOID(NTAPI* PFN_WDFGETTRIAGEINFO)(PWDF_DRIVER_GLOBALS);
typedef VOID(NTAPI* PFN_WDFVERIFIERDBGBREAKPOINT)(PWDF_DRIVER_GLOBALS);
typedef VOID(NTAPI* PFN_WDFVERIFIERKEBUGCHECK)(PWDF_DRIVER_GLOBALS, ULONG, ULONG_PTR, ULONG_PTR,
                                               ULONG_PTR, ULONG_PTR);
typedef NTSTATUS(NTAPI* PFN_WDFDEVICERETRIEVEDEVICENAME)(PWDF_DRIVER_GLOBALS, WDFDEVICE, WDFSTRING);
typedef VOID(NTAPI* PFN_WDFDEVICESETSPECIALFILESUPPORT)(PWDF_DRIVER_GLOBALS, WDFDEVICE,
                                                        WDF_SPECIAL_FILE_TYPE, BOOLEAN);
typedef WDF_DEVICE_PNP_STATE(NTAPI* PFN_WDFDEVICEGETDEVICEPNPSTATE)(PWDF_DRIVER_GLOBALS, WDFDEVICE);
typedef WDF_DEVICE_POWER_STATE(NTAPI* PFN_WDFDEVICEGETDEVICEPOWERSTATE)(PWDF_DRIVER_GLOBALS,
                                                                        WDFDEVICE);
typedef WDF_DEVICE_POWER_POLICY_STATE(NTAPI* PFN_WDFDEVICEGETDEVICEPOWERPOLICYSTATE)(
    PWDF_DRIVER_GLOBALS, WDFDEVICE);
typedef NTSTATUS(NTAPI* PFN_WDFDEVICEINITASSIGNWDMIRPPREPROCESSCALLBACK)(
    PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT, PFN_WDFDEVICE_WDM_IRP_PREPROCESS, UCHAR, PUCHAR, ULONG);
typedef NTSTATUS(NTAPI* PFN_WDFDEVICEWDMDISPATCHPREPROCESSEDIRP)(PWDF_DRIVER_GLOBALS, WDFDEVICE,
                                                                 PIRP);
typedef NTSTATUS(NTAPI* PFN_WDFDEVICECONFIGUREWDMIRPDISPATCHCALLBACK)(
    PWDF_DRIVER_GLOBALS, WDFDEVICE, WDFDRIVER, UCHAR, PFN_WDFDEVICE_WDM_IRP_DISPATCH, WDFCONTEXT);
typedef NTSTATUS(NTAPI* PFN_WDFDEVICEWDMDISPATCHIRP)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PIRP,
                                                     WDFCONTEXT);
typedef NTSTATUS(NTAPI* PFN_WDFDEVICEWDMDISPATCHIRPTOIOQUEUE)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PIRP,
                                                              WDFQUEUE, ULONG);

#ifdef WDK_DRIVER
// KMDF 1.11 and later.
FORCEINLINE PVOID WdfGetTriageInfo(VOID) {
  return ((PFN_WDFGETTRIAGEINFO)WdfFunctions[WdfGetTriageInfoTableIndex])(WdfDriverGlobals);
}
FORCEINLINE VOID WdfVerifierDbgBreakPoint(VOID) {
  ((PFN_WDFVERIFIERDBGBREAKPOINT)WdfFunctions[WdfVerifierDbgBreakPointTableIndex])(
      WdfDriverGlobals);
}
FORCEINLINE VOID WdfVerifierKeBugCheck(ULONG Ulong, ULONG_PTR UlongPtr, ULONG_PTR UlongPtr2,
                                       ULONG_PTR UlongPtr3, ULONG_PTR UlongPtr4) {
  ((PFN_WDFVERIFIERKEBUGCHECK)WdfFunctions[WdfVerifierKeBugCheckTableIndex])(
      WdfDriverGlobals, Ulong, UlongPtr, UlongPtr2, UlongPtr3, UlongPtr4);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfDeviceRetrieveDeviceName(WDFDEVICE Device, WDFSTRING String) {
  return ((PFN_WDFDEVICERETRIEVEDEVICENAME)WdfFunctions[WdfDeviceRetrieveDeviceNameTableIndex])(
      WdfDriverGlobals, Device, String);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfDeviceSetSpecialFileSupport(WDFDEVICE Device, WDF_SPECIAL_FILE_TYPE SpecialFileType,
                                   BOOLEAN Boolean) {
  ((PFN_WDFDEVICESETSPECIALFILESUPPORT)WdfFunctions[WdfDeviceSetSpecialFileSupportTableIndex])(
      WdfDriverGlobals, Device, SpecialFileType, Boolean);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDF_DEVICE_PNP_STATE
    WdfDeviceGetDevicePnpState(WDFDEVICE Device) {
  return ((PFN_WDFDEVICEGETDEVICEPNPSTATE)WdfFunctions[WdfDeviceGetDevicePnpStateTableIndex])(
      WdfDriverGlobals, Device);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDF_DEVICE_POWER_STATE
    WdfDeviceGetDevicePowerState(WDFDEVICE Device) {
  return ((PFN_WDFDEVICEGETDEVICEPOWERSTATE)WdfFunctions[WdfDeviceGetDevicePowerStateTableIndex])(
      WdfDriverGlobals, Device);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDF_DEVICE_POWER_POLICY_STATE
    WdfDeviceGetDevicePowerPolicyState(WDFDEVICE Device) {
  return ((PFN_WDFDEVICEGETDEVICEPOWERPOLICYSTATE)
              WdfFunctions[WdfDeviceGetDevicePowerPolicyStateTableIndex])(WdfDriverGlobals, Device);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfDeviceInitAssignWdmIrpPreprocessCallback(
        PWDFDEVICE_INIT DeviceInit, PFN_WDFDEVICE_WDM_IRP_PREPROCESS WdfdeviceWdmIrpPreprocess,
        UCHAR Uchar, PUCHAR Puchar, ULONG Ulong) {
  return ((PFN_WDFDEVICEINITASSIGNWDMIRPPREPROCESSCALLBACK)
              WdfFunctions[WdfDeviceInitAssignWdmIrpPreprocessCallbackTableIndex])(
      WdfDriverGlobals, DeviceInit, WdfdeviceWdmIrpPreprocess, Uchar, Puchar, Ulong);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfDeviceWdmDispatchPreprocessedIrp(WDFDEVICE Device, PIRP Pirp) {
  return ((PFN_WDFDEVICEWDMDISPATCHPREPROCESSEDIRP)
              WdfFunctions[WdfDeviceWdmDispatchPreprocessedIrpTableIndex])(WdfDriverGlobals, Device,
                                                                           Pirp);
}
// KMDF 1.11 and later.
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfDeviceConfigureWdmIrpDispatchCallback(WDFDEVICE Device, WDFDRIVER Driver, UCHAR Uchar,
                                             PFN_WDFDEVICE_WDM_IRP_DISPATCH WdfdeviceWdmIrpDispatch,
                                             WDFCONTEXT Context) {
  return ((PFN_WDFDEVICECONFIGUREWDMIRPDISPATCHCALLBACK)
              WdfFunctions[WdfDeviceConfigureWdmIrpDispatchCallbackTableIndex])(
      WdfDriverGlobals, Device, Driver, Uchar, WdfdeviceWdmIrpDispatch, Context);
}
// KMDF 1.11 and later.
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfDeviceWdmDispatchIrp(WDFDEVICE Device, PIRP Pirp, WDFCONTEXT Context) {
  return ((PFN_WDFDEVICEWDMDISPATCHIRP)WdfFunctions[WdfDeviceWdmDispatchIrpTableIndex])(
      WdfDriverGlobals, Device, Pirp, Context);
}
// KMDF 1.11 and later.
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfDeviceWdmDispatchIrpToIoQueue(WDFDEVICE Device, PIRP Pirp, WDFQUEUE Queue, ULONG Ulong) {
  return ((PFN_WDFDEVICEWDMDISPATCHIRPTOIOQUEUE)
              WdfFunctions[WdfDeviceWdmDispatchIrpToIoQueueTableIndex])(WdfDriverGlobals, Device,
                                                                        Pirp, Queue, Ulong);
}
#endif

#ifdef __cplusplus
}
#endif
