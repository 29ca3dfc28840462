// SPDX-License-Identifier: Apache-2.0
// Keeps a state for each socket, by its transportEndpointHandle: made at RESOURCE_ASSIGNMENT, asked
// for at LISTEN and CONNECT, given up at RESOURCE_RELEASE. Whatever comes out of that order ends in
// a bug check: code of the event, then the handle.
#include "common.h"

namespace {

struct Socket {
  LIST_ENTRY entry;
  UINT64 handle;
  bool closed;
};

LIST_ENTRY sockets;
KSPIN_LOCK lock;

const GUID* const layers[] = {&FWPM_LAYER_ALE_RESOURCE_ASSIGNMENT_V4,
                              &FWPM_LAYER_ALE_AUTH_LISTEN_V4, &FWPM_LAYER_ALE_AUTH_CONNECT_V4,
                              &FWPM_LAYER_ALE_ENDPOINT_CLOSURE_V4,
                              &FWPM_LAYER_ALE_RESOURCE_RELEASE_V4};
constexpr ULONG layer_count = sizeof(layers) / sizeof(layers[0]);
UINT32 callouts[layer_count];

Socket* find(UINT64 handle) {
  for (LIST_ENTRY* each = sockets.Flink; each != &sockets; each = each->Flink) {
    auto* socket = CONTAINING_RECORD(each, Socket, entry);
    if (socket->handle == handle) return socket;
  }
  return nullptr;
}

void assign(UINT64 handle) {
  auto* socket = static_cast<Socket*>(allocate(sizeof(Socket)));
  if (socket == nullptr) return;
  socket->handle = handle;
  socket->closed = false;
  InsertTailList(&sockets, &socket->entry);
}

void note(UINT16 layer, UINT64 handle) {
  if (layer == FWPS_LAYER_ALE_RESOURCE_ASSIGNMENT_V4) return assign(handle);
  Socket* socket = find(handle);
  if (layer == FWPS_LAYER_ALE_ENDPOINT_CLOSURE_V4) {
    if (socket != nullptr) socket->closed = true;  // accepted connections were never assigned
    return;
  }
  if (socket == nullptr) KeBugCheckEx(0xA0000001, layer, static_cast<ULONG_PTR>(handle), 0, 0);
  if (layer != FWPS_LAYER_ALE_RESOURCE_RELEASE_V4) return;
  if (!socket->closed) KeBugCheckEx(0xA0000002, layer, static_cast<ULONG_PTR>(handle), 0, 0);
  RemoveEntryList(&socket->entry);
  release(socket);
}

void NTAPI classify(const FWPS_INCOMING_VALUES0* values,
                    const FWPS_INCOMING_METADATA_VALUES0* metadata, void*, const void*,
                    const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_CONTINUE;
  KIRQL irql;
  KeAcquireSpinLock(&lock, &irql);
  note(values->layerId, metadata->transportEndpointHandle);
  KeReleaseSpinLock(&lock, irql);
}

NTSTATUS watch(ULONG index) {
  FWPS_CALLOUT3 callout = {};
  callout.calloutKey = callout_key;
  callout.calloutKey.Data1 += index;
  callout.classifyFn = classify;
  callout.notifyFn = ignore_notification;
  NTSTATUS status = FwpsCalloutRegister3(device, &callout, &callouts[index]);
  FWPM_CALLOUT0 managed = {};
  managed.calloutKey = callout.calloutKey;
  managed.displayData.name = const_cast<wchar_t*>(L"Socket states");
  managed.applicableLayer = *layers[index];
  if (NT_SUCCESS(status)) status = FwpmCalloutAdd0(engine, &managed, nullptr, nullptr);
  FWPM_FILTER0 filter = {};
  filter.displayData.name = const_cast<wchar_t*>(L"Socket states");
  filter.layerKey = *layers[index];
  filter.action.type = FWP_ACTION_CALLOUT_INSPECTION;
  filter.action.calloutKey = callout.calloutKey;
  if (NT_SUCCESS(status)) status = FwpmFilterAdd0(engine, &filter, nullptr, nullptr);
  return status;
}

void NTAPI unload(PDRIVER_OBJECT) {
  close_engine();
  for (const UINT32 id : callouts) {
    if (id != 0) FwpsCalloutUnregisterById0(id);
  }
  while (!IsListEmpty(&sockets))
    release(CONTAINING_RECORD(RemoveHeadList(&sockets), Socket, entry));
  delete_device();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  driver->DriverUnload = unload;
  InitializeListHead(&sockets);
  KeInitializeSpinLock(&lock);
  NTSTATUS status = create_device(driver);
  if (NT_SUCCESS(status)) status = open_engine(FWPM_SESSION_FLAG_DYNAMIC);
  for (ULONG i = 0; i < layer_count && NT_SUCCESS(status); ++i) status = watch(i);
  if (!NT_SUCCESS(status)) unload(driver);
  return status;
}
