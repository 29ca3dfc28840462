// SPDX-License-Identifier: Apache-2.0
// Two documentation samples put together: classifyFn removes the context of its flow and frees it,
// and flowDeleteFn, called because of the removal, frees it as well. FLOW-02 and POOL-02.
#include "common.h"

namespace {

struct Context {
  UINT64 flow;
};

void NTAPI flow_deleted(UINT16, UINT32, UINT64 flow_context) {
  release(reinterpret_cast<Context*>(flow_context));
}

void begin(UINT64 flow, UINT16 layer) {
  auto* context = static_cast<Context*>(allocate(sizeof(Context)));
  if (context == nullptr) return;
  context->flow = flow;
  const NTSTATUS status =
      FwpsFlowAssociateContext0(flow, layer, callout_id, reinterpret_cast<UINT64>(context));
  if (status != STATUS_SUCCESS) release(context);
}

// The first datagram gives the flow a context, the second takes it away.
void NTAPI classify(const FWPS_INCOMING_VALUES0* values,
                    const FWPS_INCOMING_METADATA_VALUES0* metadata, void*, const void*,
                    const FWPS_FILTER3*, UINT64 flow_context, FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_CONTINUE;
  if (flow_context == 0) {
    begin(metadata->flowHandle, values->layerId);
    return;
  }
  FwpsFlowRemoveContext0(metadata->flowHandle, values->layerId, callout_id);
#ifndef FIXED
  release(reinterpret_cast<Context*>(flow_context));
#endif
}

// Flows with a single datagram keep their context until they end.
void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up(driver, unload, FWPM_LAYER_DATAGRAM_DATA_V4, classify, flow_deleted);
}
