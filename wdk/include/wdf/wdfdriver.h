// SPDX-License-Identifier: Apache-2.0
// The driver object of the framework.
#pragma once

#include "wdfobject.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef NTSTATUS NTAPI EVT_WDF_DRIVER_DEVICE_ADD(WDFDRIVER, PWDFDEVICE_INIT);
typedef EVT_WDF_DRIVER_DEVICE_ADD* PFN_WDF_DRIVER_DEVICE_ADD;
typedef VOID NTAPI EVT_WDF_DRIVER_UNLOAD(WDFDRIVER);
typedef EVT_WDF_DRIVER_UNLOAD* PFN_WDF_DRIVER_UNLOAD;
typedef NTSTATUS NTAPI EVT_WDF_TRACE_CALLBACK(UCHAR, PVOID, ULONG, PVOID, PVOID, PULONG);
typedef EVT_WDF_TRACE_CALLBACK* PFN_WDF_TRACE_CALLBACK;
typedef struct _WDF_DRIVER_CONFIG {
  ULONG Size;
  PFN_WDF_DRIVER_DEVICE_ADD EvtDriverDeviceAdd;
  PFN_WDF_DRIVER_UNLOAD EvtDriverUnload;
  ULONG DriverInitFlags;
  ULONG DriverPoolTag;
} WDF_DRIVER_CONFIG, *PWDF_DRIVER_CONFIG;

typedef struct _WDF_DRIVER_VERSION_AVAILABLE_PARAMS {
  ULONG Size;
  ULONG MajorVersion;
  ULONG MinorVersion;
} WDF_DRIVER_VERSION_AVAILABLE_PARAMS, *PWDF_DRIVER_VERSION_AVAILABLE_PARAMS;

FORCEINLINE VOID WDF_DRIVER_CONFIG_INIT(PWDF_DRIVER_CONFIG config,
                                        PFN_WDF_DRIVER_DEVICE_ADD evt_device_add) {
  __builtin_memset(config, 0, sizeof(*config));
  config->Size = sizeof(*config);
  config->EvtDriverDeviceAdd = evt_device_add;
}

typedef NTSTATUS(NTAPI* PFN_WDFDRIVERCREATE)(PWDF_DRIVER_GLOBALS, PDRIVER_OBJECT, PCUNICODE_STRING,
                                             PWDF_OBJECT_ATTRIBUTES, PWDF_DRIVER_CONFIG,
                                             WDFDRIVER*);
typedef PWSTR(NTAPI* PFN_WDFDRIVERGETREGISTRYPATH)(PWDF_DRIVER_GLOBALS, WDFDRIVER);
typedef PDRIVER_OBJECT(NTAPI* PFN_WDFDRIVERWDMGETDRIVEROBJECT)(PWDF_DRIVER_GLOBALS, WDFDRIVER);
typedef NTSTATUS(NTAPI* PFN_WDFDRIVEROPENPARAMETERSREGISTRYKEY)(PWDF_DRIVER_GLOBALS, WDFDRIVER,
                                                                ACCESS_MASK, PWDF_OBJECT_ATTRIBUTES,
                                                                WDFKEY*);
typedef WDFDRIVER(NTAPI* PFN_WDFWDMDRIVERGETWDFDRIVERHANDLE)(PWDF_DRIVER_GLOBALS, PDRIVER_OBJECT);
typedef NTSTATUS(NTAPI* PFN_WDFDRIVERREGISTERTRACEINFO)(PWDF_DRIVER_GLOBALS, PDRIVER_OBJECT,
                                                        PFN_WDF_TRACE_CALLBACK, PVOID);
typedef NTSTATUS(NTAPI* PFN_WDFDRIVERRETRIEVEVERSIONSTRING)(PWDF_DRIVER_GLOBALS, WDFDRIVER,
                                                            WDFSTRING);
typedef BOOLEAN(NTAPI* PFN_WDFDRIVERISVERSIONAVAILABLE)(PWDF_DRIVER_GLOBALS, WDFDRIVER,
                                                        PWDF_DRIVER_VERSION_AVAILABLE_PARAMS);
typedef NTSTATUS(NTAPI* PFN_WDFDRIVEROPENPERSISTENTSTATEREGISTRYKEY)(PWDF_DRIVER_GLOBALS, WDFDRIVER,
                                                                     ACCESS_MASK,
                                                                     PWDF_OBJECT_ATTRIBUTES,
                                                                     WDFKEY*);
typedef NTSTATUS(NTAPI* PFN_WDFDRIVERERRORREPORTAPIMISSING)(PWDF_DRIVER_GLOBALS, WDFDRIVER, PCWSTR,
                                                            ULONG, BOOLEAN);

#ifdef WDK_DRIVER
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfDriverCreate(PDRIVER_OBJECT DriverObject, PCUNICODE_STRING CunicodeString,
                    PWDF_OBJECT_ATTRIBUTES ObjectAttributes, PWDF_DRIVER_CONFIG DriverConfig,
                    WDFDRIVER* Driver) {
  return ((PFN_WDFDRIVERCREATE)WdfFunctions[WdfDriverCreateTableIndex])(
      WdfDriverGlobals, DriverObject, CunicodeString, ObjectAttributes, DriverConfig, Driver);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE PWSTR WdfDriverGetRegistryPath(WDFDRIVER Driver) {
  return ((PFN_WDFDRIVERGETREGISTRYPATH)WdfFunctions[WdfDriverGetRegistryPathTableIndex])(
      WdfDriverGlobals, Driver);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE PDRIVER_OBJECT
    WdfDriverWdmGetDriverObject(WDFDRIVER Driver) {
  return ((PFN_WDFDRIVERWDMGETDRIVEROBJECT)WdfFunctions[WdfDriverWdmGetDriverObjectTableIndex])(
      WdfDriverGlobals, Driver);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfDriverOpenParametersRegistryKey(WDFDRIVER Driver, ACCESS_MASK AccessMask,
                                       PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFKEY* Key) {
  return ((PFN_WDFDRIVEROPENPARAMETERSREGISTRYKEY)
              WdfFunctions[WdfDriverOpenParametersRegistryKeyTableIndex])(
      WdfDriverGlobals, Driver, AccessMask, ObjectAttributes, Key);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFDRIVER
    WdfWdmDriverGetWdfDriverHandle(PDRIVER_OBJECT DriverObject) {
  return (
      (PFN_WDFWDMDRIVERGETWDFDRIVERHANDLE)WdfFunctions[WdfWdmDriverGetWdfDriverHandleTableIndex])(
      WdfDriverGlobals, DriverObject);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfDriverRegisterTraceInfo(PDRIVER_OBJECT DriverObject,
                               PFN_WDF_TRACE_CALLBACK PfnWdfTraceCallback, PVOID Pointer) {
  return ((PFN_WDFDRIVERREGISTERTRACEINFO)WdfFunctions[WdfDriverRegisterTraceInfoTableIndex])(
      WdfDriverGlobals, DriverObject, PfnWdfTraceCallback, Pointer);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfDriverRetrieveVersionString(WDFDRIVER Driver, WDFSTRING String) {
  return (
      (PFN_WDFDRIVERRETRIEVEVERSIONSTRING)WdfFunctions[WdfDriverRetrieveVersionStringTableIndex])(
      WdfDriverGlobals, Driver, String);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE BOOLEAN
    WdfDriverIsVersionAvailable(WDFDRIVER Driver,
                                PWDF_DRIVER_VERSION_AVAILABLE_PARAMS DriverVersionAvailableParams) {
  return ((PFN_WDFDRIVERISVERSIONAVAILABLE)WdfFunctions[WdfDriverIsVersionAvailableTableIndex])(
      WdfDriverGlobals, Driver, DriverVersionAvailableParams);
}
_IRQL_requires_max_(PASSIVE_LEVEL)
    // KMDF 1.25 and later.
    FORCEINLINE NTSTATUS
    WdfDriverOpenPersistentStateRegistryKey(WDFDRIVER Driver, ACCESS_MASK AccessMask,
                                            PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFKEY* Key) {
  return ((PFN_WDFDRIVEROPENPERSISTENTSTATEREGISTRYKEY)
              WdfFunctions[WdfDriverOpenPersistentStateRegistryKeyTableIndex])(
      WdfDriverGlobals, Driver, AccessMask, ObjectAttributes, Key);
}
// KMDF 1.25 and later.
FORCEINLINE NTSTATUS WdfDriverErrorReportApiMissing(WDFDRIVER Driver, PCWSTR Cwstr, ULONG Ulong,
                                                    BOOLEAN Boolean) {
  return (
      (PFN_WDFDRIVERERRORREPORTAPIMISSING)WdfFunctions[WdfDriverErrorReportApiMissingTableIndex])(
      WdfDriverGlobals, Driver, Cwstr, Ulong, Boolean);
}
#endif

// For port and miniport drivers that own their unload routine; the entry stub must see the call to
// unbind after it.
typedef VOID(NTAPI* PFN_WDFDRIVERMINIPORTUNLOAD)(PWDF_DRIVER_GLOBALS, WDFDRIVER);
#ifdef WDK_DRIVER
#if KMDF_VERSION_MINOR >= 15
extern PFN_WDFDRIVERMINIPORTUNLOAD WdfDriverMiniportUnloadOverride;
FORCEINLINE VOID WdfDriverMiniportUnload(WDFDRIVER Driver) {
  WdfDriverMiniportUnloadOverride(WdfDriverGlobals, Driver);
}
#else
FORCEINLINE VOID WdfDriverMiniportUnload(WDFDRIVER Driver) {
  ((PFN_WDFDRIVERMINIPORTUNLOAD)WdfFunctions[WdfDriverMiniportUnloadTableIndex])(WdfDriverGlobals,
                                                                                 Driver);
}
#endif
#define WdfGetDriver() ((WDFDRIVER)WdfDriverGlobals->Driver)
#endif

#ifdef __cplusplus
}
#endif
