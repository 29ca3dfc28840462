// SPDX-License-Identifier: Apache-2.0
#include "nt/mdl.h"

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/stop.h"
#include "nt/user_memory.h"

namespace drydock::nt {

namespace {

using ledger::BadFree;
using ledger::EntryId;
using ledger::Kind;
using ledger::NoteKind;

constexpr std::uint64_t p1_already_freed = 0x07;
constexpr std::uint64_t p1_invalid_address = 0x46;

SIZE_T size_of_mdl(PVOID address, SIZE_T length) {
  const SIZE_T pages = (BYTE_OFFSET(address) + length + PAGE_SIZE - 1) >> PAGE_SHIFT;
  return sizeof(MDL) + pages * sizeof(PFN_NUMBER);
}

PVOID virtual_address(const MDL* mdl) {
  return static_cast<std::byte*>(mdl->StartVa) + mdl->ByteOffset;
}

// Page frames are numbered as the pages of the address space.
void fill_in_pages(PMDL mdl) {
  const SIZE_T pages = (mdl->ByteOffset + SIZE_T{mdl->ByteCount} + PAGE_SIZE - 1) >> PAGE_SHIFT;
  auto* frames = reinterpret_cast<PFN_NUMBER*>(mdl + 1);
  for (SIZE_T i = 0; i < pages; ++i) frames[i] = (address_of(mdl->StartVa) >> PAGE_SHIFT) + i;
}

// Size is what its 16 bits can say; who needs the whole number keeps it.
void fill_in(PMDL mdl, PVOID address, ULONG length) {
  mdl->Size = static_cast<CSHORT>(size_of_mdl(address, length));
  mdl->StartVa = PAGE_ALIGN(address);
  mdl->ByteOffset = BYTE_OFFSET(address);
  mdl->ByteCount = length;
}

// A secondary buffer goes to the end of the IRP's chain, another becomes its only MDL.
void attach(PIRP irp, PMDL mdl, bool secondary) {
  PMDL* link = &irp->MdlAddress;
  while (secondary && *link != nullptr) link = &(*link)->Next;
  *link = mdl;
}

PMDL allocate_mdl(PVOID address, ULONG length, BOOLEAN secondary, BOOLEAN, PIRP irp) {
  constexpr ULONG longest = 0xffffffff - PAGE_SIZE + 1;
  if (length > longest) return nullptr;
  const SIZE_T size = size_of_mdl(address, length);
  auto* mdl = reinterpret_cast<PMDL>(the_machine().memory().kernel.allocate(size));
  fill_in(mdl, address, length);
  the_ledger().acquire(Kind::mdl, address_of(mdl), {.a = length, .b = size});
  if (irp != nullptr) attach(irp, mdl, secondary != 0);
  return mdl;
}

[[noreturn]] void refuse_free(PMDL mdl) {
  const EntryId former = the_ledger().find_latest(Kind::mdl, address_of(mdl));
  const BadFree kind = former != 0 ? BadFree::already_freed : BadFree::not_pool;
  ledger::record().note(NoteKind::pool_bad_free, former, address_of(mdl),
                        static_cast<std::uint64_t>(kind));
  bug_check(bugcheck::bad_pool_caller, "IoFreeMdl was given something that is no live MDL",
            {former != 0 ? p1_already_freed : p1_invalid_address, address_of(mdl), 0, 0}, former);
}

void free_mdl(PMDL mdl) {
  const EntryId entry = the_ledger().release(Kind::mdl, address_of(mdl));
  if (entry == 0) refuse_free(mdl);
  the_machine().memory().kernel.release(reinterpret_cast<std::byte*>(mdl),
                                        the_ledger().entry(entry).b);
}

void build_for_nonpaged_pool(PMDLX mdl) {
  mdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
  mdl->MappedSystemVa = virtual_address(mdl);
  mdl->Process = nullptr;
  fill_in_pages(mdl);
}

// Of IoAllocateMdl's, or of the driver's own memory.
SIZE_T capacity_of(const MDL* mdl) {
  const EntryId entry = the_ledger().find(Kind::mdl, address_of(mdl));
  return entry != 0 ? the_ledger().entry(entry).b : static_cast<USHORT>(mdl->Size);
}

void build_partial(PMDL source, PMDL target, PVOID address, ULONG length) {
  constexpr int inherited = MDL_SOURCE_IS_NONPAGED_POOL | MDL_IO_SPACE;
  const auto offset = static_cast<ULONG>(static_cast<std::byte*>(address) -
                                         static_cast<std::byte*>(virtual_address(source)));
  if (length == 0) length = source->ByteCount - offset;
  if (size_of_mdl(address, length) > capacity_of(target)) {
    bug_check(bugcheck::target_mdl_too_small,
              "the target MDL of IoBuildPartialMdl has no room for the pages it is to describe", {},
              the_ledger().find(Kind::mdl, address_of(target)));
  }
  target->StartVa = PAGE_ALIGN(address);
  target->ByteOffset = BYTE_OFFSET(address);
  target->ByteCount = length;
  target->Process = source->Process;
  target->MdlFlags = static_cast<CSHORT>(MDL_PARTIAL | (source->MdlFlags & inherited));
  target->MappedSystemVa = address;
  fill_in_pages(target);
}

PVOID map_locked_pages(PMDLX mdl, KPROCESSOR_MODE mode, MEMORY_CACHING_TYPE, PVOID, ULONG,
                       MM_PAGE_PRIORITY) {
  if (mode == KernelMode) {
    mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
    if ((mdl->MdlFlags & MDL_PARTIAL) != 0) mdl->MdlFlags |= MDL_PARTIAL_HAS_BEEN_MAPPED;
    mdl->MappedSystemVa = virtual_address(mdl);
  }
  return virtual_address(mdl);
}

void unmap_locked_pages(PVOID, PMDL mdl) {
  mdl->MdlFlags &= ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED);
}

// Raises for user memory that is not there, and for an application's buffer that is not user
// memory. Addresses of the kernel's are taken as they are: their pages are never paged out here.
void probe_and_lock(PMDL mdl, KPROCESSOR_MODE mode, LOCK_OPERATION operation) {
  const std::uint64_t start = address_of(virtual_address(mdl));
  const bool user = is_user_range(start, mdl->ByteCount);
  const Touch touch = operation == IoReadAccess ? Touch::read : Touch::write;
  if (user ? !can_access(start, mdl->ByteCount, touch) : mode != KernelMode)
    raise_status(static_cast<std::uint32_t>(STATUS_ACCESS_VIOLATION), "MmProbeAndLockPages");
  mdl->MdlFlags |= MDL_PAGES_LOCKED;
  if (operation != IoReadAccess) mdl->MdlFlags |= MDL_WRITE_OPERATION;
  fill_in_pages(mdl);
}

void unlock(PMDL mdl) {
  mdl->MdlFlags &= ~(MDL_PAGES_LOCKED | MDL_WRITE_OPERATION | MDL_MAPPED_TO_SYSTEM_VA);
}

struct alignas(16) KernelMdl {
  SIZE_T size;  // with this
};

}  // namespace

// Its size stands in front of it: drivers may write to the MDL itself.
PMDL make_kernel_mdl(PVOID address, ULONG length) {
  const SIZE_T size = sizeof(KernelMdl) + size_of_mdl(address, length);
  auto* block = reinterpret_cast<KernelMdl*>(the_machine().memory().kernel.allocate(size));
  block->size = size;
  auto* mdl = reinterpret_cast<PMDL>(block + 1);
  fill_in(mdl, address, length);
  build_for_nonpaged_pool(mdl);
  return mdl;
}

void drop_kernel_mdl(PMDL mdl) {
  KernelMdl* block = reinterpret_cast<KernelMdl*>(mdl) - 1;
  the_machine().memory().kernel.release(reinterpret_cast<std::byte*>(block), block->size);
}

Exports mdl_exports() {
  static constexpr Traits map{.max_irql = Irql::dispatch, .may_fail = true, .quiet = true};
  static const ExportRow* const rows[] = {
      kernel_row<"IoAllocateMdl", decltype(::IoAllocateMdl), allocate_mdl,
                 up_to_dispatch_or_null>(),
      kernel_row<"IoFreeMdl", decltype(::IoFreeMdl), free_mdl, up_to_dispatch>(),
      kernel_row<"IoBuildPartialMdl", decltype(::IoBuildPartialMdl), build_partial,
                 up_to_dispatch_quiet>(),
      kernel_row<"MmBuildMdlForNonPagedPool", decltype(::MmBuildMdlForNonPagedPool),
                 build_for_nonpaged_pool, up_to_dispatch_quiet>(),
      kernel_row<"MmMapLockedPagesSpecifyCache", decltype(::MmMapLockedPagesSpecifyCache),
                 map_locked_pages, map>(),
      kernel_row<"MmUnmapLockedPages", decltype(::MmUnmapLockedPages), unmap_locked_pages,
                 up_to_dispatch_quiet>(),
      kernel_row<"MmProbeAndLockPages", decltype(::MmProbeAndLockPages), probe_and_lock,
                 up_to_dispatch_raises>(),
      kernel_row<"MmUnlockPages", decltype(::MmUnlockPages), unlock, up_to_dispatch>(),
      kernel_row<"MmSizeOfMdl", decltype(::MmSizeOfMdl), size_of_mdl, any_irql_quiet>(),
  };
  return rows;
}

}  // namespace drydock::nt
