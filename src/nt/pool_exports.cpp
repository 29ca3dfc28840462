// SPDX-License-Identifier: Apache-2.0
// The ExAllocatePool family: flags and pool types of three generations over one Pool.
#include <ntddk.h>

#include <array>
#include <bit>

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/irql_notes.h"
#include "nt/pool.h"
#include "nt/stop.h"

namespace drydock::nt {

namespace {

constexpr ULONG unnamed_tag = 0x656E6F4E;  // "None", what untagged allocations carry
constexpr std::uint64_t p1_tag_zero = 0x9B;

void check_paged_irql(bool paged, const char* function) {
  if (paged) note_above(Irql::apc, function);
}

[[noreturn]] void raise_exhausted(const char* function) {
  raise_status(static_cast<std::uint32_t>(STATUS_INSUFFICIENT_RESOURCES), function);
}

bool raises_by_type(std::uint64_t type) {
  return (type & POOL_RAISE_IF_ALLOCATION_FAILURE) != 0;
}

bool raises_by_quota(std::uint64_t type) {
  return (type & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE) == 0;
}

bool raises_by_flags(std::uint64_t flags) {
  return (flags & POOL_FLAG_RAISE_ON_FAILURE) != 0;
}

// The first argument says whether the caller gets NULL or an exception.
template <bool (*Raises)(std::uint64_t)>
void raise_if_asked(const std::array<std::uint64_t, 4>& arguments) {
  if (Raises(arguments[0])) raise_exhausted("a pool allocation");
}

template <bool (*Raises)(std::uint64_t)>
constexpr Traits allocates{.max_irql = Irql::dispatch,
                           .may_fail = true,
                           .may_raise = true,
                           .raise_if_asked = raise_if_asked<Raises>};

PVOID allocate_by_type(POOL_TYPE type, SIZE_T size, ULONG tag, const char* function) {
  const auto bits = static_cast<ULONG>(type);
  check_paged_irql((bits & PagedPool) != 0, function);
  const bool zeroed = (bits & POOL_ZERO_ALLOCATION) != 0;
  return service<Pool>().allocate(size, tag,
                                  zeroed ? Pool::Contents::zeroed : Pool::Contents::poisoned);
}

PVOID allocate_pool_with_tag(POOL_TYPE type, SIZE_T size, ULONG tag) {
  if (tag == 0) {
    bug_check(bugcheck::bad_pool_caller, "pool was asked for with tag 0",
              {p1_tag_zero, static_cast<std::uint64_t>(type), size, 0});
  }
  PVOID block = allocate_by_type(type, size, tag, "ExAllocatePoolWithTag");
  if (block == nullptr && raises_by_type(type)) raise_exhausted("ExAllocatePoolWithTag");
  return block;
}

PVOID allocate_pool(POOL_TYPE type, SIZE_T size) {
  return allocate_by_type(type, size, unnamed_tag, "ExAllocatePool");
}

PVOID allocate_pool_with_quota_tag(POOL_TYPE type, SIZE_T size, ULONG tag) {
  PVOID block = allocate_by_type(type, size, tag, "ExAllocatePoolWithQuotaTag");
  if (block == nullptr && raises_by_quota(type)) raise_exhausted("ExAllocatePoolWithQuotaTag");
  return block;
}

// Exactly one kind of pool, a tag, and no unknown required flag; anything else gets NULL.
bool acceptable(POOL_FLAGS flags, ULONG tag) {
  constexpr POOL_FLAGS kinds = POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_PAGED;
  constexpr POOL_FLAGS known = kinds | POOL_FLAG_USE_QUOTA | POOL_FLAG_UNINITIALIZED |
                               POOL_FLAG_SESSION | POOL_FLAG_CACHE_ALIGNED |
                               POOL_FLAG_RAISE_ON_FAILURE;
  constexpr POOL_FLAGS required = 0xffffffff;
  return tag != 0 && std::has_single_bit(flags & kinds) && (flags & required & ~known) == 0;
}

PVOID allocate_by_flags(POOL_FLAGS flags, SIZE_T size, ULONG tag, const char* function) {
  check_paged_irql((flags & POOL_FLAG_PAGED) != 0, function);
  const bool dirty = (flags & POOL_FLAG_UNINITIALIZED) != 0;
  PVOID block = nullptr;
  if (acceptable(flags, tag)) {
    block = service<Pool>().allocate(size, tag,
                                     dirty ? Pool::Contents::poisoned : Pool::Contents::zeroed);
  }
  if (block == nullptr && raises_by_flags(flags)) raise_exhausted(function);
  return block;
}

PVOID allocate_pool2(POOL_FLAGS flags, SIZE_T size, ULONG tag) {
  return allocate_by_flags(flags, size, tag, "ExAllocatePool2");
}

// Extended parameters only ask for a priority, a secure pool or a NUMA node; none changes what the
// caller gets.
PVOID allocate_pool3(POOL_FLAGS flags, SIZE_T size, ULONG tag, PCPOOL_EXTENDED_PARAMETER, ULONG) {
  return allocate_by_flags(flags, size, tag, "ExAllocatePool3");
}

void free_pool(PVOID block) {
  service<Pool>().release(block);
}

void free_pool_with_tag(PVOID block, ULONG tag) {
  service<Pool>().release(block, tag);
}

void free_pool2(PVOID block, ULONG tag, PCPOOL_EXTENDED_PARAMETER, ULONG) {
  service<Pool>().release(block, tag);
}

}  // namespace

Exports pool_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"ExAllocatePool", PVOID(POOL_TYPE, SIZE_T), allocate_pool,
                 up_to_dispatch_or_null>(),
      kernel_row<"ExAllocatePoolWithTag", decltype(::ExAllocatePoolWithTag), allocate_pool_with_tag,
                 allocates<raises_by_type>>(),
      kernel_row<"ExAllocatePoolWithQuotaTag", decltype(::ExAllocatePoolWithQuotaTag),
                 allocate_pool_with_quota_tag, allocates<raises_by_quota>>(),
      kernel_row<"ExAllocatePool2", decltype(::ExAllocatePool2), allocate_pool2,
                 allocates<raises_by_flags>>(),
      kernel_row<"ExAllocatePool3", decltype(::ExAllocatePool3), allocate_pool3,
                 allocates<raises_by_flags>>(),
      kernel_row<"ExFreePool", decltype(::ExFreePool), free_pool, up_to_dispatch>(),
      kernel_row<"ExFreePoolWithTag", decltype(::ExFreePoolWithTag), free_pool_with_tag,
                 up_to_dispatch>(),
      kernel_row<"ExFreePool2", decltype(::ExFreePool2), free_pool2, up_to_dispatch>(),
  };
  return rows;
}

}  // namespace drydock::nt
