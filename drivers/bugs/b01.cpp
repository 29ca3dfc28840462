// SPDX-License-Identifier: Apache-2.0
// A race that is in the wild (Windows-driver-samples issue 242): the unload routine takes an
// element off its list and lets go of the lock. If the flow ends just then, flowDeleteFn frees the
// element that the unload routine reads next. A reference of its own would keep it.
#include "common.h"

namespace {

struct Context {
  LIST_ENTRY link;
  LONG references;
  UINT64 flow;
  UINT16 layer;
};

LIST_ENTRY contexts;
KSPIN_LOCK lock;
LONG alive;
BOOLEAN stopping;

void drop(Context* context) {
  if (InterlockedDecrement(&context->references) == 0) release(context);
}

void keep(UINT64 flow, UINT16 layer) {
  auto* context = static_cast<Context*>(allocate(sizeof(Context)));
  if (context == nullptr) return;
  context->references = 1;
  context->flow = flow;
  context->layer = layer;
  KIRQL irql;
  KeAcquireSpinLock(&lock, &irql);
  const bool kept =
      !stopping && FwpsFlowAssociateContext0(flow, layer, callout_id,
                                             reinterpret_cast<UINT64>(context)) == STATUS_SUCCESS;
  if (kept) {
    InsertTailList(&contexts, &context->link);
    ++alive;
  }
  KeReleaseSpinLock(&lock, irql);
  if (!kept) release(context);
}

void NTAPI classify(const FWPS_INCOMING_VALUES0* values,
                    const FWPS_INCOMING_METADATA_VALUES0* metadata, void*, const void*,
                    const FWPS_FILTER3*, UINT64 flow_context, FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_CONTINUE;
  if (flow_context == 0) keep(metadata->flowHandle, values->layerId);
}

void NTAPI flow_deleted(UINT16, UINT32, UINT64 flow_context) {
  auto* context = reinterpret_cast<Context*>(flow_context);
  KIRQL irql;
  KeAcquireSpinLock(&lock, &irql);
  RemoveEntryList(&context->link);
  --alive;
  KeReleaseSpinLock(&lock, irql);
  drop(context);
}

Context* take() {
  Context* context = nullptr;
  KIRQL irql;
  KeAcquireSpinLock(&lock, &irql);
  stopping = TRUE;
  if (!IsListEmpty(&contexts)) {
    context = CONTAINING_RECORD(RemoveHeadList(&contexts), Context, link);
    InitializeListHead(&context->link);
#ifdef FIXED
    InterlockedIncrement(&context->references);
#endif
  }
  KeReleaseSpinLock(&lock, irql);
  return context;
}

void NTAPI unload(PDRIVER_OBJECT) {
  close_engine();
  while (Context* context = take()) {
    FwpsFlowRemoveContext0(context->flow, context->layer, callout_id);
#ifdef FIXED
    drop(context);
#endif
  }
  while (ReadNoFence(&alive) != 0) sleep(10);
  unregister_callout();
  delete_device();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  InitializeListHead(&contexts);
  KeInitializeSpinLock(&lock);
  return set_up(driver, unload, FWPM_LAYER_ALE_FLOW_ESTABLISHED_V4, classify, flow_deleted);
}
