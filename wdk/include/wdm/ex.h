// SPDX-License-Identifier: Apache-2.0
// Executive: pool, lookaside lists, work queue, fast mutexes, resources, push locks, rundown
// protection, callbacks.
#pragma once

#include "../ntdef.h"
#include "ke.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum _POOL_TYPE WDK_INT {
  NonPagedPool = 0x0,
  NonPagedPoolExecute = 0x0,
  PagedPool = 0x1,
  NonPagedPoolMustSucceed = 0x2,
  DontUseThisType = 0x3,
  NonPagedPoolCacheAligned = 0x4,
  PagedPoolCacheAligned = 0x5,
  NonPagedPoolCacheAlignedMustS = 0x6,
  MaxPoolType = 0x7,
  NonPagedPoolBase = 0x0,
  NonPagedPoolBaseMustSucceed = 0x2,
  NonPagedPoolBaseCacheAligned = 0x4,
  NonPagedPoolBaseCacheAlignedMustS = 0x6,
  NonPagedPoolSession = 0x20,
  PagedPoolSession = 0x21,
  NonPagedPoolNx = 0x200,
  NonPagedPoolNxCacheAligned = 0x204,
  NonPagedPoolSessionNx = 0x220,
} POOL_TYPE;
typedef POOL_TYPE* PPOOL_TYPE;

#define NonPagedPoolExecute NonPagedPool
#define POOL_QUOTA_FAIL_INSTEAD_OF_RAISE 0x8
#define POOL_RAISE_IF_ALLOCATION_FAILURE 0x10
#define POOL_COLD_ALLOCATION 0x100
#define POOL_NX_ALLOCATION 0x200
#define POOL_ZERO_ALLOCATION 0x400
#define PROTECTED_POOL 0x80000000U

typedef ULONG64 POOL_FLAGS;
#define POOL_FLAG_REQUIRED_START 0x1
#define POOL_FLAG_USE_QUOTA 0x1
#define POOL_FLAG_UNINITIALIZED 0x2
#define POOL_FLAG_SESSION 0x4
#define POOL_FLAG_CACHE_ALIGNED 0x8
#define POOL_FLAG_RESERVED1 0x10
#define POOL_FLAG_RAISE_ON_FAILURE 0x20
#define POOL_FLAG_NON_PAGED 0x40
#define POOL_FLAG_NON_PAGED_EXECUTE 0x80
#define POOL_FLAG_PAGED 0x100
#define POOL_FLAG_RESERVED2 0x200
#define POOL_FLAG_RESERVED3 0x400
#define POOL_FLAG_REQUIRED_END 0x80000000U
#define POOL_FLAG_OPTIONAL_START 0x100000000ULL
#define POOL_FLAG_SPECIAL_POOL 0x100000000ULL
#define POOL_FLAG_OPTIONAL_END 0x8000000000000000ULL

typedef enum _WORK_QUEUE_TYPE WDK_INT {
  CriticalWorkQueue = 0,
  DelayedWorkQueue = 1,
  HyperCriticalWorkQueue = 2,
} WORK_QUEUE_TYPE;
typedef WORK_QUEUE_TYPE* PWORK_QUEUE_TYPE;

typedef enum _EX_POOL_PRIORITY WDK_INT {
  LowPoolPriority = 0,
  NormalPoolPriority = 16,
  HighPoolPriority = 32,
} EX_POOL_PRIORITY;

typedef PVOID NTAPI ALLOCATE_FUNCTION(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);
typedef ALLOCATE_FUNCTION* PALLOCATE_FUNCTION;
typedef VOID NTAPI FREE_FUNCTION(PVOID Buffer);
typedef FREE_FUNCTION* PFREE_FUNCTION;
typedef struct _LOOKASIDE_LIST_EX* PLOOKASIDE_LIST_EX;
typedef PVOID NTAPI ALLOCATE_FUNCTION_EX(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
                                         PLOOKASIDE_LIST_EX Lookaside);
typedef ALLOCATE_FUNCTION_EX* PALLOCATE_FUNCTION_EX;
typedef VOID NTAPI FREE_FUNCTION_EX(PVOID Buffer, PLOOKASIDE_LIST_EX Lookaside);
typedef FREE_FUNCTION_EX* PFREE_FUNCTION_EX;
typedef VOID NTAPI WORKER_THREAD_ROUTINE(PVOID Parameter);
typedef WORKER_THREAD_ROUTINE* PWORKER_THREAD_ROUTINE;
typedef struct _CALLBACK_OBJECT* PCALLBACK_OBJECT;
typedef VOID NTAPI CALLBACK_FUNCTION(PVOID CallbackContext, PVOID Argument1, PVOID Argument2);
typedef CALLBACK_FUNCTION* PCALLBACK_FUNCTION;
typedef struct _EX_TIMER* PEX_TIMER;
typedef VOID NTAPI EXT_CALLBACK(PEX_TIMER Timer, PVOID Context);
typedef EXT_CALLBACK* PEXT_CALLBACK;
typedef PVOID PEXT_CANCEL_PARAMETERS;
typedef struct _EXT_DELETE_PARAMETERS* PEXT_DELETE_PARAMETERS;
typedef struct _EXT_SET_PARAMETERS* PEXT_SET_PARAMETERS;
typedef const struct _POOL_EXTENDED_PARAMETER* PCPOOL_EXTENDED_PARAMETER;
typedef struct _OBJECT_TYPE* POBJECT_TYPE;
typedef ULONG_PTR ERESOURCE_THREAD;
typedef LONG EX_SPIN_LOCK;
typedef EX_SPIN_LOCK* PEX_SPIN_LOCK;
typedef ULONG_PTR EX_PUSH_LOCK;
typedef EX_PUSH_LOCK* PEX_PUSH_LOCK;

typedef struct _FAST_MUTEX {
  volatile LONG Count;
  PKTHREAD Owner;
  ULONG Contention;
  KEVENT Event;
  ULONG OldIrql;
} FAST_MUTEX, *PFAST_MUTEX;

typedef struct _OWNER_ENTRY {
  ERESOURCE_THREAD OwnerThread;
  ULONG TableSize;
} OWNER_ENTRY, *POWNER_ENTRY;

typedef struct _ERESOURCE {
  LIST_ENTRY SystemResourcesList;
  POWNER_ENTRY OwnerTable;
  SHORT ActiveCount;
  USHORT Flag;
  volatile PKSEMAPHORE SharedWaiters;
  volatile PKEVENT ExclusiveWaiters;
  OWNER_ENTRY OwnerEntry;
  ULONG ActiveEntries;
  ULONG ContentionCount;
  ULONG NumberOfSharedWaiters;
  ULONG NumberOfExclusiveWaiters;
  PVOID Reserved2;
  union {
    PVOID Address;
    ULONG_PTR CreatorBackTraceIndex;
  };
  KSPIN_LOCK SpinLock;
} ERESOURCE, *PERESOURCE;

typedef union _EX_RUNDOWN_REF {
  volatile ULONG_PTR Count;
  volatile PVOID Ptr;
} EX_RUNDOWN_REF, *PEX_RUNDOWN_REF;

typedef struct DECLSPEC_ALIGN(64) _GENERAL_LOOKASIDE {
  union {
    SLIST_HEADER ListHead;
    SINGLE_LIST_ENTRY SingleListHead;
  };
  USHORT Depth;
  USHORT MaximumDepth;
  ULONG TotalAllocates;
  union {
    ULONG AllocateMisses;
    ULONG AllocateHits;
  };
  ULONG TotalFrees;
  union {
    ULONG FreeMisses;
    ULONG FreeHits;
  };
  POOL_TYPE Type;
  ULONG Tag;
  ULONG Size;
  union {
    PALLOCATE_FUNCTION_EX AllocateEx;
    PALLOCATE_FUNCTION Allocate;
  };
  union {
    PFREE_FUNCTION_EX FreeEx;
    PFREE_FUNCTION Free;
  };
  LIST_ENTRY ListEntry;
  ULONG LastTotalAllocates;
  union {
    ULONG LastAllocateMisses;
    ULONG LastAllocateHits;
  };
  ULONG Future[2];
} GENERAL_LOOKASIDE, *PGENERAL_LOOKASIDE;

typedef struct _NPAGED_LOOKASIDE_LIST {
  GENERAL_LOOKASIDE L;
} NPAGED_LOOKASIDE_LIST, *PNPAGED_LOOKASIDE_LIST;

typedef struct _PAGED_LOOKASIDE_LIST {
  GENERAL_LOOKASIDE L;
} PAGED_LOOKASIDE_LIST, *PPAGED_LOOKASIDE_LIST;

typedef struct DECLSPEC_ALIGN(16) _GENERAL_LOOKASIDE_POOL {
  union {
    SLIST_HEADER ListHead;
    SINGLE_LIST_ENTRY SingleListHead;
  };
  USHORT Depth;
  USHORT MaximumDepth;
  ULONG TotalAllocates;
  union {
    ULONG AllocateMisses;
    ULONG AllocateHits;
  };
  ULONG TotalFrees;
  union {
    ULONG FreeMisses;
    ULONG FreeHits;
  };
  POOL_TYPE Type;
  ULONG Tag;
  ULONG Size;
  union {
    PALLOCATE_FUNCTION_EX AllocateEx;
    PALLOCATE_FUNCTION Allocate;
  };
  union {
    PFREE_FUNCTION_EX FreeEx;
    PFREE_FUNCTION Free;
  };
  LIST_ENTRY ListEntry;
  ULONG LastTotalAllocates;
  union {
    ULONG LastAllocateMisses;
    ULONG LastAllocateHits;
  };
  ULONG Future[2];
} GENERAL_LOOKASIDE_POOL, *PGENERAL_LOOKASIDE_POOL;

typedef struct _LOOKASIDE_LIST_EX {
  GENERAL_LOOKASIDE_POOL L;
} LOOKASIDE_LIST_EX;

typedef struct _WORK_QUEUE_ITEM {
  LIST_ENTRY List;
  PWORKER_THREAD_ROUTINE WorkerRoutine;
  volatile PVOID Parameter;
} WORK_QUEUE_ITEM, *PWORK_QUEUE_ITEM;

_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI ExAcquireFastMutex(PFAST_MUTEX FastMutex);
NTKERNELAPI VOID NTAPI ExAcquirePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags);
NTKERNELAPI VOID NTAPI ExAcquirePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI BOOLEAN NTAPI
    ExAcquireResourceExclusiveLite(PERESOURCE Resource, BOOLEAN Wait);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI BOOLEAN NTAPI
    ExAcquireResourceSharedLite(PERESOURCE Resource, BOOLEAN Wait);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN NTAPI
    ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI KIRQL NTAPI
    ExAcquireSpinLockExclusive(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID NTAPI ExAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI KIRQL NTAPI
    ExAcquireSpinLockShared(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID NTAPI ExAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI PVOID NTAPI ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag);
NTKERNELAPI PVOID NTAPI ExAllocatePool3(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag,
                                        PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                                        ULONG ExtendedParametersCount);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI PVOID NTAPI
    ExAllocatePoolWithQuotaTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);
NTKERNELAPI PVOID NTAPI ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI PEX_TIMER NTAPI
    ExAllocateTimer(PEXT_CALLBACK Callback, PVOID CallbackContext, ULONG Attributes);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN NTAPI
    ExCancelTimer(PEX_TIMER Timer, PEXT_CANCEL_PARAMETERS Parameters);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    ExCreateCallback(PCALLBACK_OBJECT* CallbackObject, POBJECT_ATTRIBUTES ObjectAttributes,
                     BOOLEAN Create, BOOLEAN AllowMultipleCallbacks);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX Lookaside);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI
    ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS NTAPI ExDeleteResourceLite(PERESOURCE Resource);
NTKERNELAPI BOOLEAN NTAPI ExDeleteTimer(PEX_TIMER Timer, BOOLEAN Cancel, BOOLEAN Wait,
                                        PEXT_DELETE_PARAMETERS Parameters);
NTKERNELAPI VOID NTAPI ExFreePool(PVOID P);
NTKERNELAPI VOID NTAPI ExFreePool2(PVOID P, ULONG Tag, PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                                   ULONG ExtendedParametersCount);
NTKERNELAPI VOID NTAPI ExFreePoolWithTag(PVOID P, ULONG Tag);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI KPROCESSOR_MODE NTAPI ExGetPreviousMode(void);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PALLOCATE_FUNCTION_EX Allocate,
                                PFREE_FUNCTION_EX Free, POOL_TYPE PoolType, ULONG Flags,
                                SIZE_T Size, ULONG Tag, USHORT Depth);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate,
                                    PFREE_FUNCTION Free, ULONG Flags, SIZE_T Size, ULONG Tag,
                                    USHORT Depth);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI
    ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate,
                                   PFREE_FUNCTION Free, ULONG Flags, SIZE_T Size, ULONG Tag,
                                   USHORT Depth);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI ExInitializePushLock(PEX_PUSH_LOCK PushLock);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    ExInitializeResourceLite(PERESOURCE Resource);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI
    ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef);
NTKERNELAPI PLIST_ENTRY NTAPI ExInterlockedInsertHeadList(PLIST_ENTRY ListHead,
                                                          PLIST_ENTRY ListEntry, PKSPIN_LOCK Lock);
NTKERNELAPI PLIST_ENTRY NTAPI ExInterlockedInsertTailList(PLIST_ENTRY ListHead,
                                                          PLIST_ENTRY ListEntry, PKSPIN_LOCK Lock);
NTKERNELAPI PLIST_ENTRY NTAPI ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    ExNotifyCallback(PCALLBACK_OBJECT CallbackObject, PVOID Argument1, PVOID Argument2);
NTKERNELAPI PSLIST_ENTRY NTAPI ExpInterlockedFlushSList(PSLIST_HEADER ListHead);
NTKERNELAPI PSLIST_ENTRY NTAPI ExpInterlockedPopEntrySList(PSLIST_HEADER ListHead);
NTKERNELAPI PSLIST_ENTRY NTAPI ExpInterlockedPushEntrySList(PSLIST_HEADER ListHead,
                                                            PSLIST_ENTRY ListEntry);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI USHORT NTAPI
    ExQueryDepthSList(PSLIST_HEADER SListHead);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE QueueType);
_IRQL_requires_max_(APC_LEVEL) DECLSPEC_NORETURN NTKERNELAPI VOID NTAPI
    ExRaiseStatus(NTSTATUS Status);
_IRQL_requires_max_(APC_LEVEL) DECLSPEC_NORETURN NTKERNELAPI VOID NTAPI
    ExRaiseAccessViolation(VOID);
_IRQL_requires_max_(APC_LEVEL) DECLSPEC_NORETURN NTKERNELAPI VOID NTAPI
    ExRaiseDatatypeMisalignment(VOID);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI PVOID NTAPI
    ExRegisterCallback(PCALLBACK_OBJECT CallbackObject, PCALLBACK_FUNCTION CallbackFunction,
                       PVOID CallbackContext);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI
    ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI ExReleaseFastMutex(PFAST_MUTEX FastMutex);
NTKERNELAPI VOID NTAPI ExReleasePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags);
NTKERNELAPI VOID NTAPI ExReleasePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    ExReleaseResourceLite(PERESOURCE Resource);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef);
NTKERNELAPI VOID NTAPI ExReleaseSpinLockExclusive(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql);
NTKERNELAPI VOID NTAPI ExReleaseSpinLockExclusiveFromDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID NTAPI ExReleaseSpinLockShared(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql);
NTKERNELAPI VOID NTAPI ExReleaseSpinLockSharedFromDpcLevel(PEX_SPIN_LOCK SpinLock);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI ExRundownCompleted(PEX_RUNDOWN_REF RunRef);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN NTAPI
    ExSetTimer(PEX_TIMER Timer, LONGLONG DueTime, LONGLONG Period, PEXT_SET_PARAMETERS Parameters);
NTKERNELAPI VOID NTAPI ExSystemTimeToLocalTime(PLARGE_INTEGER SystemTime, PLARGE_INTEGER LocalTime);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI LOGICAL NTAPI
    ExTryConvertSharedSpinLockExclusive(PEX_SPIN_LOCK SpinLock);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI BOOLEAN NTAPI
    ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI ExUnregisterCallback(PVOID CbRegistration);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI ExUuidCreate(UUID* Uuid);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI
    ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef);
NTKERNELAPI VOID NTAPI InitializeSListHead(PSLIST_HEADER SListHead);

#ifdef WDK_DRIVER
FORCEINLINE void ExInitializeFastMutex(PFAST_MUTEX mutex) {
  mutex->Count = 1;
  mutex->Owner = NULL;
  mutex->Contention = 0;
  KeInitializeEvent(&mutex->Event, SynchronizationEvent, FALSE);
}
#define ExInitializeWorkItem(item, routine, context) \
  do {                                               \
    (item)->WorkerRoutine = (routine);               \
    (item)->Parameter = (context);                   \
    (item)->List.Flink = NULL;                       \
  } while (0)
#define ExAllocatePool(type, size) ExAllocatePoolWithTag(type, size, ' kdD')
#define ExFreePool(p) ExFreePoolWithTag(p, 0)
#define ExAcquirePushLockExclusive(lock) ExAcquirePushLockExclusiveEx(lock, 0)
#define ExAcquirePushLockShared(lock) ExAcquirePushLockSharedEx(lock, 0)
#define ExReleasePushLockExclusive(lock) ExReleasePushLockExclusiveEx(lock, 0)
#define ExReleasePushLockShared(lock) ExReleasePushLockSharedEx(lock, 0)
#define InterlockedPushEntrySList(head, entry) ExpInterlockedPushEntrySList(head, entry)
#define InterlockedPopEntrySList(head) ExpInterlockedPopEntrySList(head)
#define InterlockedFlushSList(head) ExpInterlockedFlushSList(head)
#define ExInitializeSListHead(head) InitializeSListHead(head)

FORCEINLINE PVOID ExAllocatePoolZero(POOL_TYPE type, SIZE_T size, ULONG tag) {
  return ExAllocatePoolWithTag((POOL_TYPE)(type | POOL_ZERO_ALLOCATION), size, tag);
}
FORCEINLINE PVOID ExAllocatePoolUninitialized(POOL_TYPE type, SIZE_T size, ULONG tag) {
  return ExAllocatePoolWithTag(type, size, tag);
}
#define POOL_NX_OPTIN_AUTO 1
FORCEINLINE void ExInitializeDriverRuntime(ULONG flags) {
  (void)flags;
}
#define DrvRtPoolNxOptIn 1

FORCEINLINE PVOID ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list) {
  PVOID entry;
  ++list->L.TotalAllocates;
  entry = ExpInterlockedPopEntrySList(&list->L.ListHead);
  if (entry == NULL) {
    ++list->L.AllocateMisses;
    entry = list->L.Allocate(list->L.Type, list->L.Size, list->L.Tag);
  }
  return entry;
}
FORCEINLINE void ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list, PVOID entry) {
  ++list->L.TotalFrees;
  if (ExQueryDepthSList(&list->L.ListHead) >= list->L.Depth) {
    ++list->L.FreeMisses;
    list->L.Free(entry);
  } else {
    ExpInterlockedPushEntrySList(&list->L.ListHead, (PSLIST_ENTRY)entry);
  }
}
FORCEINLINE PVOID ExAllocateFromLookasideListEx(PLOOKASIDE_LIST_EX list) {
  PVOID entry;
  ++list->L.TotalAllocates;
  entry = ExpInterlockedPopEntrySList(&list->L.ListHead);
  if (entry == NULL) {
    ++list->L.AllocateMisses;
    entry = list->L.AllocateEx(list->L.Type, list->L.Size, list->L.Tag, list);
  }
  return entry;
}
FORCEINLINE void ExFreeToLookasideListEx(PLOOKASIDE_LIST_EX list, PVOID entry) {
  ++list->L.TotalFrees;
  if (ExQueryDepthSList(&list->L.ListHead) >= list->L.Depth) {
    ++list->L.FreeMisses;
    list->L.FreeEx(entry, list);
  } else {
    ExpInterlockedPushEntrySList(&list->L.ListHead, (PSLIST_ENTRY)entry);
  }
}
#endif

#ifdef __cplusplus
}
#endif
