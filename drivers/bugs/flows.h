// SPDX-License-Identifier: Apache-2.0
// Flow contexts kept the right way, for drivers whose mistake lies elsewhere: a list under a lock,
// a reference for the flow and one for whoever else looks at an element.
#pragma once

#include "common.h"

struct Flow {
  LIST_ENTRY link;
  LONG references;  // the flow's own, and that of the unload routine
  UINT64 id;
  UINT16 layer;
};

inline LIST_ENTRY flows;
inline KSPIN_LOCK flows_lock;
inline LONG flow_count;  // contexts whose flowDeleteFn has not run
inline BOOLEAN stopping;

inline void start_flows() {
  InitializeListHead(&flows);
  KeInitializeSpinLock(&flows_lock);
}

inline void drop_reference(Flow* flow) {
  if (InterlockedDecrement(&flow->references) == 0) release(flow);
}

inline void keep_flow(UINT64 id, UINT16 layer) {
  auto* flow = static_cast<Flow*>(allocate(sizeof(Flow)));
  if (flow == nullptr) return;
  flow->references = 1;
  flow->id = id;
  flow->layer = layer;
  KIRQL irql;
  KeAcquireSpinLock(&flows_lock, &irql);
  // STATUS_OBJECT_NAME_EXISTS counts as success for NT_SUCCESS, but the flow keeps its old context.
  const bool kept =
      !stopping && FwpsFlowAssociateContext0(id, layer, callout_id,
                                             reinterpret_cast<UINT64>(flow)) == STATUS_SUCCESS;
  if (kept) {
    InsertTailList(&flows, &flow->link);
    ++flow_count;
  }
  KeReleaseSpinLock(&flows_lock, irql);
  if (!kept) release(flow);
}

// The flowDeleteFn.
inline void NTAPI flow_deleted(UINT16, UINT32, UINT64 flow_context) {
  auto* flow = reinterpret_cast<Flow*>(flow_context);
  KIRQL irql;
  KeAcquireSpinLock(&flows_lock, &irql);
  RemoveEntryList(&flow->link);  // of itself, when the unload routine has unlinked it
  --flow_count;
  KeReleaseSpinLock(&flows_lock, irql);
  drop_reference(flow);
}

// The next flow off the list, with a reference; null at its end.
inline Flow* take_flow() {
  Flow* flow = nullptr;
  KIRQL irql;
  KeAcquireSpinLock(&flows_lock, &irql);
  stopping = TRUE;
  if (!IsListEmpty(&flows)) {
    flow = CONTAINING_RECORD(RemoveHeadList(&flows), Flow, link);
    InitializeListHead(&flow->link);
    InterlockedIncrement(&flow->references);
  }
  KeReleaseSpinLock(&flows_lock, irql);
  return flow;
}

// Whatever a removal answers, its flowDeleteFn runs once; all have run when this returns.
inline void forget_flows() {
  while (Flow* flow = take_flow()) {
    FwpsFlowRemoveContext0(flow->id, flow->layer, callout_id);
    drop_reference(flow);
  }
  while (ReadNoFence(&flow_count) != 0) sleep(10);
}

// A classifyFn for a layer at which every flow is seen.
inline void NTAPI keep_every_flow(const FWPS_INCOMING_VALUES0* values,
                                  const FWPS_INCOMING_METADATA_VALUES0* metadata, void*,
                                  const void*, const FWPS_FILTER3*, UINT64 flow_context,
                                  FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_CONTINUE;
  if (flow_context == 0) keep_flow(metadata->flowHandle, values->layerId);
}
