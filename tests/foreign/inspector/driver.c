// SPDX-License-Identifier: Apache-2.0
// Loading, registration and unloading.
#include <ntddk.h>
#include <wdf.h>

#pragma warning(push)
#pragma warning(disable : 4201)  // unnamed struct/union

#include <fwpsk.h>

#pragma warning(pop)

#include <Wdmsec.h>
#include <fwpmk.h>
#include <in6addr.h>
#include <ip2string.h>
#include <ntstrsafe.h>
#include <ws2ipdef.h>

#include "driver.tmh"
#include "inspector.h"

#define INITGUID
#include <guiddef.h>

// Older sources define descriptors that the kit has, too.
DECLARE_CONST_UNICODE_STRING(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R,
                             L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)");

// 5ce7a1f1-...: keys of this driver's objects
DEFINE_GUID(INSPECTOR_CONNECT_CALLOUT_V4, 0x5ce7a1f1, 0x7b3c, 0x4b1e, 0x8c, 0x11, 0x52, 0x0e, 0x3a,
            0x6d, 0x91, 0x01);
DEFINE_GUID(INSPECTOR_CONNECT_CALLOUT_V6, 0x5ce7a1f2, 0x7b3c, 0x4b1e, 0x8c, 0x11, 0x52, 0x0e, 0x3a,
            0x6d, 0x91, 0x02);
DEFINE_GUID(INSPECTOR_SUBLAYER, 0x5ce7a1f3, 0x7b3c, 0x4b1e, 0x8c, 0x11, 0x52, 0x0e, 0x3a, 0x6d,
            0x91, 0x03);

DEVICE_OBJECT* gWdmDevice;
WDFKEY gParametersKey;
HANDLE gEngineHandle;
UINT32 gCalloutIdV4, gCalloutIdV6;
LIST_ENTRY gPacketList;
KSPIN_LOCK gPacketLock;
KEVENT gWorkerEvent;
BOOLEAN gDriverUnloading = FALSE;
void* gThreadObj;
volatile LONG64 gInspected;

DRIVER_INITIALIZE DriverEntry;
EVT_WDF_DRIVER_UNLOAD EvtDriverUnload;
EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL EvtIoDeviceControl;
EVT_WDF_DEVICE_FILE_CREATE EvtFileCreate;
EVT_WDF_FILE_CLEANUP EvtFileCleanup;

// Casts that are written to, as Microsoft's C takes them.
static BOOLEAN CastsAreLvalues(void) {
  UCHAR bytes[4] = {1, 2, 3, 4};
  struct {
    volatile ULONG count;
    PVOID next;
  } entry = {41, bytes};
  PVOID at = bytes;

  InterlockedIncrement(&(LONG)entry.count);
  ((PUCHAR)at)++;
  (PUCHAR) at += 1;
  (PUCHAR) entry.next = (PUCHAR)at + 1;
  return entry.count == 42 && at == bytes + 2 && *((PUCHAR)entry.next)-- == 4 &&
         entry.next == bytes + 2;
}

NTSTATUS LoadRemoteAddress(_In_ const WDFKEY key, _Out_ IN_ADDR* address) {
  NTSTATUS status;
  DECLARE_CONST_UNICODE_STRING(valueName, L"RemoteAddress");
  DECLARE_UNICODE_STRING_SIZE(value, INET6_ADDRSTRLEN);

  address->S_un.S_addr = RtlUlongByteSwap(INADDR_LOOPBACK);
  status = WdfRegistryQueryUnicodeString(key, &valueName, NULL, &value);
  if (NT_SUCCESS(status)) {
    PCWSTR terminator;
    value.Buffer[value.Length / sizeof(WCHAR)] = UNICODE_NULL;
    status = RtlIpv4StringToAddressW(value.Buffer, TRUE, &terminator, address);
  }
  return status;
}

NTSTATUS AddFilter(_In_ const PWSTR filterName, _In_ const GUID* layerKey,
                   _In_ const GUID* calloutKey, _In_ UINT8 protocol) {
  FWPM_FILTER filter = {0};
  FWPM_FILTER_CONDITION filterConditions[2] = {0};
  UINT conditionIndex;

  filter.layerKey = *layerKey;
  filter.displayData.name = (wchar_t*)filterName;
  filter.displayData.description = L"Inspects connections out of band";
  filter.action.type = FWP_ACTION_CALLOUT_INSPECTION;
  filter.action.calloutKey = *calloutKey;
  filter.filterCondition = filterConditions;
  filter.subLayerKey = INSPECTOR_SUBLAYER;
  filter.weight.type = FWP_EMPTY;  // auto-weight

  conditionIndex = 0;
  filterConditions[conditionIndex].fieldKey = FWPM_CONDITION_IP_PROTOCOL;
  filterConditions[conditionIndex].matchType = FWP_MATCH_EQUAL;
  filterConditions[conditionIndex].conditionValue.type = FWP_UINT8;
  filterConditions[conditionIndex].conditionValue.uint8 = protocol;
  conditionIndex++;
  filter.numFilterConditions = conditionIndex;

  return FwpmFilterAdd(gEngineHandle, &filter, NULL, NULL);
}

NTSTATUS RegisterCallout(_In_ const GUID* layerKey, _In_ const GUID* calloutKey,
                         _Inout_ void* deviceObject, _Out_ UINT32* calloutId) {
  NTSTATUS status = STATUS_SUCCESS;
  FWPS_CALLOUT sCallout = {0};
  FWPM_CALLOUT mCallout = {0};
  FWPM_DISPLAY_DATA displayData = {0};
  BOOLEAN calloutRegistered = FALSE;

  sCallout.calloutKey = *calloutKey;
  sCallout.classifyFn = InspectorAleClassify;
  sCallout.notifyFn = InspectorNotify;

  status = FwpsCalloutRegister(deviceObject, &sCallout, calloutId);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  calloutRegistered = TRUE;

  displayData.name = L"Inspector connect callout";
  displayData.description = L"Watches connections";
  mCallout.calloutKey = *calloutKey;
  mCallout.displayData = displayData;
  mCallout.applicableLayer = *layerKey;

  status = FwpmCalloutAdd(gEngineHandle, &mCallout, NULL, NULL);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  status = AddFilter(L"Inspector TCP filter", layerKey, calloutKey, IPPROTO_TCP);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  status = AddFilter(L"Inspector UDP filter", layerKey, calloutKey, IPPROTO_UDP);

Exit:
  if (!NT_SUCCESS(status)) {
    if (calloutRegistered) {
      FwpsCalloutUnregisterById(*calloutId);
      *calloutId = 0;
    }
  }
  return status;
}

NTSTATUS RegisterCallouts(_Inout_ void* deviceObject) {
  NTSTATUS status = STATUS_SUCCESS;
  FWPM_SUBLAYER subLayer;
  BOOLEAN engineOpened = FALSE;
  BOOLEAN inTransaction = FALSE;
  FWPM_SESSION session = {0};

  session.flags = FWPM_SESSION_FLAG_DYNAMIC;
  status = FwpmEngineOpen(NULL, RPC_C_AUTHN_WINNT, NULL, &session, &gEngineHandle);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  engineOpened = TRUE;

  status = FwpmTransactionBegin(gEngineHandle, 0);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  inTransaction = TRUE;

  RtlZeroMemory(&subLayer, sizeof(FWPM_SUBLAYER));
  subLayer.subLayerKey = INSPECTOR_SUBLAYER;
  subLayer.displayData.name = L"Inspector sub-layer";
  subLayer.displayData.description = L"For the inspector's filters";
  subLayer.flags = 0;
  subLayer.weight = 0;  // must be less than the weight of FWPM_SUBLAYER_UNIVERSAL
  status = FwpmSubLayerAdd(gEngineHandle, &subLayer, NULL);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  status = RegisterCallout(&FWPM_LAYER_ALE_AUTH_CONNECT_V4, &INSPECTOR_CONNECT_CALLOUT_V4,
                           deviceObject, &gCalloutIdV4);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  status = RegisterCallout(&FWPM_LAYER_ALE_AUTH_CONNECT_V6, &INSPECTOR_CONNECT_CALLOUT_V6,
                           deviceObject, &gCalloutIdV6);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  status = FwpmTransactionCommit(gEngineHandle);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  inTransaction = FALSE;

Exit:
  if (!NT_SUCCESS(status)) {
    TraceEvents(TRACE_LEVEL_ERROR, TRACE_INIT, "registration failed: %!STATUS!", status);
    if (inTransaction) {
      FwpmTransactionAbort(gEngineHandle);
      _Analysis_assume_lock_not_held_(gEngineHandle);
    }
    if (engineOpened) {
      FwpmEngineClose(gEngineHandle);
      gEngineHandle = NULL;
    }
  }
  return status;
}

void UnregisterCallouts(void) {
  FwpmEngineClose(gEngineHandle);
  gEngineHandle = NULL;
  FwpsCalloutUnregisterById(gCalloutIdV6);
  FwpsCalloutUnregisterById(gCalloutIdV4);
}

_Function_class_(EVT_WDF_DRIVER_UNLOAD) _IRQL_requires_same_ _IRQL_requires_max_(PASSIVE_LEVEL)
VOID EvtDriverUnload(_In_ WDFDRIVER driverObject) {
  KLOCK_QUEUE_HANDLE packetLockHandle;

  UNREFERENCED_PARAMETER(driverObject);
  UnregisterCallouts();

  KeAcquireInStackQueuedSpinLock(&gPacketLock, &packetLockHandle);
  gDriverUnloading = TRUE;
  KeReleaseInStackQueuedSpinLock(&packetLockHandle);
  KeSetEvent(&gWorkerEvent, IO_NO_INCREMENT, FALSE);

  NT_ASSERT(gThreadObj != NULL);
  KeWaitForSingleObject(gThreadObj, Executive, KernelMode, FALSE, NULL);
  ObDereferenceObject(gThreadObj);
  Trace(TRACE_LEVEL_INFORMATION, "inspected %I64d", gInspected);
  WPP_CLEANUP(WdfDriverWdmGetDriverObject(driverObject));
}

VOID EvtFileCreate(_In_ WDFDEVICE Device, _In_ WDFREQUEST Request, _In_ WDFFILEOBJECT FileObject) {
  UNREFERENCED_PARAMETER(FileObject);
  InterlockedIncrement(&GetDeviceExtension(Device)->OpenCount);
  WdfRequestComplete(Request, STATUS_SUCCESS);
}

VOID EvtFileCleanup(_In_ WDFFILEOBJECT FileObject) {
  InterlockedDecrement(&GetDeviceExtension(WdfFileObjectGetDevice(FileObject))->OpenCount);
}

VOID EvtIoDeviceControl(_In_ WDFQUEUE Queue, _In_ WDFREQUEST Request,
                        _In_ size_t OutputBufferLength, _In_ size_t InputBufferLength,
                        _In_ ULONG IoControlCode) {
  NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
  PLONG64 count = NULL;
  size_t length = 0;

  UNREFERENCED_PARAMETER(Queue);
  UNREFERENCED_PARAMETER(OutputBufferLength);
  UNREFERENCED_PARAMETER(InputBufferLength);
  switch (IoControlCode) {
    case IOCTL_INSPECTOR_COUNT:
      status = WdfRequestRetrieveOutputBuffer(Request, sizeof(LONG64), (PVOID*)&count, &length);
      if (NT_SUCCESS(status)) {
        *count = InterlockedAdd64(&gInspected, 0);
        length = sizeof(LONG64);
      }
      break;
  }
  WdfRequestCompleteWithInformation(Request, status, NT_SUCCESS(status) ? length : 0);
}

NTSTATUS InitDriverObjects(_Inout_ DRIVER_OBJECT* driverObject,
                           _In_ const UNICODE_STRING* registryPath, _Out_ WDFDRIVER* pDriver,
                           _Out_ WDFDEVICE* pDevice) {
  NTSTATUS status;
  WDF_DRIVER_CONFIG config;
  WDF_OBJECT_ATTRIBUTES attributes;
  WDF_FILEOBJECT_CONFIG fileConfig;
  WDF_IO_QUEUE_CONFIG queueConfig;
  PWDFDEVICE_INIT pInit = NULL;
  DECLARE_CONST_UNICODE_STRING(deviceName, L"\\Device\\Inspector");
  DECLARE_CONST_UNICODE_STRING(linkName, L"\\DosDevices\\Global\\Inspector");

  WDF_DRIVER_CONFIG_INIT(&config, WDF_NO_EVENT_CALLBACK);
  config.DriverInitFlags |= WdfDriverInitNonPnpDriver;
  config.EvtDriverUnload = EvtDriverUnload;
  status = WdfDriverCreate(driverObject, registryPath, WDF_NO_OBJECT_ATTRIBUTES, &config, pDriver);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  pInit = WdfControlDeviceInitAllocate(*pDriver, &SDDL_DEVOBJ_SYS_ALL_ADM_ALL);
  if (!pInit) {
    status = STATUS_INSUFFICIENT_RESOURCES;
    goto Exit;
  }
  WdfDeviceInitSetDeviceType(pInit, FILE_DEVICE_NETWORK);
  WdfDeviceInitSetCharacteristics(pInit, FILE_DEVICE_SECURE_OPEN, FALSE);
  WdfDeviceInitSetCharacteristics(pInit, FILE_AUTOGENERATED_DEVICE_NAME, TRUE);
  status = WdfDeviceInitAssignName(pInit, &deviceName);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  WDF_FILEOBJECT_CONFIG_INIT(&fileConfig, EvtFileCreate, WDF_NO_EVENT_CALLBACK, EvtFileCleanup);
  WdfDeviceInitSetFileObjectConfig(pInit, &fileConfig, WDF_NO_OBJECT_ATTRIBUTES);

  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, DEVICE_EXTENSION);
  status = WdfDeviceCreate(&pInit, &attributes, pDevice);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  status = WdfDeviceCreateSymbolicLink(*pDevice, &linkName);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&queueConfig, WdfIoQueueDispatchSequential);
  queueConfig.EvtIoDeviceControl = EvtIoDeviceControl;
  status = WdfIoQueueCreate(*pDevice, &queueConfig, WDF_NO_OBJECT_ATTRIBUTES,
                            &GetDeviceExtension(*pDevice)->Queue);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  WdfControlFinishInitializing(*pDevice);

Exit:
  if (pInit) {
    WdfDeviceInitFree(pInit);
  }
  return status;
}

#pragma alloc_text(INIT, DriverEntry)

NTSTATUS DriverEntry(DRIVER_OBJECT* driverObject, UNICODE_STRING* registryPath) {
  NTSTATUS status;
  WDFDRIVER driver;
  WDFDEVICE device;
  HANDLE threadHandle;

  if (!CastsAreLvalues()) {
    return STATUS_NOT_SUPPORTED;
  }
  // Request NX Non-Paged Pool when available
  ExInitializeDriverRuntime(DrvRtPoolNxOptIn);
  WPP_INIT_TRACING(driverObject, registryPath);

  status = InitDriverObjects(driverObject, registryPath, &driver, &device);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  status = WdfDriverOpenParametersRegistryKey(driver, KEY_READ, WDF_NO_OBJECT_ATTRIBUTES,
                                              &gParametersKey);
  if (NT_SUCCESS(status)) {
    (void)LoadRemoteAddress(gParametersKey, &GetDeviceExtension(device)->RemoteAddress);
    WdfRegistryClose(gParametersKey);
  }
  InitializeListHead(&gPacketList);
  KeInitializeSpinLock(&gPacketLock);
  KeInitializeEvent(&gWorkerEvent, NotificationEvent, FALSE);

  gWdmDevice = WdfDeviceWdmGetDeviceObject(device);
  status = RegisterCallouts(gWdmDevice);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  status = PsCreateSystemThread(&threadHandle, THREAD_ALL_ACCESS, NULL, NULL, NULL, InspectorWorker,
                                NULL);
  if (!NT_SUCCESS(status)) {
    goto Exit;
  }
  status = ObReferenceObjectByHandle(threadHandle, 0, NULL, KernelMode, &gThreadObj, NULL);
  NT_ASSERT(NT_SUCCESS(status));
  ZwClose(threadHandle);

Exit:
  if (!NT_SUCCESS(status)) {
    if (gEngineHandle != NULL) {
      UnregisterCallouts();
    }
    WPP_CLEANUP(driverObject);
  }
  return status;
}
