// SPDX-License-Identifier: Apache-2.0
// Timers that the system allocates (ExAllocateTimer): a callback at DISPATCH_LEVEL, no DPC that
// KeFlushQueuedDpcs would wait for.
#pragma once

#include <ntddk.h>

#include <vector>

#include "ledger/record.h"
#include "machine/machine.h"

// Opaque to drivers.
struct _EX_TIMER {
  PEXT_CALLBACK callback;
  PVOID context;
  drydock::machine::DriverId driver;
  drydock::machine::TimerHandle handle;
  drydock::ledger::EntryId entry;  // 0: not set
  LONGLONG period;                 // 100 ns, 0 for once
  drydock::machine::VirtualTime due;
  ULONG running;  // callbacks that have not returned
  bool disabled;  // ExDeleteTimer has begun
  bool deleted;
};

namespace drydock::nt {

class ExTimers {
 public:
  ExTimers(machine::Machine& machine, ledger::Record& record)
      : machine_(machine), record_(record) {}

  PEX_TIMER allocate(PEXT_CALLBACK callback, PVOID context);
  // `due` in 100 ns, negative from now; `period` in 100 ns. True when it was set before.
  bool set(PEX_TIMER timer, LONGLONG due, LONGLONG period);
  // True when it was set.
  bool cancel(PEX_TIMER timer);
  // With `wait`, returns when no callback runs any more; without, one may still run.
  bool remove(PEX_TIMER timer, bool cancel_first, bool wait);

 private:
  void arm(PEX_TIMER timer);
  void expire(PEX_TIMER timer);
  void run(PEX_TIMER timer, ledger::EntryId entry);
  [[nodiscard]] static bool is_idle(const _EX_TIMER& timer) {
    return timer.entry == 0 && timer.running == 0;
  }
  void free_if_over(PEX_TIMER timer);
  void wake_waiters();

  machine::Machine& machine_;
  ledger::Record& record_;
  std::vector<machine::Fiber*> waiters_;
};

}  // namespace drydock::nt
