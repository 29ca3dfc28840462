// SPDX-License-Identifier: Apache-2.0
// I/O targets: where a driver sends requests of its own.
#pragma once

#include "wdfmemory.h"
#include "wdfrequest.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef NTSTATUS NTAPI EVT_WDF_IO_TARGET_QUERY_REMOVE(WDFIOTARGET);
typedef EVT_WDF_IO_TARGET_QUERY_REMOVE* PFN_WDF_IO_TARGET_QUERY_REMOVE;
typedef VOID NTAPI EVT_WDF_IO_TARGET_REMOVE_CANCELED(WDFIOTARGET);
typedef EVT_WDF_IO_TARGET_REMOVE_CANCELED* PFN_WDF_IO_TARGET_REMOVE_CANCELED;
typedef VOID NTAPI EVT_WDF_IO_TARGET_REMOVE_COMPLETE(WDFIOTARGET);
typedef EVT_WDF_IO_TARGET_REMOVE_COMPLETE* PFN_WDF_IO_TARGET_REMOVE_COMPLETE;

// Versions before 1.13 end before FileName.
typedef struct _WDF_IO_TARGET_OPEN_PARAMS {
  ULONG Size;
  WDF_IO_TARGET_OPEN_TYPE Type;
  PFN_WDF_IO_TARGET_QUERY_REMOVE EvtIoTargetQueryRemove;
  PFN_WDF_IO_TARGET_REMOVE_CANCELED EvtIoTargetRemoveCanceled;
  PFN_WDF_IO_TARGET_REMOVE_COMPLETE EvtIoTargetRemoveComplete;
  PDEVICE_OBJECT TargetDeviceObject;
  PFILE_OBJECT TargetFileObject;
  UNICODE_STRING TargetDeviceName;
  ACCESS_MASK DesiredAccess;
  ULONG ShareAccess;
  ULONG FileAttributes;
  ULONG CreateDisposition;
  ULONG CreateOptions;
  PVOID EaBuffer;
  ULONG EaBufferLength;
  PLONGLONG AllocationSize;
  ULONG FileInformation;
#if KMDF_VERSION_MINOR >= 13
  UNICODE_STRING FileName;
#endif
} WDF_IO_TARGET_OPEN_PARAMS, *PWDF_IO_TARGET_OPEN_PARAMS;

struct _WDF_REQUEST_COMPLETION_PARAMS {
  ULONG Size;
  WDF_REQUEST_TYPE Type;
  IO_STATUS_BLOCK IoStatus;
  union {
    struct {
      WDFMEMORY Buffer;
      size_t Length;
      size_t Offset;
    } Write;
    struct {
      WDFMEMORY Buffer;
      size_t Length;
      size_t Offset;
    } Read;
    struct {
      ULONG IoControlCode;
      struct {
        WDFMEMORY Buffer;
        size_t Offset;
      } Input;
      struct {
        WDFMEMORY Buffer;
        size_t Offset;
        size_t Length;
      } Output;
    } Ioctl;
    struct {
      union {
        PVOID Ptr;
        ULONG_PTR Value;
      } Argument1;
      union {
        PVOID Ptr;
        ULONG_PTR Value;
      } Argument2;
      union {
        PVOID Ptr;
        ULONG_PTR Value;
      } Argument3;
      union {
        PVOID Ptr;
        ULONG_PTR Value;
      } Argument4;
    } Others;
  } Parameters;
};

FORCEINLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(PWDF_IO_TARGET_OPEN_PARAMS params,
                                                             PCUNICODE_STRING name,
                                                             ACCESS_MASK access) {
  __builtin_memset(params, 0, sizeof(*params));
  params->Size = sizeof(*params);
  params->Type = WdfIoTargetOpenByName;
  params->TargetDeviceName = *name;
  params->DesiredAccess = access;
}
FORCEINLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_EXISTING_DEVICE(PWDF_IO_TARGET_OPEN_PARAMS params,
                                                                PDEVICE_OBJECT device) {
  __builtin_memset(params, 0, sizeof(*params));
  params->Size = sizeof(*params);
  params->Type = WdfIoTargetOpenUseExistingDevice;
  params->TargetDeviceObject = device;
}
FORCEINLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_REOPEN(PWDF_IO_TARGET_OPEN_PARAMS params) {
  __builtin_memset(params, 0, sizeof(*params));
  params->Size = sizeof(*params);
  params->Type = WdfIoTargetOpenReopen;
}
FORCEINLINE VOID WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(PWDF_MEMORY_DESCRIPTOR descriptor, PVOID buffer,
                                                   ULONG length) {
  __builtin_memset(descriptor, 0, sizeof(*descriptor));
  descriptor->Type = WdfMemoryDescriptorTypeBuffer;
  descriptor->u.BufferType.Buffer = buffer;
  descriptor->u.BufferType.Length = length;
}
FORCEINLINE VOID WDF_MEMORY_DESCRIPTOR_INIT_HANDLE(PWDF_MEMORY_DESCRIPTOR descriptor,
                                                   WDFMEMORY memory, PWDFMEMORY_OFFSET offsets) {
  __builtin_memset(descriptor, 0, sizeof(*descriptor));
  descriptor->Type = WdfMemoryDescriptorTypeHandle;
  descriptor->u.HandleType.Memory = memory;
  descriptor->u.HandleType.Offsets = offsets;
}
FORCEINLINE VOID WDF_MEMORY_DESCRIPTOR_INIT_MDL(PWDF_MEMORY_DESCRIPTOR descriptor, PMDL mdl,
                                                ULONG length) {
  __builtin_memset(descriptor, 0, sizeof(*descriptor));
  descriptor->Type = WdfMemoryDescriptorTypeMdl;
  descriptor->u.MdlType.Mdl = mdl;
  descriptor->u.MdlType.BufferLength = length;
}
FORCEINLINE VOID WDF_REQUEST_SEND_OPTIONS_INIT(PWDF_REQUEST_SEND_OPTIONS options, ULONG flags) {
  __builtin_memset(options, 0, sizeof(*options));
  options->Size = sizeof(*options);
  options->Flags = flags;
}
FORCEINLINE VOID WDF_REQUEST_SEND_OPTIONS_SET_TIMEOUT(PWDF_REQUEST_SEND_OPTIONS options,
                                                      LONGLONG timeout) {
  options->Flags |= WDF_REQUEST_SEND_OPTION_TIMEOUT;
  options->Timeout = timeout;
}
FORCEINLINE VOID WDF_REQUEST_REUSE_PARAMS_INIT(PWDF_REQUEST_REUSE_PARAMS params, ULONG flags,
                                               NTSTATUS status) {
  __builtin_memset(params, 0, sizeof(*params));
  params->Size = sizeof(*params);
  params->Flags = flags;
  params->Status = status;
}
FORCEINLINE VOID WDF_REQUEST_REUSE_PARAMS_SET_NEW_IRP(PWDF_REQUEST_REUSE_PARAMS params, PIRP irp) {
  params->Flags |= WDF_REQUEST_REUSE_SET_NEW_IRP;
  params->NewIrp = irp;
}
FORCEINLINE VOID WDF_REQUEST_COMPLETION_PARAMS_INIT(PWDF_REQUEST_COMPLETION_PARAMS params) {
  __builtin_memset(params, 0, sizeof(*params));
  params->Size = sizeof(*params);
  params->Type = WdfRequestTypeNoFormat;
}

typedef NTSTATUS(NTAPI* PFN_WDFIOTARGETCREATE)(PWDF_DRIVER_GLOBALS, WDFDEVICE,
                                               PWDF_OBJECT_ATTRIBUTES, WDFIOTARGET*);
typedef NTSTATUS(NTAPI* PFN_WDFIOTARGETOPEN)(PWDF_DRIVER_GLOBALS, WDFIOTARGET,
                                             PWDF_IO_TARGET_OPEN_PARAMS);
typedef VOID(NTAPI* PFN_WDFIOTARGETCLOSEFORQUERYREMOVE)(PWDF_DRIVER_GLOBALS, WDFIOTARGET);
typedef VOID(NTAPI* PFN_WDFIOTARGETCLOSE)(PWDF_DRIVER_GLOBALS, WDFIOTARGET);
typedef NTSTATUS(NTAPI* PFN_WDFIOTARGETSTART)(PWDF_DRIVER_GLOBALS, WDFIOTARGET);
typedef VOID(NTAPI* PFN_WDFIOTARGETSTOP)(PWDF_DRIVER_GLOBALS, WDFIOTARGET,
                                         WDF_IO_TARGET_SENT_IO_ACTION);
typedef VOID(NTAPI* PFN_WDFIOTARGETPURGE)(PWDF_DRIVER_GLOBALS, WDFIOTARGET,
                                          WDF_IO_TARGET_PURGE_IO_ACTION);
typedef WDF_IO_TARGET_STATE(NTAPI* PFN_WDFIOTARGETGETSTATE)(PWDF_DRIVER_GLOBALS, WDFIOTARGET);
typedef WDFDEVICE(NTAPI* PFN_WDFIOTARGETGETDEVICE)(PWDF_DRIVER_GLOBALS, WDFIOTARGET);
typedef PDEVICE_OBJECT(NTAPI* PFN_WDFIOTARGETWDMGETTARGETDEVICEOBJECT)(PWDF_DRIVER_GLOBALS,
                                                                       WDFIOTARGET);
typedef PDEVICE_OBJECT(NTAPI* PFN_WDFIOTARGETWDMGETTARGETPHYSICALDEVICE)(PWDF_DRIVER_GLOBALS,
                                                                         WDFIOTARGET);
typedef PFILE_OBJECT(NTAPI* PFN_WDFIOTARGETWDMGETTARGETFILEOBJECT)(PWDF_DRIVER_GLOBALS,
                                                                   WDFIOTARGET);
typedef HANDLE(NTAPI* PFN_WDFIOTARGETWDMGETTARGETFILEHANDLE)(PWDF_DRIVER_GLOBALS, WDFIOTARGET);
typedef NTSTATUS(NTAPI* PFN_WDFIOTARGETSENDREADSYNCHRONOUSLY)(PWDF_DRIVER_GLOBALS, WDFIOTARGET,
                                                              WDFREQUEST, PWDF_MEMORY_DESCRIPTOR,
                                                              PLONGLONG, PWDF_REQUEST_SEND_OPTIONS,
                                                              PULONG_PTR);
typedef NTSTATUS(NTAPI* PFN_WDFIOTARGETFORMATREQUESTFORREAD)(PWDF_DRIVER_GLOBALS, WDFIOTARGET,
                                                             WDFREQUEST, WDFMEMORY,
                                                             PWDFMEMORY_OFFSET, PLONGLONG);
typedef NTSTATUS(NTAPI* PFN_WDFIOTARGETSENDWRITESYNCHRONOUSLY)(PWDF_DRIVER_GLOBALS, WDFIOTARGET,
                                                               WDFREQUEST, PWDF_MEMORY_DESCRIPTOR,
                                                               PLONGLONG, PWDF_REQUEST_SEND_OPTIONS,
                                                               PULONG_PTR);
typedef NTSTATUS(NTAPI* PFN_WDFIOTARGETFORMATREQUESTFORWRITE)(PWDF_DRIVER_GLOBALS, WDFIOTARGET,
                                                              WDFREQUEST, WDFMEMORY,
                                                              PWDFMEMORY_OFFSET, PLONGLONG);
typedef NTSTATUS(NTAPI* PFN_WDFIOTARGETSENDIOCTLSYNCHRONOUSLY)(
    PWDF_DRIVER_GLOBALS, WDFIOTARGET, WDFREQUEST, ULONG, PWDF_MEMORY_DESCRIPTOR,
    PWDF_MEMORY_DESCRIPTOR, PWDF_REQUEST_SEND_OPTIONS, PULONG_PTR);
typedef NTSTATUS(NTAPI* PFN_WDFIOTARGETFORMATREQUESTFORIOCTL)(PWDF_DRIVER_GLOBALS, WDFIOTARGET,
                                                              WDFREQUEST, ULONG, WDFMEMORY,
                                                              PWDFMEMORY_OFFSET, WDFMEMORY,
                                                              PWDFMEMORY_OFFSET);
typedef NTSTATUS(NTAPI* PFN_WDFIOTARGETSENDINTERNALIOCTLSYNCHRONOUSLY)(
    PWDF_DRIVER_GLOBALS, WDFIOTARGET, WDFREQUEST, ULONG, PWDF_MEMORY_DESCRIPTOR,
    PWDF_MEMORY_DESCRIPTOR, PWDF_REQUEST_SEND_OPTIONS, PULONG_PTR);
typedef NTSTATUS(NTAPI* PFN_WDFIOTARGETFORMATREQUESTFORINTERNALIOCTL)(PWDF_DRIVER_GLOBALS,
                                                                      WDFIOTARGET, WDFREQUEST,
                                                                      ULONG, WDFMEMORY,
                                                                      PWDFMEMORY_OFFSET, WDFMEMORY,
                                                                      PWDFMEMORY_OFFSET);

#ifdef WDK_DRIVER
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfIoTargetCreate(WDFDEVICE Device, PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                      WDFIOTARGET* Iotarget) {
  return ((PFN_WDFIOTARGETCREATE)WdfFunctions[WdfIoTargetCreateTableIndex])(
      WdfDriverGlobals, Device, ObjectAttributes, Iotarget);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfIoTargetOpen(WDFIOTARGET Iotarget, PWDF_IO_TARGET_OPEN_PARAMS IoTargetOpenParams) {
  return ((PFN_WDFIOTARGETOPEN)WdfFunctions[WdfIoTargetOpenTableIndex])(WdfDriverGlobals, Iotarget,
                                                                        IoTargetOpenParams);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE VOID
    WdfIoTargetCloseForQueryRemove(WDFIOTARGET Iotarget) {
  ((PFN_WDFIOTARGETCLOSEFORQUERYREMOVE)WdfFunctions[WdfIoTargetCloseForQueryRemoveTableIndex])(
      WdfDriverGlobals, Iotarget);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE VOID WdfIoTargetClose(WDFIOTARGET Iotarget) {
  ((PFN_WDFIOTARGETCLOSE)WdfFunctions[WdfIoTargetCloseTableIndex])(WdfDriverGlobals, Iotarget);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS WdfIoTargetStart(WDFIOTARGET Iotarget) {
  return ((PFN_WDFIOTARGETSTART)WdfFunctions[WdfIoTargetStartTableIndex])(WdfDriverGlobals,
                                                                          Iotarget);
}
FORCEINLINE VOID WdfIoTargetStop(WDFIOTARGET Iotarget,
                                 WDF_IO_TARGET_SENT_IO_ACTION IoTargetSentIoAction) {
  ((PFN_WDFIOTARGETSTOP)WdfFunctions[WdfIoTargetStopTableIndex])(WdfDriverGlobals, Iotarget,
                                                                 IoTargetSentIoAction);
}
// KMDF 1.11 and later.
FORCEINLINE VOID WdfIoTargetPurge(WDFIOTARGET Iotarget,
                                  WDF_IO_TARGET_PURGE_IO_ACTION IoTargetPurgeIoAction) {
  ((PFN_WDFIOTARGETPURGE)WdfFunctions[WdfIoTargetPurgeTableIndex])(WdfDriverGlobals, Iotarget,
                                                                   IoTargetPurgeIoAction);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDF_IO_TARGET_STATE
    WdfIoTargetGetState(WDFIOTARGET Iotarget) {
  return ((PFN_WDFIOTARGETGETSTATE)WdfFunctions[WdfIoTargetGetStateTableIndex])(WdfDriverGlobals,
                                                                                Iotarget);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFDEVICE
    WdfIoTargetGetDevice(WDFIOTARGET Iotarget) {
  return ((PFN_WDFIOTARGETGETDEVICE)WdfFunctions[WdfIoTargetGetDeviceTableIndex])(WdfDriverGlobals,
                                                                                  Iotarget);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE PDEVICE_OBJECT
    WdfIoTargetWdmGetTargetDeviceObject(WDFIOTARGET Iotarget) {
  return ((PFN_WDFIOTARGETWDMGETTARGETDEVICEOBJECT)
              WdfFunctions[WdfIoTargetWdmGetTargetDeviceObjectTableIndex])(WdfDriverGlobals,
                                                                           Iotarget);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE PDEVICE_OBJECT
    WdfIoTargetWdmGetTargetPhysicalDevice(WDFIOTARGET Iotarget) {
  return ((PFN_WDFIOTARGETWDMGETTARGETPHYSICALDEVICE)
              WdfFunctions[WdfIoTargetWdmGetTargetPhysicalDeviceTableIndex])(WdfDriverGlobals,
                                                                             Iotarget);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE PFILE_OBJECT
    WdfIoTargetWdmGetTargetFileObject(WDFIOTARGET Iotarget) {
  return ((PFN_WDFIOTARGETWDMGETTARGETFILEOBJECT)
              WdfFunctions[WdfIoTargetWdmGetTargetFileObjectTableIndex])(WdfDriverGlobals,
                                                                         Iotarget);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE HANDLE
    WdfIoTargetWdmGetTargetFileHandle(WDFIOTARGET Iotarget) {
  return ((PFN_WDFIOTARGETWDMGETTARGETFILEHANDLE)
              WdfFunctions[WdfIoTargetWdmGetTargetFileHandleTableIndex])(WdfDriverGlobals,
                                                                         Iotarget);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfIoTargetSendReadSynchronously(WDFIOTARGET Iotarget, WDFREQUEST Request,
                                     PWDF_MEMORY_DESCRIPTOR MemoryDescriptor, PLONGLONG Plonglong,
                                     PWDF_REQUEST_SEND_OPTIONS RequestSendOptions,
                                     PULONG_PTR PulongPtr) {
  return ((PFN_WDFIOTARGETSENDREADSYNCHRONOUSLY)
              WdfFunctions[WdfIoTargetSendReadSynchronouslyTableIndex])(
      WdfDriverGlobals, Iotarget, Request, MemoryDescriptor, Plonglong, RequestSendOptions,
      PulongPtr);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfIoTargetFormatRequestForRead(WDFIOTARGET Iotarget, WDFREQUEST Request, WDFMEMORY Memory,
                                    PWDFMEMORY_OFFSET MemoryOffset, PLONGLONG Plonglong) {
  return (
      (PFN_WDFIOTARGETFORMATREQUESTFORREAD)WdfFunctions[WdfIoTargetFormatRequestForReadTableIndex])(
      WdfDriverGlobals, Iotarget, Request, Memory, MemoryOffset, Plonglong);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfIoTargetSendWriteSynchronously(WDFIOTARGET Iotarget, WDFREQUEST Request,
                                      PWDF_MEMORY_DESCRIPTOR MemoryDescriptor, PLONGLONG Plonglong,
                                      PWDF_REQUEST_SEND_OPTIONS RequestSendOptions,
                                      PULONG_PTR PulongPtr) {
  return ((PFN_WDFIOTARGETSENDWRITESYNCHRONOUSLY)
              WdfFunctions[WdfIoTargetSendWriteSynchronouslyTableIndex])(
      WdfDriverGlobals, Iotarget, Request, MemoryDescriptor, Plonglong, RequestSendOptions,
      PulongPtr);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfIoTargetFormatRequestForWrite(WDFIOTARGET Iotarget, WDFREQUEST Request, WDFMEMORY Memory,
                                     PWDFMEMORY_OFFSET MemoryOffset, PLONGLONG Plonglong) {
  return ((PFN_WDFIOTARGETFORMATREQUESTFORWRITE)
              WdfFunctions[WdfIoTargetFormatRequestForWriteTableIndex])(
      WdfDriverGlobals, Iotarget, Request, Memory, MemoryOffset, Plonglong);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfIoTargetSendIoctlSynchronously(WDFIOTARGET Iotarget, WDFREQUEST Request, ULONG Ulong,
                                      PWDF_MEMORY_DESCRIPTOR MemoryDescriptor,
                                      PWDF_MEMORY_DESCRIPTOR MemoryDescriptor2,
                                      PWDF_REQUEST_SEND_OPTIONS RequestSendOptions,
                                      PULONG_PTR PulongPtr) {
  return ((PFN_WDFIOTARGETSENDIOCTLSYNCHRONOUSLY)
              WdfFunctions[WdfIoTargetSendIoctlSynchronouslyTableIndex])(
      WdfDriverGlobals, Iotarget, Request, Ulong, MemoryDescriptor, MemoryDescriptor2,
      RequestSendOptions, PulongPtr);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfIoTargetFormatRequestForIoctl(WDFIOTARGET Iotarget, WDFREQUEST Request, ULONG Ulong,
                                     WDFMEMORY Memory, PWDFMEMORY_OFFSET MemoryOffset,
                                     WDFMEMORY Memory2, PWDFMEMORY_OFFSET MemoryOffset2) {
  return ((PFN_WDFIOTARGETFORMATREQUESTFORIOCTL)
              WdfFunctions[WdfIoTargetFormatRequestForIoctlTableIndex])(
      WdfDriverGlobals, Iotarget, Request, Ulong, Memory, MemoryOffset, Memory2, MemoryOffset2);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfIoTargetSendInternalIoctlSynchronously(WDFIOTARGET Iotarget, WDFREQUEST Request, ULONG Ulong,
                                              PWDF_MEMORY_DESCRIPTOR MemoryDescriptor,
                                              PWDF_MEMORY_DESCRIPTOR MemoryDescriptor2,
                                              PWDF_REQUEST_SEND_OPTIONS RequestSendOptions,
                                              PULONG_PTR PulongPtr) {
  return ((PFN_WDFIOTARGETSENDINTERNALIOCTLSYNCHRONOUSLY)
              WdfFunctions[WdfIoTargetSendInternalIoctlSynchronouslyTableIndex])(
      WdfDriverGlobals, Iotarget, Request, Ulong, MemoryDescriptor, MemoryDescriptor2,
      RequestSendOptions, PulongPtr);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfIoTargetFormatRequestForInternalIoctl(WDFIOTARGET Iotarget, WDFREQUEST Request, ULONG Ulong,
                                             WDFMEMORY Memory, PWDFMEMORY_OFFSET MemoryOffset,
                                             WDFMEMORY Memory2, PWDFMEMORY_OFFSET MemoryOffset2) {
  return ((PFN_WDFIOTARGETFORMATREQUESTFORINTERNALIOCTL)
              WdfFunctions[WdfIoTargetFormatRequestForInternalIoctlTableIndex])(
      WdfDriverGlobals, Iotarget, Request, Ulong, Memory, MemoryOffset, Memory2, MemoryOffset2);
}
#endif

#ifdef __cplusplus
}
#endif
