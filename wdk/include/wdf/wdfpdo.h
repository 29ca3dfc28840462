// SPDX-License-Identifier: Apache-2.0
// Functions of the framework about functional and physical device objects and child lists. Made
// from the KMDF function table.
#pragma once

#include "wdfhardware.h"

#ifdef WDK_DRIVER

#ifdef __cplusplus
extern "C" {
#endif

FORCEINLINE NTSTATUS WdfChildListCreate(WDFDEVICE Device, PWDF_CHILD_LIST_CONFIG ChildListConfig,
                                        PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                                        WDFCHILDLIST* Childlist) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PWDF_CHILD_LIST_CONFIG,
                            PWDF_OBJECT_ATTRIBUTES,
                            WDFCHILDLIST*))WdfFunctions[WdfChildListCreateTableIndex])(
      WdfDriverGlobals, Device, ChildListConfig, ObjectAttributes, Childlist);
}
FORCEINLINE WDFDEVICE WdfChildListGetDevice(WDFCHILDLIST Childlist) {
  return ((WDFDEVICE(NTAPI*)(PWDF_DRIVER_GLOBALS,
                             WDFCHILDLIST))WdfFunctions[WdfChildListGetDeviceTableIndex])(
      WdfDriverGlobals, Childlist);
}
FORCEINLINE WDFDEVICE WdfChildListRetrievePdo(WDFCHILDLIST Childlist,
                                              PWDF_CHILD_RETRIEVE_INFO ChildRetrieveInfo) {
  return ((WDFDEVICE(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCHILDLIST, PWDF_CHILD_RETRIEVE_INFO))
              WdfFunctions[WdfChildListRetrievePdoTableIndex])(WdfDriverGlobals, Childlist,
                                                               ChildRetrieveInfo);
}
FORCEINLINE NTSTATUS WdfChildListRetrieveAddressDescription(
    WDFCHILDLIST Childlist,
    PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER ChildIdentificationDescriptionHeader,
    PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER ChildAddressDescriptionHeader) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCHILDLIST,
                            PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER,
                            PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER))
              WdfFunctions[WdfChildListRetrieveAddressDescriptionTableIndex])(
      WdfDriverGlobals, Childlist, ChildIdentificationDescriptionHeader,
      ChildAddressDescriptionHeader);
}
FORCEINLINE VOID WdfChildListBeginScan(WDFCHILDLIST Childlist) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCHILDLIST))WdfFunctions[WdfChildListBeginScanTableIndex])(
      WdfDriverGlobals, Childlist);
}
FORCEINLINE VOID WdfChildListEndScan(WDFCHILDLIST Childlist) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCHILDLIST))WdfFunctions[WdfChildListEndScanTableIndex])(
      WdfDriverGlobals, Childlist);
}
FORCEINLINE VOID WdfChildListBeginIteration(WDFCHILDLIST Childlist,
                                            PWDF_CHILD_LIST_ITERATOR ChildListIterator) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCHILDLIST,
                 PWDF_CHILD_LIST_ITERATOR))WdfFunctions[WdfChildListBeginIterationTableIndex])(
      WdfDriverGlobals, Childlist, ChildListIterator);
}
FORCEINLINE NTSTATUS WdfChildListRetrieveNextDevice(WDFCHILDLIST Childlist,
                                                    PWDF_CHILD_LIST_ITERATOR ChildListIterator,
                                                    WDFDEVICE* Device,
                                                    PWDF_CHILD_RETRIEVE_INFO ChildRetrieveInfo) {
  return ((NTSTATUS(NTAPI*)(
      PWDF_DRIVER_GLOBALS, WDFCHILDLIST, PWDF_CHILD_LIST_ITERATOR, WDFDEVICE*,
      PWDF_CHILD_RETRIEVE_INFO))WdfFunctions[WdfChildListRetrieveNextDeviceTableIndex])(
      WdfDriverGlobals, Childlist, ChildListIterator, Device, ChildRetrieveInfo);
}
FORCEINLINE VOID WdfChildListEndIteration(WDFCHILDLIST Childlist,
                                          PWDF_CHILD_LIST_ITERATOR ChildListIterator) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCHILDLIST,
                 PWDF_CHILD_LIST_ITERATOR))WdfFunctions[WdfChildListEndIterationTableIndex])(
      WdfDriverGlobals, Childlist, ChildListIterator);
}
FORCEINLINE NTSTATUS WdfChildListAddOrUpdateChildDescriptionAsPresent(
    WDFCHILDLIST Childlist,
    PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER ChildIdentificationDescriptionHeader,
    PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER ChildAddressDescriptionHeader) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCHILDLIST,
                            PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER,
                            PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER))
              WdfFunctions[WdfChildListAddOrUpdateChildDescriptionAsPresentTableIndex])(
      WdfDriverGlobals, Childlist, ChildIdentificationDescriptionHeader,
      ChildAddressDescriptionHeader);
}
FORCEINLINE NTSTATUS WdfChildListUpdateChildDescriptionAsMissing(
    WDFCHILDLIST Childlist,
    PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER ChildIdentificationDescriptionHeader) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCHILDLIST,
                            PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER))
              WdfFunctions[WdfChildListUpdateChildDescriptionAsMissingTableIndex])(
      WdfDriverGlobals, Childlist, ChildIdentificationDescriptionHeader);
}
FORCEINLINE VOID WdfChildListUpdateAllChildDescriptionsAsPresent(WDFCHILDLIST Childlist) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCHILDLIST))
       WdfFunctions[WdfChildListUpdateAllChildDescriptionsAsPresentTableIndex])(WdfDriverGlobals,
                                                                                Childlist);
}
FORCEINLINE BOOLEAN WdfChildListRequestChildEject(
    WDFCHILDLIST Childlist,
    PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER ChildIdentificationDescriptionHeader) {
  return ((BOOLEAN(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCHILDLIST,
                           PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER))
              WdfFunctions[WdfChildListRequestChildEjectTableIndex])(
      WdfDriverGlobals, Childlist, ChildIdentificationDescriptionHeader);
}
FORCEINLINE PDEVICE_OBJECT WdfFdoInitWdmGetPhysicalDevice(PWDFDEVICE_INIT DeviceInit) {
  return (
      (PFN_WDFFDOINITWDMGETPHYSICALDEVICE)WdfFunctions[WdfFdoInitWdmGetPhysicalDeviceTableIndex])(
      WdfDriverGlobals, DeviceInit);
}
FORCEINLINE NTSTATUS WdfFdoInitOpenRegistryKey(PWDFDEVICE_INIT DeviceInit, ULONG Ulong,
                                               ACCESS_MASK AccessMask,
                                               PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                                               WDFKEY* Key) {
  return ((PFN_WDFFDOINITOPENREGISTRYKEY)WdfFunctions[WdfFdoInitOpenRegistryKeyTableIndex])(
      WdfDriverGlobals, DeviceInit, Ulong, AccessMask, ObjectAttributes, Key);
}
FORCEINLINE NTSTATUS WdfFdoInitQueryProperty(PWDFDEVICE_INIT DeviceInit,
                                             DEVICE_REGISTRY_PROPERTY DeviceRegistryProperty,
                                             ULONG Ulong1, PVOID Void, PULONG Ulong2) {
  return ((PFN_WDFFDOINITQUERYPROPERTY)WdfFunctions[WdfFdoInitQueryPropertyTableIndex])(
      WdfDriverGlobals, DeviceInit, DeviceRegistryProperty, Ulong1, Void, Ulong2);
}
FORCEINLINE NTSTATUS WdfFdoInitAllocAndQueryProperty(
    PWDFDEVICE_INIT DeviceInit, DEVICE_REGISTRY_PROPERTY DeviceRegistryProperty, POOL_TYPE OolType,
    PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFMEMORY* Memory) {
  return (
      (PFN_WDFFDOINITALLOCANDQUERYPROPERTY)WdfFunctions[WdfFdoInitAllocAndQueryPropertyTableIndex])(
      WdfDriverGlobals, DeviceInit, DeviceRegistryProperty, OolType, ObjectAttributes, Memory);
}
FORCEINLINE VOID WdfFdoInitSetEventCallbacks(PWDFDEVICE_INIT DeviceInit,
                                             PWDF_FDO_EVENT_CALLBACKS FdoEventCallbacks) {
  ((PFN_WDFFDOINITSETEVENTCALLBACKS)WdfFunctions[WdfFdoInitSetEventCallbacksTableIndex])(
      WdfDriverGlobals, DeviceInit, FdoEventCallbacks);
}
FORCEINLINE VOID WdfFdoInitSetFilter(PWDFDEVICE_INIT DeviceInit) {
  ((PFN_WDFFDOINITSETFILTER)WdfFunctions[WdfFdoInitSetFilterTableIndex])(WdfDriverGlobals,
                                                                         DeviceInit);
}
FORCEINLINE VOID WdfFdoInitSetDefaultChildListConfig(PWDFDEVICE_INIT DeviceInit,
                                                     PWDF_CHILD_LIST_CONFIG ChildListConfig,
                                                     PWDF_OBJECT_ATTRIBUTES ObjectAttributes) {
  ((VOID(NTAPI*)(
      PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT, PWDF_CHILD_LIST_CONFIG,
      PWDF_OBJECT_ATTRIBUTES))WdfFunctions[WdfFdoInitSetDefaultChildListConfigTableIndex])(
      WdfDriverGlobals, DeviceInit, ChildListConfig, ObjectAttributes);
}
FORCEINLINE NTSTATUS WdfFdoQueryForInterface(WDFDEVICE Device, LPCGUID Lpcguid,
                                             PINTERFACE Interface, USHORT Ushort1, USHORT Ushort2,
                                             PVOID Void) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, LPCGUID, PINTERFACE, USHORT, USHORT,
                            PVOID))WdfFunctions[WdfFdoQueryForInterfaceTableIndex])(
      WdfDriverGlobals, Device, Lpcguid, Interface, Ushort1, Ushort2, Void);
}
FORCEINLINE WDFCHILDLIST WdfFdoGetDefaultChildList(WDFDEVICE Device) {
  return ((WDFCHILDLIST(NTAPI*)(PWDF_DRIVER_GLOBALS,
                                WDFDEVICE))WdfFunctions[WdfFdoGetDefaultChildListTableIndex])(
      WdfDriverGlobals, Device);
}
FORCEINLINE NTSTATUS WdfFdoAddStaticChild(WDFDEVICE Device1, WDFDEVICE Device2) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE,
                            WDFDEVICE))WdfFunctions[WdfFdoAddStaticChildTableIndex])(
      WdfDriverGlobals, Device1, Device2);
}
FORCEINLINE VOID WdfFdoLockStaticChildListForIteration(WDFDEVICE Device) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS,
                 WDFDEVICE))WdfFunctions[WdfFdoLockStaticChildListForIterationTableIndex])(
      WdfDriverGlobals, Device);
}
FORCEINLINE WDFDEVICE WdfFdoRetrieveNextStaticChild(WDFDEVICE Device1, WDFDEVICE Device2,
                                                    ULONG Ulong) {
  return ((WDFDEVICE(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, WDFDEVICE,
                             ULONG))WdfFunctions[WdfFdoRetrieveNextStaticChildTableIndex])(
      WdfDriverGlobals, Device1, Device2, Ulong);
}
FORCEINLINE VOID WdfFdoUnlockStaticChildListFromIteration(WDFDEVICE Device) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS,
                 WDFDEVICE))WdfFunctions[WdfFdoUnlockStaticChildListFromIterationTableIndex])(
      WdfDriverGlobals, Device);
}
FORCEINLINE PWDFDEVICE_INIT WdfPdoInitAllocate(WDFDEVICE Device) {
  return ((PWDFDEVICE_INIT(NTAPI*)(
      PWDF_DRIVER_GLOBALS, WDFDEVICE))WdfFunctions[WdfPdoInitAllocateTableIndex])(WdfDriverGlobals,
                                                                                  Device);
}
FORCEINLINE VOID WdfPdoInitSetEventCallbacks(PWDFDEVICE_INIT DeviceInit,
                                             PWDF_PDO_EVENT_CALLBACKS PdoEventCallbacks) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                 PWDF_PDO_EVENT_CALLBACKS))WdfFunctions[WdfPdoInitSetEventCallbacksTableIndex])(
      WdfDriverGlobals, DeviceInit, PdoEventCallbacks);
}
FORCEINLINE NTSTATUS WdfPdoInitAssignDeviceID(PWDFDEVICE_INIT DeviceInit,
                                              PCUNICODE_STRING CunicodeString) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                            PCUNICODE_STRING))WdfFunctions[WdfPdoInitAssignDeviceIDTableIndex])(
      WdfDriverGlobals, DeviceInit, CunicodeString);
}
FORCEINLINE NTSTATUS WdfPdoInitAssignInstanceID(PWDFDEVICE_INIT DeviceInit,
                                                PCUNICODE_STRING CunicodeString) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                            PCUNICODE_STRING))WdfFunctions[WdfPdoInitAssignInstanceIDTableIndex])(
      WdfDriverGlobals, DeviceInit, CunicodeString);
}
FORCEINLINE NTSTATUS WdfPdoInitAddHardwareID(PWDFDEVICE_INIT DeviceInit,
                                             PCUNICODE_STRING CunicodeString) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                            PCUNICODE_STRING))WdfFunctions[WdfPdoInitAddHardwareIDTableIndex])(
      WdfDriverGlobals, DeviceInit, CunicodeString);
}
FORCEINLINE NTSTATUS WdfPdoInitAddCompatibleID(PWDFDEVICE_INIT DeviceInit,
                                               PCUNICODE_STRING CunicodeString) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                            PCUNICODE_STRING))WdfFunctions[WdfPdoInitAddCompatibleIDTableIndex])(
      WdfDriverGlobals, DeviceInit, CunicodeString);
}
FORCEINLINE NTSTATUS WdfPdoInitAddDeviceText(PWDFDEVICE_INIT DeviceInit,
                                             PCUNICODE_STRING CunicodeString1,
                                             PCUNICODE_STRING CunicodeString2, LCID Lcid) {
  return (
      (NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT, PCUNICODE_STRING, PCUNICODE_STRING,
                        LCID))WdfFunctions[WdfPdoInitAddDeviceTextTableIndex])(
      WdfDriverGlobals, DeviceInit, CunicodeString1, CunicodeString2, Lcid);
}
FORCEINLINE VOID WdfPdoInitSetDefaultLocale(PWDFDEVICE_INIT DeviceInit, LCID Lcid) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                 LCID))WdfFunctions[WdfPdoInitSetDefaultLocaleTableIndex])(WdfDriverGlobals,
                                                                           DeviceInit, Lcid);
}
FORCEINLINE NTSTATUS WdfPdoInitAssignRawDevice(PWDFDEVICE_INIT DeviceInit, CONST GUID* Constguid) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                            CONST GUID*))WdfFunctions[WdfPdoInitAssignRawDeviceTableIndex])(
      WdfDriverGlobals, DeviceInit, Constguid);
}
FORCEINLINE NTSTATUS WdfPdoMarkMissing(WDFDEVICE Device) {
  return (
      (NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE))WdfFunctions[WdfPdoMarkMissingTableIndex])(
      WdfDriverGlobals, Device);
}
FORCEINLINE VOID WdfPdoRequestEject(WDFDEVICE Device) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE))WdfFunctions[WdfPdoRequestEjectTableIndex])(
      WdfDriverGlobals, Device);
}
FORCEINLINE WDFDEVICE WdfPdoGetParent(WDFDEVICE Device) {
  return (
      (WDFDEVICE(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE))WdfFunctions[WdfPdoGetParentTableIndex])(
      WdfDriverGlobals, Device);
}
FORCEINLINE NTSTATUS WdfPdoRetrieveIdentificationDescription(
    WDFDEVICE Device,
    PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER ChildIdentificationDescriptionHeader) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE,
                            PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER))
              WdfFunctions[WdfPdoRetrieveIdentificationDescriptionTableIndex])(
      WdfDriverGlobals, Device, ChildIdentificationDescriptionHeader);
}
FORCEINLINE NTSTATUS WdfPdoRetrieveAddressDescription(
    WDFDEVICE Device, PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER ChildAddressDescriptionHeader) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER))
              WdfFunctions[WdfPdoRetrieveAddressDescriptionTableIndex])(
      WdfDriverGlobals, Device, ChildAddressDescriptionHeader);
}
FORCEINLINE NTSTATUS WdfPdoUpdateAddressDescription(
    WDFDEVICE Device, PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER ChildAddressDescriptionHeader) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER))
              WdfFunctions[WdfPdoUpdateAddressDescriptionTableIndex])(
      WdfDriverGlobals, Device, ChildAddressDescriptionHeader);
}
FORCEINLINE NTSTATUS WdfPdoAddEjectionRelationsPhysicalDevice(WDFDEVICE Device,
                                                              PDEVICE_OBJECT DeviceObject) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PDEVICE_OBJECT))
              WdfFunctions[WdfPdoAddEjectionRelationsPhysicalDeviceTableIndex])(
      WdfDriverGlobals, Device, DeviceObject);
}
FORCEINLINE VOID WdfPdoRemoveEjectionRelationsPhysicalDevice(WDFDEVICE Device,
                                                             PDEVICE_OBJECT DeviceObject) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PDEVICE_OBJECT))
       WdfFunctions[WdfPdoRemoveEjectionRelationsPhysicalDeviceTableIndex])(WdfDriverGlobals,
                                                                            Device, DeviceObject);
}
FORCEINLINE VOID WdfPdoClearEjectionRelationsDevices(WDFDEVICE Device) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS,
                 WDFDEVICE))WdfFunctions[WdfPdoClearEjectionRelationsDevicesTableIndex])(
      WdfDriverGlobals, Device);
}
FORCEINLINE NTSTATUS WdfPdoInitAssignContainerID(PWDFDEVICE_INIT DeviceInit,
                                                 PCUNICODE_STRING CunicodeString) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                            PCUNICODE_STRING))WdfFunctions[WdfPdoInitAssignContainerIDTableIndex])(
      WdfDriverGlobals, DeviceInit, CunicodeString);
}
FORCEINLINE VOID WdfPdoInitAllowForwardingRequestToParent(PWDFDEVICE_INIT DeviceInit) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS,
                 PWDFDEVICE_INIT))WdfFunctions[WdfPdoInitAllowForwardingRequestToParentTableIndex])(
      WdfDriverGlobals, DeviceInit);
}
FORCEINLINE NTSTATUS WdfFdoInitQueryPropertyEx(PWDFDEVICE_INIT DeviceInit,
                                               PWDF_DEVICE_PROPERTY_DATA DevicePropertyData,
                                               ULONG Ulong1, PVOID Void, PULONG Ulong2,
                                               PDEVPROPTYPE Devproptype) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT, PWDF_DEVICE_PROPERTY_DATA, ULONG,
                            PVOID, PULONG,
                            PDEVPROPTYPE))WdfFunctions[WdfFdoInitQueryPropertyExTableIndex])(
      WdfDriverGlobals, DeviceInit, DevicePropertyData, Ulong1, Void, Ulong2, Devproptype);
}
FORCEINLINE NTSTATUS WdfFdoInitAllocAndQueryPropertyEx(
    PWDFDEVICE_INIT DeviceInit, PWDF_DEVICE_PROPERTY_DATA DevicePropertyData, POOL_TYPE OolType,
    PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFMEMORY* Memory, PDEVPROPTYPE Devproptype) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT, PWDF_DEVICE_PROPERTY_DATA,
                            POOL_TYPE, PWDF_OBJECT_ATTRIBUTES, WDFMEMORY*, PDEVPROPTYPE))
              WdfFunctions[WdfFdoInitAllocAndQueryPropertyExTableIndex])(
      WdfDriverGlobals, DeviceInit, DevicePropertyData, OolType, ObjectAttributes, Memory,
      Devproptype);
}
FORCEINLINE VOID WdfPdoInitRemovePowerDependencyOnParent(PWDFDEVICE_INIT DeviceInit) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS,
                 PWDFDEVICE_INIT))WdfFunctions[WdfPdoInitRemovePowerDependencyOnParentTableIndex])(
      WdfDriverGlobals, DeviceInit);
}

#ifdef __cplusplus
}
#endif

#endif  // WDK_DRIVER
