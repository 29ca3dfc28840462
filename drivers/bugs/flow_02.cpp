// SPDX-License-Identifier: Apache-2.0
// FLOW-02: classifyFn is done with a flow after two datagrams and removes its context. The answer
// is STATUS_PENDING, for this classify is still under way; the driver frees the context at once.
#include "common.h"

namespace {

struct Conversation {
  LIST_ENTRY link;
  UINT64 flow;
  LONG datagrams;
};

LIST_ENTRY conversations;
KSPIN_LOCK lock;

void begin(UINT64 flow, UINT16 layer) {
  auto* conversation = static_cast<Conversation*>(allocate(sizeof(Conversation)));
  if (conversation == nullptr) return;
  conversation->flow = flow;
  conversation->datagrams = 1;
  KIRQL irql;
  KeAcquireSpinLock(&lock, &irql);
  const NTSTATUS status =
      FwpsFlowAssociateContext0(flow, layer, callout_id, reinterpret_cast<UINT64>(conversation));
  if (status == STATUS_SUCCESS) InsertTailList(&conversations, &conversation->link);
  KeReleaseSpinLock(&lock, irql);
  if (status != STATUS_SUCCESS) release(conversation);
}

// True if it was on the list: then the caller is the one that frees it.
bool unlink(UINT64 context) {
  bool found = false;
  KIRQL irql;
  KeAcquireSpinLock(&lock, &irql);
  for (PLIST_ENTRY at = conversations.Flink; at != &conversations && !found; at = at->Flink) {
    found = reinterpret_cast<UINT64>(CONTAINING_RECORD(at, Conversation, link)) == context;
    if (found) RemoveEntryList(at);
  }
  KeReleaseSpinLock(&lock, irql);
  return found;
}

void NTAPI flow_deleted(UINT16, UINT32, UINT64 context) {
  if (unlink(context)) release(reinterpret_cast<void*>(context));
}

void end(UINT64 flow, UINT16 layer, UINT64 context) {
#ifdef FIXED
  UNREFERENCED_PARAMETER(context);
  FwpsFlowRemoveContext0(flow, layer, callout_id);  // flowDeleteFn frees
#else
  const bool ours = unlink(context);
  const NTSTATUS status = FwpsFlowRemoveContext0(flow, layer, callout_id);
  if (ours && NT_SUCCESS(status)) release(reinterpret_cast<void*>(context));
#endif
}

void NTAPI classify(const FWPS_INCOMING_VALUES0* values,
                    const FWPS_INCOMING_METADATA_VALUES0* metadata, void*, const void*,
                    const FWPS_FILTER3*, UINT64 context, FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_CONTINUE;
  if (context == 0) {
    begin(metadata->flowHandle, values->layerId);
  } else if (InterlockedIncrement(&reinterpret_cast<Conversation*>(context)->datagrams) == 2) {
    end(metadata->flowHandle, values->layerId, context);
  }
}

void remove_all() {
  for (;;) {
    UINT64 flow = 0;
    KIRQL irql;
    KeAcquireSpinLock(&lock, &irql);
    if (!IsListEmpty(&conversations))
      flow = CONTAINING_RECORD(conversations.Flink, Conversation, link)->flow;
    KeReleaseSpinLock(&lock, irql);
    if (flow == 0) return;
    FwpsFlowRemoveContext0(flow, FWPS_LAYER_DATAGRAM_DATA_V4, callout_id);
    sleep(1);  // one that is being deleted leaves the list by itself
  }
}

void NTAPI unload(PDRIVER_OBJECT) {
  close_engine();
  sleep(10);  // for a classify that began before
  remove_all();
  unregister_callout();
  delete_device();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  InitializeListHead(&conversations);
  KeInitializeSpinLock(&lock);
  return set_up(driver, unload, FWPM_LAYER_DATAGRAM_DATA_V4, classify, flow_deleted);
}
