// SPDX-License-Identifier: Apache-2.0
// Locks of every kind, taken by this thread and tried by another; run-down protection; the lists
// and pools beside them.
// The header has it inline.
#define KeInitializeSpinLock inline_KeInitializeSpinLock
#include "probe.h"
#undef KeInitializeSpinLock

#undef ExAllocatePool
#undef ExFreePool
#undef KeRaiseIrqlToDpcLevel
#undef KfLowerIrql
NTKERNELAPI PVOID NTAPI ExAllocatePool(POOL_TYPE type, SIZE_T size);
NTKERNELAPI KIRQL NTAPI KeRaiseIrqlToDpcLevel(VOID);
NTKERNELAPI VOID NTAPI KfLowerIrql(KIRQL irql);
NTKERNELAPI VOID NTAPI KeInitializeSpinLock(PKSPIN_LOCK lock);

// Runs `body` in a thread of its own, to its end.
static VOID in_other_thread(PKSTART_ROUTINE body) {
  HANDLE handle;
  PVOID thread;
  EXPECT_IS(STATUS_SUCCESS,
            PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, body, NULL));
  EXPECT_IS(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType,
                                                      KernelMode, &thread, NULL));
  EXPECT_IS(STATUS_SUCCESS, ZwClose(handle));
  EXPECT_IS(STATUS_SUCCESS, KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL));
  ObDereferenceObject(thread);
}

// --- resources

static ERESOURCE resource;

static VOID NTAPI cannot_share(PVOID context) {
  (void)context;
  EXPECT(!ExAcquireResourceSharedLite(&resource, FALSE));
  EXPECT(!ExIsResourceAcquiredExclusiveLite(&resource));
  EXPECT_IS(0, ExIsResourceAcquiredSharedLite(&resource));
}

static VOID NTAPI can_only_share(PVOID context) {
  (void)context;
  EXPECT(!ExAcquireResourceExclusiveLite(&resource, FALSE));
  EXPECT(ExAcquireResourceSharedLite(&resource, FALSE));
  EXPECT_IS(1, ExIsResourceAcquiredSharedLite(&resource));
  ExReleaseResourceLite(&resource);
}

static VOID resource_has_one_owner_or_several_sharers(VOID) {
  EXPECT_IS(STATUS_SUCCESS, ExInitializeResourceLite(&resource));
  KeEnterCriticalRegion();
  EXPECT(ExAcquireResourceExclusiveLite(&resource, TRUE));
  EXPECT(ExIsResourceAcquiredExclusiveLite(&resource));
  EXPECT(ExAcquireResourceSharedLite(&resource, TRUE));
  in_other_thread(cannot_share);
  ExReleaseResourceLite(&resource);
  ExReleaseResourceLite(&resource);
  EXPECT(!ExIsResourceAcquiredExclusiveLite(&resource));
  EXPECT(ExAcquireResourceSharedLite(&resource, TRUE));
  in_other_thread(can_only_share);
  ExReleaseResourceLite(&resource);
  KeLeaveCriticalRegion();
  EXPECT_IS(STATUS_SUCCESS, ExDeleteResourceLite(&resource));
}

// --- push locks, fast and guarded mutexes

static EX_PUSH_LOCK push_lock;
static LONG order;

static VOID NTAPI take_push_lock(PVOID context) {
  (void)context;
  ExAcquirePushLockExclusiveEx(&push_lock, 0);
  EXPECT_IS(2, InterlockedIncrement(&order));
  ExReleasePushLockExclusiveEx(&push_lock, 0);
}

static VOID NTAPI share_push_lock_and_leave(PVOID context) {
  LARGE_INTEGER second;
  (void)context;
  second.QuadPart = -10000000;
  ExAcquirePushLockSharedEx(&push_lock, 0);
  KeDelayExecutionThread(KernelMode, FALSE, &second);
  EXPECT_IS(1, InterlockedIncrement(&order));
  ExReleasePushLockSharedEx(&push_lock, 0);
}

static VOID push_lock_waits_for_its_sharers(VOID) {
  HANDLE handle;
  ExInitializePushLock(&push_lock);
  KeEnterCriticalRegion();
  ExAcquirePushLockSharedEx(&push_lock, 0);
  PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, share_push_lock_and_leave, NULL);
  ZwClose(handle);
  while (push_lock == 2) {
    LARGE_INTEGER moment;
    moment.QuadPart = -10000;
    KeDelayExecutionThread(KernelMode, FALSE, &moment);
  }
  ExReleasePushLockSharedEx(&push_lock, 0);
  in_other_thread(take_push_lock);
  EXPECT_IS(2, order);
  KeLeaveCriticalRegion();
}

static FAST_MUTEX fast;
static KGUARDED_MUTEX guarded;

static KEVENT tried;

static VOID NTAPI hold_mutexes(PVOID context) {
  (void)context;
  EXPECT(ExTryToAcquireFastMutex(&fast));
  EXPECT_IS(APC_LEVEL, KeGetCurrentIrql());
  EXPECT(KeTryToAcquireGuardedMutex(&guarded));
  InterlockedIncrement(&order);
  EXPECT_IS(STATUS_SUCCESS, KeWaitForSingleObject(&tried, Executive, KernelMode, FALSE, NULL));
  KeReleaseGuardedMutex(&guarded);
  EXPECT_IS(APC_LEVEL, KeGetCurrentIrql());
  ExReleaseFastMutex(&fast);
  EXPECT_IS(PASSIVE_LEVEL, KeGetCurrentIrql());
}

static VOID mutexes_raise_to_apc_level_and_keep_others_out(VOID) {
  HANDLE handle;
  LARGE_INTEGER moment;
  moment.QuadPart = -10000;
  order = 0;
  ExInitializeFastMutex(&fast);
  KeInitializeGuardedMutex(&guarded);
  KeInitializeEvent(&tried, NotificationEvent, FALSE);
  PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, hold_mutexes, NULL);
  ZwClose(handle);
  while (order == 0) KeDelayExecutionThread(KernelMode, FALSE, &moment);
  EXPECT(!ExTryToAcquireFastMutex(&fast));
  EXPECT(!KeTryToAcquireGuardedMutex(&guarded));
  EXPECT_IS(PASSIVE_LEVEL, KeGetCurrentIrql());
  KeSetEvent(&tried, 0, FALSE);
  ExAcquireFastMutex(&fast);
  ExReleaseFastMutex(&fast);
}

static VOID apcs_are_disabled_in_regions(VOID) {
  EXPECT(!KeAreApcsDisabled());
  KeEnterCriticalRegion();
  KeEnterGuardedRegion();
  EXPECT(KeAreApcsDisabled());
  KeLeaveGuardedRegion();
  EXPECT(KeAreApcsDisabled());
  KeLeaveCriticalRegion();
  EXPECT(!KeAreApcsDisabled());
}

// --- spin locks

static VOID spin_locks_raise_and_lower(VOID) {
  static KSPIN_LOCK lock = 77;
  KLOCK_QUEUE_HANDLE queue;
  KIRQL old;
  KeInitializeSpinLock(&lock);
  EXPECT(KeTestSpinLock(&lock));
  old = KeRaiseIrqlToDpcLevel();
  EXPECT_IS(PASSIVE_LEVEL, old);
  EXPECT_IS(DISPATCH_LEVEL, KeGetCurrentIrql());
  EXPECT(KeTryToAcquireSpinLockAtDpcLevel(&lock));
  EXPECT(!KeTestSpinLock(&lock));
  EXPECT(!KeTryToAcquireSpinLockAtDpcLevel(&lock));
  KeReleaseSpinLockFromDpcLevel(&lock);
  KeAcquireInStackQueuedSpinLockAtDpcLevel(&lock, &queue);
  EXPECT(!KeTestSpinLock(&lock));
  KeReleaseInStackQueuedSpinLockFromDpcLevel(&queue);
  EXPECT(KeTestSpinLock(&lock));
  KfLowerIrql(old);
  EXPECT_IS(PASSIVE_LEVEL, KeGetCurrentIrql());
}

static VOID readers_share_and_one_may_become_the_writer(VOID) {
  static EX_SPIN_LOCK lock;
  KIRQL old = ExAcquireSpinLockShared(&lock);
  EXPECT_IS(PASSIVE_LEVEL, old);
  EXPECT_IS(DISPATCH_LEVEL, KeGetCurrentIrql());
  ExAcquireSpinLockSharedAtDpcLevel(&lock);
  EXPECT_IS(2, lock);
  EXPECT(!ExTryConvertSharedSpinLockExclusive(&lock));
  ExReleaseSpinLockSharedFromDpcLevel(&lock);
  EXPECT(ExTryConvertSharedSpinLockExclusive(&lock));
  ExReleaseSpinLockExclusiveFromDpcLevel(&lock);
  EXPECT_IS(0, lock);
  ExAcquireSpinLockExclusiveAtDpcLevel(&lock);
  ExReleaseSpinLockExclusive(&lock, old);
  EXPECT_IS(PASSIVE_LEVEL, KeGetCurrentIrql());
  old = ExAcquireSpinLockExclusive(&lock);
  ExReleaseSpinLockExclusive(&lock, old);
  old = ExAcquireSpinLockShared(&lock);
  ExReleaseSpinLockShared(&lock, old);
  EXPECT_IS(0, lock);
}

// --- run-down protection

static EX_RUNDOWN_REF rundown;

static VOID NTAPI let_go_later(PVOID context) {
  LARGE_INTEGER second;
  (void)context;
  second.QuadPart = -10000000;
  KeDelayExecutionThread(KernelMode, FALSE, &second);
  EXPECT(!ExAcquireRundownProtection(&rundown));
  InterlockedIncrement(&order);
  ExReleaseRundownProtection(&rundown);
}

static VOID running_down_waits_for_the_last_reference(VOID) {
  HANDLE handle;
  ExInitializeRundownProtection(&rundown);
  EXPECT(ExAcquireRundownProtection(&rundown));
  order = 0;
  PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, let_go_later, NULL);
  ZwClose(handle);
  ExWaitForRundownProtectionRelease(&rundown);
  EXPECT_IS(1, order);
  ExRundownCompleted(&rundown);
  EXPECT(!ExAcquireRundownProtection(&rundown));
  ExReInitializeRundownProtection(&rundown);
  EXPECT(ExAcquireRundownProtection(&rundown));
  ExReleaseRundownProtection(&rundown);
  ExWaitForRundownProtectionRelease(&rundown);
}

// --- lists

static VOID interlocked_lists_say_what_was_first_or_last(VOID) {
  static KSPIN_LOCK lock;
  static SLIST_HEADER singles;
  static DECLSPEC_ALIGN(16) SLIST_ENTRY links[2];
  LIST_ENTRY head, a, b;
  InitializeListHead(&head);
  EXPECT(ExInterlockedInsertHeadList(&head, &a, &lock) == NULL);
  EXPECT(ExInterlockedInsertTailList(&head, &b, &lock) == &a);
  EXPECT(ExInterlockedRemoveHeadList(&head, &lock) == &a);
  EXPECT(ExInterlockedRemoveHeadList(&head, &lock) == &b);
  EXPECT(ExInterlockedRemoveHeadList(&head, &lock) == NULL);
  InitializeSListHead(&singles);
  EXPECT(InterlockedPushEntrySList(&singles, &links[0]) == NULL);
  EXPECT(InterlockedPushEntrySList(&singles, &links[1]) == &links[0]);
  EXPECT_IS(2, ExQueryDepthSList(&singles));
  EXPECT(ExpInterlockedFlushSList(&singles) == &links[1] && links[1].Next == &links[0]);
  EXPECT_IS(0, ExQueryDepthSList(&singles));
  EXPECT(ExpInterlockedFlushSList(&singles) == NULL);
}

// --- pools and lookaside lists

static VOID pools_give_memory_as_asked(VOID) {
  static const UCHAR zeros[64];
  PVOID block = ExAllocatePool(NonPagedPoolNx, 64);
  EXPECT(block != NULL && ((ULONG_PTR)block & 15) == 0);
  ExFreePool(block);
  block = ExAllocatePoolWithQuotaTag(PagedPool, 64, 'brpP');
  EXPECT(block != NULL);
  ExFreePoolWithTag(block, 'brpP');
  block = ExAllocatePool3(POOL_FLAG_NON_PAGED, 64, 'brpP', NULL, 0);
  EXPECT(block != NULL);
  EXPECT_TEXT(zeros, 64, block);
  ExFreePool2(block, 'brpP', NULL, 0);
  EXPECT(ExAllocatePool3(POOL_FLAG_NON_PAGED | POOL_FLAG_PAGED, 64, 'brpP', NULL, 0) == NULL);
}

static LONG made;

static PVOID NTAPI make(POOL_TYPE type, SIZE_T size, ULONG tag, PLOOKASIDE_LIST_EX list) {
  (void)list;
  ++made;
  return ExAllocatePoolWithTag(type, size, tag);
}

static VOID NTAPI destroy(PVOID block, PLOOKASIDE_LIST_EX list) {
  (void)list;
  --made;
  ExFreePool(block);
}

static VOID lookaside_lists_free_what_they_keep(VOID) {
  static LOOKASIDE_LIST_EX list;
  static PAGED_LOOKASIDE_LIST paged;
  PVOID first;
  EXPECT_IS(STATUS_INVALID_PARAMETER_5,
            ExInitializeLookasideListEx(&list, NULL, NULL, PagedPool, 3, 32, 'kool', 0));
  EXPECT_IS(STATUS_SUCCESS,
            ExInitializeLookasideListEx(&list, make, destroy, NonPagedPoolNx, 0, 32, 'kool', 0));
  first = ExAllocateFromLookasideListEx(&list);
  EXPECT(first != NULL && made == 1);
  ExFreeToLookasideListEx(&list, first);
  ExDeleteLookasideListEx(&list);
  EXPECT_IS(0, made);
  ExInitializePagedLookasideList(&paged, NULL, NULL, 0, 48, 'egap', 0);
  EXPECT_IS(48, paged.L.Size);
  first = paged.L.Allocate(PagedPool, 48, 'egap');
  EXPECT(first != NULL);
  paged.L.Free(first);
  ExDeletePagedLookasideList(&paged);
}

PROBE_CASE* const probe_cases[] = {
    resource_has_one_owner_or_several_sharers,
    push_lock_waits_for_its_sharers,
    mutexes_raise_to_apc_level_and_keep_others_out,
    apcs_are_disabled_in_regions,
    spin_locks_raise_and_lower,
    readers_share_and_one_may_become_the_writer,
    running_down_waits_for_the_last_reference,
    interlocked_lists_say_what_was_first_or_last,
    pools_give_memory_as_asked,
    lookaside_lists_free_what_they_keep,
    NULL,
};
