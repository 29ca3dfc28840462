// SPDX-License-Identifier: Apache-2.0
// Spin locks of all kinds. The lock word is the driver's: 0 is free, as inlined initialisation and
// tests have it. A spinning fiber holds its processor.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/locks.h"

namespace drydock::nt {

namespace {

// --- KSPIN_LOCK

constexpr KSPIN_LOCK held = 1;

KIRQL raise_to_dispatch() {
  machine::Machine& machine = the_machine();
  const Irql old = machine.irql();
  if (old < Irql::dispatch) machine.set_irql(Irql::dispatch);
  return static_cast<KIRQL>(old);
}

void lower_to(KIRQL irql) {
  the_machine().set_irql(static_cast<Irql>(irql));
}

// A fiber that already holds the lock spins for ever, as on Windows.
void take(PKSPIN_LOCK lock, LockType type) {
  auto& locks = service<Locks>();
  while (*lock != 0) locks.wait_for(lock, type);
  *lock = held;
  locks.acquired(lock, type);
}

void give(PKSPIN_LOCK lock) {
  auto& locks = service<Locks>();
  *lock = 0;
  locks.released(lock);
  locks.wake(lock);
}

KIRQL acquire_raise(PKSPIN_LOCK lock) {
  const KIRQL old = raise_to_dispatch();
  take(lock, LockType::spin_lock);
  return old;
}

void acquire_at_dispatch(PKSPIN_LOCK lock) {
  take(lock, LockType::spin_lock);
}

void release(PKSPIN_LOCK lock, KIRQL irql) {
  give(lock);
  lower_to(irql);
}

BOOLEAN try_acquire_at_dispatch(PKSPIN_LOCK lock) {
  if (*lock != 0) return FALSE;
  take(lock, LockType::spin_lock);
  return TRUE;
}

void initialize(PKSPIN_LOCK lock) {
  *lock = 0;
}

// NOLINTNEXTLINE(readability-non-const-parameter): as it is declared
BOOLEAN test(PKSPIN_LOCK lock) {
  return *lock == 0;
}

// --- in-stack queued

void take_queued(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle) {
  handle->LockQueue.Next = nullptr;
  handle->LockQueue.Lock = lock;
  take(lock, LockType::queued_spin_lock);
}

void acquire_queued(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle) {
  handle->OldIrql = raise_to_dispatch();
  take_queued(lock, handle);
}

void acquire_queued_at_dispatch(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle) {
  take_queued(lock, handle);
}

void release_queued_from_dispatch(PKLOCK_QUEUE_HANDLE handle) {
  give(handle->LockQueue.Lock);
}

void release_queued(PKLOCK_QUEUE_HANDLE handle) {
  const KIRQL old = handle->OldIrql;
  give(handle->LockQueue.Lock);
  lower_to(old);
}

// --- EX_SPIN_LOCK: the number of readers, or one writer

constexpr LONG writer = static_cast<LONG>(0x80000000);
constexpr auto reader_writer = LockType::reader_writer_spin_lock;

void take_exclusive(PEX_SPIN_LOCK lock) {
  auto& locks = service<Locks>();
  while (*lock != 0) locks.wait_for(lock, reader_writer);
  *lock = writer;
  locks.acquired(lock, reader_writer);
}

void take_shared(PEX_SPIN_LOCK lock) {
  auto& locks = service<Locks>();
  while (*lock == writer) locks.wait_for(lock, reader_writer);
  ++*lock;
  locks.acquired(lock, reader_writer);
}

void give_exclusive(PEX_SPIN_LOCK lock) {
  auto& locks = service<Locks>();
  *lock = 0;
  locks.released(lock);
  locks.wake(lock);
}

void give_shared(PEX_SPIN_LOCK lock) {
  auto& locks = service<Locks>();
  --*lock;
  locks.released(lock);
  locks.wake(lock);
}

KIRQL acquire_exclusive(PEX_SPIN_LOCK lock) {
  const KIRQL old = raise_to_dispatch();
  take_exclusive(lock);
  return old;
}

KIRQL acquire_shared(PEX_SPIN_LOCK lock) {
  const KIRQL old = raise_to_dispatch();
  take_shared(lock);
  return old;
}

void release_exclusive(PEX_SPIN_LOCK lock, KIRQL irql) {
  give_exclusive(lock);
  lower_to(irql);
}

void release_shared(PEX_SPIN_LOCK lock, KIRQL irql) {
  give_shared(lock);
  lower_to(irql);
}

LOGICAL try_convert(PEX_SPIN_LOCK lock) {
  if (*lock != 1) return FALSE;
  *lock = writer;
  return TRUE;
}

}  // namespace

Exports spin_lock_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"KeAcquireSpinLockRaiseToDpc", decltype(::KeAcquireSpinLockRaiseToDpc),
                 acquire_raise, up_to_dispatch>(),
      kernel_row<"KeReleaseSpinLock", decltype(::KeReleaseSpinLock), release, at_dispatch>(),
      kernel_row<"KeAcquireSpinLockAtDpcLevel", decltype(::KeAcquireSpinLockAtDpcLevel),
                 acquire_at_dispatch, from_dispatch_on>(),
      kernel_row<"KeReleaseSpinLockFromDpcLevel", decltype(::KeReleaseSpinLockFromDpcLevel), give,
                 from_dispatch_on>(),
      kernel_row<"KeTryToAcquireSpinLockAtDpcLevel", decltype(::KeTryToAcquireSpinLockAtDpcLevel),
                 try_acquire_at_dispatch, from_dispatch_on>(),
      kernel_row<"KeInitializeSpinLock", VOID(PKSPIN_LOCK), initialize, any_irql_quiet>(),
      kernel_row<"KeTestSpinLock", decltype(::KeTestSpinLock), test, any_irql>(),
      kernel_row<"KeAcquireInStackQueuedSpinLock", decltype(::KeAcquireInStackQueuedSpinLock),
                 acquire_queued, up_to_dispatch>(),
      kernel_row<"KeReleaseInStackQueuedSpinLock", decltype(::KeReleaseInStackQueuedSpinLock),
                 release_queued, at_dispatch>(),
      kernel_row<"KeAcquireInStackQueuedSpinLockAtDpcLevel",
                 decltype(::KeAcquireInStackQueuedSpinLockAtDpcLevel), acquire_queued_at_dispatch,
                 from_dispatch_on>(),
      kernel_row<"KeReleaseInStackQueuedSpinLockFromDpcLevel",
                 decltype(::KeReleaseInStackQueuedSpinLockFromDpcLevel),
                 release_queued_from_dispatch, from_dispatch_on>(),
      kernel_row<"ExAcquireSpinLockExclusive", decltype(::ExAcquireSpinLockExclusive),
                 acquire_exclusive, up_to_dispatch>(),
      kernel_row<"ExReleaseSpinLockExclusive", decltype(::ExReleaseSpinLockExclusive),
                 release_exclusive, at_dispatch>(),
      kernel_row<"ExAcquireSpinLockShared", decltype(::ExAcquireSpinLockShared), acquire_shared,
                 up_to_dispatch>(),
      kernel_row<"ExReleaseSpinLockShared", decltype(::ExReleaseSpinLockShared), release_shared,
                 at_dispatch>(),
      kernel_row<"ExAcquireSpinLockExclusiveAtDpcLevel",
                 decltype(::ExAcquireSpinLockExclusiveAtDpcLevel), take_exclusive,
                 from_dispatch_on>(),
      kernel_row<"ExReleaseSpinLockExclusiveFromDpcLevel",
                 decltype(::ExReleaseSpinLockExclusiveFromDpcLevel), give_exclusive,
                 from_dispatch_on>(),
      kernel_row<"ExAcquireSpinLockSharedAtDpcLevel", decltype(::ExAcquireSpinLockSharedAtDpcLevel),
                 take_shared, from_dispatch_on>(),
      kernel_row<"ExReleaseSpinLockSharedFromDpcLevel",
                 decltype(::ExReleaseSpinLockSharedFromDpcLevel), give_shared, from_dispatch_on>(),
      kernel_row<"ExTryConvertSharedSpinLockExclusive",
                 decltype(::ExTryConvertSharedSpinLockExclusive), try_convert, up_to_dispatch>(),
  };
  return rows;
}

}  // namespace drydock::nt
