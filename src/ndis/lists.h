// SPDX-License-Identifier: Apache-2.0
// Where NET_BUFFER_LISTs, NET_BUFFERs, their MDLs and pools come from and go to. All of it lies in
// kernel arena memory; a record before each list says who made it, so that a wrong free is noticed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ndis.h"

namespace drydock::ndis {

enum class ListKind : std::uint8_t {
  plain,        // NdisAllocateNetBufferList
  with_buffer,  // NdisAllocateNetBufferAndNetBufferList
  clone,        // NdisAllocateCloneNetBufferList
  stack,        // the network stack's own, see packet_buffer.h
};

// Lies directly before its NET_BUFFER_LIST.
struct alignas(16) ListRecord {
  std::uint64_t magic = 0;
  std::uint32_t size = 0;  // of the whole allocation, this record included
  ListKind kind = ListKind::plain;
  bool under_way = false;        // the stack owns it: injected, completionFn not yet called
  std::uint32_t references = 0;  // FwpsReferenceNetBufferList0
  // Who injected this packet last, for FwpsQueryPacketInjectionState0; a clone inherits it.
  std::uint64_t injected_by = 0;  // injection handle, 0: nobody
  std::uint64_t injection_context = 0;
  std::uint64_t previously_by = 0;  // who had injected it before
};

// Null when `list` was not made here or is gone.
ListRecord* record_of(const NET_BUFFER_LIST* list);

struct BufferSource {
  PMDL chain = nullptr;
  ULONG data_offset = 0;
  SIZE_T data_length = 0;
};

// Pools. Parameters null: NULL.
NDIS_HANDLE make_list_pool(const NET_BUFFER_LIST_POOL_PARAMETERS* parameters);
void drop_list_pool(NDIS_HANDLE pool);
NDIS_HANDLE make_buffer_pool(const NET_BUFFER_POOL_PARAMETERS* parameters);
void drop_buffer_pool(NDIS_HANDLE pool);

// A list without NET_BUFFER; null when the pool is none of ours.
NET_BUFFER_LIST* make_list(NDIS_HANDLE pool, USHORT context_size, USHORT context_back_fill);
// A list with one NET_BUFFER that describes `source`.
NET_BUFFER_LIST* make_list_with_buffer(NDIS_HANDLE pool, USHORT context_size,
                                       USHORT context_back_fill, const BufferSource& source);
NET_BUFFER* make_buffer(NDIS_HANDLE pool, const BufferSource& source);
// Shares the original's MDLs unless NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS is clear, then has its own
// MDLs over the same bytes. Null when `original` has no used data that an MDL describes.
NET_BUFFER_LIST* make_clone(NET_BUFFER_LIST* original, NDIS_HANDLE list_pool, ULONG flags);

// Each notes a bad free under the name of the export when there is nothing to free.
void drop_list(NET_BUFFER_LIST* list, const char* caller);
void drop_clone(NET_BUFFER_LIST* list, const char* caller);
void drop_buffer(NET_BUFFER* buffer, const char* caller);

// MDLs over memory that somebody else owns.
PMDL make_mdl(void* address, ULONG length);
void drop_mdl(PMDL mdl);
// An MDL with its own data behind it, as NdisRetreatNetBufferDataStart makes it.
PMDL make_mdl_with_data(ULONG length);
[[nodiscard]] bool has_own_data(const MDL* mdl);

// The stack's own list with one NET_BUFFER, in no ledger.
NET_BUFFER_LIST* make_stack_list();

}  // namespace drydock::ndis
