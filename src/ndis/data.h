// SPDX-License-Identifier: Apache-2.0
// The data behind a NET_BUFFER: a byte range over a chain of MDLs. Moving its start, reading it,
// copying it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "ndis.h"

namespace drydock::ndis {

inline constexpr ULONG mdl_mapped = MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL;

// First byte that an MDL describes. All simulated memory is mapped, so an MDL without a system
// address is read where its pages are.
inline std::byte* data_of(const MDL& mdl) {
  if ((mdl.MdlFlags & mdl_mapped) != 0) return static_cast<std::byte*>(mdl.MappedSystemVa);
  return static_cast<std::byte*>(mdl.StartVa) + mdl.ByteOffset;
}

// Sets CurrentMdl and CurrentMdlOffset from MdlChain and DataOffset.
void find_current(NET_BUFFER& buffer);

// NdisAdvanceNetBufferDataStart. MDLs that a retreat made are freed when `free_mdls` and they fall
// out of the data; `free_handler`, when given, frees any MDL that falls out.
void advance(NET_BUFFER& buffer, ULONG delta, bool free_mdls,
             NET_BUFFER_FREE_MDL_HANDLER* free_handler);

// NdisRetreatNetBufferDataStart: uses the room before the data; where that is not enough, a new MDL
// in front.
NDIS_STATUS retreat(NET_BUFFER& buffer, ULONG delta, ULONG back_fill,
                    NET_BUFFER_ALLOCATE_MDL_HANDLER* allocate_handler);

// Of DataLength, what the MDLs really describe. Drivers may claim more.
std::size_t described_bytes(const NET_BUFFER& buffer);

// Bytes copied from `offset` within the data on; fewer than asked for at its end.
ULONG copy_out(const NET_BUFFER& buffer, ULONG offset, std::span<std::byte> to);
ULONG copy_in(NET_BUFFER& buffer, ULONG offset, std::span<const std::byte> from);

struct Alignment {
  ULONG multiple = 1;
  ULONG offset = 0;
};

// NdisGetDataBuffer: in place when contiguous and aligned, else copied to `storage`, else null.
void* data_buffer(const NET_BUFFER& buffer, ULONG bytes, void* storage, Alignment alignment);

}  // namespace drydock::ndis
