// SPDX-License-Identifier: Apache-2.0
// Devices: control devices first of all; initialisation, creation, names, properties.
#pragma once

#include "wdfdriver.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef VOID NTAPI EVT_WDF_DEVICE_FILE_CREATE(WDFDEVICE, WDFREQUEST, WDFFILEOBJECT);
typedef EVT_WDF_DEVICE_FILE_CREATE* PFN_WDF_DEVICE_FILE_CREATE;
typedef VOID NTAPI EVT_WDF_DEVICE_SHUTDOWN_NOTIFICATION(WDFDEVICE);
typedef EVT_WDF_DEVICE_SHUTDOWN_NOTIFICATION* PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION;
typedef VOID NTAPI EVT_WDF_FILE_CLEANUP(WDFFILEOBJECT);
typedef EVT_WDF_FILE_CLEANUP* PFN_WDF_FILE_CLEANUP;
typedef VOID NTAPI EVT_WDF_FILE_CLOSE(WDFFILEOBJECT);
typedef EVT_WDF_FILE_CLOSE* PFN_WDF_FILE_CLOSE;
typedef VOID NTAPI EVT_WDF_IO_IN_CALLER_CONTEXT(WDFDEVICE, WDFREQUEST);
typedef EVT_WDF_IO_IN_CALLER_CONTEXT* PFN_WDF_IO_IN_CALLER_CONTEXT;
typedef struct _WDF_FILEOBJECT_CONFIG {
  ULONG Size;
  PFN_WDF_DEVICE_FILE_CREATE EvtDeviceFileCreate;
  PFN_WDF_FILE_CLOSE EvtFileClose;
  PFN_WDF_FILE_CLEANUP EvtFileCleanup;
  WDF_TRI_STATE AutoForwardCleanupClose;
  WDF_FILEOBJECT_CLASS FileObjectClass;
} WDF_FILEOBJECT_CONFIG, *PWDF_FILEOBJECT_CONFIG;

typedef struct _WDF_IO_TYPE_CONFIG {
  ULONG Size;
  WDF_DEVICE_IO_TYPE ReadWriteIoType;
  WDF_DEVICE_IO_TYPE DeviceControlIoType;
  ULONG DirectTransferThreshold;
} WDF_IO_TYPE_CONFIG, *PWDF_IO_TYPE_CONFIG;

typedef struct _WDF_DEVICE_STATE {
  ULONG Size;
  WDF_TRI_STATE Disabled;
  WDF_TRI_STATE DontDisplayInUI;
  WDF_TRI_STATE Failed;
  WDF_TRI_STATE NotDisableable;
  WDF_TRI_STATE Removed;
  WDF_TRI_STATE ResourcesChanged;
  WDF_TRI_STATE AssignedToGuest;
} WDF_DEVICE_STATE, *PWDF_DEVICE_STATE;

FORCEINLINE VOID WDF_FILEOBJECT_CONFIG_INIT(PWDF_FILEOBJECT_CONFIG config,
                                            PFN_WDF_DEVICE_FILE_CREATE evt_create,
                                            PFN_WDF_FILE_CLOSE evt_close,
                                            PFN_WDF_FILE_CLEANUP evt_cleanup) {
  __builtin_memset(config, 0, sizeof(*config));
  config->Size = sizeof(*config);
  config->EvtDeviceFileCreate = evt_create;
  config->EvtFileClose = evt_close;
  config->EvtFileCleanup = evt_cleanup;
  config->AutoForwardCleanupClose = WdfUseDefault;
  config->FileObjectClass = WdfFileObjectWdfCannotUseFsContexts;
}

typedef PWDFDEVICE_INIT(NTAPI* PFN_WDFCONTROLDEVICEINITALLOCATE)(PWDF_DRIVER_GLOBALS, WDFDRIVER,
                                                                 const UNICODE_STRING*);
typedef VOID(NTAPI* PFN_WDFCONTROLDEVICEINITSETSHUTDOWNNOTIFICATION)(
    PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT, PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION, UCHAR);
typedef VOID(NTAPI* PFN_WDFCONTROLFINISHINITIALIZING)(PWDF_DRIVER_GLOBALS, WDFDEVICE);
typedef VOID(NTAPI* PFN_WDFDEVICEGETDEVICESTATE)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PWDF_DEVICE_STATE);
typedef VOID(NTAPI* PFN_WDFDEVICESETDEVICESTATE)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PWDF_DEVICE_STATE);
typedef WDFDEVICE(NTAPI* PFN_WDFWDMDEVICEGETWDFDEVICEHANDLE)(PWDF_DRIVER_GLOBALS, PDEVICE_OBJECT);
typedef PDEVICE_OBJECT(NTAPI* PFN_WDFDEVICEWDMGETDEVICEOBJECT)(PWDF_DRIVER_GLOBALS, WDFDEVICE);
typedef PDEVICE_OBJECT(NTAPI* PFN_WDFDEVICEWDMGETATTACHEDDEVICE)(PWDF_DRIVER_GLOBALS, WDFDEVICE);
typedef PDEVICE_OBJECT(NTAPI* PFN_WDFDEVICEWDMGETPHYSICALDEVICE)(PWDF_DRIVER_GLOBALS, WDFDEVICE);
typedef WDFDRIVER(NTAPI* PFN_WDFDEVICEGETDRIVER)(PWDF_DRIVER_GLOBALS, WDFDEVICE);
typedef WDFIOTARGET(NTAPI* PFN_WDFDEVICEGETIOTARGET)(PWDF_DRIVER_GLOBALS, WDFDEVICE);
typedef VOID(NTAPI* PFN_WDFDEVICESETCHARACTERISTICS)(PWDF_DRIVER_GLOBALS, WDFDEVICE, ULONG);
typedef ULONG(NTAPI* PFN_WDFDEVICEGETCHARACTERISTICS)(PWDF_DRIVER_GLOBALS, WDFDEVICE);
typedef ULONG(NTAPI* PFN_WDFDEVICEGETALIGNMENTREQUIREMENT)(PWDF_DRIVER_GLOBALS, WDFDEVICE);
typedef VOID(NTAPI* PFN_WDFDEVICESETALIGNMENTREQUIREMENT)(PWDF_DRIVER_GLOBALS, WDFDEVICE, ULONG);
typedef VOID(NTAPI* PFN_WDFDEVICEINITFREE)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT);
typedef VOID(NTAPI* PFN_WDFDEVICEINITSETIOTYPE)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                                                WDF_DEVICE_IO_TYPE);
typedef VOID(NTAPI* PFN_WDFDEVICEINITSETEXCLUSIVE)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT, BOOLEAN);
typedef VOID(NTAPI* PFN_WDFDEVICEINITSETDEVICETYPE)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                                                    DEVICE_TYPE);
typedef NTSTATUS(NTAPI* PFN_WDFDEVICEINITASSIGNNAME)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                                                     PCUNICODE_STRING);
typedef NTSTATUS(NTAPI* PFN_WDFDEVICEINITASSIGNSDDLSTRING)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                                                           PCUNICODE_STRING);
typedef VOID(NTAPI* PFN_WDFDEVICEINITSETDEVICECLASS)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                                                     const GUID*);
typedef VOID(NTAPI* PFN_WDFDEVICEINITSETCHARACTERISTICS)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                                                         ULONG, BOOLEAN);
typedef VOID(NTAPI* PFN_WDFDEVICEINITSETFILEOBJECTCONFIG)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                                                          PWDF_FILEOBJECT_CONFIG,
                                                          PWDF_OBJECT_ATTRIBUTES);
typedef VOID(NTAPI* PFN_WDFDEVICEINITSETREQUESTATTRIBUTES)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                                                           PWDF_OBJECT_ATTRIBUTES);
typedef VOID(NTAPI* PFN_WDFDEVICEINITSETIOINCALLERCONTEXTCALLBACK)(PWDF_DRIVER_GLOBALS,
                                                                   PWDFDEVICE_INIT,
                                                                   PFN_WDF_IO_IN_CALLER_CONTEXT);
typedef NTSTATUS(NTAPI* PFN_WDFDEVICECREATE)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT*,
                                             PWDF_OBJECT_ATTRIBUTES, WDFDEVICE*);
typedef NTSTATUS(NTAPI* PFN_WDFDEVICECREATESYMBOLICLINK)(PWDF_DRIVER_GLOBALS, WDFDEVICE,
                                                         PCUNICODE_STRING);
typedef WDFFILEOBJECT(NTAPI* PFN_WDFDEVICEGETFILEOBJECT)(PWDF_DRIVER_GLOBALS, WDFDEVICE,
                                                         PFILE_OBJECT);
typedef NTSTATUS(NTAPI* PFN_WDFDEVICEENQUEUEREQUEST)(PWDF_DRIVER_GLOBALS, WDFDEVICE, WDFREQUEST);
typedef WDFQUEUE(NTAPI* PFN_WDFDEVICEGETDEFAULTQUEUE)(PWDF_DRIVER_GLOBALS, WDFDEVICE);
typedef NTSTATUS(NTAPI* PFN_WDFDEVICECONFIGUREREQUESTDISPATCHING)(PWDF_DRIVER_GLOBALS, WDFDEVICE,
                                                                  WDFQUEUE, WDF_REQUEST_TYPE);
typedef PUNICODE_STRING(NTAPI* PFN_WDFFILEOBJECTGETFILENAME)(PWDF_DRIVER_GLOBALS, WDFFILEOBJECT);
typedef ULONG(NTAPI* PFN_WDFFILEOBJECTGETFLAGS)(PWDF_DRIVER_GLOBALS, WDFFILEOBJECT);
typedef WDFDEVICE(NTAPI* PFN_WDFFILEOBJECTGETDEVICE)(PWDF_DRIVER_GLOBALS, WDFFILEOBJECT);
typedef PFILE_OBJECT(NTAPI* PFN_WDFFILEOBJECTWDMGETFILEOBJECT)(PWDF_DRIVER_GLOBALS, WDFFILEOBJECT);
typedef VOID(NTAPI* PFN_WDFDEVICEINITSETIOTYPEEX)(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT,
                                                  PWDF_IO_TYPE_CONFIG);
typedef ULONG(NTAPI* PFN_WDFFILEOBJECTGETINITIATORPROCESSID)(PWDF_DRIVER_GLOBALS, WDFFILEOBJECT);

#ifdef WDK_DRIVER
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE PWDFDEVICE_INIT
    WdfControlDeviceInitAllocate(WDFDRIVER Driver, const UNICODE_STRING* UnicodeString) {
  return ((PFN_WDFCONTROLDEVICEINITALLOCATE)WdfFunctions[WdfControlDeviceInitAllocateTableIndex])(
      WdfDriverGlobals, Driver, UnicodeString);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE VOID WdfControlDeviceInitSetShutdownNotification(
    PWDFDEVICE_INIT DeviceInit,
    PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION PfnWdfDeviceShutdownNotification, UCHAR Uchar) {
  ((PFN_WDFCONTROLDEVICEINITSETSHUTDOWNNOTIFICATION)
       WdfFunctions[WdfControlDeviceInitSetShutdownNotificationTableIndex])(
      WdfDriverGlobals, DeviceInit, PfnWdfDeviceShutdownNotification, Uchar);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfControlFinishInitializing(WDFDEVICE Device) {
  ((PFN_WDFCONTROLFINISHINITIALIZING)WdfFunctions[WdfControlFinishInitializingTableIndex])(
      WdfDriverGlobals, Device);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfDeviceGetDeviceState(WDFDEVICE Device, PWDF_DEVICE_STATE DeviceState) {
  ((PFN_WDFDEVICEGETDEVICESTATE)WdfFunctions[WdfDeviceGetDeviceStateTableIndex])(
      WdfDriverGlobals, Device, DeviceState);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfDeviceSetDeviceState(WDFDEVICE Device, PWDF_DEVICE_STATE DeviceState) {
  ((PFN_WDFDEVICESETDEVICESTATE)WdfFunctions[WdfDeviceSetDeviceStateTableIndex])(
      WdfDriverGlobals, Device, DeviceState);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFDEVICE
    WdfWdmDeviceGetWdfDeviceHandle(PDEVICE_OBJECT DeviceObject) {
  return (
      (PFN_WDFWDMDEVICEGETWDFDEVICEHANDLE)WdfFunctions[WdfWdmDeviceGetWdfDeviceHandleTableIndex])(
      WdfDriverGlobals, DeviceObject);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE PDEVICE_OBJECT
    WdfDeviceWdmGetDeviceObject(WDFDEVICE Device) {
  return ((PFN_WDFDEVICEWDMGETDEVICEOBJECT)WdfFunctions[WdfDeviceWdmGetDeviceObjectTableIndex])(
      WdfDriverGlobals, Device);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE PDEVICE_OBJECT
    WdfDeviceWdmGetAttachedDevice(WDFDEVICE Device) {
  return ((PFN_WDFDEVICEWDMGETATTACHEDDEVICE)WdfFunctions[WdfDeviceWdmGetAttachedDeviceTableIndex])(
      WdfDriverGlobals, Device);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE PDEVICE_OBJECT
    WdfDeviceWdmGetPhysicalDevice(WDFDEVICE Device) {
  return ((PFN_WDFDEVICEWDMGETPHYSICALDEVICE)WdfFunctions[WdfDeviceWdmGetPhysicalDeviceTableIndex])(
      WdfDriverGlobals, Device);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFDRIVER WdfDeviceGetDriver(WDFDEVICE Device) {
  return ((PFN_WDFDEVICEGETDRIVER)WdfFunctions[WdfDeviceGetDriverTableIndex])(WdfDriverGlobals,
                                                                              Device);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFIOTARGET WdfDeviceGetIoTarget(WDFDEVICE Device) {
  return ((PFN_WDFDEVICEGETIOTARGET)WdfFunctions[WdfDeviceGetIoTargetTableIndex])(WdfDriverGlobals,
                                                                                  Device);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfDeviceSetCharacteristics(WDFDEVICE Device, ULONG Ulong) {
  ((PFN_WDFDEVICESETCHARACTERISTICS)WdfFunctions[WdfDeviceSetCharacteristicsTableIndex])(
      WdfDriverGlobals, Device, Ulong);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE ULONG
    WdfDeviceGetCharacteristics(WDFDEVICE Device) {
  return ((PFN_WDFDEVICEGETCHARACTERISTICS)WdfFunctions[WdfDeviceGetCharacteristicsTableIndex])(
      WdfDriverGlobals, Device);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE ULONG
    WdfDeviceGetAlignmentRequirement(WDFDEVICE Device) {
  return ((PFN_WDFDEVICEGETALIGNMENTREQUIREMENT)
              WdfFunctions[WdfDeviceGetAlignmentRequirementTableIndex])(WdfDriverGlobals, Device);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfDeviceSetAlignmentRequirement(WDFDEVICE Device, ULONG Ulong) {
  ((PFN_WDFDEVICESETALIGNMENTREQUIREMENT)WdfFunctions[WdfDeviceSetAlignmentRequirementTableIndex])(
      WdfDriverGlobals, Device, Ulong);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID WdfDeviceInitFree(PWDFDEVICE_INIT DeviceInit) {
  ((PFN_WDFDEVICEINITFREE)WdfFunctions[WdfDeviceInitFreeTableIndex])(WdfDriverGlobals, DeviceInit);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfDeviceInitSetIoType(PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_IO_TYPE DeviceIoType) {
  ((PFN_WDFDEVICEINITSETIOTYPE)WdfFunctions[WdfDeviceInitSetIoTypeTableIndex])(
      WdfDriverGlobals, DeviceInit, DeviceIoType);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfDeviceInitSetExclusive(PWDFDEVICE_INIT DeviceInit, BOOLEAN Boolean) {
  ((PFN_WDFDEVICEINITSETEXCLUSIVE)WdfFunctions[WdfDeviceInitSetExclusiveTableIndex])(
      WdfDriverGlobals, DeviceInit, Boolean);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfDeviceInitSetDeviceType(PWDFDEVICE_INIT DeviceInit, DEVICE_TYPE DeviceType) {
  ((PFN_WDFDEVICEINITSETDEVICETYPE)WdfFunctions[WdfDeviceInitSetDeviceTypeTableIndex])(
      WdfDriverGlobals, DeviceInit, DeviceType);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfDeviceInitAssignName(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING CunicodeString) {
  return ((PFN_WDFDEVICEINITASSIGNNAME)WdfFunctions[WdfDeviceInitAssignNameTableIndex])(
      WdfDriverGlobals, DeviceInit, CunicodeString);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfDeviceInitAssignSDDLString(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING CunicodeString) {
  return ((PFN_WDFDEVICEINITASSIGNSDDLSTRING)WdfFunctions[WdfDeviceInitAssignSDDLStringTableIndex])(
      WdfDriverGlobals, DeviceInit, CunicodeString);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfDeviceInitSetDeviceClass(PWDFDEVICE_INIT DeviceInit, const GUID* Guid) {
  ((PFN_WDFDEVICEINITSETDEVICECLASS)WdfFunctions[WdfDeviceInitSetDeviceClassTableIndex])(
      WdfDriverGlobals, DeviceInit, Guid);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfDeviceInitSetCharacteristics(PWDFDEVICE_INIT DeviceInit, ULONG Ulong, BOOLEAN Boolean) {
  ((PFN_WDFDEVICEINITSETCHARACTERISTICS)WdfFunctions[WdfDeviceInitSetCharacteristicsTableIndex])(
      WdfDriverGlobals, DeviceInit, Ulong, Boolean);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfDeviceInitSetFileObjectConfig(PWDFDEVICE_INIT DeviceInit,
                                     PWDF_FILEOBJECT_CONFIG FileobjectConfig,
                                     PWDF_OBJECT_ATTRIBUTES ObjectAttributes) {
  ((PFN_WDFDEVICEINITSETFILEOBJECTCONFIG)WdfFunctions[WdfDeviceInitSetFileObjectConfigTableIndex])(
      WdfDriverGlobals, DeviceInit, FileobjectConfig, ObjectAttributes);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfDeviceInitSetRequestAttributes(PWDFDEVICE_INIT DeviceInit,
                                      PWDF_OBJECT_ATTRIBUTES ObjectAttributes) {
  ((PFN_WDFDEVICEINITSETREQUESTATTRIBUTES)
       WdfFunctions[WdfDeviceInitSetRequestAttributesTableIndex])(WdfDriverGlobals, DeviceInit,
                                                                  ObjectAttributes);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID WdfDeviceInitSetIoInCallerContextCallback(
    PWDFDEVICE_INIT DeviceInit, PFN_WDF_IO_IN_CALLER_CONTEXT PfnWdfIoInCallerContext) {
  ((PFN_WDFDEVICEINITSETIOINCALLERCONTEXTCALLBACK)
       WdfFunctions[WdfDeviceInitSetIoInCallerContextCallbackTableIndex])(
      WdfDriverGlobals, DeviceInit, PfnWdfIoInCallerContext);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfDeviceCreate(PWDFDEVICE_INIT* DeviceInit, PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                    WDFDEVICE* Device) {
  return ((PFN_WDFDEVICECREATE)WdfFunctions[WdfDeviceCreateTableIndex])(
      WdfDriverGlobals, DeviceInit, ObjectAttributes, Device);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfDeviceCreateSymbolicLink(WDFDEVICE Device, PCUNICODE_STRING CunicodeString) {
  return ((PFN_WDFDEVICECREATESYMBOLICLINK)WdfFunctions[WdfDeviceCreateSymbolicLinkTableIndex])(
      WdfDriverGlobals, Device, CunicodeString);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFFILEOBJECT
    WdfDeviceGetFileObject(WDFDEVICE Device, PFILE_OBJECT FileObject) {
  return ((PFN_WDFDEVICEGETFILEOBJECT)WdfFunctions[WdfDeviceGetFileObjectTableIndex])(
      WdfDriverGlobals, Device, FileObject);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfDeviceEnqueueRequest(WDFDEVICE Device, WDFREQUEST Request) {
  return ((PFN_WDFDEVICEENQUEUEREQUEST)WdfFunctions[WdfDeviceEnqueueRequestTableIndex])(
      WdfDriverGlobals, Device, Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFQUEUE
    WdfDeviceGetDefaultQueue(WDFDEVICE Device) {
  return ((PFN_WDFDEVICEGETDEFAULTQUEUE)WdfFunctions[WdfDeviceGetDefaultQueueTableIndex])(
      WdfDriverGlobals, Device);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfDeviceConfigureRequestDispatching(WDFDEVICE Device, WDFQUEUE Queue,
                                         WDF_REQUEST_TYPE RequestType) {
  return ((PFN_WDFDEVICECONFIGUREREQUESTDISPATCHING)
              WdfFunctions[WdfDeviceConfigureRequestDispatchingTableIndex])(
      WdfDriverGlobals, Device, Queue, RequestType);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE PUNICODE_STRING
    WdfFileObjectGetFileName(WDFFILEOBJECT Fileobject) {
  return ((PFN_WDFFILEOBJECTGETFILENAME)WdfFunctions[WdfFileObjectGetFileNameTableIndex])(
      WdfDriverGlobals, Fileobject);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE ULONG
    WdfFileObjectGetFlags(WDFFILEOBJECT Fileobject) {
  return ((PFN_WDFFILEOBJECTGETFLAGS)WdfFunctions[WdfFileObjectGetFlagsTableIndex])(
      WdfDriverGlobals, Fileobject);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFDEVICE
    WdfFileObjectGetDevice(WDFFILEOBJECT Fileobject) {
  return ((PFN_WDFFILEOBJECTGETDEVICE)WdfFunctions[WdfFileObjectGetDeviceTableIndex])(
      WdfDriverGlobals, Fileobject);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE PFILE_OBJECT
    WdfFileObjectWdmGetFileObject(WDFFILEOBJECT Fileobject) {
  return ((PFN_WDFFILEOBJECTWDMGETFILEOBJECT)WdfFunctions[WdfFileObjectWdmGetFileObjectTableIndex])(
      WdfDriverGlobals, Fileobject);
}
_IRQL_requires_max_(PASSIVE_LEVEL)
    // KMDF 1.13 and later.
    FORCEINLINE VOID
    WdfDeviceInitSetIoTypeEx(PWDFDEVICE_INIT DeviceInit, PWDF_IO_TYPE_CONFIG IoTypeConfig) {
  ((PFN_WDFDEVICEINITSETIOTYPEEX)WdfFunctions[WdfDeviceInitSetIoTypeExTableIndex])(
      WdfDriverGlobals, DeviceInit, IoTypeConfig);
}
_IRQL_requires_max_(DISPATCH_LEVEL)
    // KMDF 1.21 and later.
    FORCEINLINE ULONG WdfFileObjectGetInitiatorProcessId(WDFFILEOBJECT Fileobject) {
  return ((PFN_WDFFILEOBJECTGETINITIATORPROCESSID)
              WdfFunctions[WdfFileObjectGetInitiatorProcessIdTableIndex])(WdfDriverGlobals,
                                                                          Fileobject);
}
#endif

#ifdef __cplusplus
}
#endif
