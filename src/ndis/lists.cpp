// SPDX-License-Identifier: Apache-2.0
#include "ndis/lists.h"

#include <fmt/core.h>

#include <array>
#include <cstring>
#include <string>

#include "ledger/record.h"
#include "machine/machine.h"
#include "ndis/data.h"

namespace drydock::ndis {
namespace {

using ledger::BadFree;
using ledger::Kind;
using ledger::NoteKind;
using machine::Machine;

constexpr std::uint64_t list_magic = 0x74736c2d6e646472;
constexpr std::uint64_t pool_magic = 0x6c6f702d6e646472;
constexpr std::uint64_t buffer_magic = 0x6675622d6e646472;
constexpr std::uint64_t mdl_magic = 0x6c646d2d6e646472;
constexpr std::size_t alignment = 16;
// Real objects have private info slots behind the public ones, and drivers copy whole ranges of
// them.
constexpr std::size_t private_info_slots = 5;

struct Pool {
  std::uint64_t magic = 0;
  std::uint32_t tag = 0;
  std::uint16_t context_size = 0;
  bool allocates_buffer = false;
  ledger::EntryId entry = 0;
};

struct alignas(16) BufferRecord {
  std::uint64_t magic = 0;
  ledger::EntryId entry = 0;
};

struct alignas(16) MdlRecord {
  std::uint64_t magic = 0;
  std::uint32_t size = 0;
  bool own_data = false;
};

machine::KernelArena& arena() {
  return Machine::current()->memory().kernel;
}

bool is_kernel_address(const void* pointer) {
  return arena().contains(reinterpret_cast<std::uint64_t>(pointer));
}

template <class T>
std::uint64_t key_of(const T* pointer) {
  return reinterpret_cast<std::uint64_t>(pointer);
}

std::string tag_name(std::uint32_t tag) {
  std::string text;
  for (int shift = 0; shift < 32; shift += 8) {
    const auto c = static_cast<char>(tag >> shift & 0xff);
    text += c >= ' ' && c <= '~' ? c : '.';
  }
  return text;
}

Pool* pool_of(NDIS_HANDLE handle) {
  auto* pool = static_cast<Pool*>(handle);
  return is_kernel_address(pool) && pool->magic == pool_magic ? pool : nullptr;
}

Pool* make_pool(std::uint32_t tag, std::uint16_t context_size, bool allocates_buffer) {
  auto* pool = arena().make<Pool>(pool_magic, tag, context_size, allocates_buffer, 0U);
  pool->entry = ledger::record().ledger().acquire(Kind::net_buffer_list_pool, key_of(pool),
                                                  {.name = tag_name(tag), .a = tag});
  return pool;
}

// Says what was wrong with `pointer`, as far as the ledger remembers it.
void note_bad_free(Kind kind, const void* pointer, const char* caller) {
  auto& record = ledger::record();
  const ledger::EntryId entry = record.ledger().find_latest(kind, key_of(pointer));
  const BadFree why = entry != 0 ? BadFree::already_freed : BadFree::not_pool;
  record.note(NoteKind::pool_bad_free, entry, key_of(pointer), static_cast<std::uint64_t>(why),
              caller);
}

void drop_pool(NDIS_HANDLE handle, const char* caller) {
  Pool* pool = pool_of(handle);
  if (pool == nullptr) {
    note_bad_free(Kind::net_buffer_list_pool, handle, caller);
    return;
  }
  ledger::record().ledger().release(pool->entry);
  pool->magic = 0;
  arena().drop(pool);
}

std::size_t context_bytes(USHORT size, USHORT back_fill) {
  const std::size_t data = machine::round_up(std::size_t{size} + back_fill, alignment);
  return data == 0 ? 0 : sizeof(NET_BUFFER_LIST_CONTEXT) + data;
}

constexpr std::size_t list_bytes =
    machine::round_up(sizeof(NET_BUFFER_LIST) + private_info_slots * sizeof(PVOID), alignment);

void describe(NET_BUFFER& buffer, NDIS_HANDLE pool, const BufferSource& source) {
  buffer.MdlChain = source.chain;
  buffer.DataOffset = source.data_offset;
  buffer.stDataLength = source.data_length;
  buffer.NdisPoolHandle = pool;
  find_current(buffer);
}

struct ListPlan {
  ListKind kind = ListKind::plain;
  USHORT context_size = 0;
  USHORT context_back_fill = 0;
  bool with_buffer = false;
};

// One block: record, list, context, NET_BUFFER.
NET_BUFFER_LIST* lay_out(NDIS_HANDLE pool, const ListPlan& plan) {
  const std::size_t context = context_bytes(plan.context_size, plan.context_back_fill);
  const std::size_t total =
      sizeof(ListRecord) + list_bytes + context + (plan.with_buffer ? sizeof(NET_BUFFER) : 0);
  std::byte* block = arena().allocate(total);
  auto* record = new (block)
      ListRecord{.magic = list_magic, .size = static_cast<std::uint32_t>(total), .kind = plan.kind};
  auto* list = reinterpret_cast<NET_BUFFER_LIST*>(record + 1);
  list->NdisPoolHandle = pool;
  std::byte* place = reinterpret_cast<std::byte*>(list) + list_bytes;
  if (context != 0) {
    list->Context = reinterpret_cast<NET_BUFFER_LIST_CONTEXT*>(place);
    list->Context->Size = plan.context_size;
    list->Context->Offset = plan.context_back_fill;
    place += context;
  }
  if (plan.with_buffer) list->FirstNetBuffer = reinterpret_cast<NET_BUFFER*>(place);
  return list;
}

NET_BUFFER_LIST* make_recorded(NDIS_HANDLE pool, const ListPlan& plan, const char* name) {
  const Pool* from = pool_of(pool);
  NET_BUFFER_LIST* list = lay_out(pool, plan);
  ledger::record().ledger().acquire(Kind::net_buffer_list, key_of(list),
                                    {.name = name,
                                     .a = from != nullptr ? from->tag : 0,
                                     .related = from != nullptr ? from->entry : 0});
  return list;
}

void release_list(NET_BUFFER_LIST* list, ListRecord* record) {
  ledger::record().ledger().release(Kind::net_buffer_list, key_of(list));
  record->magic = 0;
  arena().release(reinterpret_cast<std::byte*>(record), record->size);
}

// The record of a list that a driver may free.
ListRecord* droppable(NET_BUFFER_LIST* list, const char* caller) {
  ListRecord* record = record_of(list);
  if (record != nullptr && record->kind != ListKind::stack) return record;
  note_bad_free(Kind::net_buffer_list, list, caller);
  return nullptr;
}

BufferRecord* buffer_record(NET_BUFFER* buffer) {
  auto* record = reinterpret_cast<BufferRecord*>(buffer) - 1;
  return is_kernel_address(record) && record->magic == buffer_magic ? record : nullptr;
}

MdlRecord* mdl_record(const MDL* mdl) {
  auto* record = reinterpret_cast<MdlRecord*>(const_cast<MDL*>(mdl)) - 1;
  return is_kernel_address(record) && record->magic == mdl_magic ? record : nullptr;
}

// The page frame numbers behind an MDL are never looked at, but their room is counted in its Size.
std::size_t mdl_bytes(const void* address, ULONG length) {
  const std::uint64_t offset = key_of(address) % machine::page_size;
  const std::size_t pages =
      machine::round_up(offset + length, machine::page_size) / machine::page_size;
  return sizeof(MDL) + pages * sizeof(std::uint64_t);
}

PMDL lay_out_mdl(MdlRecord* record, void* address, ULONG length) {
  auto* mdl = reinterpret_cast<PMDL>(record + 1);
  const std::uint64_t start = key_of(address) / machine::page_size * machine::page_size;
  mdl->Size = static_cast<CSHORT>(mdl_bytes(address, length));
  mdl->MdlFlags = MDL_SOURCE_IS_NONPAGED_POOL;
  mdl->MappedSystemVa = address;
  mdl->StartVa = reinterpret_cast<PVOID>(start);
  mdl->ByteOffset = static_cast<ULONG>(key_of(address) - start);
  mdl->ByteCount = length;
  return mdl;
}

// A NET_BUFFER over the used data of `original` only.
NET_BUFFER* clone_buffer(const NET_BUFFER& original, bool share_mdls) {
  BufferSource source{original.MdlChain, original.DataOffset, original.DataLength};
  if (!share_mdls) {
    PMDL* tail = &source.chain;
    ULONG left = original.DataLength;
    ULONG skip = original.CurrentMdlOffset;
    for (PMDL mdl = original.CurrentMdl; mdl != nullptr && left > 0; mdl = mdl->Next) {
      const ULONG part = std::min(left, mdl->ByteCount - skip);
      *tail = make_mdl(data_of(*mdl) + skip, part);
      tail = &(*tail)->Next;
      left -= part;
      skip = 0;
    }
    source.data_offset = 0;
    if (left == original.DataLength) source.chain = nullptr;
  }
  auto* record =
      reinterpret_cast<BufferRecord*>(arena().allocate(sizeof(BufferRecord) + sizeof(NET_BUFFER)));
  record->magic = buffer_magic;
  auto* buffer = reinterpret_cast<NET_BUFFER*>(record + 1);
  describe(*buffer, nullptr, source);
  buffer->ChecksumBias = original.ChecksumBias;
  std::memcpy(buffer->ProtocolReserved, original.ProtocolReserved,
              sizeof(buffer->ProtocolReserved));
  return buffer;
}

void drop_cloned_buffers(NET_BUFFER_LIST* list, bool shared_mdls) {
  for (NET_BUFFER* buffer = list->FirstNetBuffer; buffer != nullptr;) {
    NET_BUFFER* next = buffer->Next;
    for (PMDL mdl = shared_mdls ? nullptr : buffer->MdlChain; mdl != nullptr;) {
      PMDL next_mdl = mdl->Next;
      drop_mdl(mdl);
      mdl = next_mdl;
    }
    drop_buffer(buffer, "NdisFreeCloneNetBufferList");
    buffer = next;
  }
}

}  // namespace

ListRecord* record_of(const NET_BUFFER_LIST* list) {
  if (list == nullptr) return nullptr;
  auto* record = reinterpret_cast<ListRecord*>(const_cast<NET_BUFFER_LIST*>(list)) - 1;
  return is_kernel_address(record) && record->magic == list_magic ? record : nullptr;
}

NDIS_HANDLE make_list_pool(const NET_BUFFER_LIST_POOL_PARAMETERS* parameters) {
  if (parameters == nullptr) return nullptr;
  return make_pool(parameters->PoolTag, parameters->ContextSize,
                   parameters->fAllocateNetBuffer != 0);
}

void drop_list_pool(NDIS_HANDLE pool) {
  drop_pool(pool, "NdisFreeNetBufferListPool");
}

NDIS_HANDLE make_buffer_pool(const NET_BUFFER_POOL_PARAMETERS* parameters) {
  return parameters == nullptr ? nullptr : make_pool(parameters->PoolTag, 0, true);
}

void drop_buffer_pool(NDIS_HANDLE pool) {
  drop_pool(pool, "NdisFreeNetBufferPool");
}

NET_BUFFER_LIST* make_list(NDIS_HANDLE pool, USHORT context_size, USHORT context_back_fill) {
  if (pool_of(pool) == nullptr) return nullptr;
  return make_recorded(pool, {ListKind::plain, context_size, context_back_fill, false},
                       "NET_BUFFER_LIST");
}

NET_BUFFER_LIST* make_list_with_buffer(NDIS_HANDLE pool, USHORT context_size,
                                       USHORT context_back_fill, const BufferSource& source) {
  const Pool* from = pool_of(pool);
  if (from == nullptr || !from->allocates_buffer) return nullptr;
  NET_BUFFER_LIST* list = make_recorded(
      pool, {ListKind::with_buffer, context_size, context_back_fill, true}, "NET_BUFFER_LIST");
  describe(*list->FirstNetBuffer, pool, source);
  return list;
}

NET_BUFFER* make_buffer(NDIS_HANDLE pool, const BufferSource& source) {
  const Pool* from = pool_of(pool);
  if (from == nullptr) return nullptr;
  auto* record =
      reinterpret_cast<BufferRecord*>(arena().allocate(sizeof(BufferRecord) + sizeof(NET_BUFFER)));
  record->magic = buffer_magic;
  auto* buffer = reinterpret_cast<NET_BUFFER*>(record + 1);
  describe(*buffer, pool, source);
  record->entry = ledger::record().ledger().acquire(
      Kind::net_buffer_list, key_of(buffer),
      {.name = "NET_BUFFER", .a = from->tag, .related = from->entry});
  return buffer;
}

NET_BUFFER_LIST* make_clone(NET_BUFFER_LIST* original, NDIS_HANDLE list_pool, ULONG flags) {
  if (original == nullptr || original->FirstNetBuffer == nullptr) return nullptr;
  const bool share = (flags & NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS) != 0;
  NET_BUFFER_LIST* clone =
      make_recorded(list_pool, {ListKind::clone, 0, 0, false}, "cloned NET_BUFFER_LIST");
  NET_BUFFER** tail = &clone->FirstNetBuffer;
  for (const NET_BUFFER* buffer = original->FirstNetBuffer; buffer != nullptr;
       buffer = buffer->Next) {
    *tail = clone_buffer(*buffer, share);
    tail = &(*tail)->Next;
  }
  clone->ParentNetBufferList = original;
  clone->SourceHandle = original->SourceHandle;
  std::memcpy(clone->NetBufferListInfo, original->NetBufferListInfo,
              sizeof(clone->NetBufferListInfo));
  // So that the free knows whose the MDLs are.
  clone->NdisReserved[0] = reinterpret_cast<PVOID>(static_cast<std::uint64_t>(share));
  ++original->ChildRefCount;
  if (const ListRecord* from = record_of(original)) {
    ListRecord* to = record_of(clone);
    to->injected_by = from->injected_by;
    to->injection_context = from->injection_context;
    to->previously_by = from->previously_by;
  }
  return clone;
}

void drop_list(NET_BUFFER_LIST* list, const char* caller) {
  ListRecord* record = droppable(list, caller);
  if (record == nullptr) return;
  if (record->kind == ListKind::clone) {
    drop_clone(list, caller);
    return;
  }
  release_list(list, record);
}

void drop_clone(NET_BUFFER_LIST* list, const char* caller) {
  ListRecord* record = droppable(list, caller);
  if (record == nullptr) return;
  if (record->kind == ListKind::clone) {
    drop_cloned_buffers(list, list->NdisReserved[0] != nullptr);
    if (record_of(list->ParentNetBufferList) != nullptr) --list->ParentNetBufferList->ChildRefCount;
  }
  release_list(list, record);
}

void drop_buffer(NET_BUFFER* buffer, const char* caller) {
  BufferRecord* record = buffer_record(buffer);
  if (record == nullptr) {
    note_bad_free(Kind::net_buffer_list, buffer, caller);
    return;
  }
  if (record->entry != 0) ledger::record().ledger().release(record->entry);
  record->magic = 0;
  arena().release(reinterpret_cast<std::byte*>(record), sizeof(BufferRecord) + sizeof(NET_BUFFER));
}

PMDL make_mdl(void* address, ULONG length) {
  const std::size_t total = sizeof(MdlRecord) + mdl_bytes(address, length);
  auto* record = new (arena().allocate(total))
      MdlRecord{.magic = mdl_magic, .size = static_cast<std::uint32_t>(total)};
  return lay_out_mdl(record, address, length);
}

PMDL make_mdl_with_data(ULONG length) {
  const std::size_t most_pages = length / machine::page_size + 2;
  const std::size_t head = machine::round_up(
      sizeof(MdlRecord) + sizeof(MDL) + most_pages * sizeof(std::uint64_t), alignment);
  const std::size_t total = head + length;
  std::byte* block = arena().allocate(total);
  auto* record = new (block)
      MdlRecord{.magic = mdl_magic, .size = static_cast<std::uint32_t>(total), .own_data = true};
  return lay_out_mdl(record, block + head, length);
}

bool has_own_data(const MDL* mdl) {
  const MdlRecord* record = mdl_record(mdl);
  return record != nullptr && record->own_data;
}

void drop_mdl(PMDL mdl) {
  MdlRecord* record = mdl_record(mdl);
  if (record == nullptr) {
    note_bad_free(Kind::mdl, mdl, "NdisFreeMdl");
    return;
  }
  record->magic = 0;
  arena().release(reinterpret_cast<std::byte*>(record), record->size);
}

NET_BUFFER_LIST* make_stack_list() {
  return lay_out(nullptr, {.kind = ListKind::stack, .with_buffer = true});
}

}  // namespace drydock::ndis
