// SPDX-License-Identifier: Apache-2.0
// Cancel-safe queues of IRPs, and the routines that are told of threads.
#include "probe.h"

// --- a queue whose list and lock are the driver's

static IO_CSQ queue;
static LIST_ENTRY waiting;
static KSPIN_LOCK lock;
static LONG canceled;
static PDEVICE_OBJECT device;

static VOID NTAPI insert(PIO_CSQ csq, PIRP irp) {
  EXPECT(csq == &queue);
  EXPECT_IS(DISPATCH_LEVEL, KeGetCurrentIrql());
  InsertTailList(&waiting, &irp->Tail.Overlay.ListEntry);
}

static NTSTATUS NTAPI insert_ex(PIO_CSQ csq, PIRP irp, PVOID context) {
  if (context == &canceled) return STATUS_DEVICE_BUSY;
  insert(csq, irp);
  return STATUS_ALERTED;
}

static VOID NTAPI remove(PIO_CSQ csq, PIRP irp) {
  EXPECT(csq == &queue);
  RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

static PIRP NTAPI peek_next(PIO_CSQ csq, PIRP irp, PVOID context) {
  PLIST_ENTRY next = irp == NULL ? waiting.Flink : irp->Tail.Overlay.ListEntry.Flink;
  PIRP found;
  (void)csq;
  for (; next != &waiting; next = next->Flink) {
    found = CONTAINING_RECORD(next, IRP, Tail.Overlay.ListEntry);
    if (context == NULL || found->Tail.Overlay.DriverContext[0] == context) return found;
  }
  return NULL;
}

static VOID NTAPI acquire(PIO_CSQ csq, PKIRQL irql) {
  (void)csq;
  KeAcquireSpinLock(&lock, irql);
}

static VOID NTAPI release(PIO_CSQ csq, KIRQL irql) {
  (void)csq;
  KeReleaseSpinLock(&lock, irql);
}

static VOID NTAPI complete_canceled(PIO_CSQ csq, PIRP irp) {
  EXPECT(csq == &queue && irp->Cancel);
  EXPECT_IS(PASSIVE_LEVEL, KeGetCurrentIrql());
  irp->IoStatus.Status = STATUS_CANCELLED;
  ++canceled;
}

static PIRP make_irp(PVOID owner) {
  PIRP irp = IoAllocateIrp(1, FALSE);
  IoSetNextIrpStackLocation(irp);
  IoGetCurrentIrpStackLocation(irp)->DeviceObject = device;
  irp->Tail.Overlay.DriverContext[0] = owner;
  return irp;
}

static VOID irps_leave_in_order_or_by_their_context(VOID) {
  IO_CSQ_IRP_CONTEXT context;
  PIRP first;
  PIRP second;
  PIRP third;
  InitializeListHead(&waiting);
  EXPECT_IS(STATUS_SUCCESS,
            IoCreateDevice(probe_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device));
  EXPECT_IS(STATUS_SUCCESS, IoCsqInitialize(&queue, insert, remove, peek_next, acquire, release,
                                            complete_canceled));
  first = make_irp(&first);
  second = make_irp(&second);
  third = make_irp(&first);
  IoCsqInsertIrp(&queue, first, NULL);
  IoCsqInsertIrp(&queue, second, &context);
  IoCsqInsertIrp(&queue, third, NULL);
  EXPECT((IoGetCurrentIrpStackLocation(first)->Control & SL_PENDING_RETURNED) != 0);
  EXPECT(first->CancelRoutine != NULL && context.Irp == second);
  EXPECT(IoCsqRemoveNextIrp(&queue, &second) == second && context.Irp == NULL);
  EXPECT(second->CancelRoutine == NULL);
  EXPECT(IoCsqRemoveIrp(&queue, &context) == NULL);
  IoCsqInsertIrp(&queue, second, &context);
  EXPECT(IoCsqRemoveIrp(&queue, &context) == second);
  EXPECT(IoCsqRemoveNextIrp(&queue, NULL) == first);
  EXPECT(IoCsqRemoveNextIrp(&queue, NULL) == third);
  EXPECT(IoCsqRemoveNextIrp(&queue, NULL) == NULL);
  IoFreeIrp(first);
  IoFreeIrp(second);
  IoFreeIrp(third);
}

static VOID canceled_irps_are_completed_once(VOID) {
  IO_CSQ_IRP_CONTEXT context;
  PIRP queued = make_irp(NULL);
  PIRP late = make_irp(NULL);
  IoCsqInsertIrp(&queue, queued, &context);
  EXPECT(IoCancelIrp(queued));
  EXPECT(canceled == 1 && context.Irp == NULL && IsListEmpty(&waiting));
  EXPECT(IoCsqRemoveIrp(&queue, &context) == NULL);
  EXPECT(!IoCancelIrp(late));
  IoCsqInsertIrp(&queue, late, NULL);
  EXPECT(canceled == 2 && IsListEmpty(&waiting));
  EXPECT_IS(STATUS_CANCELLED, late->IoStatus.Status);
  EXPECT_IS(PASSIVE_LEVEL, KeGetCurrentIrql());
  IoFreeIrp(queued);
  IoFreeIrp(late);
}

static VOID extended_queue_may_refuse_an_irp(VOID) {
  PIRP irp = make_irp(NULL);
  EXPECT_IS(STATUS_SUCCESS, IoCsqInitializeEx(&queue, insert_ex, remove, peek_next, acquire,
                                              release, complete_canceled));
  EXPECT_IS(STATUS_DEVICE_BUSY, IoCsqInsertIrpEx(&queue, irp, NULL, &canceled));
  EXPECT(irp->CancelRoutine == NULL && IsListEmpty(&waiting));
  EXPECT_IS(0, IoGetCurrentIrpStackLocation(irp)->Control & SL_PENDING_RETURNED);
  EXPECT_IS(STATUS_ALERTED, IoCsqInsertIrpEx(&queue, irp, NULL, NULL));
  EXPECT(IoCsqRemoveNextIrp(&queue, NULL) == irp);
  IoFreeIrp(irp);
  IoDeleteDevice(device);
}

// --- threads

static HANDLE created;
static HANDLE gone;
static LONG of_programs;

static VOID NTAPI thread_changed(HANDLE process, HANDLE thread, BOOLEAN create) {
  EXPECT_IS(4, (ULONG_PTR)process);
  EXPECT_IS(PASSIVE_LEVEL, KeGetCurrentIrql());
  EXPECT(create == (thread != PsGetCurrentThreadId()));  // told by the creator, then by itself
  if (create) {
    created = thread;
  } else {
    gone = thread;
  }
}

static VOID NTAPI program_thread_changed(HANDLE process, HANDLE thread, BOOLEAN create) {
  (void)process;
  (void)thread;
  (void)create;
  ++of_programs;
}

static VOID NTAPI look_at_self(PVOID context) {
  PETHREAD self = NULL;
  (void)context;
  EXPECT(created == PsGetCurrentThreadId() && gone == NULL);
  EXPECT_IS(STATUS_SUCCESS, PsLookupThreadByThreadId(created, &self));
  EXPECT(self == (PETHREAD)KeGetCurrentThread());
  EXPECT_IS(4, (ULONG_PTR)PsGetThreadProcessId(self));
  EXPECT(IoThreadToProcess(self) == PsInitialSystemProcess);
  ObDereferenceObject(self);
  PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID routines_are_told_of_threads(VOID) {
  HANDLE handle;
  PVOID thread = NULL;
  PETHREAD none;
  EXPECT_IS(STATUS_SUCCESS, PsSetCreateThreadNotifyRoutine(thread_changed));
  EXPECT_IS(STATUS_INVALID_PARAMETER,
            PsSetCreateThreadNotifyRoutineEx((PSCREATETHREADNOTIFYTYPE)9, (PVOID)thread_changed));
  EXPECT_IS(STATUS_SUCCESS, PsSetCreateThreadNotifyRoutineEx(PsCreateThreadNotifyNonSystem,
                                                             (PVOID)program_thread_changed));
  PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, look_at_self, NULL);
  EXPECT_IS(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType,
                                                      KernelMode, &thread, NULL));
  ZwClose(handle);
  KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
  EXPECT(PsGetThreadId((PETHREAD)thread) == created && gone == created);
  EXPECT_IS(0, of_programs);
  ObDereferenceObject(thread);
  EXPECT_IS(STATUS_INVALID_PARAMETER, PsLookupThreadByThreadId((HANDLE)(ULONG_PTR)3, &none));
  EXPECT_IS(STATUS_SUCCESS, PsRemoveCreateThreadNotifyRoutine(thread_changed));
  EXPECT_IS(STATUS_PROCEDURE_NOT_FOUND, PsRemoveCreateThreadNotifyRoutine(thread_changed));
  EXPECT_IS(STATUS_SUCCESS, PsRemoveCreateThreadNotifyRoutine(program_thread_changed));
}

PROBE_CASE* const probe_cases[] = {
    irps_leave_in_order_or_by_their_context,
    canceled_irps_are_completed_once,
    extended_queue_may_refuse_an_irp,
    routines_are_told_of_threads,
    NULL,
};
