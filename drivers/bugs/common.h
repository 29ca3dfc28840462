// SPDX-License-Identifier: Apache-2.0
// What these drivers need and none of them is about: a device, one callout with its filter in an
// engine session, and the right way to take each of them down. A driver leaves out, swaps or spoils
// one step of this; compiled with FIXED it does not.
#pragma once

#include <initguid.h>
// First: what follows defines its GUIDs.

#include <fwpmk.h>
#include <fwpsk.h>
#include <ntddk.h>

extern "C" DRIVER_INITIALIZE DriverEntry;

DEFINE_GUID(callout_key, 0x6f4d2b10, 0x1c5a, 0x4e0b, 0x9a, 0x37, 0x52, 0x0d, 0xb1, 0x84, 0x6e,
            0xf3);

inline constexpr ULONG tag = 'guBD';  // "DBug" in memory
inline constexpr LONGLONG millisecond = 10'000;

constinit inline UNICODE_STRING device_name = RTL_CONSTANT_STRING(L"\\Device\\DrydockBug");
constinit inline UNICODE_STRING link_name = RTL_CONSTANT_STRING(L"\\DosDevices\\DrydockBug");

inline PDEVICE_OBJECT device;
inline HANDLE engine;
inline UINT32 callout_id;

inline void sleep(LONGLONG milliseconds) {
  LARGE_INTEGER interval;
  interval.QuadPart = -milliseconds * millisecond;
  KeDelayExecutionThread(KernelMode, FALSE, &interval);
}

inline void* allocate(SIZE_T size) {
  return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, tag);
}

inline void release(void* block) {
  ExFreePoolWithTag(block, tag);
}

// --- one step each, and its reverse

inline NTSTATUS create_device(PDRIVER_OBJECT driver) {
  return IoCreateDevice(driver, 0, &device_name, FILE_DEVICE_NETWORK, 0, FALSE, &device);
}

inline void delete_device() {
  if (device != nullptr) IoDeleteDevice(device);
  device = nullptr;
}

// With FWPM_SESSION_FLAG_DYNAMIC all that is added goes when the session is closed.
inline NTSTATUS open_engine(UINT32 session_flags) {
  FWPM_SESSION0 session = {};
  session.flags = session_flags;
  return FwpmEngineOpen0(nullptr, RPC_C_AUTHN_WINNT, nullptr, &session, &engine);
}

inline void close_engine() {
  if (engine != nullptr) FwpmEngineClose0(engine);
  engine = nullptr;
}

inline NTSTATUS NTAPI ignore_notification(FWPS_CALLOUT_NOTIFY_TYPE, const GUID*, FWPS_FILTER3*) {
  return STATUS_SUCCESS;
}

inline NTSTATUS register_callout(FWPS_CALLOUT_CLASSIFY_FN3 classify,
                                 FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flow_delete = nullptr,
                                 FWPS_CALLOUT_NOTIFY_FN3 notify = ignore_notification) {
  FWPS_CALLOUT3 callout = {};
  callout.calloutKey = callout_key;
  callout.classifyFn = classify;
  callout.notifyFn = notify;
  callout.flowDeleteFn = flow_delete;
  return FwpsCalloutRegister3(device, &callout, &callout_id);
}

// Until one of the two answers that mean: nobody calls it any more.
inline void unregister_callout() {
  while (callout_id != 0) {
    const NTSTATUS status = FwpsCalloutUnregisterById0(callout_id);
    if (status == STATUS_SUCCESS || status == STATUS_FWP_CALLOUT_NOT_FOUND) {
      callout_id = 0;
    } else {
      sleep(10);
    }
  }
}

inline NTSTATUS add_management_callout(const GUID& layer) {
  FWPM_CALLOUT0 callout = {};
  callout.calloutKey = callout_key;
  callout.displayData.name = const_cast<wchar_t*>(L"Drydock bug callout");
  callout.applicableLayer = layer;
  return FwpmCalloutAdd0(engine, &callout, nullptr, nullptr);
}

inline UINT64 filter_id;

inline NTSTATUS add_filter(const GUID& layer, FWP_ACTION_TYPE action) {
  FWPM_FILTER0 filter = {};
  filter.displayData.name = const_cast<wchar_t*>(L"Drydock bug filter");
  filter.layerKey = layer;
  filter.subLayerKey = FWPM_SUBLAYER_UNIVERSAL;
  filter.action.type = action;
  filter.action.calloutKey = callout_key;
  return FwpmFilterAdd0(engine, &filter, nullptr, &filter_id);
}

inline NTSTATUS attach_callout(const GUID& layer,
                               FWP_ACTION_TYPE action = FWP_ACTION_CALLOUT_INSPECTION) {
  const NTSTATUS status = add_management_callout(layer);
  return NT_SUCCESS(status) ? add_filter(layer, action) : status;
}

// --- all of it

// The right order: first nothing new comes in, then nothing is called any more, then the rest goes.
// Does nothing for what was never made.
inline void take_down() {
  close_engine();
  unregister_callout();
  delete_device();
}

inline NTSTATUS set_up(PDRIVER_OBJECT driver, PDRIVER_UNLOAD unload, const GUID& layer,
                       FWPS_CALLOUT_CLASSIFY_FN3 classify,
                       FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flow_delete = nullptr,
                       FWPS_CALLOUT_NOTIFY_FN3 notify = ignore_notification) {
  driver->DriverUnload = unload;
  NTSTATUS status = create_device(driver);
  if (NT_SUCCESS(status)) status = register_callout(classify, flow_delete, notify);
  if (NT_SUCCESS(status)) status = open_engine(FWPM_SESSION_FLAG_DYNAMIC);
  if (NT_SUCCESS(status)) status = attach_callout(layer);
  if (!NT_SUCCESS(status)) take_down();
  return status;
}

// A classifyFn for drivers whose mistake lies elsewhere.
inline void NTAPI look_on(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0*,
                          void*, const void*, const FWPS_FILTER3*, UINT64,
                          FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_CONTINUE;
}
