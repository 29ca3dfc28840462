// SPDX-License-Identifier: Apache-2.0
// Replaces a word in every TCP stream over IPv4, inline: what comes before the word is let through,
// the word itself is blocked and its replacement injected inside classifyFn, so that it comes out
// in its place.
#include <initguid.h>
// First: what follows defines its GUIDs.

#include <fwpmk.h>
#include <fwpsk.h>
#include <ntddk.h>

extern "C" DRIVER_INITIALIZE DriverEntry;

DEFINE_GUID(edit_callout_key, 0x3f0c2a7e, 0x51d4, 0x4b8e, 0xa6, 0x02, 0x9d, 0x7b, 0x4e, 0x11, 0xc5,
            0x68);

namespace {

constexpr ULONG tag = 'tdES';
constinit char replacement[] = "barbar";
constexpr char word[] = "foo";
constexpr SIZE_T word_size = sizeof(word) - 1;
constexpr SIZE_T replacement_size = sizeof(replacement) - 1;

constinit UNICODE_STRING device_name = RTL_CONSTANT_STRING(L"\\Device\\DrydockStreamEdit");
PDEVICE_OBJECT device;
HANDLE engine;
HANDLE injection;
NDIS_HANDLE pool;
PMDL replacement_mdl;
UINT32 callout_id;

void NTAPI injected(void*, NET_BUFFER_LIST* list, BOOLEAN) {
  FwpsFreeNetBufferList0(list);
}

bool inject_replacement(UINT64 flow, UINT32 direction) {
  NET_BUFFER_LIST* list = nullptr;
  NTSTATUS status = FwpsAllocateNetBufferAndNetBufferList0(pool, 0, 0, replacement_mdl, 0,
                                                           replacement_size, &list);
  if (!NT_SUCCESS(status)) return false;
  status = FwpsStreamInjectAsync0(injection, nullptr, 0, flow, callout_id, FWPS_LAYER_STREAM_V4,
                                  direction, list, replacement_size, injected, nullptr);
  if (!NT_SUCCESS(status)) FwpsFreeNetBufferList0(list);
  return NT_SUCCESS(status);
}

// Where the word begins in `text`, or where a beginning of it ends the text; `size` if nowhere.
SIZE_T find_word(const char* text, SIZE_T size) {
  for (SIZE_T place = 0; place < size; ++place) {
    SIZE_T same = 0;
    while (same < word_size && place + same < size && text[place + same] == word[same]) ++same;
    if (same == word_size || place + same == size) return place;
  }
  return size;
}

// Streams that wait for the rest of a word, to be ended when the driver goes: nobody would ever
// show them to it again.
constexpr LONG most_waiting = 64;
LONG64 waiting[most_waiting];  // flow and direction; 0: free
LONG stopping;

LONG64 key_of(UINT64 flow, UINT32 direction) {
  return static_cast<LONG64>(flow << 1 | (direction == FWPS_STREAM_FLAG_SEND ? 1 : 0));
}

bool remember_waiting(LONG64 key) {
  if (ReadNoFence(&stopping) != 0) return false;
  for (LONG64& slot : waiting) {
    if (InterlockedCompareExchange64(&slot, key, 0) == 0) return true;
  }
  return false;
}

void forget_waiting(LONG64 key) {
  for (LONG64& slot : waiting) InterlockedCompareExchange64(&slot, 0, key);
}

struct Answer {
  FWPS_STREAM_CALLOUT_IO_PACKET0* stream;
  FWPS_CLASSIFY_OUT0* out;

  void permit(SIZE_T bytes) const {
    stream->countBytesEnforced = bytes;
    out->actionType = FWP_ACTION_PERMIT;
  }
  void block(SIZE_T bytes) const {
    stream->countBytesEnforced = bytes;
    out->actionType = FWP_ACTION_BLOCK;
  }
  void need(SIZE_T bytes) const {
    stream->streamAction = FWPS_STREAM_ACTION_NEED_MORE_DATA;
    stream->countBytesRequired = static_cast<UINT32>(bytes);
    out->actionType = FWP_ACTION_NONE;
  }
};

void edit(const char* text, SIZE_T size, UINT64 flow, const Answer& answer) {
  const UINT32 direction =
      answer.stream->streamData->flags & (FWPS_STREAM_FLAG_SEND | FWPS_STREAM_FLAG_RECEIVE);
  forget_waiting(key_of(flow, direction));
  const SIZE_T place = find_word(text, size);
  if (place != 0) return answer.permit(place);
  constexpr UINT32 no_more =
      FWPS_CLASSIFY_OUT_FLAG_NO_MORE_DATA | FWPS_CLASSIFY_OUT_FLAG_BUFFER_LIMIT_REACHED;
  if (size < word_size) {
    const bool may_wait = (answer.out->flags & no_more) == 0;
    if (may_wait && remember_waiting(key_of(flow, direction))) {
      return answer.need(word_size - size);
    }
    return answer.permit(size);
  }
  if (inject_replacement(flow, direction)) {
    answer.block(word_size);
  } else {
    answer.permit(word_size);
  }
}

void NTAPI classify(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0* metadata,
                    void* data, const void*, const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  auto* stream = static_cast<FWPS_STREAM_CALLOUT_IO_PACKET0*>(data);
  const SIZE_T size = stream->streamData->dataLength;
  out->actionType = FWP_ACTION_PERMIT;
  if (size == 0) return;
  auto* text = static_cast<char*>(ExAllocatePool2(POOL_FLAG_NON_PAGED, size, tag));
  if (text == nullptr) return;
  SIZE_T copied = 0;
  FwpsCopyStreamDataToBuffer0(stream->streamData, text, size, &copied);
  edit(text, copied, metadata->flowHandle, {stream, out});
  ExFreePoolWithTag(text, tag);
}

NTSTATUS NTAPI notify(FWPS_CALLOUT_NOTIFY_TYPE, const GUID*, FWPS_FILTER3*) {
  return STATUS_SUCCESS;
}

NTSTATUS prepare_injection() {
  NET_BUFFER_LIST_POOL_PARAMETERS parameters = {};
  parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
  parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
  parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
  parameters.fAllocateNetBuffer = TRUE;
  parameters.PoolTag = tag;
  pool = NdisAllocateNetBufferListPool(nullptr, &parameters);
  replacement_mdl =
      IoAllocateMdl(replacement, static_cast<ULONG>(replacement_size), FALSE, FALSE, nullptr);
  if (pool == nullptr || replacement_mdl == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  MmBuildMdlForNonPagedPool(replacement_mdl);
  return FwpsInjectionHandleCreate0(AF_UNSPEC, FWPS_INJECTION_TYPE_STREAM, &injection);
}

NTSTATUS register_callout() {
  FWPS_CALLOUT3 callout = {};
  callout.calloutKey = edit_callout_key;
  callout.classifyFn = classify;
  callout.notifyFn = notify;
  return FwpsCalloutRegister3(device, &callout, &callout_id);
}

NTSTATUS add_filter() {
  FWPM_SESSION0 session = {};
  session.flags = FWPM_SESSION_FLAG_DYNAMIC;
  NTSTATUS status = FwpmEngineOpen0(nullptr, RPC_C_AUTHN_WINNT, nullptr, &session, &engine);
  if (!NT_SUCCESS(status)) return status;
  FWPM_CALLOUT0 callout = {};
  callout.calloutKey = edit_callout_key;
  callout.displayData.name = const_cast<wchar_t*>(L"Stream edit callout");
  callout.applicableLayer = FWPM_LAYER_STREAM_V4;
  status = FwpmCalloutAdd0(engine, &callout, nullptr, nullptr);
  if (!NT_SUCCESS(status)) return status;
  FWPM_FILTER0 filter = {};
  filter.displayData.name = const_cast<wchar_t*>(L"Stream edit filter");
  filter.layerKey = FWPM_LAYER_STREAM_V4;
  filter.subLayerKey = FWPM_SUBLAYER_UNIVERSAL;
  filter.action.type = FWP_ACTION_CALLOUT_TERMINATING;
  filter.action.calloutKey = edit_callout_key;
  return FwpmFilterAdd0(engine, &filter, nullptr, nullptr);
}

void wait_a_moment() {
  LARGE_INTEGER interval;
  interval.QuadPart = -100'000;
  KeDelayExecutionThread(KernelMode, FALSE, &interval);
}

void unregister_callout() {
  while (callout_id != 0) {
    const NTSTATUS status = FwpsCalloutUnregisterById0(callout_id);
    if (status == STATUS_SUCCESS || status == STATUS_FWP_CALLOUT_NOT_FOUND) {
      callout_id = 0;
    } else {
      wait_a_moment();
    }
  }
}

// The ladder of DriverEntry, read backwards.
void take_down() {
  if (engine != nullptr) FwpmEngineClose0(engine);
  unregister_callout();
  if (injection != nullptr) FwpsInjectionHandleDestroy0(injection);
  if (replacement_mdl != nullptr) IoFreeMdl(replacement_mdl);
  if (pool != nullptr) NdisFreeNetBufferListPool(pool);
  if (device != nullptr) IoDeleteDevice(device);
}

void end_waiting_streams() {
  InterlockedExchange(&stopping, 1);
  wait_a_moment();  // whoever was past the question waits by now
  for (LONG64& slot : waiting) {
    const LONG64 key = InterlockedCompareExchange64(&slot, 0, 0);
    if (key != 0) FwpsFlowAbort0(static_cast<UINT64>(key) >> 1);
  }
  wait_a_moment();
}

void NTAPI unload(PDRIVER_OBJECT) {
  end_waiting_streams();
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  driver->DriverUnload = unload;
  NTSTATUS status = IoCreateDevice(driver, 0, &device_name, FILE_DEVICE_NETWORK, 0, FALSE, &device);
  if (NT_SUCCESS(status)) status = prepare_injection();
  if (NT_SUCCESS(status)) status = register_callout();
  if (NT_SUCCESS(status)) status = add_filter();
  if (!NT_SUCCESS(status)) take_down();
  return status;
}
