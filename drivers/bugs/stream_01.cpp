// SPDX-License-Identifier: Apache-2.0
// STREAM-01: a parser that wants at least four bytes forgets that the end of a stream has none, and
// asks for more when no more can come.
#include "common.h"

namespace {

void NTAPI classify(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0*, void* data,
                    const void*, const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  auto* stream = static_cast<FWPS_STREAM_CALLOUT_IO_PACKET0*>(data);
  out->actionType = FWP_ACTION_PERMIT;
#ifdef FIXED
  if (stream->streamData->dataLength == 0) return;
#endif
  if (stream->streamData->dataLength >= 4) return;
  stream->streamAction = FWPS_STREAM_ACTION_NEED_MORE_DATA;
  stream->countBytesRequired = static_cast<UINT32>(4 - stream->streamData->dataLength);
  out->actionType = FWP_ACTION_NONE;
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up(driver, unload, FWPM_LAYER_STREAM_V4, classify);
}
