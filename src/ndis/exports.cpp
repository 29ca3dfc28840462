// SPDX-License-Identifier: Apache-2.0
#include "ndis/exports.h"

#include <array>
#include <cstring>

#include "machine/machine.h"
#include "ndis/data.h"
#include "ndis/lists.h"

namespace drydock::ndis {
namespace {

using machine::Irql;
using machine::Traits;

// Pure reads and moves within one buffer have no effect that another processor could see.
constexpr Traits local{.max_irql = Irql::dispatch, .quiet = true};
constexpr Traits any_irql_local{.max_irql = Irql::high, .quiet = true};
constexpr Traits anywhere{.max_irql = Irql::dispatch};
constexpr Traits fallible{.max_irql = Irql::dispatch, .may_fail = true};
constexpr Traits retreats{.max_irql = Irql::dispatch,
                          .may_fail = true,
                          .failure = 0xc000009a /* NDIS_STATUS_RESOURCES */,
                          .quiet = true};

constexpr UINT ndis_version = 6 << 16 | 85;  // of Windows 10 2004

NDIS_HANDLE allocate_list_pool(NDIS_HANDLE /*owner*/,
                               const NET_BUFFER_LIST_POOL_PARAMETERS* parameters) {
  return make_list_pool(parameters);
}

NDIS_HANDLE allocate_buffer_pool(NDIS_HANDLE /*owner*/, PNET_BUFFER_POOL_PARAMETERS parameters) {
  return make_buffer_pool(parameters);
}

NET_BUFFER_LIST* allocate_list_with_buffer(NDIS_HANDLE pool, USHORT context_size, USHORT back_fill,
                                           PMDL chain, ULONG data_offset, SIZE_T data_length) {
  return make_list_with_buffer(pool, context_size, back_fill, {chain, data_offset, data_length});
}

NET_BUFFER* allocate_buffer(NDIS_HANDLE pool, PMDL chain, ULONG data_offset, SIZE_T data_length) {
  return make_buffer(pool, {chain, data_offset, data_length});
}

NET_BUFFER_LIST* allocate_clone(NET_BUFFER_LIST* original, NDIS_HANDLE list_pool,
                                NDIS_HANDLE /*buffer_pool*/, ULONG flags) {
  return make_clone(original, list_pool, flags);
}

void free_list(NET_BUFFER_LIST* list) {
  drop_list(list, "NdisFreeNetBufferList");
}

void free_clone(NET_BUFFER_LIST* list, ULONG /*flags*/) {
  drop_clone(list, "NdisFreeCloneNetBufferList");
}

void free_buffer(NET_BUFFER* buffer) {
  drop_buffer(buffer, "NdisFreeNetBuffer");
}

void* get_data_buffer(NET_BUFFER* buffer, ULONG bytes, PVOID storage, ULONG multiple,
                      ULONG offset) {
  return data_buffer(*buffer, bytes, storage, {multiple, offset});
}

void advance_buffer(NET_BUFFER* buffer, ULONG delta, BOOLEAN free_mdl,
                    NET_BUFFER_FREE_MDL_HANDLER* handler) {
  advance(*buffer, delta, free_mdl != 0, handler);
}

NDIS_STATUS retreat_buffer(NET_BUFFER* buffer, ULONG delta, ULONG back_fill,
                           NET_BUFFER_ALLOCATE_MDL_HANDLER* handler) {
  return retreat(*buffer, delta, back_fill, handler);
}

void advance_list(NET_BUFFER_LIST* list, ULONG delta, BOOLEAN free_mdl,
                  NET_BUFFER_FREE_MDL_HANDLER* handler) {
  for (NET_BUFFER* buffer = list->FirstNetBuffer; buffer != nullptr; buffer = buffer->Next) {
    advance(*buffer, delta, free_mdl != 0, handler);
  }
}

// All buffers or none: those already moved go back when one cannot.
NDIS_STATUS retreat_list(NET_BUFFER_LIST* list, ULONG delta, ULONG back_fill,
                         NET_BUFFER_ALLOCATE_MDL_HANDLER* allocate_handler,
                         NET_BUFFER_FREE_MDL_HANDLER* free_handler) {
  for (NET_BUFFER* buffer = list->FirstNetBuffer; buffer != nullptr; buffer = buffer->Next) {
    const NDIS_STATUS status = retreat(*buffer, delta, back_fill, allocate_handler);
    if (status == NDIS_STATUS_SUCCESS) continue;
    for (NET_BUFFER* done = list->FirstNetBuffer; done != buffer; done = done->Next) {
      advance(*done, delta, true, free_handler);
    }
    return status;
  }
  return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS copy_buffer(NET_BUFFER* to, ULONG to_offset, ULONG count, const NET_BUFFER* from,
                        ULONG from_offset, PULONG copied) {
  // In pieces: host frames below driver code own no heap memory.
  std::array<std::byte, 512> piece;
  ULONG done = 0;
  while (done < count) {
    const ULONG wanted = std::min<ULONG>(count - done, piece.size());
    const ULONG read = copy_out(*from, from_offset + done, std::span(piece).first(wanted));
    const ULONG written = copy_in(*to, to_offset + done, std::span(piece).first(read));
    done += written;
    if (written < wanted) break;
  }
  *copied = done;
  return NDIS_STATUS_SUCCESS;
}

void adjust_current(NET_BUFFER* buffer) {
  find_current(*buffer);
}

PMDL allocate_mdl(NDIS_HANDLE /*owner*/, PVOID address, UINT length) {
  return make_mdl(address, length);
}

void free_mdl(PMDL mdl) {
  drop_mdl(mdl);
}

void copy_list_info(NET_BUFFER_LIST* to, NET_BUFFER_LIST* from) {
  std::memcpy(to->NetBufferListInfo, from->NetBufferListInfo, sizeof(to->NetBufferListInfo));
}

NDIS_HANDLE pool_of_buffer(NET_BUFFER* buffer) {
  return buffer->NdisPoolHandle;
}

NDIS_HANDLE pool_of_list(NET_BUFFER_LIST* list) {
  return list->NdisPoolHandle;
}

UINT version() {
  return ndis_version;
}

PNDIS_GENERIC_OBJECT allocate_generic_object(PDRIVER_OBJECT driver, ULONG /*tag*/, USHORT size) {
  machine::KernelArena& arena = machine::Machine::current()->memory().kernel;
  auto* object =
      reinterpret_cast<PNDIS_GENERIC_OBJECT>(arena.allocate(sizeof(NDIS_GENERIC_OBJECT) + size));
  object->Header.Type = NDIS_OBJECT_TYPE_GENERIC_OBJECT;
  object->Header.Revision = 1;
  object->Header.Size = static_cast<USHORT>(sizeof(NDIS_GENERIC_OBJECT) + size);
  object->DriverObject = driver;
  return object;
}

void free_generic_object(PNDIS_GENERIC_OBJECT object) {
  machine::Machine::current()->memory().kernel.release(reinterpret_cast<std::byte*>(object),
                                                       object->Header.Size);
}

#define ROW(name, implementation, traits) \
  &ledger::export_row<"ndis.sys", #name, decltype(::name), implementation, traits>()

}  // namespace

std::span<const machine::ExportRow* const> ndis_exports() {
  static const std::array rows{
      ROW(NdisAllocateNetBufferListPool, allocate_list_pool, fallible),
      ROW(NdisFreeNetBufferListPool, drop_list_pool, anywhere),
      ROW(NdisAllocateNetBufferPool, allocate_buffer_pool, fallible),
      ROW(NdisFreeNetBufferPool, drop_buffer_pool, anywhere),
      ROW(NdisAllocateNetBufferList, make_list, fallible),
      ROW(NdisAllocateNetBufferAndNetBufferList, allocate_list_with_buffer, fallible),
      ROW(NdisAllocateNetBuffer, allocate_buffer, fallible),
      ROW(NdisAllocateCloneNetBufferList, allocate_clone, fallible),
      ROW(NdisFreeNetBufferList, free_list, anywhere),
      ROW(NdisFreeCloneNetBufferList, free_clone, anywhere),
      ROW(NdisFreeNetBuffer, free_buffer, anywhere),
      ROW(NdisGetDataBuffer, get_data_buffer, local),
      ROW(NdisAdvanceNetBufferDataStart, advance_buffer, local),
      ROW(NdisRetreatNetBufferDataStart, retreat_buffer, retreats),
      ROW(NdisAdvanceNetBufferListDataStart, advance_list, local),
      ROW(NdisRetreatNetBufferListDataStart, retreat_list, retreats),
      ROW(NdisCopyFromNetBufferToNetBuffer, copy_buffer, local),
      ROW(NdisAdjustNetBufferCurrentMdl, adjust_current, any_irql_local),
      ROW(NdisAllocateMdl, allocate_mdl, fallible),
      ROW(NdisFreeMdl, free_mdl, anywhere),
      ROW(NdisCopySendNetBufferListInfo, copy_list_info, local),
      ROW(NdisCopyReceiveNetBufferListInfo, copy_list_info, local),
      ROW(NdisGetPoolFromNetBuffer, pool_of_buffer, local),
      ROW(NdisGetPoolFromNetBufferList, pool_of_list, local),
      ROW(NdisGetVersion, version, local),
      ROW(NdisAllocateGenericObject, allocate_generic_object, fallible),
      ROW(NdisFreeGenericObject, free_generic_object, anywhere),
  };
  return rows;
}

}  // namespace drydock::ndis
