// SPDX-License-Identifier: Apache-2.0
#include "kmdf/callback_lock.h"

#include <algorithm>
#include <array>

#include "kmdf/check.h"
#include "kmdf/rows.h"
#include "nt/context.h"
#include "nt/locks.h"

namespace drydock::kmdf {

using machine::Irql;

namespace {

CallbackLock& lock_of(WDFOBJECT handle) {
  Object& object = object_of(handle);
  CallbackLock* lock = object.callback_lock();
  if (lock == nullptr) {
    bug_check(WDF_INVALID_LOCK_OPERATION,
              "WdfObjectAcquireLock or WdfObjectReleaseLock of an object without a callback lock",
              nt::address_of(handle), 0, object.entry);
  }
  return *lock;
}

void acquire_lock(PWDF_DRIVER_GLOBALS, WDFOBJECT handle) {
  lock_of(handle).acquire();
}

void release_lock(PWDF_DRIVER_GLOBALS, WDFOBJECT handle) {
  lock_of(handle).release();
}

}  // namespace

bool CallbackLock::held_by_running() const {
  return holder_ == &nt::the_machine().running();
}

void CallbackLock::acquire() {
  if (held_by_running()) {
    bug_check(WDF_RECURSIVE_LOCK,
              "a thread acquired the callback lock of a device or queue that it holds already",
              nt::address_of(owner_.handle), 0, owner_.entry);
  }
  const auto type = passive_ ? nt::LockType::mutex : nt::LockType::spin_lock;
  machine::Machine& machine = nt::the_machine();
  auto& locks = nt::service<nt::Locks>();
  const Irql before = machine.irql();
  if (!passive_) machine.set_irql(std::max(before, Irql::dispatch));
  while (holder_ != nullptr) locks.wait_for(owner_.handle, type);
  holder_ = &machine.running();
  previous_ = before;
  locks.acquired(owner_.handle, type);
}

void CallbackLock::release() {
  if (!held_by_running()) {
    bug_check(WDF_INVALID_LOCK_OPERATION,
              "a callback lock was released by a thread that does not hold it",
              nt::address_of(owner_.handle), 1, owner_.entry);
  }
  auto& locks = nt::service<nt::Locks>();
  holder_ = nullptr;
  locks.released(owner_.handle);
  locks.wake(owner_.handle);
  if (!passive_) nt::the_machine().set_irql(previous_);
}

WDF_SYNCHRONIZATION_SCOPE synchronization_scope(const Object& object) {
  for (const Object* at = &object; at != nullptr; at = at->parent) {
    if (at->scope != WdfSynchronizationScopeInheritFromParent) return at->scope;
  }
  return WdfSynchronizationScopeNone;
}

NTSTATUS lock_for_child(const Object* parent, bool automatic, bool passive, CallbackLock** lock) {
  *lock = nullptr;
  while (parent != nullptr && parent->type != ObjectType::queue &&
         parent->type != ObjectType::device)
    parent = parent->parent;
  if (!automatic || parent == nullptr) return STATUS_SUCCESS;
  CallbackLock* found = parent->callback_lock();
  if (found != nullptr && found->passive() != passive)
    return STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL;
  *lock = found;
  return STATUS_SUCCESS;
}

Functions callback_lock_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfObjectAcquireLock, PFN_WDFOBJECTACQUIRELOCK, acquire_lock, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfObjectReleaseLock, PFN_WDFOBJECTRELEASELOCK, release_lock, up_to_dispatch),
  };
  return rows;
}

}  // namespace drydock::kmdf
