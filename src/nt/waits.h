// SPDX-License-Identifier: Apache-2.0
// Waiting on dispatcher objects. Signal states are where drivers (and inlined code) read them, in
// the object's header; who waits is kept here.
#pragma once

#include <ntddk.h>

#include <span>
#include <unordered_map>
#include <vector>

#include "ledger/record.h"
#include "machine/machine.h"

namespace drydock::nt {

// DISPATCHER_HEADER.Type.
enum class DispatcherType : UCHAR {
  notification_event = 0,
  synchronization_event = 1,
  mutant = 2,
  process = 3,
  queue = 4,
  semaphore = 5,
  thread = 6,
  notification_timer = 8,
  synchronization_timer = 9,
};

class Waits {
 public:
  static constexpr auto slot = machine::Slot::waits;

  Waits(machine::Machine& machine, ledger::Record& record) : machine_(machine), record_(record) {}

  // Makes a header that nobody waits for. `size` in bytes, of the whole object.
  void initialize(DISPATCHER_HEADER& header, DispatcherType type, std::size_t size, LONG state);
  // Waits until one or all of the objects are signalled. `timeout` as for KeWaitForSingleObject:
  // null for ever, 0 not at all. At most 64 objects. Waiting at DISPATCH_LEVEL is noted under
  // `function` and then done as at APC_LEVEL.
  NTSTATUS wait(std::span<PVOID const> objects, WAIT_TYPE type, const LARGE_INTEGER* timeout,
                const char* function);
  // Sets the state and lets those go on who waited for it.
  void signal(DISPATCHER_HEADER& header, LONG state);
  // The same for an object that the running fiber signals as a message (event, semaphore): a wait
  // that this satisfies is noted when a driver's thread sent it.
  void signal_by_running(DISPATCHER_HEADER& header, LONG state);
  // The object is not signalled any more.
  void clear(DISPATCHER_HEADER& header, LONG state = 0);

 private:
  // One wait in progress; lives on the waiting fiber's stack.
  struct Wait {
    machine::Fiber* fiber = nullptr;
    std::span<PVOID const> objects;
    WAIT_TYPE type = WaitAny;
    NTSTATUS status = STATUS_PENDING;
  };

  NTSTATUS block(Wait& wait, const LARGE_INTEGER* timeout);
  void time_out(Wait& wait);
  void forget(Wait& wait);
  [[nodiscard]] bool is_signalled(const DISPATCHER_HEADER& header, machine::Fiber& fiber) const;
  void consume(DISPATCHER_HEADER& header, machine::Fiber& fiber);
  bool try_satisfy(Wait& wait);
  void book(const Wait& wait);
  void book_object(DISPATCHER_HEADER& header);

  machine::Machine& machine_;
  ledger::Record& record_;
  std::vector<Wait*> waiting_;  // oldest first
  // Which driver thread signalled an object last; looked up, never walked.
  std::unordered_map<const void*, ledger::EntryId> signalled_by_;
};

}  // namespace drydock::nt
