// SPDX-License-Identifier: Apache-2.0
// Windows Management Instrumentation through the framework.
#pragma once

#include "wdfdevice.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef NTSTATUS NTAPI EVT_WDF_WMI_PROVIDER_FUNCTION_CONTROL(WDFWMIPROVIDER,
                                                             WDF_WMI_PROVIDER_CONTROL, BOOLEAN);
typedef EVT_WDF_WMI_PROVIDER_FUNCTION_CONTROL* PFN_WDF_WMI_PROVIDER_FUNCTION_CONTROL;
typedef NTSTATUS NTAPI EVT_WDF_WMI_INSTANCE_QUERY_INSTANCE(WDFWMIINSTANCE, ULONG, PVOID, PULONG);
typedef EVT_WDF_WMI_INSTANCE_QUERY_INSTANCE* PFN_WDF_WMI_INSTANCE_QUERY_INSTANCE;
typedef NTSTATUS NTAPI EVT_WDF_WMI_INSTANCE_SET_INSTANCE(WDFWMIINSTANCE, ULONG, PVOID);
typedef EVT_WDF_WMI_INSTANCE_SET_INSTANCE* PFN_WDF_WMI_INSTANCE_SET_INSTANCE;
typedef NTSTATUS NTAPI EVT_WDF_WMI_INSTANCE_SET_ITEM(WDFWMIINSTANCE, ULONG, ULONG, PVOID);
typedef EVT_WDF_WMI_INSTANCE_SET_ITEM* PFN_WDF_WMI_INSTANCE_SET_ITEM;
typedef NTSTATUS NTAPI EVT_WDF_WMI_INSTANCE_EXECUTE_METHOD(WDFWMIINSTANCE, ULONG, ULONG, ULONG,
                                                           PVOID, PULONG);
typedef EVT_WDF_WMI_INSTANCE_EXECUTE_METHOD* PFN_WDF_WMI_INSTANCE_EXECUTE_METHOD;

typedef struct _WDF_WMI_PROVIDER_CONFIG {
  ULONG Size;
  GUID Guid;
  ULONG Flags;
  ULONG MinInstanceBufferSize;
  PFN_WDF_WMI_PROVIDER_FUNCTION_CONTROL EvtWmiProviderFunctionControl;
} WDF_WMI_PROVIDER_CONFIG, *PWDF_WMI_PROVIDER_CONFIG;

typedef struct _WDF_WMI_INSTANCE_CONFIG {
  ULONG Size;
  WDFWMIPROVIDER Provider;
  PWDF_WMI_PROVIDER_CONFIG ProviderConfig;
  BOOLEAN UseContextForQuery;
  BOOLEAN Register;
  PFN_WDF_WMI_INSTANCE_QUERY_INSTANCE EvtWmiInstanceQueryInstance;
  PFN_WDF_WMI_INSTANCE_SET_INSTANCE EvtWmiInstanceSetInstance;
  PFN_WDF_WMI_INSTANCE_SET_ITEM EvtWmiInstanceSetItem;
  PFN_WDF_WMI_INSTANCE_EXECUTE_METHOD EvtWmiInstanceExecuteMethod;
} WDF_WMI_INSTANCE_CONFIG, *PWDF_WMI_INSTANCE_CONFIG;

FORCEINLINE VOID WDF_WMI_PROVIDER_CONFIG_INIT(PWDF_WMI_PROVIDER_CONFIG config, const GUID* guid) {
  __builtin_memset(config, 0, sizeof(*config));
  config->Size = sizeof(*config);
  config->Guid = *guid;
}
FORCEINLINE VOID WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER(PWDF_WMI_INSTANCE_CONFIG config,
                                                       WDFWMIPROVIDER provider) {
  __builtin_memset(config, 0, sizeof(*config));
  config->Size = sizeof(*config);
  config->Provider = provider;
}
FORCEINLINE VOID WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER_CONFIG(PWDF_WMI_INSTANCE_CONFIG config,
                                                              PWDF_WMI_PROVIDER_CONFIG provider) {
  __builtin_memset(config, 0, sizeof(*config));
  config->Size = sizeof(*config);
  config->ProviderConfig = provider;
}

typedef NTSTATUS(NTAPI* PFN_WDFDEVICEASSIGNMOFRESOURCENAME)(PWDF_DRIVER_GLOBALS, WDFDEVICE,
                                                            PCUNICODE_STRING);
typedef NTSTATUS(NTAPI* PFN_WDFWMIPROVIDERCREATE)(PWDF_DRIVER_GLOBALS, WDFDEVICE,
                                                  PWDF_WMI_PROVIDER_CONFIG, PWDF_OBJECT_ATTRIBUTES,
                                                  WDFWMIPROVIDER*);
typedef WDFDEVICE(NTAPI* PFN_WDFWMIPROVIDERGETDEVICE)(PWDF_DRIVER_GLOBALS, WDFWMIPROVIDER);
typedef BOOLEAN(NTAPI* PFN_WDFWMIPROVIDERISENABLED)(PWDF_DRIVER_GLOBALS, WDFWMIPROVIDER,
                                                    WDF_WMI_PROVIDER_CONTROL);
typedef ULONGLONG(NTAPI* PFN_WDFWMIPROVIDERGETTRACINGHANDLE)(PWDF_DRIVER_GLOBALS, WDFWMIPROVIDER);
typedef NTSTATUS(NTAPI* PFN_WDFWMIINSTANCECREATE)(PWDF_DRIVER_GLOBALS, WDFDEVICE,
                                                  PWDF_WMI_INSTANCE_CONFIG, PWDF_OBJECT_ATTRIBUTES,
                                                  WDFWMIINSTANCE*);
typedef NTSTATUS(NTAPI* PFN_WDFWMIINSTANCEREGISTER)(PWDF_DRIVER_GLOBALS, WDFWMIINSTANCE);
typedef VOID(NTAPI* PFN_WDFWMIINSTANCEDEREGISTER)(PWDF_DRIVER_GLOBALS, WDFWMIINSTANCE);
typedef WDFDEVICE(NTAPI* PFN_WDFWMIINSTANCEGETDEVICE)(PWDF_DRIVER_GLOBALS, WDFWMIINSTANCE);
typedef WDFWMIPROVIDER(NTAPI* PFN_WDFWMIINSTANCEGETPROVIDER)(PWDF_DRIVER_GLOBALS, WDFWMIINSTANCE);
typedef NTSTATUS(NTAPI* PFN_WDFWMIINSTANCEFIREEVENT)(PWDF_DRIVER_GLOBALS, WDFWMIINSTANCE, ULONG,
                                                     PVOID);

#ifdef WDK_DRIVER
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfDeviceAssignMofResourceName(WDFDEVICE Device, PCUNICODE_STRING PcunicodeString) {
  return (
      (PFN_WDFDEVICEASSIGNMOFRESOURCENAME)WdfFunctions[WdfDeviceAssignMofResourceNameTableIndex])(
      WdfDriverGlobals, Device, PcunicodeString);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfWmiProviderCreate(WDFDEVICE Device, PWDF_WMI_PROVIDER_CONFIG WmiProviderConfig,
                         PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFWMIPROVIDER* Wmiprovider) {
  return ((PFN_WDFWMIPROVIDERCREATE)WdfFunctions[WdfWmiProviderCreateTableIndex])(
      WdfDriverGlobals, Device, WmiProviderConfig, ObjectAttributes, Wmiprovider);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFDEVICE
    WdfWmiProviderGetDevice(WDFWMIPROVIDER Wmiprovider) {
  return ((PFN_WDFWMIPROVIDERGETDEVICE)WdfFunctions[WdfWmiProviderGetDeviceTableIndex])(
      WdfDriverGlobals, Wmiprovider);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE BOOLEAN
    WdfWmiProviderIsEnabled(WDFWMIPROVIDER Wmiprovider,
                            WDF_WMI_PROVIDER_CONTROL WmiProviderControl) {
  return ((PFN_WDFWMIPROVIDERISENABLED)WdfFunctions[WdfWmiProviderIsEnabledTableIndex])(
      WdfDriverGlobals, Wmiprovider, WmiProviderControl);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE ULONGLONG
    WdfWmiProviderGetTracingHandle(WDFWMIPROVIDER Wmiprovider) {
  return (
      (PFN_WDFWMIPROVIDERGETTRACINGHANDLE)WdfFunctions[WdfWmiProviderGetTracingHandleTableIndex])(
      WdfDriverGlobals, Wmiprovider);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfWmiInstanceCreate(WDFDEVICE Device, PWDF_WMI_INSTANCE_CONFIG WmiInstanceConfig,
                         PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFWMIINSTANCE* Wmiinstance) {
  return ((PFN_WDFWMIINSTANCECREATE)WdfFunctions[WdfWmiInstanceCreateTableIndex])(
      WdfDriverGlobals, Device, WmiInstanceConfig, ObjectAttributes, Wmiinstance);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfWmiInstanceRegister(WDFWMIINSTANCE Wmiinstance) {
  return ((PFN_WDFWMIINSTANCEREGISTER)WdfFunctions[WdfWmiInstanceRegisterTableIndex])(
      WdfDriverGlobals, Wmiinstance);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE VOID
    WdfWmiInstanceDeregister(WDFWMIINSTANCE Wmiinstance) {
  ((PFN_WDFWMIINSTANCEDEREGISTER)WdfFunctions[WdfWmiInstanceDeregisterTableIndex])(WdfDriverGlobals,
                                                                                   Wmiinstance);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFDEVICE
    WdfWmiInstanceGetDevice(WDFWMIINSTANCE Wmiinstance) {
  return ((PFN_WDFWMIINSTANCEGETDEVICE)WdfFunctions[WdfWmiInstanceGetDeviceTableIndex])(
      WdfDriverGlobals, Wmiinstance);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFWMIPROVIDER
    WdfWmiInstanceGetProvider(WDFWMIINSTANCE Wmiinstance) {
  return ((PFN_WDFWMIINSTANCEGETPROVIDER)WdfFunctions[WdfWmiInstanceGetProviderTableIndex])(
      WdfDriverGlobals, Wmiinstance);
}
FORCEINLINE NTSTATUS WdfWmiInstanceFireEvent(WDFWMIINSTANCE Wmiinstance, ULONG Ulong, PVOID Pvoid) {
  return ((PFN_WDFWMIINSTANCEFIREEVENT)WdfFunctions[WdfWmiInstanceFireEventTableIndex])(
      WdfDriverGlobals, Wmiinstance, Ulong, Pvoid);
}
#endif

#ifdef __cplusplus
}
#endif
