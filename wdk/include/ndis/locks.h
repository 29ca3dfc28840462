// SPDX-License-Identifier: Apache-2.0
// NDIS locks: one writer or many readers.
#pragma once

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _NDIS_RW_LOCK_EX NDIS_RW_LOCK_EX, *PNDIS_RW_LOCK_EX;
typedef struct _LOCK_STATE_EX {
  KIRQL OldIrql;
  UCHAR LockState;
  UCHAR Flags;
} LOCK_STATE_EX, *PLOCK_STATE_EX;
#define NDIS_RWL_AT_DISPATCH_LEVEL 1
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI PNDIS_RW_LOCK_EX NTAPI
    NdisAllocateRWLock(NDIS_HANDLE NdisHandle);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI NdisFreeRWLock(PNDIS_RW_LOCK_EX Lock);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisAcquireRWLockRead(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState, UCHAR Flags);
_IRQL_requires_max_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisAcquireRWLockWrite(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState, UCHAR Flags);
_IRQL_requires_(DISPATCH_LEVEL) NDISAPI VOID NTAPI
    NdisReleaseRWLock(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState);

#ifdef __cplusplus
}
#endif
