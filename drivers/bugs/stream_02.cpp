// SPDX-License-Identifier: Apache-2.0
// STREAM-02: a word is put into the first stream from a DPC, while the rest of it is let through
// inline. Where the word comes out is chance.
#include "common.h"

namespace {

HANDLE injection;
NDIS_HANDLE pool;
KDPC dpc;
LONG greeted;
UINT64 flow;
MDL* mdl;
constinit char word[] = "hello";

void NTAPI sent(void*, NET_BUFFER_LIST* list, BOOLEAN) {
  FwpsFreeNetBufferList0(list);
}

void greet() {
  NET_BUFFER_LIST* list = nullptr;
  NTSTATUS status =
      FwpsAllocateNetBufferAndNetBufferList0(pool, 0, 0, mdl, 0, sizeof(word) - 1, &list);
  if (!NT_SUCCESS(status)) return;
  status = FwpsStreamInjectAsync0(injection, nullptr, 0, flow, callout_id, FWPS_LAYER_STREAM_V4,
                                  FWPS_STREAM_FLAG_SEND, list, sizeof(word) - 1, sent, nullptr);
  if (!NT_SUCCESS(status)) FwpsFreeNetBufferList0(list);
}

void NTAPI greet_later(PKDPC, PVOID, PVOID, PVOID) {
  greet();
}

void NTAPI classify(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0* metadata,
                    void* data, const void*, const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  const auto* stream = static_cast<const FWPS_STREAM_CALLOUT_IO_PACKET0*>(data);
  out->actionType = FWP_ACTION_PERMIT;
  if ((stream->streamData->flags & FWPS_STREAM_FLAG_SEND) == 0) return;
  if (stream->streamData->dataLength == 0 || InterlockedExchange(&greeted, 1) != 0) return;
  flow = metadata->flowHandle;
#ifdef FIXED
  greet();
#else
  KeInsertQueueDpc(&dpc, nullptr, nullptr);
#endif
}

void drop() {
  if (injection != nullptr) FwpsInjectionHandleDestroy0(injection);
  if (pool != nullptr) NdisFreeNetBufferListPool(pool);
  if (mdl != nullptr) IoFreeMdl(mdl);
}

void NTAPI unload(PDRIVER_OBJECT) {
  close_engine();
  unregister_callout();
  KeFlushQueuedDpcs();
  drop();
  delete_device();
}

NTSTATUS prepare() {
  KeInitializeDpc(&dpc, greet_later, nullptr);
  NET_BUFFER_LIST_POOL_PARAMETERS parameters = {};
  parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
  parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
  parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
  parameters.fAllocateNetBuffer = TRUE;
  parameters.PoolTag = tag;
  pool = NdisAllocateNetBufferListPool(nullptr, &parameters);
  mdl = IoAllocateMdl(word, sizeof(word) - 1, FALSE, FALSE, nullptr);
  if (pool == nullptr || mdl == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  MmBuildMdlForNonPagedPool(mdl);
  return FwpsInjectionHandleCreate0(AF_UNSPEC, FWPS_INJECTION_TYPE_STREAM, &injection);
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  NTSTATUS status = prepare();
  if (NT_SUCCESS(status)) {
    status = set_up(driver, unload, FWPM_LAYER_STREAM_V4, classify);
  }
  if (!NT_SUCCESS(status)) drop();
  return status;
}
