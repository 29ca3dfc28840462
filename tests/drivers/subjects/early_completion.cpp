// SPDX-License-Identifier: Apache-2.0
// Pends each connect and each accept, and leaves the completion to a thread that may well be done
// before the classifyFn has returned. An accept is completed with a clone of its packet, which is
// the platform's from then on.
#include "pending.h"

namespace {

struct Pended {
  LIST_ENTRY entry;
  HANDLE context;
  NET_BUFFER_LIST* clone;
};

LIST_ENTRY queue;
KSPIN_LOCK lock;
KEVENT wake;
PKTHREAD worker;
volatile LONG ends;
UINT32 accept_id;

void complete_all() {
  while (PLIST_ENTRY each = ExInterlockedRemoveHeadList(&queue, &lock)) {
    auto* item = CONTAINING_RECORD(each, Pended, entry);
    FwpsCompleteOperation0(item->context, item->clone);
    release(item);
  }
}

void NTAPI work(void*) {
  while (ends == 0) {
    KeWaitForSingleObject(&wake, Executive, KernelMode, FALSE, nullptr);
    complete_all();
  }
  complete_all();
  PsTerminateSystemThread(STATUS_SUCCESS);
}

// Queued before it is known to wait.
void pend(const FWPS_INCOMING_METADATA_VALUES0* metadata, NET_BUFFER_LIST* packet,
          FWPS_CLASSIFY_OUT0* out) {
  auto* item = static_cast<Pended*>(allocate(sizeof(Pended)));
  if (item == nullptr) return;
  item->clone = nullptr;
  NTSTATUS status = STATUS_SUCCESS;
  if (packet != nullptr)
    status = FwpsAllocateCloneNetBufferList0(packet, nullptr, nullptr, 0, &item->clone);
  if (NT_SUCCESS(status)) status = FwpsPendOperation0(metadata->completionHandle, &item->context);
  if (!NT_SUCCESS(status)) {  // asked again, for one
    if (item->clone != nullptr) FwpsFreeCloneNetBufferList0(item->clone, 0);
    return release(item);
  }
  block_until_completed(out);
  ExInterlockedInsertTailList(&queue, &item->entry, &lock);
  KeSetEvent(&wake, 0, FALSE);
}

void NTAPI on_connect(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0* metadata,
                      void*, const void*, const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_PERMIT;
  pend(metadata, nullptr, out);
}

void NTAPI on_accept(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0* metadata,
                     void* data, const void*, const FWPS_FILTER3*, UINT64,
                     FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_PERMIT;
  if (data != nullptr) pend(metadata, static_cast<NET_BUFFER_LIST*>(data), out);
}

NTSTATUS watch_accepts() {
  FWPS_CALLOUT3 callout = {};
  callout.calloutKey = callout_key;
  ++callout.calloutKey.Data1;
  callout.classifyFn = on_accept;
  callout.notifyFn = ignore_notification;
  NTSTATUS status = FwpsCalloutRegister3(device, &callout, &accept_id);
  FWPM_CALLOUT0 managed = {};
  managed.calloutKey = callout.calloutKey;
  managed.displayData.name = const_cast<wchar_t*>(L"Early completion");
  managed.applicableLayer = FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4;
  if (NT_SUCCESS(status)) status = FwpmCalloutAdd0(engine, &managed, nullptr, nullptr);
  FWPM_FILTER0 filter = {};
  filter.displayData.name = const_cast<wchar_t*>(L"Early completion");
  filter.layerKey = managed.applicableLayer;
  filter.action.type = FWP_ACTION_CALLOUT_UNKNOWN;
  filter.action.calloutKey = callout.calloutKey;
  if (NT_SUCCESS(status)) status = FwpmFilterAdd0(engine, &filter, nullptr, nullptr);
  return status;
}

NTSTATUS start_worker() {
  HANDLE thread;
  NTSTATUS status =
      PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, nullptr, nullptr, nullptr, work, nullptr);
  if (!NT_SUCCESS(status)) return status;
  status = ObReferenceObjectByHandle(thread, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                     reinterpret_cast<void**>(&worker), nullptr);
  ZwClose(thread);
  return status;
}

// With the filters gone nothing more is queued; the rest is completed while all else still is
// there.
void NTAPI unload(PDRIVER_OBJECT) {
  close_engine();
  if (worker != nullptr) {
    InterlockedExchange(&ends, 1);
    KeSetEvent(&wake, 0, FALSE);
    KeWaitForSingleObject(worker, Executive, KernelMode, FALSE, nullptr);
    ObDereferenceObject(worker);
  }
  if (accept_id != 0) FwpsCalloutUnregisterById0(accept_id);
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  InitializeListHead(&queue);
  KeInitializeSpinLock(&lock);
  KeInitializeEvent(&wake, SynchronizationEvent, FALSE);
  NTSTATUS status = set_up_deciding(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, on_connect);
  if (!NT_SUCCESS(status)) return status;
  status = start_worker();
  if (NT_SUCCESS(status)) status = watch_accepts();
  if (!NT_SUCCESS(status)) unload(driver);
  return status;
}
