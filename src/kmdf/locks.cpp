// SPDX-License-Identifier: Apache-2.0
// WDFSPINLOCK and WDFWAITLOCK. Who holds them is kept with the kernel's other locks, so that the
// same rules see them.
#include <algorithm>
#include <array>

#include "kmdf/check.h"
#include "kmdf/driver.h"
#include "kmdf/rows.h"
#include "nt/context.h"
#include "nt/locks.h"
#include "nt/timeouts.h"

namespace drydock::kmdf {

using machine::Irql;

namespace {

class SpinLock final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::spin_lock;
  explicit SpinLock(Client& owner) : Object(object_type, owner) {}

  void on_dispose() override { nt::service<nt::Locks>().wake(handle); }

  machine::Fiber* holder = nullptr;
  Irql previous = Irql::passive;
};

class WaitLock final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::wait_lock;
  explicit WaitLock(Client& owner) : Object(object_type, owner) {}

  void on_dispose() override { nt::service<nt::Locks>().wake(handle); }

  machine::Fiber* holder = nullptr;
};

// Gives way once; the lock may be gone then.
void wait_for(const Object& lock, nt::LockType type) {
  nt::service<nt::Locks>().wait_for(lock.handle, type);
  if (lock.state == ObjectState::live) return;
  bug_check(WDF_INVALID_LOCK_OPERATION, "a framework lock was deleted while a thread waited for it",
            nt::address_of(lock.handle), 0, lock.entry);
}

template <class Lock, class Handle>
NTSTATUS create(PWDF_DRIVER_GLOBALS globals, PWDF_OBJECT_ATTRIBUTES attributes, Handle* handle) {
  Client& client = client_of(globals);
  require(handle);
  NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  Lock* lock = nullptr;
  status = framework().create(client, attributes, parent_in(attributes, client.driver), &lock);
  if (NT_SUCCESS(status)) *handle = reinterpret_cast<Handle>(lock->handle);
  return status;
}

NTSTATUS spin_lock_create(PWDF_DRIVER_GLOBALS globals, PWDF_OBJECT_ATTRIBUTES attributes,
                          WDFSPINLOCK* handle) {
  return create<SpinLock>(globals, attributes, handle);
}

NTSTATUS wait_lock_create(PWDF_DRIVER_GLOBALS globals, PWDF_OBJECT_ATTRIBUTES attributes,
                          WDFWAITLOCK* handle) {
  return create<WaitLock>(globals, attributes, handle);
}

void spin_lock_acquire(PWDF_DRIVER_GLOBALS, WDFSPINLOCK handle) {
  SpinLock& lock = object_of<SpinLock>(handle);
  machine::Machine& machine = nt::the_machine();
  auto& locks = nt::service<nt::Locks>();
  const Irql before = machine.irql();
  machine.set_irql(std::max(before, Irql::dispatch));
  const Kept kept(lock);
  while (lock.holder != nullptr) wait_for(lock, nt::LockType::spin_lock);
  lock.holder = &machine.running();
  lock.previous = before;
  locks.acquired(lock.handle, nt::LockType::spin_lock);
}

void spin_lock_release(PWDF_DRIVER_GLOBALS, WDFSPINLOCK handle) {
  SpinLock& lock = object_of<SpinLock>(handle);
  machine::Machine& machine = nt::the_machine();
  if (lock.holder != &machine.running()) {
    bug_check(WDF_INVALID_LOCK_OPERATION,
              "a framework spin lock was released by a thread that does not hold it",
              nt::address_of(handle), 1, lock.entry);
  }
  auto& locks = nt::service<nt::Locks>();
  lock.holder = nullptr;
  locks.released(lock.handle);
  locks.wake(lock.handle);
  machine.set_irql(lock.previous);
}

// STATUS_TIMEOUT when `deadline` has come first.
NTSTATUS wait_until_free(WaitLock& lock, const LONGLONG* timeout) {
  machine::Machine& machine = nt::the_machine();
  auto& locks = nt::service<nt::Locks>();
  if (timeout == nullptr) {
    while (lock.holder != nullptr) wait_for(lock, nt::LockType::mutex);
    return STATUS_SUCCESS;
  }
  const machine::VirtualTime deadline = nt::due_time(*timeout, machine.now());
  if (lock.holder == nullptr) return STATUS_SUCCESS;
  if (deadline <= machine.now()) return STATUS_TIMEOUT;
  const WDFOBJECT key = lock.handle;
  const machine::TimerHandle timer = machine.call_at(deadline, [&locks, key] { locks.wake(key); });
  while (lock.holder != nullptr && machine.now() < deadline) wait_for(lock, nt::LockType::mutex);
  machine.cancel(timer);
  return lock.holder == nullptr ? STATUS_SUCCESS : STATUS_TIMEOUT;
}

NTSTATUS wait_lock_acquire(PWDF_DRIVER_GLOBALS, WDFWAITLOCK handle, PLONGLONG timeout) {
  WaitLock& lock = object_of<WaitLock>(handle);
  const Kept kept(lock);
  const MayBlock may_block(timeout == nullptr || *timeout != 0, "WdfWaitLockAcquire");
  const NTSTATUS status = wait_until_free(lock, timeout);
  if (status != STATUS_SUCCESS) return status;
  lock.holder = &nt::the_machine().running();
  nt::service<nt::Locks>().acquired(lock.handle, nt::LockType::mutex);
  return STATUS_SUCCESS;
}

void wait_lock_release(PWDF_DRIVER_GLOBALS, WDFWAITLOCK handle) {
  WaitLock& lock = object_of<WaitLock>(handle);
  auto& locks = nt::service<nt::Locks>();
  lock.holder = nullptr;
  locks.released(lock.handle);
  locks.wake(lock.handle);
}

}  // namespace

Functions lock_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfSpinLockCreate, PFN_WDFSPINLOCKCREATE, spin_lock_create,
                      creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfSpinLockAcquire, PFN_WDFSPINLOCKACQUIRE, spin_lock_acquire,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfSpinLockRelease, PFN_WDFSPINLOCKRELEASE, spin_lock_release,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfWaitLockCreate, PFN_WDFWAITLOCKCREATE, wait_lock_create,
                      creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfWaitLockAcquire, PFN_WDFWAITLOCKACQUIRE, wait_lock_acquire,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfWaitLockRelease, PFN_WDFWAITLOCKRELEASE, wait_lock_release,
                      up_to_dispatch),
  };
  return rows;
}

}  // namespace drydock::kmdf
