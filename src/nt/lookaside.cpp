// SPDX-License-Identifier: Apache-2.0
// Lookaside lists. Drivers take and give entries by inlined code; we only fill the header in, with
// depth 0, so that every entry goes back to the guarded pool at once, as under Driver Verifier.
#include <ntddk.h>

#include <array>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/exports.h"
#include "nt/interlocked_list.h"
#include "nt/pool.h"
#include "nt/stop.h"

namespace drydock::nt {

namespace {

using ledger::Kind;

void raise_if_asked(const std::array<std::uint64_t, 4>& arguments) {
  if ((arguments[0] & POOL_RAISE_IF_ALLOCATION_FAILURE) == 0) return;
  raise_status(static_cast<std::uint32_t>(STATUS_INSUFFICIENT_RESOURCES),
               "an allocation from a lookaside list");
}

constexpr Traits allocates{.max_irql = Irql::dispatch,
                           .may_fail = true,
                           .may_raise = true,
                           .raise_if_asked = raise_if_asked};

PVOID default_allocate(POOL_TYPE type, SIZE_T size, ULONG tag) {
  PVOID block = service<Pool>().allocate(
      size, tag,
      (type & POOL_ZERO_ALLOCATION) != 0 ? Pool::Contents::zeroed : Pool::Contents::poisoned);
  if (block == nullptr) raise_if_asked({static_cast<std::uint64_t>(type)});
  return block;
}

PVOID default_allocate_ex(POOL_TYPE type, SIZE_T size, ULONG tag, PLOOKASIDE_LIST_EX) {
  return default_allocate(type, size, tag);
}

void default_free(PVOID block) {
  service<Pool>().release(block);
}

void default_free_ex(PVOID block, PLOOKASIDE_LIST_EX) {
  default_free(block);
}

// What drivers reach through the list's function pointers when they gave none of their own.
const ExportRow& allocate_row() {
  return *kernel_row<"ExAllocateFromLookasideList(default)", ALLOCATE_FUNCTION, default_allocate,
                     allocates>();
}
const ExportRow& allocate_ex_row() {
  return *kernel_row<"ExAllocateFromLookasideListEx(default)", ALLOCATE_FUNCTION_EX,
                     default_allocate_ex, allocates>();
}
const ExportRow& free_row() {
  return *kernel_row<"ExFreeToLookasideList(default)", FREE_FUNCTION, default_free,
                     up_to_dispatch>();
}
const ExportRow& free_ex_row() {
  return *kernel_row<"ExFreeToLookasideListEx(default)", FREE_FUNCTION_EX, default_free_ex,
                     up_to_dispatch>();
}

template <class L>
void fill_in(L& list, ULONG type, SIZE_T size, ULONG tag) {
  list = L{};
  list.MaximumDepth = 256;
  list.Type = static_cast<POOL_TYPE>(type);
  list.Size = static_cast<ULONG>(size);
  list.Tag = tag;
  the_ledger().acquire(Kind::lookaside_list, address_of(&list),
                       {.name = tag_text(tag), .a = size, .b = tag});
}

void initialize_old(GENERAL_LOOKASIDE& list, PALLOCATE_FUNCTION allocate, PFREE_FUNCTION free,
                    ULONG type, SIZE_T size, ULONG tag) {
  fill_in(list, type, size, tag);
  list.Allocate =
      allocate != nullptr ? allocate : reinterpret_cast<PALLOCATE_FUNCTION>(allocate_row().entry);
  list.Free = free != nullptr ? free : reinterpret_cast<PFREE_FUNCTION>(free_row().entry);
}

void initialize_npaged(PNPAGED_LOOKASIDE_LIST list, PALLOCATE_FUNCTION allocate,
                       PFREE_FUNCTION free, ULONG flags, SIZE_T size, ULONG tag, USHORT) {
  initialize_old(list->L, allocate, free, static_cast<ULONG>(NonPagedPool) | flags, size, tag);
}

void initialize_paged(PPAGED_LOOKASIDE_LIST list, PALLOCATE_FUNCTION allocate, PFREE_FUNCTION free,
                      ULONG flags, SIZE_T size, ULONG tag, USHORT) {
  initialize_old(list->L, allocate, free, static_cast<ULONG>(PagedPool) | flags, size, tag);
}

NTSTATUS initialize_ex(PLOOKASIDE_LIST_EX list, PALLOCATE_FUNCTION_EX allocate,
                       PFREE_FUNCTION_EX free, POOL_TYPE type, ULONG flags, SIZE_T size, ULONG tag,
                       USHORT) {
  constexpr ULONG raise_on_failure = 1;
  constexpr ULONG fail_instead_of_raise = 2;
  if (flags > fail_instead_of_raise || (flags & (flags - 1)) != 0) {
    return STATUS_INVALID_PARAMETER_5;
  }
  const ULONG raise = flags == raise_on_failure ? POOL_RAISE_IF_ALLOCATION_FAILURE : 0;
  fill_in(list->L, static_cast<ULONG>(type) | raise, size, tag);
  list->L.AllocateEx = allocate != nullptr
                           ? allocate
                           : reinterpret_cast<PALLOCATE_FUNCTION_EX>(allocate_ex_row().entry);
  list->L.FreeEx =
      free != nullptr ? free : reinterpret_cast<PFREE_FUNCTION_EX>(free_ex_row().entry);
  return STATUS_SUCCESS;
}

// Drivers that bring their own push may have filled the list in spite of depth 0.
template <class L, class FreeEntry>
void delete_list(L& list, FreeEntry free_entry) {
  const ledger::EntryId entry = the_ledger().find(Kind::lookaside_list, address_of(&list));
  const machine::DriverId owner = entry != 0 ? the_ledger().entry(entry).owner : machine::no_driver;
  while (SLIST_ENTRY* item = pop_entry(&list.ListHead)) {
    free_entry({.kind = machine::CallbackKind::other, .driver = owner, .entry = entry}, item);
  }
  if (entry != 0) the_ledger().release(entry);
}

void delete_old(GENERAL_LOOKASIDE& list) {
  delete_list(list, [&](const ledger::CallbackInfo& info, PVOID item) {
    if (reinterpret_cast<void*>(list.Free) == free_row().entry) {
      default_free(item);
    } else {
      ledger::call_driver(info, list.Free, item);
    }
  });
}

void delete_npaged(PNPAGED_LOOKASIDE_LIST list) {
  delete_old(list->L);
}

void delete_paged(PPAGED_LOOKASIDE_LIST list) {
  delete_old(list->L);
}

void delete_ex(PLOOKASIDE_LIST_EX list) {
  delete_list(list->L, [&](const ledger::CallbackInfo& info, PVOID item) {
    if (reinterpret_cast<void*>(list->L.FreeEx) == free_ex_row().entry) {
      default_free(item);
    } else {
      ledger::call_driver(info, list->L.FreeEx, item, list);
    }
  });
}

}  // namespace

Exports lookaside_exports() {
  static constexpr Traits fallible_ex{
      .max_irql = Irql::dispatch,
      .may_fail = true,
      .failure = static_cast<std::uint32_t>(STATUS_INSUFFICIENT_RESOURCES)};
  static const ExportRow* const rows[] = {
      kernel_row<"ExInitializeNPagedLookasideList", decltype(::ExInitializeNPagedLookasideList),
                 initialize_npaged, up_to_dispatch>(),
      kernel_row<"ExInitializePagedLookasideList", decltype(::ExInitializePagedLookasideList),
                 initialize_paged, up_to_apc>(),
      kernel_row<"ExInitializeLookasideListEx", decltype(::ExInitializeLookasideListEx),
                 initialize_ex, fallible_ex>(),
      kernel_row<"ExDeleteNPagedLookasideList", decltype(::ExDeleteNPagedLookasideList),
                 delete_npaged, up_to_dispatch>(),
      kernel_row<"ExDeletePagedLookasideList", decltype(::ExDeletePagedLookasideList), delete_paged,
                 up_to_apc>(),
      kernel_row<"ExDeleteLookasideListEx", decltype(::ExDeleteLookasideListEx), delete_ex,
                 up_to_dispatch>(),
  };
  return rows;
}

}  // namespace drydock::nt
