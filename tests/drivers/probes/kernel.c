// SPDX-License-Identifier: Apache-2.0
// Dispatcher objects, deferred procedures, timers, threads, processors and clocks.
#define KeQueryInterruptTime inline_KeQueryInterruptTime
#define KeQuerySystemTime inline_KeQuerySystemTime
#define KeQueryTickCount inline_KeQueryTickCount
#define PsGetCurrentThread inline_PsGetCurrentThread
#include "probe.h"
#undef KeQueryInterruptTime
#undef KeQuerySystemTime
#undef KeQueryTickCount
#undef PsGetCurrentThread
#undef KeGetCurrentProcessorNumber
NTKERNELAPI ULONGLONG NTAPI KeQueryInterruptTime(VOID);
NTKERNELAPI VOID NTAPI KeQuerySystemTime(PLARGE_INTEGER time);
NTKERNELAPI VOID NTAPI KeQueryTickCount(PLARGE_INTEGER count);
NTKERNELAPI PETHREAD NTAPI PsGetCurrentThread(VOID);
NTKERNELAPI ULONG NTAPI KeGetCurrentProcessorNumber(VOID);

#define MILLISECOND 10000LL

static LARGE_INTEGER in(LONGLONG milliseconds) {
  LARGE_INTEGER due;
  due.QuadPart = -milliseconds * MILLISECOND;
  return due;
}

static NTSTATUS wait_for(PVOID object, LONGLONG milliseconds) {
  LARGE_INTEGER due = in(milliseconds);
  return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &due);
}

static VOID events_are_pulsed_and_reset(VOID) {
  KEVENT event;
  KeInitializeEvent(&event, NotificationEvent, TRUE);
  EXPECT_IS(1, KeResetEvent(&event));
  EXPECT_IS(0, KeResetEvent(&event));
  EXPECT_IS(0, KePulseEvent(&event, 0, FALSE));
  EXPECT_IS(0, KeReadStateEvent(&event));
  EXPECT_IS(STATUS_TIMEOUT, wait_for(&event, 0));
}

static VOID semaphores_count(VOID) {
  KSEMAPHORE semaphore;
  KeInitializeSemaphore(&semaphore, 1, 3);
  EXPECT_IS(1, KeReleaseSemaphore(&semaphore, 0, 2, FALSE));
  EXPECT_IS(3, KeReadStateSemaphore(&semaphore));
  EXPECT_IS(STATUS_SUCCESS, wait_for(&semaphore, 0));
  EXPECT_IS(2, KeReadStateSemaphore(&semaphore));
}

static VOID mutexes_recurse(VOID) {
  KMUTEX mutex;
  KeInitializeMutex(&mutex, 0);
  EXPECT_IS(1, KeReadStateMutex(&mutex));
  EXPECT_IS(STATUS_SUCCESS, wait_for(&mutex, 0));
  EXPECT_IS(STATUS_SUCCESS, wait_for(&mutex, 0));
  EXPECT_IS(-1, KeReadStateMutex(&mutex));
  EXPECT_IS(-1, KeReleaseMutex(&mutex, FALSE));
  EXPECT_IS(0, KeReleaseMutex(&mutex, FALSE));
  EXPECT_IS(1, KeReadStateMutex(&mutex));
}

static VOID waits_are_for_any_or_for_all(VOID) {
  KEVENT events[2];
  PVOID objects[2] = {&events[0], &events[1]};
  LARGE_INTEGER now = in(0);
  KeInitializeEvent(&events[0], SynchronizationEvent, FALSE);
  KeInitializeEvent(&events[1], SynchronizationEvent, TRUE);
  EXPECT_IS(STATUS_TIMEOUT, KeWaitForMultipleObjects(2, objects, WaitAll, Executive, KernelMode,
                                                     FALSE, &now, NULL));
  EXPECT_IS(1, KeReadStateEvent(&events[1]));
  EXPECT_IS(STATUS_WAIT_1, KeWaitForMultipleObjects(2, objects, WaitAny, Executive, KernelMode,
                                                    FALSE, &now, NULL));
  EXPECT_IS(0, KeReadStateEvent(&events[1]));
  KeSetEvent(&events[0], 0, FALSE);
  KeSetEvent(&events[1], 0, FALSE);
  EXPECT_IS(STATUS_SUCCESS, KeWaitForMultipleObjects(2, objects, WaitAll, Executive, KernelMode,
                                                     FALSE, NULL, NULL));
  EXPECT(KeReadStateEvent(&events[0]) == 0 && KeReadStateEvent(&events[1]) == 0);
}

// --- deferred procedures and timers

static LONG calls;
static ULONG ran_on;

static VOID NTAPI deferred(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2) {
  EXPECT(dpc != NULL && context == &calls);
  EXPECT_IS(DISPATCH_LEVEL, KeGetCurrentIrql());
  if (argument1 != NULL) EXPECT(argument1 == (PVOID)&ran_on && argument2 == (PVOID)dpc);
  ran_on = KeGetCurrentProcessorNumber();
  ++calls;
}

static VOID deferred_procedures_are_queued_once_and_taken_back(VOID) {
  static KDPC dpc;
  static KDPC other;
  PROCESSOR_NUMBER last = {0, 0, 0};
  PROCESSOR_NUMBER none = {0, 200, 0};
  KIRQL old;
  EXPECT_IS(STATUS_SUCCESS,
            KeGetProcessorNumberFromIndex(KeQueryActiveProcessorCount(NULL) - 1, &last));
  KeInitializeDpc(&dpc, deferred, &calls);
  KeInitializeThreadedDpc(&other, deferred, &calls);
  EXPECT_IS(STATUS_INVALID_PARAMETER, KeSetTargetProcessorDpcEx(&dpc, &none));
  EXPECT_IS(STATUS_SUCCESS, KeSetTargetProcessorDpcEx(&dpc, &last));
  KeSetImportanceDpc(&other, HighImportance);
  KeRaiseIrql(DISPATCH_LEVEL, &old);
  EXPECT(KeInsertQueueDpc(&other, NULL, NULL));
  EXPECT(!KeInsertQueueDpc(&other, NULL, NULL));
  EXPECT(KeRemoveQueueDpc(&other));
  EXPECT(!KeRemoveQueueDpc(&other));
  EXPECT(KeInsertQueueDpc(&dpc, &ran_on, &dpc));
  KeLowerIrql(old);
  KeFlushQueuedDpcs();
  EXPECT_IS(1, calls);
  EXPECT_IS(last.Number, ran_on);
}

static VOID timers_expire_once_or_again_and_again(VOID) {
  static KTIMER timer;
  static KDPC dpc;
  calls = 0;
  KeInitializeDpc(&dpc, deferred, &calls);
  KeInitializeTimerEx(&timer, SynchronizationTimer);
  EXPECT(!KeReadStateTimer(&timer));
  EXPECT(!KeSetTimer(&timer, in(10), &dpc));
  EXPECT(KeSetTimer(&timer, in(20), &dpc));
  EXPECT_IS(STATUS_TIMEOUT, wait_for(&timer, 15));
  EXPECT_IS(STATUS_SUCCESS, wait_for(&timer, 15));
  KeFlushQueuedDpcs();
  EXPECT_IS(1, calls);
  EXPECT(!KeReadStateTimer(&timer));  // a synchronization timer let one wait go on
  EXPECT(!KeSetCoalescableTimer(&timer, in(10), 10, 5, &dpc));
  EXPECT_IS(STATUS_TIMEOUT, wait_for(&timer, 5));
  EXPECT_IS(STATUS_SUCCESS, wait_for(&timer, 100));
  EXPECT_IS(STATUS_SUCCESS, wait_for(&timer, 100));
  EXPECT(KeCancelTimer(&timer));
  EXPECT(!KeCancelTimer(&timer));
  KeFlushQueuedDpcs();
  EXPECT_IS(3, calls);
  EXPECT_IS(STATUS_TIMEOUT, wait_for(&timer, 100));
}

static VOID NTAPI timer_called(PEX_TIMER timer, PVOID context) {
  EXPECT(timer != NULL && context == &calls);
  ++calls;
}

static VOID timers_of_the_executive_are_cancelled(VOID) {
  LARGE_INTEGER pause = in(50);
  PEX_TIMER timer = ExAllocateTimer(timer_called, &calls, 0);
  calls = 0;
  EXPECT(!ExCancelTimer(timer, NULL));
  EXPECT(!ExSetTimer(timer, -10 * MILLISECOND, 0, NULL));
  EXPECT(ExCancelTimer(timer, NULL));
  KeDelayExecutionThread(KernelMode, FALSE, &pause);
  EXPECT_IS(0, calls);
  ExSetTimer(timer, -10 * MILLISECOND, 0, NULL);
  KeDelayExecutionThread(KernelMode, FALSE, &pause);
  EXPECT_IS(1, calls);
  EXPECT(!ExDeleteTimer(timer, TRUE, TRUE, NULL));
}

static EXT_DELETE_CALLBACK timer_gone;
static VOID NTAPI timer_gone(PVOID context) {
  *(LONG*)context = calls;
}

static VOID deleted_timer_says_so_before_the_wait_for_it_ends(VOID) {
  LARGE_INTEGER pause = in(25);
  LONG calls_before = -1;
  EXT_DELETE_PARAMETERS parameters = {0, 0, timer_gone, &calls_before};
  PEX_TIMER timer = ExAllocateTimer(timer_called, &calls, 0);
  calls = 0;
  ExSetTimer(timer, -10 * MILLISECOND, 10 * MILLISECOND, NULL);
  KeDelayExecutionThread(KernelMode, FALSE, &pause);
  EXPECT(ExDeleteTimer(timer, TRUE, TRUE, &parameters));
  EXPECT_IS(2, calls_before);
  KeDelayExecutionThread(KernelMode, FALSE, &pause);
  EXPECT_IS(2, calls);
}

// --- threads and processors

static VOID thread_knows_itself(VOID) {
  PKTHREAD self = KeGetCurrentThread();
  EXPECT((PETHREAD)self == PsGetCurrentThread());
  EXPECT(PsGetThreadId((PETHREAD)self) == PsGetCurrentThreadId());
  EXPECT_IS(4, (ULONG_PTR)PsGetCurrentProcessId());
  EXPECT(PsIsSystemThread((PETHREAD)self));
  EXPECT_IS(KernelMode, ExGetPreviousMode());
  EXPECT_IS(8, KeSetPriorityThread(self, LOW_REALTIME_PRIORITY));
  EXPECT_IS(LOW_REALTIME_PRIORITY, KeSetPriorityThread(self, 8));
  EXPECT_IS(0, KeSetBasePriorityThread(self, 2));
  EXPECT_IS(2, KeSetBasePriorityThread(self, 0));
}

static VOID processors_have_numbers_and_indices(VOID) {
  KAFFINITY active = 0;
  PROCESSOR_NUMBER number = {7, 7, 7};
  const ULONG count = KeQueryActiveProcessorCount(&active);
  EXPECT(count >= 1 && active == ((KAFFINITY)1 << count) - 1);
  EXPECT_IS(count, KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS));
  EXPECT_IS(count, KeQueryMaximumProcessorCountEx(0));
  EXPECT_IS(count, KeQueryMaximumProcessorCount());
  EXPECT_IS(0, KeQueryActiveProcessorCountEx(1));
  EXPECT(KeGetCurrentProcessorNumberEx(&number) < count);
  EXPECT(number.Group == 0 && KeGetProcessorIndexFromNumber(&number) < count);
  EXPECT_IS(STATUS_SUCCESS, KeGetProcessorNumberFromIndex(0, &number));
  EXPECT(number.Group == 0 && number.Number == 0);
  EXPECT_IS(STATUS_INVALID_PARAMETER, KeGetProcessorNumberFromIndex(count, &number));
  number.Group = 9;
  EXPECT_IS(0xffffffffU, KeGetProcessorIndexFromNumber(&number));
}

static VOID stack_has_room(VOID) {
  ULONG_PTR low;
  ULONG_PTR high;
  IoGetStackLimits(&low, &high);
  EXPECT(low < (ULONG_PTR)&low && (ULONG_PTR)&low < high);
  EXPECT(IoGetRemainingStackSize() <= (ULONG_PTR)&low - low);
  EXPECT(IoGetRemainingStackSize() > 4096);
}

static VOID NTAPI expanded(PVOID parameter) {
  *(ULONG*)parameter += KeGetCurrentIrql() + 5;
}

static VOID stack_is_expanded_for_a_call(VOID) {
  ULONG value = 1;
  EXPECT_IS(STATUS_SUCCESS, KeExpandKernelStackAndCallout(expanded, &value, 0x4000));
  EXPECT_IS(6, value);
  EXPECT_IS(STATUS_SUCCESS, KeExpandKernelStackAndCalloutEx(expanded, &value, 0x4000, TRUE, NULL));
  EXPECT_IS(11, value);
  EXPECT_IS(STATUS_INVALID_PARAMETER_3,
            KeExpandKernelStackAndCalloutEx(expanded, &value, 0x100000, TRUE, NULL));
  EXPECT_IS(11, value);
}

// --- clocks

static VOID clocks_advance_together(VOID) {
  LARGE_INTEGER pause = in(100);
  LARGE_INTEGER system, precise, later, local, ticks, more_ticks, counter, frequency;
  ULONGLONG interrupt = KeQueryInterruptTime();
  ULONGLONG unbiased = KeQueryUnbiasedInterruptTime();
  KeQuerySystemTime(&system);
  KeQuerySystemTimePrecise(&precise);
  KeQueryTickCount(&ticks);
  counter = KeQueryPerformanceCounter(&frequency);
  EXPECT(precise.QuadPart >= system.QuadPart);
  EXPECT(frequency.QuadPart > 0 && KeQueryTimeIncrement() > 0);
  KeDelayExecutionThread(KernelMode, FALSE, &pause);
  KeQuerySystemTime(&later);
  KeQueryTickCount(&more_ticks);
  EXPECT(later.QuadPart - system.QuadPart >= 100 * MILLISECOND);
  EXPECT(KeQueryInterruptTime() - interrupt >= 99 * MILLISECOND);
  EXPECT(KeQueryUnbiasedInterruptTime() - unbiased >= 99 * MILLISECOND);
  EXPECT((more_ticks.QuadPart - ticks.QuadPart + 1) * KeQueryTimeIncrement() >= 100 * MILLISECOND);
  EXPECT((KeQueryPerformanceCounter(NULL).QuadPart - counter.QuadPart) * 10 >= frequency.QuadPart);
  ExSystemTimeToLocalTime(&system, &local);
  EXPECT((local.QuadPart - system.QuadPart) % (900 * 1000 * MILLISECOND) == 0);
  KeQuerySystemTimePrecise(&precise);
  KeStallExecutionProcessor(50);
  KeQuerySystemTimePrecise(&later);
  EXPECT(later.QuadPart - precise.QuadPart >= 500);
}

PROBE_CASE* const probe_cases[] = {
    events_are_pulsed_and_reset,
    semaphores_count,
    mutexes_recurse,
    waits_are_for_any_or_for_all,
    deferred_procedures_are_queued_once_and_taken_back,
    timers_expire_once_or_again_and_again,
    timers_of_the_executive_are_cancelled,
    deleted_timer_says_so_before_the_wait_for_it_ends,
    thread_knows_itself,
    processors_have_numbers_and_indices,
    stack_has_room,
    stack_is_expanded_for_a_call,
    clocks_advance_together,
    NULL,
};
