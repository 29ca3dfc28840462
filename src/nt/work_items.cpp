// SPDX-License-Identifier: Apache-2.0
// ExQueueWorkItem and the IoWorkItem family over the one work queue.
#include <ntddk.h>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/exports.h"
#include "nt/stop.h"
#include "nt/threads.h"

// Opaque to drivers, who may also bring the storage themselves.
struct _IO_WORKITEM {
  PVOID io_object;
};

namespace drydock::nt {

namespace {

using ledger::EntryId;
using ledger::Kind;
using machine::CallbackKind;

WorkQueue& work_queue() {
  return service<Threads>().work();
}

ledger::CallbackInfo info_of(const WorkCall& call) {
  return {CallbackKind::work_item, call.driver, call.entry, {address_of(call.item), 0}};
}

// --- executive work items: nothing keeps the driver loaded for them

void run_ex(const WorkCall& call) {
  ledger::call_driver(info_of(call), reinterpret_cast<PWORKER_THREAD_ROUTINE>(call.routine),
                      call.context);
}

void refuse_queued_twice(PVOID item) {
  constexpr std::uint64_t p1_already_queued = 1;
  bug_check(bugcheck::worker_invalid, "a work item was queued that is queued already",
            {p1_already_queued, address_of(item), 0, 0},
            the_ledger().find(Kind::work_item, address_of(item)));
}

void ex_queue(PWORK_QUEUE_ITEM item, WORK_QUEUE_TYPE) {
  if (work_queue().is_queued(item)) refuse_queued_twice(item);
  work_queue().queue({.run = run_ex,
                      .item = item,
                      .routine = reinterpret_cast<void*>(item->WorkerRoutine),
                      .context = item->Parameter});
}

// --- I/O work items: the device (or driver) object is referenced until the routine has returned

void run_io(const WorkCall& call) {
  ledger::call_driver(info_of(call), reinterpret_cast<PIO_WORKITEM_ROUTINE>(call.routine),
                      static_cast<PDEVICE_OBJECT>(call.object), call.context);
}

void run_io_ex(const WorkCall& call) {
  ledger::call_driver(info_of(call), reinterpret_cast<PIO_WORKITEM_ROUTINE_EX>(call.routine),
                      call.object, call.context, static_cast<PIO_WORKITEM>(call.item));
}

void io_initialize(PVOID io_object, PIO_WORKITEM item) {
  item->io_object = io_object;
}

PIO_WORKITEM io_allocate(PDEVICE_OBJECT device) {
  auto* item = the_machine().memory().kernel.make<_IO_WORKITEM>();
  io_initialize(device, item);
  the_ledger().acquire(Kind::work_item_object, address_of(item),
                       {.related = the_ledger().find(Kind::device, address_of(device))});
  return item;
}

void refuse_queued_free(PIO_WORKITEM item) {
  constexpr std::uint64_t p1_freed_while_queued = 0;
  bug_check(bugcheck::worker_invalid, "a work item was freed that is still queued",
            {p1_freed_while_queued, address_of(item), 0, 0},
            the_ledger().find(Kind::work_item, address_of(item)));
}

void io_uninitialize(PIO_WORKITEM item) {
  if (work_queue().is_queued(item)) refuse_queued_free(item);
}

void io_free(PIO_WORKITEM item) {
  io_uninitialize(item);
  if (the_ledger().release(Kind::work_item_object, address_of(item)) != 0) {
    the_machine().memory().kernel.drop(item);
    return;
  }
  const EntryId former = the_ledger().find_latest(Kind::work_item_object, address_of(item));
  const auto kind = former != 0 ? ledger::BadFree::already_freed : ledger::BadFree::not_pool;
  ledger::record().note(ledger::NoteKind::pool_bad_free, former, address_of(item),
                        static_cast<std::uint64_t>(kind));
  bug_check(bugcheck::bad_pool_caller, "IoFreeWorkItem was given something that is no work item",
            {0x46, address_of(item), 0, 0}, former);
}

// One in a driver's own memory has no entry.
void check_not_freed(PIO_WORKITEM item) {
  if (the_ledger().find(Kind::work_item_object, address_of(item)) != 0) return;
  const EntryId former = the_ledger().find_latest(Kind::work_item_object, address_of(item));
  if (former == 0) return;
  constexpr std::uint64_t p1_freed = 0;
  bug_check(bugcheck::worker_invalid, "a work item was queued that has been freed",
            {p1_freed, address_of(item), 0, 0}, former);
}

void io_queue_with(PIO_WORKITEM item, void (*run)(const WorkCall&), void* routine, PVOID context) {
  check_not_freed(item);
  if (work_queue().is_queued(item)) refuse_queued_twice(item);
  work_queue().queue({.run = run,
                      .item = item,
                      .routine = routine,
                      .context = context,
                      .object = item->io_object});
}

void io_queue(PIO_WORKITEM item, PIO_WORKITEM_ROUTINE routine, WORK_QUEUE_TYPE, PVOID context) {
  io_queue_with(item, run_io, reinterpret_cast<void*>(routine), context);
}

void io_queue_ex(PIO_WORKITEM item, PIO_WORKITEM_ROUTINE_EX routine, WORK_QUEUE_TYPE,
                 PVOID context) {
  io_queue_with(item, run_io_ex, reinterpret_cast<void*>(routine), context);
}

ULONG io_size() {
  return sizeof(_IO_WORKITEM);
}

}  // namespace

Exports work_item_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"ExQueueWorkItem", decltype(::ExQueueWorkItem), ex_queue, up_to_dispatch>(),
      kernel_row<"IoAllocateWorkItem", decltype(::IoAllocateWorkItem), io_allocate,
                 up_to_dispatch_or_null>(),
      kernel_row<"IoFreeWorkItem", decltype(::IoFreeWorkItem), io_free, up_to_dispatch>(),
      kernel_row<"IoInitializeWorkItem", decltype(::IoInitializeWorkItem), io_initialize,
                 any_irql_quiet>(),
      kernel_row<"IoUninitializeWorkItem", decltype(::IoUninitializeWorkItem), io_uninitialize,
                 any_irql_quiet>(),
      kernel_row<"IoSizeofWorkItem", decltype(::IoSizeofWorkItem), io_size, any_irql_quiet>(),
      kernel_row<"IoQueueWorkItem", decltype(::IoQueueWorkItem), io_queue, up_to_dispatch>(),
      kernel_row<"IoQueueWorkItemEx", decltype(::IoQueueWorkItemEx), io_queue_ex, up_to_dispatch>(),
  };
  return rows;
}

}  // namespace drydock::nt
