// SPDX-License-Identifier: Apache-2.0
// FwpsStream... and the functions that read or clone the data of a stream layer: from Windows
// arguments to injections.h and the lists of ndis.
#include <algorithm>
#include <array>
#include <span>

#include "ndis/data.h"
#include "ndis/lists.h"
#include "wfp/kernel/exports.h"
#include "wfp/kernel/injections.h"

namespace drydock::wfp {
namespace {

Injections& injections() {
  return machine::Machine::current()->get<Injections>();
}

NTSTATUS inject_stream(HANDLE handle, HANDLE context, UINT32 flags, UINT64 flow, UINT32 callout,
                       UINT16 layer, UINT32 stream_flags, NET_BUFFER_LIST* list, SIZE_T length,
                       FWPS_INJECT_COMPLETE0 completion, HANDLE completion_context) {
  Injection injection;
  injection.point = InjectionPoint::stream;
  injection.flags = flags;
  injection.list = list;
  injection.flow = FlowId{flow};
  injection.callout = CalloutId{callout};
  injection.stream_flags = stream_flags;
  injection.data_length = length;
  injection.context = reinterpret_cast<std::uint64_t>(context);
  injection.completion = completion;
  injection.completion_context = completion_context;
  return injections().inject_stream(handle, injection, layer);
}

NTSTATUS continue_stream(UINT64 flow, UINT32 callout, UINT16 layer, UINT32) {
  return injections().continue_stream(FlowId{flow}, CalloutId{callout}, layer);
}

// The stretch of a NET_BUFFER that belongs to the indicated data.
struct Stretch {
  NET_BUFFER* buffer;
  ULONG offset;
  ULONG size;
};

// Calls part(list, stretches) for each list of the indicated data until all of them have been.
template <class F>
void each_list(const FWPS_STREAM_DATA0& data, F part) {
  std::size_t left = data.dataLength;
  std::size_t skip = data.dataOffset.streamDataOffset;
  for (NET_BUFFER_LIST* list = data.netBufferListChain; list != nullptr && left != 0;
       list = list->Next) {
    for (NET_BUFFER* buffer = list->FirstNetBuffer; buffer != nullptr && left != 0;
         buffer = buffer->Next) {
      const std::size_t before = std::min<std::size_t>(skip, buffer->DataLength);
      skip -= before;
      const std::size_t size = std::min<std::size_t>(left, buffer->DataLength - before);
      if (size == 0) continue;
      left -= size;
      part(*list, Stretch{buffer, static_cast<ULONG>(before), static_cast<ULONG>(size)});
    }
  }
}

void copy_to_buffer(const FWPS_STREAM_DATA0* data, PVOID buffer, SIZE_T wanted, SIZE_T* copied) {
  const std::span to(static_cast<std::byte*>(buffer), buffer == nullptr ? 0 : wanted);
  std::size_t done = 0;
  if (data != nullptr) {
    each_list(*data, [&](NET_BUFFER_LIST&, const Stretch& stretch) {
      const auto room = to.subspan(done, std::min<std::size_t>(stretch.size, to.size() - done));
      done += ndis::copy_out(*stretch.buffer, stretch.offset, room);
    });
  }
  if (copied != nullptr) *copied = done;
}

// A clone of a list with the stretch alone as its data.
NET_BUFFER_LIST* clone_stretch(NET_BUFFER_LIST& list, const Stretch& stretch, NDIS_HANDLE pool,
                               ULONG flags) {
  NET_BUFFER& original = *list.FirstNetBuffer;
  const ULONG offset = original.DataOffset;
  const SIZE_T length = original.stDataLength;
  ndis::advance(original, stretch.offset, false, nullptr);
  original.DataLength = stretch.size;
  NET_BUFFER_LIST* clone =
      ndis::make_clone(&list, pool, flags | NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
  original.DataOffset = offset;
  original.stDataLength = length;
  ndis::find_current(original);
  return clone;
}

void discard_clones(NET_BUFFER_LIST* chain, UINT32, BOOLEAN) {
  while (chain != nullptr) {
    NET_BUFFER_LIST* next = ndis::record_of(chain) != nullptr ? chain->Next : nullptr;
    ndis::drop_clone(chain, "FwpsDiscardClonedStreamData0");
    chain = next;
  }
}

// Every list of a stream has one NET_BUFFER here. A FIN has no data, so nothing to clone.
NTSTATUS clone_data(FWPS_STREAM_DATA0* data, NDIS_HANDLE pool, NDIS_HANDLE, ULONG flags,
                    NET_BUFFER_LIST** chain) {
  if (data == nullptr || chain == nullptr) return STATUS_INVALID_PARAMETER;
  *chain = nullptr;
  NET_BUFFER_LIST** tail = chain;
  bool complete = true;
  each_list(*data, [&](NET_BUFFER_LIST& list, const Stretch& stretch) {
    *tail = clone_stretch(list, stretch, pool, flags);
    if (*tail != nullptr) {
      tail = &(*tail)->Next;
    } else {
      complete = false;
    }
  });
  if (complete && *chain != nullptr) return STATUS_SUCCESS;
  discard_clones(*chain, 0, 0);
  *chain = nullptr;
  return STATUS_INVALID_PARAMETER;
}

constexpr std::uint64_t no_resources = 0xc000009a;  // STATUS_INSUFFICIENT_RESOURCES

}  // namespace

ExportRows stream_exports() {
  static const std::array rows{
      FWPKCLNT_ROW(FwpsStreamInjectAsync0, inject_stream, .may_fail = true,
                   .failure = no_resources),
      FWPKCLNT_ROW(FwpsStreamContinue0, continue_stream),
      FWPKCLNT_ROW(FwpsCopyStreamDataToBuffer0, copy_to_buffer),
      FWPKCLNT_ROW(FwpsCloneStreamData0, clone_data, .may_fail = true, .failure = no_resources),
      FWPKCLNT_ROW(FwpsDiscardClonedStreamData0, discard_clones),
  };
  return rows;
}

}  // namespace drydock::wfp
