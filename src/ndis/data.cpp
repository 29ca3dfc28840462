// SPDX-License-Identifier: Apache-2.0
#include "ndis/data.h"

#include <cstring>

#include "ledger/callback.h"
#include "ndis/lists.h"

namespace drydock::ndis {
namespace {

// The driver of the innermost frame: MDL handlers are its own functions.
ledger::CallbackInfo handler_call() {
  return {.kind = machine::CallbackKind::other,
          .driver = machine::Machine::current()->running().driver};
}

// A position in the data.
struct Cursor {
  const MDL* mdl;
  ULONG offset;
};

// Calls part(address, count) for the contiguous stretches of [offset, offset + count) of the data.
template <class F>
ULONG walk(const NET_BUFFER& buffer, ULONG offset, ULONG count, F part) {
  if (offset >= buffer.DataLength) return 0;
  const ULONG wanted = std::min(count, buffer.DataLength - offset);
  Cursor at{buffer.CurrentMdl, buffer.CurrentMdlOffset + offset};
  ULONG done = 0;
  while (done < wanted && at.mdl != nullptr) {
    if (at.offset >= at.mdl->ByteCount) {
      at = {at.mdl->Next, at.offset - at.mdl->ByteCount};
      continue;
    }
    const ULONG stretch = std::min(wanted - done, at.mdl->ByteCount - at.offset);
    part(data_of(*at.mdl) + at.offset, done, stretch);
    done += stretch;
    at.offset += stretch;
  }
  return done;
}

// Takes the MDLs off the front that hold no data any more.
void drop_front(NET_BUFFER& buffer, NET_BUFFER_FREE_MDL_HANDLER* free_handler) {
  while (buffer.MdlChain != nullptr && buffer.MdlChain->Next != nullptr &&
         buffer.DataOffset >= buffer.MdlChain->ByteCount) {
    PMDL front = buffer.MdlChain;
    if (free_handler == nullptr && !has_own_data(front)) return;
    buffer.MdlChain = front->Next;
    buffer.DataOffset -= front->ByteCount;
    if (free_handler != nullptr) {
      ledger::call_driver(handler_call(), free_handler, front);
    } else {
      drop_mdl(front);
    }
  }
}

PMDL front_mdl(ULONG size, NET_BUFFER_ALLOCATE_MDL_HANDLER* handler) {
  if (handler == nullptr) return make_mdl_with_data(size);
  ULONG granted = size;
  return ledger::call_driver(handler_call(), handler, &granted);
}

}  // namespace

void find_current(NET_BUFFER& buffer) {
  PMDL mdl = buffer.MdlChain;
  ULONG offset = buffer.DataOffset;
  while (mdl != nullptr && mdl->Next != nullptr && offset >= mdl->ByteCount) {
    offset -= mdl->ByteCount;
    mdl = mdl->Next;
  }
  buffer.CurrentMdl = mdl;
  buffer.CurrentMdlOffset = offset;
}

void advance(NET_BUFFER& buffer, ULONG delta, bool free_mdls,
             NET_BUFFER_FREE_MDL_HANDLER* free_handler) {
  buffer.DataOffset += delta;
  buffer.DataLength -= delta;
  if (free_mdls) drop_front(buffer, free_handler);
  find_current(buffer);
}

NDIS_STATUS retreat(NET_BUFFER& buffer, ULONG delta, ULONG back_fill,
                    NET_BUFFER_ALLOCATE_MDL_HANDLER* allocate_handler) {
  if (delta > buffer.DataOffset) {
    // The unused room becomes data; the new MDL holds the rest and the back fill.
    const ULONG missing = delta - buffer.DataOffset;
    PMDL front = front_mdl(missing + back_fill, allocate_handler);
    if (front == nullptr) return NDIS_STATUS_RESOURCES;
    front->Next = buffer.MdlChain;
    buffer.MdlChain = front;
    buffer.DataOffset += front->ByteCount;
  }
  buffer.DataOffset -= delta;
  buffer.DataLength += delta;
  find_current(buffer);
  return NDIS_STATUS_SUCCESS;
}

std::size_t described_bytes(const NET_BUFFER& buffer) {
  return walk(buffer, 0, buffer.DataLength, [](const std::byte*, ULONG, ULONG) {});
}

ULONG copy_out(const NET_BUFFER& buffer, ULONG offset, std::span<std::byte> to) {
  return walk(buffer, offset, static_cast<ULONG>(to.size()),
              [&](const std::byte* at, ULONG done, ULONG count) {
                std::memcpy(to.data() + done, at, count);
              });
}

ULONG copy_in(NET_BUFFER& buffer, ULONG offset, std::span<const std::byte> from) {
  return walk(
      buffer, offset, static_cast<ULONG>(from.size()),
      [&](std::byte* at, ULONG done, ULONG count) { std::memcpy(at, from.data() + done, count); });
}

void* data_buffer(const NET_BUFFER& buffer, ULONG bytes, void* storage, Alignment alignment) {
  if (bytes == 0 || buffer.DataLength < bytes || buffer.CurrentMdl == nullptr) return nullptr;
  const MDL& mdl = *buffer.CurrentMdl;
  if (mdl.ByteCount - buffer.CurrentMdlOffset >= bytes && mdl.ByteCount > buffer.CurrentMdlOffset) {
    std::byte* in_place = data_of(mdl) + buffer.CurrentMdlOffset;
    const auto address = reinterpret_cast<std::uint64_t>(in_place);
    if (alignment.multiple < 2 || address % alignment.multiple == alignment.offset) return in_place;
  }
  if (storage == nullptr) return nullptr;
  const ULONG copied = copy_out(buffer, 0, {static_cast<std::byte*>(storage), bytes});
  return copied == bytes ? storage : nullptr;
}

}  // namespace drydock::ndis
