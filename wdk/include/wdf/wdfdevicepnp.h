// SPDX-License-Identifier: Apache-2.0
// Plug and play and power functions of framework devices. Made from the KMDF function table.
#pragma once

#include "wdfhardware.h"

#ifdef WDK_DRIVER

#ifdef __cplusplus
extern "C" {
#endif

FORCEINLINE NTSTATUS WdfDeviceAddDependentUsageDeviceObject(WDFDEVICE Device,
                                                            PDEVICE_OBJECT DeviceObject) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PDEVICE_OBJECT))
              WdfFunctions[WdfDeviceAddDependentUsageDeviceObjectTableIndex])(WdfDriverGlobals,
                                                                              Device, DeviceObject);
}
FORCEINLINE NTSTATUS WdfDeviceAddRemovalRelationsPhysicalDevice(WDFDEVICE Device,
                                                                PDEVICE_OBJECT DeviceObject) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PDEVICE_OBJECT))
              WdfFunctions[WdfDeviceAddRemovalRelationsPhysicalDeviceTableIndex])(
      WdfDriverGlobals, Device, DeviceObject);
}
FORCEINLINE VOID WdfDeviceRemoveRemovalRelationsPhysicalDevice(WDFDEVICE Device,
                                                               PDEVICE_OBJECT DeviceObject) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PDEVICE_OBJECT))
       WdfFunctions[WdfDeviceRemoveRemovalRelationsPhysicalDeviceTableIndex])(WdfDriverGlobals,
                                                                              Device, DeviceObject);
}
FORCEINLINE VOID WdfDeviceClearRemovalRelationsDevices(WDFDEVICE Device) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS,
                 WDFDEVICE))WdfFunctions[WdfDeviceClearRemovalRelationsDevicesTableIndex])(
      WdfDriverGlobals, Device);
}
FORCEINLINE NTSTATUS WdfDeviceAssignS0IdleSettings(
    WDFDEVICE Device, PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS DevicePowerPolicyIdleSettings) {
  return ((PFN_WDFDEVICEASSIGNS0IDLESETTINGS)WdfFunctions[WdfDeviceAssignS0IdleSettingsTableIndex])(
      WdfDriverGlobals, Device, DevicePowerPolicyIdleSettings);
}
FORCEINLINE NTSTATUS WdfDeviceAssignSxWakeSettings(
    WDFDEVICE Device, PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS DevicePowerPolicyWakeSettings) {
  return ((PFN_WDFDEVICEASSIGNSXWAKESETTINGS)WdfFunctions[WdfDeviceAssignSxWakeSettingsTableIndex])(
      WdfDriverGlobals, Device, DevicePowerPolicyWakeSettings);
}
FORCEINLINE VOID WdfDeviceInitSetPnpPowerEventCallbacks(
    PWDFDEVICE_INIT DeviceInit, PWDF_PNPPOWER_EVENT_CALLBACKS PnppowerEventCallbacks) {
  ((PFN_WDFDEVICEINITSETPNPPOWEREVENTCALLBACKS)
       WdfFunctions[WdfDeviceInitSetPnpPowerEventCallbacksTableIndex])(WdfDriverGlobals, DeviceInit,
                                                                       PnppowerEventCallbacks);
}
FORCEINLINE VOID WdfDeviceInitSetPowerPolicyEventCallbacks(
    PWDFDEVICE_INIT DeviceInit, PWDF_POWER_POLICY_EVENT_CALLBACKS PowerPolicyEventCallbacks) {
  ((PFN_WDFDEVICEINITSETPOWERPOLICYEVENTCALLBACKS)
       WdfFunctions[WdfDeviceInitSetPowerPolicyEventCallbacksTableIndex])(
      WdfDriverGlobals, DeviceInit, PowerPolicyEventCallbacks);
}
FORCEINLINE VOID WdfDeviceInitSetPowerPolicyOwnership(PWDFDEVICE_INIT DeviceInit, BOOLEAN Boolean) {
  ((PFN_WDFDEVICEINITSETPOWERPOLICYOWNERSHIP)
       WdfFunctions[WdfDeviceInitSetPowerPolicyOwnershipTableIndex])(WdfDriverGlobals, DeviceInit,
                                                                     Boolean);
}
FORCEINLINE NTSTATUS WdfDeviceInitRegisterPnpStateChangeCallback(
    PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_PNP_STATE DevicePnpState,
    PFN_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION DevicePnpStateChangeNotification, ULONG Ulong) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT, WDF_DEVICE_PNP_STATE,
                            PFN_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION, ULONG))
              WdfFunctions[WdfDeviceInitRegisterPnpStateChangeCallbackTableIndex])(
      WdfDriverGlobals, DeviceInit, DevicePnpState, DevicePnpStateChangeNotification, Ulong);
}
FORCEINLINE NTSTATUS WdfDeviceInitRegisterPowerStateChangeCallback(
    PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_POWER_STATE DevicePowerState,
    PFN_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION DevicePowerStateChangeNotification,
    ULONG Ulong) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT, WDF_DEVICE_POWER_STATE,
                            PFN_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION, ULONG))
              WdfFunctions[WdfDeviceInitRegisterPowerStateChangeCallbackTableIndex])(
      WdfDriverGlobals, DeviceInit, DevicePowerState, DevicePowerStateChangeNotification, Ulong);
}
FORCEINLINE NTSTATUS WdfDeviceInitRegisterPowerPolicyStateChangeCallback(
    PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_POWER_POLICY_STATE DevicePowerPolicyState,
    PFN_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION DevicePowerPolicyStateChangeNotification,
    ULONG Ulong) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT, WDF_DEVICE_POWER_POLICY_STATE,
                            PFN_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION, ULONG))
              WdfFunctions[WdfDeviceInitRegisterPowerPolicyStateChangeCallbackTableIndex])(
      WdfDriverGlobals, DeviceInit, DevicePowerPolicyState,
      DevicePowerPolicyStateChangeNotification, Ulong);
}
FORCEINLINE VOID WdfDeviceInitSetPowerNotPageable(PWDFDEVICE_INIT DeviceInit) {
  ((PFN_WDFDEVICEINITSETPOWERNOTPAGEABLE)WdfFunctions[WdfDeviceInitSetPowerNotPageableTableIndex])(
      WdfDriverGlobals, DeviceInit);
}
FORCEINLINE VOID WdfDeviceInitSetPowerPageable(PWDFDEVICE_INIT DeviceInit) {
  ((PFN_WDFDEVICEINITSETPOWERPAGEABLE)WdfFunctions[WdfDeviceInitSetPowerPageableTableIndex])(
      WdfDriverGlobals, DeviceInit);
}
FORCEINLINE VOID WdfDeviceInitSetPowerInrush(PWDFDEVICE_INIT DeviceInit) {
  ((PFN_WDFDEVICEINITSETPOWERINRUSH)WdfFunctions[WdfDeviceInitSetPowerInrushTableIndex])(
      WdfDriverGlobals, DeviceInit);
}
FORCEINLINE VOID WdfDeviceSetStaticStopRemove(WDFDEVICE Device, BOOLEAN Boolean) {
  ((PFN_WDFDEVICESETSTATICSTOPREMOVE)WdfFunctions[WdfDeviceSetStaticStopRemoveTableIndex])(
      WdfDriverGlobals, Device, Boolean);
}
FORCEINLINE NTSTATUS WdfDeviceCreateDeviceInterface(WDFDEVICE Device, CONST GUID* Constguid,
                                                    PCUNICODE_STRING CunicodeString) {
  return (
      (PFN_WDFDEVICECREATEDEVICEINTERFACE)WdfFunctions[WdfDeviceCreateDeviceInterfaceTableIndex])(
      WdfDriverGlobals, Device, Constguid, CunicodeString);
}
FORCEINLINE VOID WdfDeviceSetDeviceInterfaceState(WDFDEVICE Device, CONST GUID* Constguid,
                                                  PCUNICODE_STRING CunicodeString,
                                                  BOOLEAN Boolean) {
  ((PFN_WDFDEVICESETDEVICEINTERFACESTATE)WdfFunctions[WdfDeviceSetDeviceInterfaceStateTableIndex])(
      WdfDriverGlobals, Device, Constguid, CunicodeString, Boolean);
}
FORCEINLINE NTSTATUS WdfDeviceRetrieveDeviceInterfaceString(WDFDEVICE Device, CONST GUID* Constguid,
                                                            PCUNICODE_STRING CunicodeString,
                                                            WDFSTRING String) {
  return ((PFN_WDFDEVICERETRIEVEDEVICEINTERFACESTRING)
              WdfFunctions[WdfDeviceRetrieveDeviceInterfaceStringTableIndex])(
      WdfDriverGlobals, Device, Constguid, CunicodeString, String);
}
FORCEINLINE NTSTATUS WdfDeviceQueryProperty(WDFDEVICE Device,
                                            DEVICE_REGISTRY_PROPERTY DeviceRegistryProperty,
                                            ULONG Ulong1, PVOID Void, PULONG Ulong2) {
  return ((PFN_WDFDEVICEQUERYPROPERTY)WdfFunctions[WdfDeviceQueryPropertyTableIndex])(
      WdfDriverGlobals, Device, DeviceRegistryProperty, Ulong1, Void, Ulong2);
}
FORCEINLINE NTSTATUS WdfDeviceAllocAndQueryProperty(WDFDEVICE Device,
                                                    DEVICE_REGISTRY_PROPERTY DeviceRegistryProperty,
                                                    POOL_TYPE OolType,
                                                    PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                                                    WDFMEMORY* Memory) {
  return (
      (PFN_WDFDEVICEALLOCANDQUERYPROPERTY)WdfFunctions[WdfDeviceAllocAndQueryPropertyTableIndex])(
      WdfDriverGlobals, Device, DeviceRegistryProperty, OolType, ObjectAttributes, Memory);
}
FORCEINLINE VOID WdfDeviceSetPnpCapabilities(WDFDEVICE Device,
                                             PWDF_DEVICE_PNP_CAPABILITIES DevicePnpCapabilities) {
  ((PFN_WDFDEVICESETPNPCAPABILITIES)WdfFunctions[WdfDeviceSetPnpCapabilitiesTableIndex])(
      WdfDriverGlobals, Device, DevicePnpCapabilities);
}
FORCEINLINE VOID WdfDeviceSetPowerCapabilities(
    WDFDEVICE Device, PWDF_DEVICE_POWER_CAPABILITIES DevicePowerCapabilities) {
  ((PFN_WDFDEVICESETPOWERCAPABILITIES)WdfFunctions[WdfDeviceSetPowerCapabilitiesTableIndex])(
      WdfDriverGlobals, Device, DevicePowerCapabilities);
}
FORCEINLINE VOID WdfDeviceSetBusInformationForChildren(WDFDEVICE Device,
                                                       PPNP_BUS_INFORMATION PnpBusInformation) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PPNP_BUS_INFORMATION))
       WdfFunctions[WdfDeviceSetBusInformationForChildrenTableIndex])(WdfDriverGlobals, Device,
                                                                      PnpBusInformation);
}
FORCEINLINE NTSTATUS WdfDeviceIndicateWakeStatus(WDFDEVICE Device, NTSTATUS Ntstatus) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE,
                            NTSTATUS))WdfFunctions[WdfDeviceIndicateWakeStatusTableIndex])(
      WdfDriverGlobals, Device, Ntstatus);
}
FORCEINLINE VOID WdfDeviceSetFailed(WDFDEVICE Device, WDF_DEVICE_FAILED_ACTION DeviceFailedAction) {
  ((PFN_WDFDEVICESETFAILED)WdfFunctions[WdfDeviceSetFailedTableIndex])(WdfDriverGlobals, Device,
                                                                       DeviceFailedAction);
}
FORCEINLINE NTSTATUS WdfDeviceStopIdleNoTrack(WDFDEVICE Device, BOOLEAN Boolean) {
  return ((PFN_WDFDEVICESTOPIDLENOTRACK)WdfFunctions[WdfDeviceStopIdleNoTrackTableIndex])(
      WdfDriverGlobals, Device, Boolean);
}
FORCEINLINE VOID WdfDeviceResumeIdleNoTrack(WDFDEVICE Device) {
  ((PFN_WDFDEVICERESUMEIDLENOTRACK)WdfFunctions[WdfDeviceResumeIdleNoTrackTableIndex])(
      WdfDriverGlobals, Device);
}
FORCEINLINE NTSTATUS WdfDeviceMiniportCreate(WDFDRIVER Driver,
                                             PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                                             PDEVICE_OBJECT DeviceObject1,
                                             PDEVICE_OBJECT DeviceObject2,
                                             PDEVICE_OBJECT DeviceObject3, WDFDEVICE* Device) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDRIVER, PWDF_OBJECT_ATTRIBUTES, PDEVICE_OBJECT,
                            PDEVICE_OBJECT, PDEVICE_OBJECT,
                            WDFDEVICE*))WdfFunctions[WdfDeviceMiniportCreateTableIndex])(
      WdfDriverGlobals, Driver, ObjectAttributes, DeviceObject1, DeviceObject2, DeviceObject3,
      Device);
}
FORCEINLINE NTSTATUS WdfDeviceAddQueryInterface(WDFDEVICE Device,
                                                PWDF_QUERY_INTERFACE_CONFIG QueryInterfaceConfig) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PWDF_QUERY_INTERFACE_CONFIG))
              WdfFunctions[WdfDeviceAddQueryInterfaceTableIndex])(WdfDriverGlobals, Device,
                                                                  QueryInterfaceConfig);
}
FORCEINLINE VOID WdfDeviceRemoveDependentUsageDeviceObject(WDFDEVICE Device,
                                                           PDEVICE_OBJECT DeviceObject) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE,
                 PDEVICE_OBJECT))WdfFunctions[WdfDeviceRemoveDependentUsageDeviceObjectTableIndex])(
      WdfDriverGlobals, Device, DeviceObject);
}
FORCEINLINE POWER_ACTION WdfDeviceGetSystemPowerAction(WDFDEVICE Device) {
  return ((PFN_WDFDEVICEGETSYSTEMPOWERACTION)WdfFunctions[WdfDeviceGetSystemPowerActionTableIndex])(
      WdfDriverGlobals, Device);
}
FORCEINLINE VOID WdfDeviceInitSetRemoveLockOptions(PWDFDEVICE_INIT DeviceInit,
                                                   PWDF_REMOVE_LOCK_OPTIONS RemoveLockOptions) {
  ((PFN_WDFDEVICEINITSETREMOVELOCKOPTIONS)
       WdfFunctions[WdfDeviceInitSetRemoveLockOptionsTableIndex])(WdfDriverGlobals, DeviceInit,
                                                                  RemoveLockOptions);
}
FORCEINLINE NTSTATUS WdfDeviceWdmAssignPowerFrameworkSettings(
    WDFDEVICE Device, PWDF_POWER_FRAMEWORK_SETTINGS PowerFrameworkSettings) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PWDF_POWER_FRAMEWORK_SETTINGS))
              WdfFunctions[WdfDeviceWdmAssignPowerFrameworkSettingsTableIndex])(
      WdfDriverGlobals, Device, PowerFrameworkSettings);
}
FORCEINLINE VOID WdfDeviceInitSetReleaseHardwareOrderOnFailure(
    PWDFDEVICE_INIT DeviceInit,
    WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE ReleaseHardwareOrderOnFailure) {
  ((PFN_WDFDEVICEINITSETRELEASEHARDWAREORDERONFAILURE)
       WdfFunctions[WdfDeviceInitSetReleaseHardwareOrderOnFailureTableIndex])(
      WdfDriverGlobals, DeviceInit, ReleaseHardwareOrderOnFailure);
}
FORCEINLINE NTSTATUS WdfDeviceQueryPropertyEx(WDFDEVICE Device,
                                              PWDF_DEVICE_PROPERTY_DATA DevicePropertyData,
                                              ULONG Ulong1, PVOID Void, PULONG Ulong2,
                                              PDEVPROPTYPE Devproptype) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PWDF_DEVICE_PROPERTY_DATA, ULONG, PVOID,
                            PULONG, PDEVPROPTYPE))WdfFunctions[WdfDeviceQueryPropertyExTableIndex])(
      WdfDriverGlobals, Device, DevicePropertyData, Ulong1, Void, Ulong2, Devproptype);
}
FORCEINLINE NTSTATUS WdfDeviceAllocAndQueryPropertyEx(WDFDEVICE Device,
                                                      PWDF_DEVICE_PROPERTY_DATA DevicePropertyData,
                                                      POOL_TYPE OolType,
                                                      PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                                                      WDFMEMORY* Memory, PDEVPROPTYPE Devproptype) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PWDF_DEVICE_PROPERTY_DATA, POOL_TYPE,
                            PWDF_OBJECT_ATTRIBUTES, WDFMEMORY*,
                            PDEVPROPTYPE))WdfFunctions[WdfDeviceAllocAndQueryPropertyExTableIndex])(
      WdfDriverGlobals, Device, DevicePropertyData, OolType, ObjectAttributes, Memory, Devproptype);
}
FORCEINLINE NTSTATUS WdfDeviceAssignProperty(WDFDEVICE Device,
                                             PWDF_DEVICE_PROPERTY_DATA DevicePropertyData,
                                             DEVPROPTYPE Devproptype, ULONG Ulong, PVOID Void) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PWDF_DEVICE_PROPERTY_DATA, DEVPROPTYPE,
                            ULONG, PVOID))WdfFunctions[WdfDeviceAssignPropertyTableIndex])(
      WdfDriverGlobals, Device, DevicePropertyData, Devproptype, Ulong, Void);
}
FORCEINLINE NTSTATUS WdfDeviceStopIdleActual(WDFDEVICE Device, BOOLEAN Boolean, PVOID Void,
                                             LONG Long, PCCH Cch) {
  return ((PFN_WDFDEVICESTOPIDLEACTUAL)WdfFunctions[WdfDeviceStopIdleActualTableIndex])(
      WdfDriverGlobals, Device, Boolean, Void, Long, Cch);
}
FORCEINLINE VOID WdfDeviceResumeIdleActual(WDFDEVICE Device, PVOID Void, LONG Long, PCCH Cch) {
  ((PFN_WDFDEVICERESUMEIDLEACTUAL)WdfFunctions[WdfDeviceResumeIdleActualTableIndex])(
      WdfDriverGlobals, Device, Void, Long, Cch);
}
FORCEINLINE WDFIOTARGET WdfDeviceGetSelfIoTarget(WDFDEVICE Device) {
  return ((WDFIOTARGET(NTAPI*)(PWDF_DRIVER_GLOBALS,
                               WDFDEVICE))WdfFunctions[WdfDeviceGetSelfIoTargetTableIndex])(
      WdfDriverGlobals, Device);
}
FORCEINLINE VOID WdfDeviceInitAllowSelfIoTarget(PWDFDEVICE_INIT DeviceInit) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS,
                 PWDFDEVICE_INIT))WdfFunctions[WdfDeviceInitAllowSelfIoTargetTableIndex])(
      WdfDriverGlobals, DeviceInit);
}
FORCEINLINE NTSTATUS WdfDeviceOpenDevicemapKey(WDFDEVICE Device, PCUNICODE_STRING CunicodeString,
                                               ACCESS_MASK AccessMask,
                                               PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                                               WDFKEY* Key) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PCUNICODE_STRING, ACCESS_MASK,
                            PWDF_OBJECT_ATTRIBUTES,
                            WDFKEY*))WdfFunctions[WdfDeviceOpenDevicemapKeyTableIndex])(
      WdfDriverGlobals, Device, CunicodeString, AccessMask, ObjectAttributes, Key);
}
FORCEINLINE VOID WdfDeviceSetDeviceInterfaceStateEx(WDFDEVICE Device, CONST GUID* Constguid,
                                                    PCUNICODE_STRING CunicodeString,
                                                    BOOLEAN Boolean) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, CONST GUID*, PCUNICODE_STRING,
                 BOOLEAN))WdfFunctions[WdfDeviceSetDeviceInterfaceStateExTableIndex])(
      WdfDriverGlobals, Device, Constguid, CunicodeString, Boolean);
}

#ifdef __cplusplus
}
#endif

#endif  // WDK_DRIVER
