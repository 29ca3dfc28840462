// SPDX-License-Identifier: Apache-2.0
// IRPs themselves: made, sent down, completed back up through completion routines, cancelled.
#include <algorithm>

#include "ledger/callback.h"
#include "machine/exhaustion.h"
#include "nt/context.h"
#include "nt/io_manager.h"
#include "nt/stop.h"

namespace drydock::nt {

using ledger::Kind;
using machine::CallbackKind;
using machine::Irql;

namespace {

constexpr std::uint32_t no_more_irp_stack_locations = 0x35;
constexpr std::uint32_t multiple_irp_complete_requests = 0x44;

bool wants_completion(const IO_STACK_LOCATION& location, const IRP& irp) {
  const bool success = NT_SUCCESS(irp.IoStatus.Status);
  return (success && (location.Control & SL_INVOKE_ON_SUCCESS) != 0) ||
         (!success && (location.Control & SL_INVOKE_ON_ERROR) != 0) ||
         (irp.Cancel != FALSE && (location.Control & SL_INVOKE_ON_CANCEL) != 0);
}

}  // namespace

// Null only for a driver's own. In guarded memory: a driver that touches an IRP it has completed
// faults.
PIRP IoManager::make_irp(CCHAR stack_size, RequestId request) {
  const std::size_t size = IoSizeOfIrp(stack_size);
  std::byte* block = machine_.memory().pool.allocate(size, std::byte{0});
  if (block == nullptr && request != no_request)
    machine::exhausted("the simulated system", 4, "GiB of pool");
  if (block == nullptr) return nullptr;
  auto* irp = reinterpret_cast<PIRP>(block);
  irp->Type = IO_TYPE_IRP;
  irp->Size = static_cast<USHORT>(size);
  irp->StackCount = stack_size;
  irp->CurrentLocation = static_cast<CHAR>(stack_size + 1);
  irp->Tail.Overlay.CurrentStackLocation =
      reinterpret_cast<PIO_STACK_LOCATION>(irp + 1) + stack_size;
  irp->ThreadListEntry.Flink = irp->ThreadListEntry.Blink = &irp->ThreadListEntry;
  irps_[irp] = {request, size, record_.ledger().acquire(Kind::irp, address_of(irp))};
  return irp;
}

void IoManager::drop_irp(PIRP irp) {
  record_.ledger().release(irps_.at(irp).entry);
  irps_.erase(irp);
  machine_.memory().pool.release(reinterpret_cast<std::byte*>(irp));
}

IoManager::IrpState& IoManager::existing_irp(PIRP irp) {
  const auto found = irps_.find(irp);
  if (found == irps_.end()) {
    bug_check(multiple_irp_complete_requests, "an IRP was used that has been completed or freed",
              {address_of(irp), 0, 0, 0}, record_.ledger().find_latest(Kind::irp, address_of(irp)));
  }
  return found->second;
}

PIRP IoManager::allocate_irp(CCHAR stack_size) {
  return stack_size < 0 ? nullptr : make_irp(stack_size, no_request);
}

void IoManager::free_irp(PIRP irp) {
  existing_irp(irp);
  drop_irp(irp);
}

NTSTATUS IoManager::call_driver(PDEVICE_OBJECT object, PIRP irp) {
  const ledger::EntryId irp_entry = existing_irp(irp).entry;
  const Device& device = existing_device(object);
  if (irp->CurrentLocation <= 1) {
    bug_check(no_more_irp_stack_locations, "an IRP has no stack location left for the next driver",
              {address_of(irp), 0, 0, 0}, irp_entry);
  }
  IoSetNextIrpStackLocation(irp);
  PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
  location->DeviceObject = object;
  if (pnp_.is_bus(object->DriverObject)) return pnp_.answer(object, irp);
  const UCHAR major = std::min<UCHAR>(location->MajorFunction, IRP_MJ_MAXIMUM_FUNCTION);
  PDRIVER_DISPATCH routine = object->DriverObject->MajorFunction[major];
  if (routine == default_dispatch_) {
    irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
    irp->IoStatus.Information = 0;
    complete(irp);
    return STATUS_INVALID_DEVICE_REQUEST;
  }
  return ledger::call_driver({.kind = CallbackKind::dispatch,
                              .driver = device.driver,
                              .entry = device.entry,
                              .values = {address_of(object), major}},
                             routine, object, irp);
}

void IoManager::complete(PIRP irp) {
  existing_irp(irp);
  if (irp->CurrentLocation > irp->StackCount + 1) {
    bug_check(multiple_irp_complete_requests, "an IRP was completed twice",
              {address_of(irp), 0, 0, 0}, existing_irp(irp).entry);
  }
  if (!run_completion_routines(irp)) return;
  const RequestId request = existing_irp(irp).request;
  if (request == no_request) {
    drop_irp(irp);
  } else {
    finish(*requests_[request]);
  }
}

// A location's completion routine was set by the driver above it. False: one wants to go on with
// the IRP itself.
bool IoManager::run_completion_routines(PIRP irp) {
  for (PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
       irp->CurrentLocation <= irp->StackCount; ++location) {
    IoSkipCurrentIrpStackLocation(irp);
    irp->PendingReturned = (location->Control & SL_PENDING_RETURNED) != 0;
    const bool at_top = irp->CurrentLocation > irp->StackCount;
    if (location->CompletionRoutine == catch_routine_) {
      catch_irp(location->Context);
      return false;
    }
    if (wants_completion(*location, *irp)) {
      PDEVICE_OBJECT above = at_top ? nullptr : IoGetCurrentIrpStackLocation(irp)->DeviceObject;
      const Driver* driver = above != nullptr ? driver_of(above->DriverObject) : nullptr;
      const NTSTATUS status =
          ledger::call_driver({.kind = CallbackKind::other,
                               .driver = driver != nullptr ? driver->id : machine_.running().driver,
                               .entry = irps_.at(irp).entry},
                              location->CompletionRoutine, above, irp, location->Context);
      if (status == STATUS_MORE_PROCESSING_REQUIRED) return false;
    } else if (irp->PendingReturned != FALSE && !at_top) {
      IoMarkIrpPending(irp);
    }
  }
  return true;
}

bool IoManager::cancel(PIRP irp) {
  const KIRQL irql = acquire_cancel_lock();
  if (!irps_.contains(irp)) {  // completed while we waited for the lock
    release_cancel_lock(irql);
    return false;
  }
  irp->Cancel = TRUE;
  PDRIVER_CANCEL routine = std::exchange(irp->CancelRoutine, nullptr);
  if (routine == nullptr) {
    release_cancel_lock(irql);
    return false;
  }
  irp->CancelIrql = irql;
  PDEVICE_OBJECT device = IoGetCurrentIrpStackLocation(irp)->DeviceObject;
  ledger::call_driver({.kind = CallbackKind::other,
                       .driver = existing_device(device).driver,
                       .entry = irps_.at(irp).entry,
                       .returns_at = static_cast<Irql>(irql)},
                      routine, device, irp);
  return true;
}

KIRQL IoManager::acquire_cancel_lock() {
  machine::Fiber& self = machine_.running();
  const Irql before = self.irql;
  if (before < Irql::dispatch) machine_.set_irql(Irql::dispatch);
  while (cancel_lock_held_) {
    cancel_lock_waiters_.push_back(&self);
    machine_.block("the cancel spin lock");
  }
  cancel_lock_held_ = true;
  self.locks.push_back({address_of(cancel_lock_), 0});
  return static_cast<KIRQL>(before);
}

void IoManager::release_cancel_lock(KIRQL irql) {
  std::erase_if(machine_.running().locks, [this](const machine::HeldLock& held) {
    return held.address == address_of(cancel_lock_);
  });
  cancel_lock_held_ = false;
  for (machine::Fiber* waiter : cancel_lock_waiters_) machine_.make_ready(*waiter);
  cancel_lock_waiters_.clear();
  machine_.set_irql(static_cast<Irql>(irql));
}

namespace {
constexpr ProcessId no_process = 0;
}

ProcessId IoManager::requestor(const IRP* irp) const {
  const auto found = irps_.find(irp);
  if (found == irps_.end() || found->second.request == no_request)
    return irp->Tail.Overlay.Thread != nullptr ? system_process : no_process;
  return requests_[found->second.request]->process;
}

}  // namespace drydock::nt
