// SPDX-License-Identifier: Apache-2.0
// PEND-05: the first received data of every stream are deferred, and nobody ever lets them go on.
#include "common.h"

namespace {

constexpr LONG most_flows = 64;

UINT64 deferred[most_flows];
LONG deferred_count;
LONG stopping;

void NTAPI classify(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0* metadata,
                    void* data, const void*, const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  auto* stream = static_cast<FWPS_STREAM_CALLOUT_IO_PACKET0*>(data);
  out->actionType = FWP_ACTION_PERMIT;
  const bool received = (stream->streamData->flags & FWPS_STREAM_FLAG_RECEIVE) != 0;
  if (!received || stream->streamData->dataLength == 0 || ReadNoFence(&stopping) != 0) return;
  const LONG place = InterlockedIncrement(&deferred_count) - 1;
  if (place >= most_flows) return;
  deferred[place] = metadata->flowHandle;
  stream->streamAction = FWPS_STREAM_ACTION_DEFER;
  out->actionType = FWP_ACTION_NONE;
}

void NTAPI unload(PDRIVER_OBJECT) {
#ifdef FIXED
  InterlockedExchange(&stopping, 1);
  sleep(10);  // whoever was past the question has deferred by now
  for (LONG i = 0; i < most_flows && i < ReadNoFence(&deferred_count); ++i) {
    FwpsStreamContinue0(deferred[i], callout_id, FWPS_LAYER_STREAM_V4, FWPS_STREAM_FLAG_RECEIVE);
  }
  sleep(100);
#endif
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up(driver, unload, FWPM_LAYER_STREAM_V4, classify);
}
