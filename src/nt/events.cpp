// SPDX-License-Identifier: Apache-2.0
// Events, semaphores and mutexes.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/locks.h"
#include "nt/stop.h"
#include "nt/threads.h"
#include "nt/waits.h"

namespace drydock::nt {

namespace {

// --- events

void initialize_event(PRKEVENT event, EVENT_TYPE type, BOOLEAN state) {
  service<Waits>().initialize(event->Header, static_cast<DispatcherType>(type), sizeof *event,
                              state != 0 ? 1 : 0);
}

LONG set_event(PRKEVENT event, KPRIORITY, BOOLEAN) {
  const LONG before = event->Header.SignalState;
  service<Waits>().signal_by_running(event->Header, 1);
  return before;
}

// Lets go on who waits now, and nobody later.
LONG pulse_event(PRKEVENT event, KPRIORITY, BOOLEAN) {
  const LONG before = event->Header.SignalState;
  service<Waits>().signal_by_running(event->Header, 1);
  service<Waits>().clear(event->Header);
  return before;
}

void clear_event(PRKEVENT event) {
  service<Waits>().clear(event->Header);
}

LONG reset_event(PRKEVENT event) {
  const LONG before = event->Header.SignalState;
  service<Waits>().clear(event->Header);
  return before;
}

LONG read_state_event(PRKEVENT event) {
  return event->Header.SignalState;
}

// --- semaphores

void initialize_semaphore(PRKSEMAPHORE semaphore, LONG count, LONG limit) {
  service<Waits>().initialize(semaphore->Header, DispatcherType::semaphore, sizeof *semaphore,
                              count);
  semaphore->Limit = limit;
}

LONG release_semaphore(PRKSEMAPHORE semaphore, KPRIORITY, LONG adjustment, BOOLEAN) {
  const LONG before = semaphore->Header.SignalState;
  if (adjustment < 0 || adjustment > semaphore->Limit - before) {
    raise_status(static_cast<std::uint32_t>(STATUS_SEMAPHORE_LIMIT_EXCEEDED), "KeReleaseSemaphore");
  }
  service<Waits>().signal_by_running(semaphore->Header, before + adjustment);
  return before;
}

LONG read_state_semaphore(PRKSEMAPHORE semaphore) {
  return semaphore->Header.SignalState;
}

// --- mutexes: 1 is free; the owner may take it again, which counts down

void initialize_mutex(PRKMUTEX mutex, ULONG) {
  service<Waits>().initialize(mutex->Header, DispatcherType::mutant, sizeof *mutex, 1);
  mutex->OwnerThread = nullptr;
  mutex->Abandoned = FALSE;
  mutex->ApcDisable = 1;
}

LONG release_mutex(PRKMUTEX mutex, BOOLEAN) {
  if (address_of(mutex->OwnerThread) != address_of(service<Threads>().current())) {
    raise_status(static_cast<std::uint32_t>(STATUS_MUTANT_NOT_OWNED), "KeReleaseMutex");
  }
  const LONG before = mutex->Header.SignalState;
  if (before == 0) mutex->OwnerThread = nullptr;
  service<Locks>().released(mutex);
  service<Waits>().signal(mutex->Header, before + 1);
  return before;
}

LONG read_state_mutex(PRKMUTEX mutex) {
  return mutex->Header.SignalState;
}

}  // namespace

Exports event_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"KeInitializeEvent", decltype(::KeInitializeEvent), initialize_event,
                 any_irql_quiet>(),
      kernel_row<"KeSetEvent", decltype(::KeSetEvent), set_event, up_to_dispatch>(),
      kernel_row<"KePulseEvent", LONG(PRKEVENT, KPRIORITY, BOOLEAN), pulse_event, up_to_dispatch>(),
      kernel_row<"KeClearEvent", decltype(::KeClearEvent), clear_event, up_to_dispatch>(),
      kernel_row<"KeResetEvent", decltype(::KeResetEvent), reset_event, up_to_dispatch>(),
      kernel_row<"KeReadStateEvent", decltype(::KeReadStateEvent), read_state_event,
                 up_to_dispatch>(),
      kernel_row<"KeInitializeSemaphore", decltype(::KeInitializeSemaphore), initialize_semaphore,
                 passive_quiet>(),
      kernel_row<"KeReleaseSemaphore", decltype(::KeReleaseSemaphore), release_semaphore,
                 up_to_dispatch_raises>(),
      kernel_row<"KeReadStateSemaphore", LONG(PRKSEMAPHORE), read_state_semaphore,
                 up_to_dispatch>(),
      kernel_row<"KeInitializeMutex", decltype(::KeInitializeMutex), initialize_mutex,
                 any_irql_quiet>(),
      kernel_row<"KeReleaseMutex", decltype(::KeReleaseMutex), release_mutex,
                 up_to_dispatch_raises>(),
      kernel_row<"KeReadStateMutex", LONG(PRKMUTEX), read_state_mutex, up_to_dispatch>(),
  };
  return rows;
}

}  // namespace drydock::nt
