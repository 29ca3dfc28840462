// SPDX-License-Identifier: Apache-2.0
// NDIS pools of NET_BUFFER_LISTs, clones, and moving the start of the data.
#pragma once

#include "nbl.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _NET_BUFFER_LIST_POOL_PARAMETERS {
  NDIS_OBJECT_HEADER Header;
  UCHAR ProtocolId;
  BOOLEAN fAllocateNetBuffer;
  USHORT ContextSize;
  ULONG PoolTag;
  ULONG DataSize;
  ULONG Flags;
} NET_BUFFER_LIST_POOL_PARAMETERS, *PNET_BUFFER_LIST_POOL_PARAMETERS;

typedef struct _NET_BUFFER_POOL_PARAMETERS {
  NDIS_OBJECT_HEADER Header;
  ULONG PoolTag;
  ULONG DataSize;
} NET_BUFFER_POOL_PARAMETERS, *PNET_BUFFER_POOL_PARAMETERS;

#define NDIS_CLONE_FLAGS_RESERVED 0x1
#define NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS 0x2

#define NET_BUFFER_LIST_POOL_FLAG_VERIFY 0x1

typedef PMDL NTAPI NET_BUFFER_ALLOCATE_MDL_HANDLER(PULONG BufferSize);
typedef VOID NTAPI NET_BUFFER_FREE_MDL_HANDLER(PMDL Mdl);

NDISAPI VOID NTAPI NdisAdjustNetBufferCurrentMdl(PNET_BUFFER NetBuffer);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisAdvanceNetBufferDataStart(PNET_BUFFER NetBuffer, ULONG DataOffsetDelta, BOOLEAN FreeMdl,
                                  NET_BUFFER_FREE_MDL_HANDLER* FreeMdlHandler);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisAdvanceNetBufferListDataStart(PNET_BUFFER_LIST NetBufferList, ULONG DataOffsetDelta,
                                      BOOLEAN FreeMdl, NET_BUFFER_FREE_MDL_HANDLER* FreeMdlHandler);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI PNET_BUFFER_LIST NTAPI
    NdisAllocateCloneNetBufferList(PNET_BUFFER_LIST OriginalNetBufferList,
                                   NDIS_HANDLE NetBufferListPoolHandle,
                                   NDIS_HANDLE NetBufferPoolHandle, ULONG AllocateCloneFlags);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI PNET_BUFFER_LIST NTAPI
    NdisAllocateFragmentNetBufferList(PNET_BUFFER_LIST OriginalNetBufferList,
                                      NDIS_HANDLE NetBufferListPool, NDIS_HANDLE NetBufferPool,
                                      ULONG StartOffset, ULONG MaximumLength, ULONG DataOffsetDelta,
                                      ULONG DataBackFill, ULONG AllocateFragmentFlags);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI PNDIS_GENERIC_OBJECT NTAPI
    NdisAllocateGenericObject(PDRIVER_OBJECT DriverObject, ULONG Tag, USHORT Size);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI PMDL NTAPI
    NdisAllocateMdl(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, UINT Length);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI PVOID NTAPI
    NdisAllocateMemoryWithTagPriority(NDIS_HANDLE NdisHandle, UINT Length, ULONG Tag,
                                      EX_POOL_PRIORITY Priority);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI PNET_BUFFER NTAPI
    NdisAllocateNetBuffer(NDIS_HANDLE PoolHandle, PMDL MdlChain, ULONG DataOffset,
                          SIZE_T DataLength);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI PNET_BUFFER_LIST NTAPI
    NdisAllocateNetBufferAndNetBufferList(NDIS_HANDLE PoolHandle, USHORT ContextSize,
                                          USHORT ContextBackFill, PMDL MdlChain, ULONG DataOffset,
                                          SIZE_T DataLength);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI PNET_BUFFER_LIST NTAPI
    NdisAllocateNetBufferList(NDIS_HANDLE PoolHandle, USHORT ContextSize, USHORT ContextBackFill);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI NDIS_STATUS NTAPI
    NdisAllocateNetBufferListContext(PNET_BUFFER_LIST NetBufferList, USHORT ContextSize,
                                     USHORT ContextBackFill, ULONG PoolTag);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI NDIS_HANDLE NTAPI
    NdisAllocateNetBufferListPool(NDIS_HANDLE NdisHandle,
                                  const NET_BUFFER_LIST_POOL_PARAMETERS* Parameters);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI PNET_BUFFER NTAPI
    NdisAllocateNetBufferMdlAndData(NDIS_HANDLE PoolHandle);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI NDIS_HANDLE NTAPI
    NdisAllocateNetBufferPool(NDIS_HANDLE NdisHandle, NET_BUFFER_POOL_PARAMETERS* Parameters);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI PNET_BUFFER_LIST NTAPI
    NdisAllocateReassembledNetBufferList(PNET_BUFFER_LIST FragmentNetBufferList,
                                         NDIS_HANDLE NetBufferAndNetBufferListPoolHandle,
                                         ULONG StartOffset, ULONG DataOffsetDelta,
                                         ULONG DataBackFill, ULONG AllocateReassembleFlags);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI NDIS_STATUS NTAPI
    NdisCopyFromNetBufferToNetBuffer(PNET_BUFFER Destination, ULONG DestinationOffset,
                                     ULONG BytesToCopy, const NET_BUFFER* Source,
                                     ULONG SourceOffset, PULONG BytesCopied);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisCopyReceiveNetBufferListInfo(PNET_BUFFER_LIST Dest, PNET_BUFFER_LIST Src);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisCopySendNetBufferListInfo(PNET_BUFFER_LIST Dest, PNET_BUFFER_LIST Src);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisFreeCloneNetBufferList(PNET_BUFFER_LIST CloneNetBufferList, ULONG FreeCloneFlags);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisFreeFragmentNetBufferList(PNET_BUFFER_LIST FragmentNetBufferList, ULONG DataOffsetDelta,
                                  ULONG FreeFragmentFlags);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisFreeGenericObject(PNDIS_GENERIC_OBJECT NdisObject);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI NdisFreeMdl(PMDL Mdl);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisFreeMemory(PVOID VirtualAddress, UINT Length, UINT MemoryFlags);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI NdisFreeNetBuffer(PNET_BUFFER NetBuffer);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisFreeNetBufferList(PNET_BUFFER_LIST NetBufferList);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisFreeNetBufferListContext(PNET_BUFFER_LIST NetBufferList, USHORT ContextSize);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisFreeNetBufferListPool(NDIS_HANDLE PoolHandle);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisFreeNetBufferPool(NDIS_HANDLE PoolHandle);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisFreeReassembledNetBufferList(PNET_BUFFER_LIST ReassembledNetBufferList,
                                     ULONG DataOffsetDelta, ULONG FreeReassembleFlags);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI PVOID NTAPI
    NdisGetDataBuffer(PNET_BUFFER NetBuffer, ULONG BytesNeeded, PVOID Storage, ULONG AlignMultiple,
                      ULONG AlignOffset);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI NDIS_HANDLE NTAPI
    NdisGetPoolFromNetBuffer(PNET_BUFFER NetBuffer);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI NDIS_HANDLE NTAPI
    NdisGetPoolFromNetBufferList(PNET_BUFFER_LIST NetBufferList);
_IRQL_requires_max_(PASSIVE_LEVEL) NDISAPI PVOID NTAPI
    NdisGetRoutineAddress(PNDIS_STRING NdisRoutineName);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI UINT NTAPI NdisGetVersion(void);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI ULONG NTAPI
    NdisQueryNetBufferPhysicalCount(PNET_BUFFER NetBuffer);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI NDIS_STATUS NTAPI
    NdisRetreatNetBufferDataStart(PNET_BUFFER NetBuffer, ULONG DataOffsetDelta, ULONG DataBackFill,
                                  NET_BUFFER_ALLOCATE_MDL_HANDLER* AllocateMdlHandler);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI NDIS_STATUS NTAPI
    NdisRetreatNetBufferListDataStart(PNET_BUFFER_LIST NetBufferList, ULONG DataOffsetDelta,
                                      ULONG DataBackFill,
                                      NET_BUFFER_ALLOCATE_MDL_HANDLER* AllocateMdlHandler,
                                      NET_BUFFER_FREE_MDL_HANDLER* FreeMdlHandler);
NDISAPI ULONG NTAPI NdisSystemActiveProcessorCount(PKAFFINITY ActiveProcessors);

#ifdef __cplusplus
}
#endif
