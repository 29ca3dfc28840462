// SPDX-License-Identifier: Apache-2.0
// Memory descriptor lists, mapping and address validity.
#pragma once

#include "../ntdef.h"
#include "ke.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef PAGE_SIZE
#define PAGE_SIZE 0x1000
#endif
#define PAGE_SHIFT 12
#define BYTE_OFFSET(va) ((ULONG)((ULONG_PTR)(va) & (PAGE_SIZE - 1)))
#define PAGE_ALIGN(va) ((PVOID)((ULONG_PTR)(va) & ~(ULONG_PTR)(PAGE_SIZE - 1)))
#define ROUND_TO_PAGES(size) (((ULONG_PTR)(size) + PAGE_SIZE - 1) & ~(ULONG_PTR)(PAGE_SIZE - 1))
#define ADDRESS_AND_SIZE_TO_SPAN_PAGES(va, size) \
  ((ULONG)((BYTE_OFFSET(va) + (SIZE_T)(size) + PAGE_SIZE - 1) >> PAGE_SHIFT))

typedef ULONG_PTR PFN_NUMBER, *PPFN_NUMBER;
typedef enum _LOCK_OPERATION WDK_INT {
  IoReadAccess = 0,
  IoWriteAccess = 1,
  IoModifyAccess = 2,
} LOCK_OPERATION;
typedef LOCK_OPERATION* PLOCK_OPERATION;

typedef enum _MEMORY_CACHING_TYPE WDK_INT {
  MmNonCached = 0,
  MmCached = 1,
  MmWriteCombined = 2,
} MEMORY_CACHING_TYPE;
typedef MEMORY_CACHING_TYPE* PMEMORY_CACHING_TYPE;

typedef enum _MM_PAGE_PRIORITY WDK_INT {
  LowPagePriority = 0,
  NormalPagePriority = 16,
  HighPagePriority = 32,
} MM_PAGE_PRIORITY;
#define MdlMappingNoWrite 0x80000000U
#define MdlMappingNoExecute 0x40000000U
#define MdlMappingWithGuardPtes 0x20000000U
#define MDL_MAPPED_TO_SYSTEM_VA 0x1
#define MDL_PAGES_LOCKED 0x2
#define MDL_SOURCE_IS_NONPAGED_POOL 0x4
#define MDL_ALLOCATED_FIXED_SIZE 0x8
#define MDL_PARTIAL 0x10
#define MDL_PARTIAL_HAS_BEEN_MAPPED 0x20
#define MDL_IO_PAGE_READ 0x40
#define MDL_WRITE_OPERATION 0x80
#define MDL_LOCKED_PAGE_TABLES 0x100
#define MDL_FREE_EXTRA_PTES 0x200
#define MDL_DESCRIBES_AWE 0x400
#define MDL_IO_SPACE 0x800
#define MDL_NETWORK_HEADER 0x1000
#define MDL_MAPPING_CAN_FAIL 0x2000
#define MDL_PAGE_CONTENTS_INVARIANT 0x4000
#define MDL_INTERNAL 0x8000

typedef struct _MDL MDL;
typedef struct _MDL {
  MDL* Next;
  CSHORT Size;
  CSHORT MdlFlags;
  EPROCESS* Process;
  PVOID MappedSystemVa;
  PVOID StartVa;
  ULONG ByteCount;
  ULONG ByteOffset;
} MDL, *PMDL;

typedef MDL* PMDLX;

typedef struct _MM_COPY_ADDRESS {
  union {
    PVOID VirtualAddress;
    PHYSICAL_ADDRESS PhysicalAddress;
  };
} MM_COPY_ADDRESS, *PMMCOPY_ADDRESS;
#define MM_COPY_MEMORY_PHYSICAL 1
#define MM_COPY_MEMORY_VIRTUAL 2

NTKERNELAPI PMDL NTAPI MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS LowAddress,
                                               PHYSICAL_ADDRESS HighAddress,
                                               PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
                                               MEMORY_CACHING_TYPE CacheType, ULONG Flags);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    MmBuildMdlForNonPagedPool(PMDLX MemoryDescriptorList);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    MmCopyMemory(PVOID TargetAddress, MM_COPY_ADDRESS SourceAddress, SIZE_T NumberOfBytes,
                 ULONG Flags, PSIZE_T NumberOfBytesTransferred);
NTKERNELAPI VOID NTAPI MmFreePagesFromMdl(PMDLX MemoryDescriptorList);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI PVOID NTAPI
    MmGetSystemRoutineAddress(PUNICODE_STRING SystemRoutineName);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN NTAPI
    MmIsAddressValid(PVOID VirtualAddress);
NTKERNELAPI PVOID NTAPI MmMapLockedPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode);
NTKERNELAPI PVOID NTAPI MmMapLockedPagesSpecifyCache(PMDLX MemoryDescriptorList,
                                                     KPROCESSOR_MODE AccessMode,
                                                     MEMORY_CACHING_TYPE CacheType,
                                                     PVOID BaseAddress, ULONG BugCheckOnFailure,
                                                     MM_PAGE_PRIORITY Priority);
NTKERNELAPI VOID NTAPI MmProbeAndLockPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
                                           LOCK_OPERATION Operation);
NTKERNELAPI SIZE_T NTAPI MmSizeOfMdl(PVOID Base, SIZE_T Length);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI MmUnlockPages(PMDL MemoryDescriptorList);
NTKERNELAPI VOID NTAPI MmUnmapLockedPages(PVOID BaseAddress, PMDL MemoryDescriptorList);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI
    ProbeForRead(const void* Address, SIZE_T Length, ULONG Alignment);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI
    ProbeForWrite(PVOID Address, SIZE_T Length, ULONG Alignment);

#define MmGetMdlByteCount(mdl) ((mdl)->ByteCount)
#define MmGetMdlByteOffset(mdl) ((mdl)->ByteOffset)
#define MmGetMdlBaseVa(mdl) ((mdl)->StartVa)
#define MmGetMdlVirtualAddress(mdl) ((PVOID)((PCHAR)(mdl)->StartVa + (mdl)->ByteOffset))
#define MmGetMdlPfnArray(mdl) ((PPFN_NUMBER)((mdl) + 1))
#define MmInitializeMdl(mdl, va, length)                                                         \
  do {                                                                                           \
    (mdl)->Next = NULL;                                                                          \
    (mdl)->Size =                                                                                \
        (CSHORT)(sizeof(MDL) + sizeof(PFN_NUMBER) * ADDRESS_AND_SIZE_TO_SPAN_PAGES(va, length)); \
    (mdl)->MdlFlags = 0;                                                                         \
    (mdl)->StartVa = PAGE_ALIGN(va);                                                             \
    (mdl)->ByteOffset = BYTE_OFFSET(va);                                                         \
    (mdl)->ByteCount = (ULONG)(length);                                                          \
  } while (0)

#ifdef WDK_DRIVER
FORCEINLINE PVOID MmGetSystemAddressForMdlSafe(PMDL mdl, ULONG priority) {
  if (mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) {
    return mdl->MappedSystemVa;
  }
  return MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE,
                                      (MM_PAGE_PRIORITY)priority);
}
#define MmPrepareMdlForReuse(mdl)                        \
  do {                                                   \
    if ((mdl)->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED) { \
      MmUnmapLockedPages((mdl)->MappedSystemVa, (mdl));  \
    }                                                    \
  } while (0)
#endif

#ifdef __cplusplus
}
#endif
