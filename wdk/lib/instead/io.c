// SPDX-License-Identifier: Apache-2.0
// Cancel-safe queues and remove locks: libraries over what the kernel has, and in the driver here
// because the simulated kernel does not export them.
#include <ntifs.h>

#define TYPE_QUEUE 1
#define TYPE_IRP_CONTEXT 2
#define TYPE_QUEUE_EX 3
#define PLACE_IN_IRP 3  // of DriverContext

static DRIVER_CANCEL csq_cancel;

static PIO_CSQ csq_leave(PIRP Irp) {
  PIO_CSQ_IRP_CONTEXT context = Irp->Tail.Overlay.DriverContext[PLACE_IN_IRP];
  PIO_CSQ queue = (PIO_CSQ)context;
  if (context->Type == TYPE_IRP_CONTEXT) {
    queue = context->Csq;
    context->Irp = NULL;
  }
  return queue;
}

static VOID csq_cancel(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
  PIO_CSQ_IRP_CONTEXT context = Irp->Tail.Overlay.DriverContext[PLACE_IN_IRP];
  PIO_CSQ queue = context->Type == TYPE_IRP_CONTEXT ? context->Csq : (PIO_CSQ)context;
  KIRQL irql = 0;
  (void)DeviceObject;
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  queue->CsqAcquireLock(queue, &irql);
  queue->CsqRemoveIrp(queue, Irp);
  csq_leave(Irp);
  queue->CsqReleaseLock(queue, irql);
  queue->CsqCompleteCanceledIrp(queue, Irp);
}

static NTSTATUS csq_initialize(PIO_CSQ Csq, ULONG type, PIO_CSQ_INSERT_IRP insert,
                               PIO_CSQ_REMOVE_IRP remove, PIO_CSQ_PEEK_NEXT_IRP peek,
                               PIO_CSQ_ACQUIRE_LOCK lock, PIO_CSQ_RELEASE_LOCK unlock,
                               PIO_CSQ_COMPLETE_CANCELED_IRP complete) {
  Csq->Type = type;
  Csq->CsqInsertIrp = insert;
  Csq->CsqRemoveIrp = remove;
  Csq->CsqPeekNextIrp = peek;
  Csq->CsqAcquireLock = lock;
  Csq->CsqReleaseLock = unlock;
  Csq->CsqCompleteCanceledIrp = complete;
  Csq->ReservePointer = NULL;
  return STATUS_SUCCESS;
}

NTSTATUS IoCsqInitialize(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP CsqInsertIrp,
                         PIO_CSQ_REMOVE_IRP CsqRemoveIrp, PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                         PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock, PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                         PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp) {
  return csq_initialize(Csq, TYPE_QUEUE, CsqInsertIrp, CsqRemoveIrp, CsqPeekNextIrp, CsqAcquireLock,
                        CsqReleaseLock, CsqCompleteCanceledIrp);
}

NTSTATUS IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX CsqInsertIrpEx,
                           PIO_CSQ_REMOVE_IRP CsqRemoveIrp, PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                           PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock, PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                           PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp) {
  return csq_initialize(Csq, TYPE_QUEUE_EX, (PIO_CSQ_INSERT_IRP)(PVOID)CsqInsertIrpEx, CsqRemoveIrp,
                        CsqPeekNextIrp, CsqAcquireLock, CsqReleaseLock, CsqCompleteCanceledIrp);
}

// The cancel routine is set last; a cancellation that came before it is completed here.
static NTSTATUS csq_insert(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context,
                           PVOID InsertContext) {
  NTSTATUS status = STATUS_SUCCESS;
  KIRQL irql = 0;
  BOOLEAN canceled = FALSE;
  if (Context != NULL) {
    Context->Type = TYPE_IRP_CONTEXT;
    Context->Irp = Irp;
    Context->Csq = Csq;
  }
  Irp->Tail.Overlay.DriverContext[PLACE_IN_IRP] = Context != NULL ? (PVOID)Context : (PVOID)Csq;
  Csq->CsqAcquireLock(Csq, &irql);
  if (Csq->Type == TYPE_QUEUE_EX) {
    status = ((PIO_CSQ_INSERT_IRP_EX)(PVOID)Csq->CsqInsertIrp)(Csq, Irp, InsertContext);
  } else {
    Csq->CsqInsertIrp(Csq, Irp);
  }
  if (NT_SUCCESS(status)) {
    IoMarkIrpPending(Irp);
    IoSetCancelRoutine(Irp, csq_cancel);
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
      Csq->CsqRemoveIrp(Csq, Irp);
      csq_leave(Irp);
      canceled = TRUE;
    }
  } else if (Context != NULL) {
    Context->Irp = NULL;
  }
  Csq->CsqReleaseLock(Csq, irql);
  if (canceled) Csq->CsqCompleteCanceledIrp(Csq, Irp);
  return status;
}

VOID IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context) {
  (void)csq_insert(Csq, Irp, Context, NULL);
}

NTSTATUS IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context, PVOID InsertContext) {
  return csq_insert(Csq, Irp, Context, InsertContext);
}

PIRP IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext) {
  PIRP irp = NULL;
  KIRQL irql = 0;
  Csq->CsqAcquireLock(Csq, &irql);
  // One without a cancel routine is being cancelled: its cancel routine waits for the lock.
  for (irp = Csq->CsqPeekNextIrp(Csq, NULL, PeekContext); irp != NULL;
       irp = Csq->CsqPeekNextIrp(Csq, irp, PeekContext)) {
    if (IoSetCancelRoutine(irp, NULL) != NULL) {
      Csq->CsqRemoveIrp(Csq, irp);
      csq_leave(irp);
      break;
    }
  }
  Csq->CsqReleaseLock(Csq, irql);
  return irp;
}

PIRP IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context) {
  PIRP irp = NULL;
  KIRQL irql = 0;
  Csq->CsqAcquireLock(Csq, &irql);
  irp = Context->Irp;
  if (irp != NULL && IoSetCancelRoutine(irp, NULL) != NULL) {
    Csq->CsqRemoveIrp(Csq, irp);
    csq_leave(irp);
  } else {
    irp = NULL;
  }
  Csq->CsqReleaseLock(Csq, irql);
  return irp;
}

VOID IoInitializeRemoveLockEx(PIO_REMOVE_LOCK Lock, ULONG AllocateTag, ULONG MaxLockedMinutes,
                              ULONG HighWatermark, ULONG RemlockSize) {
  (void)AllocateTag;
  (void)MaxLockedMinutes;
  (void)HighWatermark;
  (void)RemlockSize;
  Lock->Common.Removed = FALSE;
  Lock->Common.IoCount = 1;
  KeInitializeEvent(&Lock->Common.RemoveEvent, SynchronizationEvent, FALSE);
}

NTSTATUS IoAcquireRemoveLockEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, PCSTR File, ULONG Line,
                               ULONG RemlockSize) {
  (void)File;
  (void)Line;
  InterlockedIncrement(&RemoveLock->Common.IoCount);
  if (!RemoveLock->Common.Removed) return STATUS_SUCCESS;
  IoReleaseRemoveLockEx(RemoveLock, Tag, RemlockSize);
  return STATUS_DELETE_PENDING;
}

VOID IoReleaseRemoveLockEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, ULONG RemlockSize) {
  (void)Tag;
  (void)RemlockSize;
  if (InterlockedDecrement(&RemoveLock->Common.IoCount) == 0) {
    KeSetEvent(&RemoveLock->Common.RemoveEvent, IO_NO_INCREMENT, FALSE);
  }
}

VOID IoReleaseRemoveLockAndWaitEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, ULONG RemlockSize) {
  (void)Tag;
  (void)RemlockSize;
  RemoveLock->Common.Removed = TRUE;
  InterlockedDecrement(&RemoveLock->Common.IoCount);
  if (InterlockedDecrement(&RemoveLock->Common.IoCount) > 0) {
    KeWaitForSingleObject(&RemoveLock->Common.RemoveEvent, Executive, KernelMode, FALSE, NULL);
  }
}
