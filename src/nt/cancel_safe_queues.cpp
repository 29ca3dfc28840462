// SPDX-License-Identifier: Apache-2.0
// IoCsq*: queues of IRPs whose list and lock are the driver's, while the kernel plays the game with
// cancellation. DriverContext[3] of a queued IRP is its queue, or the context it was queued with.
#include <ntddk.h>

#include <array>
#include <bit>
#include <utility>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/io_exports.h"
#include "nt/io_manager.h"

namespace drydock::nt {

namespace {

// What the first word of either says (IO_TYPE_CSQ_IRP_CONTEXT, IO_TYPE_CSQ, IO_TYPE_CSQ_EX).
constexpr ULONG type_context = 1;
constexpr ULONG type_queue = 2;
constexpr ULONG type_queue_ex = 3;

ledger::CallbackInfo info_of(PIRP irp, bool changes_locks = false) {
  return {.kind = machine::CallbackKind::other,
          .driver = the_machine().running().driver,
          .entry = the_ledger().find(ledger::Kind::irp, address_of(irp)),
          .changes_locks = changes_locks};
}

KIRQL lock(PIO_CSQ queue) {
  auto* irql = the_machine().memory().kernel.make<KIRQL>();
  ledger::call_driver(info_of(nullptr, true), queue->CsqAcquireLock, queue, irql);
  const KIRQL taken = *irql;
  the_machine().memory().kernel.drop(irql);
  return taken;
}

void unlock(PIO_CSQ queue, KIRQL irql) {
  ledger::call_driver(info_of(nullptr, true), queue->CsqReleaseLock, queue, irql);
}

// Off the driver's list, and known to no context any more. With the lock held.
void take_out(PIO_CSQ queue, PIRP irp) {
  auto* mark = static_cast<PIO_CSQ_IRP_CONTEXT>(irp->Tail.Overlay.DriverContext[3]);
  if (mark != nullptr && mark->Type == type_context) mark->Irp = nullptr;
  irp->Tail.Overlay.DriverContext[3] = nullptr;
  ledger::call_driver(info_of(irp), queue->CsqRemoveIrp, queue, irp);
}

void complete_canceled(PIO_CSQ queue, PIRP irp) {
  ledger::call_driver(info_of(irp), queue->CsqCompleteCanceledIrp, queue, irp);
}

// Whose cancel routine runs, or has run, leaves the IRP to it.
bool claim(PIRP irp) {
  return std::exchange(irp->CancelRoutine, nullptr) != nullptr;
}

// The cancel routine of every queued IRP.
void cancel_queued(PDEVICE_OBJECT, PIRP irp) {
  service<IoManager>().release_cancel_lock(irp->CancelIrql);
  auto* mark = static_cast<PIO_CSQ_IRP_CONTEXT>(irp->Tail.Overlay.DriverContext[3]);
  PIO_CSQ queue = mark->Type == type_context ? mark->Csq : reinterpret_cast<PIO_CSQ>(mark);
  const KIRQL irql = lock(queue);
  take_out(queue, irp);
  unlock(queue, irql);
  complete_canceled(queue, irp);
}

const ExportRow& cancel_row() {
  return ledger::export_row<"iomgr", "CsqCancelIrp", DRIVER_CANCEL, cancel_queued,
                            up_to_dispatch>();
}

NTSTATUS set_up(PIO_CSQ queue, ULONG type, PIO_CSQ_INSERT_IRP insert, PIO_CSQ_REMOVE_IRP remove,
                PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire,
                PIO_CSQ_RELEASE_LOCK release, PIO_CSQ_COMPLETE_CANCELED_IRP complete) {
  *queue = {type, insert, remove, peek, acquire, release, complete, nullptr};
  return STATUS_SUCCESS;
}

NTSTATUS initialize(PIO_CSQ queue, PIO_CSQ_INSERT_IRP insert, PIO_CSQ_REMOVE_IRP remove,
                    PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire,
                    PIO_CSQ_RELEASE_LOCK release, PIO_CSQ_COMPLETE_CANCELED_IRP complete) {
  return set_up(queue, type_queue, insert, remove, peek, acquire, release, complete);
}

NTSTATUS initialize_ex(PIO_CSQ queue, PIO_CSQ_INSERT_IRP_EX insert, PIO_CSQ_REMOVE_IRP remove,
                       PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire,
                       PIO_CSQ_RELEASE_LOCK release, PIO_CSQ_COMPLETE_CANCELED_IRP complete) {
  return set_up(queue, type_queue_ex, std::bit_cast<PIO_CSQ_INSERT_IRP>(insert), remove, peek,
                acquire, release, complete);
}

NTSTATUS put_in(PIO_CSQ queue, PIRP irp, PVOID insert_context) {
  if (queue->Type == type_queue_ex) {
    return ledger::call_driver(info_of(irp),
                               std::bit_cast<PIO_CSQ_INSERT_IRP_EX>(queue->CsqInsertIrp), queue,
                               irp, insert_context);
  }
  ledger::call_driver(info_of(irp), queue->CsqInsertIrp, queue, irp);
  return STATUS_SUCCESS;
}

// An IRP that the driver does not take is neither pending nor marked. One that was cancelled before
// it got here goes the way of those cancelled later.
NTSTATUS insert_ex(PIO_CSQ queue, PIRP irp, PIO_CSQ_IRP_CONTEXT context, PVOID insert_context) {
  if (context != nullptr) *context = {type_context, irp, queue};
  irp->Tail.Overlay.DriverContext[3] =
      context != nullptr ? static_cast<PVOID>(context) : static_cast<PVOID>(queue);
  const KIRQL irql = lock(queue);
  const NTSTATUS status = put_in(queue, irp, insert_context);
  if (!NT_SUCCESS(status)) {
    irp->Tail.Overlay.DriverContext[3] = nullptr;
    if (context != nullptr) context->Irp = nullptr;
    unlock(queue, irql);
    return status;
  }
  IoMarkIrpPending(irp);
  irp->CancelRoutine = reinterpret_cast<PDRIVER_CANCEL>(cancel_row().entry);
  const bool is_over = irp->Cancel != FALSE && claim(irp);
  if (is_over) take_out(queue, irp);
  unlock(queue, irql);
  if (is_over) complete_canceled(queue, irp);
  return status;
}

void insert(PIO_CSQ queue, PIRP irp, PIO_CSQ_IRP_CONTEXT context) {
  insert_ex(queue, irp, context, nullptr);
}

PIRP remove(PIO_CSQ queue, PIO_CSQ_IRP_CONTEXT context) {
  const KIRQL irql = lock(queue);
  PIRP irp = context->Irp;
  if (irp != nullptr && !claim(irp)) irp = nullptr;
  if (irp != nullptr) take_out(queue, irp);
  unlock(queue, irql);
  return irp;
}

PIRP peek(PIO_CSQ queue, PIRP after, PVOID peek_context) {
  return ledger::call_driver(info_of(after), queue->CsqPeekNextIrp, queue, after, peek_context);
}

PIRP remove_next(PIO_CSQ queue, PVOID peek_context) {
  const KIRQL irql = lock(queue);
  PIRP irp = peek(queue, nullptr, peek_context);
  while (irp != nullptr && !claim(irp)) irp = peek(queue, irp, peek_context);
  if (irp != nullptr) take_out(queue, irp);
  unlock(queue, irql);
  return irp;
}

}  // namespace

Exports cancel_safe_queue_exports() {
  static const std::array rows = {
      kernel_row<"IoCsqInitialize", decltype(::IoCsqInitialize), initialize, any_irql_quiet>(),
      kernel_row<"IoCsqInitializeEx", decltype(::IoCsqInitializeEx), initialize_ex,
                 any_irql_quiet>(),
      kernel_row<"IoCsqInsertIrp", decltype(::IoCsqInsertIrp), insert, up_to_dispatch>(),
      kernel_row<"IoCsqInsertIrpEx", decltype(::IoCsqInsertIrpEx), insert_ex, up_to_dispatch>(),
      kernel_row<"IoCsqRemoveIrp", decltype(::IoCsqRemoveIrp), remove, up_to_dispatch>(),
      kernel_row<"IoCsqRemoveNextIrp", decltype(::IoCsqRemoveNextIrp), remove_next,
                 up_to_dispatch>(),
      &cancel_row(),
  };
  return rows;
}

}  // namespace drydock::nt
