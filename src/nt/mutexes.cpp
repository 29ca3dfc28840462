// SPDX-License-Identifier: Apache-2.0
// Fast mutexes, guarded mutexes (the same thing since Windows 8), push locks and critical regions.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/locks.h"
#include "nt/threads.h"

namespace drydock::nt {

namespace {

// --- fast and guarded mutexes: Count is 1 when free, 0 or less when owned

template <class M>
void note_owner(M& mutex, Irql old) {
  mutex.Owner = reinterpret_cast<PKTHREAD>(service<Threads>().current());
  if constexpr (requires { mutex.OldIrql; }) {
    mutex.OldIrql = static_cast<ULONG>(old);
  } else {
    mutex.CombinedApcDisable = static_cast<ULONG>(old);
  }
}

template <class M>
Irql saved_irql(const M& mutex) {
  if constexpr (requires { mutex.OldIrql; }) {
    return static_cast<Irql>(mutex.OldIrql);
  } else {
    return static_cast<Irql>(mutex.CombinedApcDisable);
  }
}

Irql raise_to_apc() {
  machine::Machine& machine = the_machine();
  const Irql old = machine.irql();
  if (old < Irql::apc) machine.set_irql(Irql::apc);
  return old;
}

template <class M>
void take(M& mutex, Irql old) {
  mutex.Count = 0;
  note_owner(mutex, old);
  service<Locks>().acquired(&mutex, LockType::fast_mutex);
}

template <class M>
void acquire(M* mutex) {
  const Irql old = raise_to_apc();
  while (mutex->Count != 1) {
    ++mutex->Contention;
    service<Locks>().wait_for(mutex, LockType::fast_mutex);
  }
  take(*mutex, old);
}

template <class M>
BOOLEAN try_acquire(M* mutex) {
  if (mutex->Count != 1) return FALSE;
  take(*mutex, raise_to_apc());
  return TRUE;
}

template <class M>
void release(M* mutex) {
  const Irql old = saved_irql(*mutex);
  mutex->Owner = nullptr;
  mutex->Count = 1;
  auto& locks = service<Locks>();
  locks.released(mutex);
  locks.wake(mutex);
  the_machine().set_irql(old);
}

void initialize_guarded(PKGUARDED_MUTEX mutex) {
  *mutex = {};
  mutex->Count = 1;
}

// --- push locks: 0 free, 1 exclusive, else two for each holder of a share

constexpr EX_PUSH_LOCK exclusive = 1;
constexpr EX_PUSH_LOCK share = 2;

void initialize_push_lock(PEX_PUSH_LOCK lock) {
  *lock = 0;
}

void acquire_push_exclusive(PEX_PUSH_LOCK lock, ULONG) {
  auto& locks = service<Locks>();
  while (*lock != 0) locks.wait_for(lock, LockType::push_lock);
  *lock = exclusive;
  locks.acquired(lock, LockType::push_lock);
}

void acquire_push_shared(PEX_PUSH_LOCK lock, ULONG) {
  auto& locks = service<Locks>();
  while (*lock == exclusive) locks.wait_for(lock, LockType::push_lock);
  *lock += share;
  locks.acquired(lock, LockType::push_lock);
}

void release_push_exclusive(PEX_PUSH_LOCK lock, ULONG) {
  auto& locks = service<Locks>();
  *lock = 0;
  locks.released(lock);
  locks.wake(lock);
}

void release_push_shared(PEX_PUSH_LOCK lock, ULONG) {
  auto& locks = service<Locks>();
  *lock -= share;
  locks.released(lock);
  locks.wake(lock);
}

// --- critical and guarded regions: nothing here sends APCs, so only the count is observable

void enter_region() {
  ++service<Locks>().apc_disable_count();
}

void leave_region() {
  --service<Locks>().apc_disable_count();
}

BOOLEAN are_apcs_disabled() {
  return service<Locks>().apc_disable_count() != 0 || the_machine().irql() >= Irql::apc;
}

}  // namespace

Exports mutex_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"ExAcquireFastMutex", decltype(::ExAcquireFastMutex), acquire<FAST_MUTEX>,
                 up_to_apc>(),
      kernel_row<"ExTryToAcquireFastMutex", decltype(::ExTryToAcquireFastMutex),
                 try_acquire<FAST_MUTEX>, up_to_apc>(),
      kernel_row<"ExReleaseFastMutex", decltype(::ExReleaseFastMutex), release<FAST_MUTEX>,
                 up_to_apc>(),
      kernel_row<"KeInitializeGuardedMutex", decltype(::KeInitializeGuardedMutex),
                 initialize_guarded, up_to_apc_quiet>(),
      kernel_row<"KeAcquireGuardedMutex", decltype(::KeAcquireGuardedMutex),
                 acquire<KGUARDED_MUTEX>, up_to_apc>(),
      kernel_row<"KeTryToAcquireGuardedMutex", BOOLEAN(PKGUARDED_MUTEX),
                 try_acquire<KGUARDED_MUTEX>, up_to_apc>(),
      kernel_row<"KeReleaseGuardedMutex", decltype(::KeReleaseGuardedMutex),
                 release<KGUARDED_MUTEX>, up_to_apc>(),
      kernel_row<"ExInitializePushLock", decltype(::ExInitializePushLock), initialize_push_lock,
                 up_to_apc_quiet>(),
      kernel_row<"ExAcquirePushLockExclusiveEx", decltype(::ExAcquirePushLockExclusiveEx),
                 acquire_push_exclusive, up_to_apc>(),
      kernel_row<"ExReleasePushLockExclusiveEx", decltype(::ExReleasePushLockExclusiveEx),
                 release_push_exclusive, up_to_apc>(),
      kernel_row<"ExAcquirePushLockSharedEx", decltype(::ExAcquirePushLockSharedEx),
                 acquire_push_shared, up_to_apc>(),
      kernel_row<"ExReleasePushLockSharedEx", decltype(::ExReleasePushLockSharedEx),
                 release_push_shared, up_to_apc>(),
      kernel_row<"KeEnterCriticalRegion", decltype(::KeEnterCriticalRegion), enter_region,
                 up_to_apc_quiet>(),
      kernel_row<"KeLeaveCriticalRegion", decltype(::KeLeaveCriticalRegion), leave_region,
                 up_to_apc_quiet>(),
      kernel_row<"KeEnterGuardedRegion", decltype(::KeEnterGuardedRegion), enter_region,
                 up_to_apc_quiet>(),
      kernel_row<"KeLeaveGuardedRegion", decltype(::KeLeaveGuardedRegion), leave_region,
                 up_to_apc_quiet>(),
      kernel_row<"KeAreApcsDisabled", decltype(::KeAreApcsDisabled), are_apcs_disabled,
                 up_to_dispatch_quiet>(),
  };
  return rows;
}

}  // namespace drydock::nt
