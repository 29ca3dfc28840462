// SPDX-License-Identifier: Apache-2.0
// Timers that the system allocates (ExAllocateTimer): a callback at DISPATCH_LEVEL, no DPC that
// KeFlushQueuedDpcs would wait for.
#pragma once

#include <ntddk.h>
#include <wdm/ex_more.h>

#include "ledger/record.h"
#include "machine/machine.h"

// Opaque to drivers.
struct _EX_TIMER {
  PEXT_CALLBACK callback;
  PVOID context;
  drydock::machine::DriverId driver;
  drydock::machine::TimerHandle handle;
  drydock::ledger::EntryId object;  // its own
  drydock::ledger::EntryId entry;   // 0: not set
  LONGLONG period;                  // 100 ns, 0 for once
  drydock::machine::VirtualTime due;
  ULONG running;                         // callbacks that have not returned
  bool deleted;                          // as far as the driver is concerned: it is not used again
  PEXT_DELETE_CALLBACK delete_callback;  // may be null
  PVOID delete_context;
  drydock::machine::Fiber* waiter;  // for its end; may be null
  bool* over;                       // to tell it by
};

namespace drydock::nt {

class ExTimers {
 public:
  ExTimers(machine::Machine& machine, ledger::Record& record)
      : machine_(machine), record_(record) {}

  // In guarded memory, for a driver may use one after it is gone. Null when there is none left.
  PEX_TIMER allocate(PEXT_CALLBACK callback, PVOID context);
  // `due` in 100 ns, negative from now; `period` in 100 ns. True when it was set before.
  bool set(PEX_TIMER timer, LONGLONG due, LONGLONG period);
  // True when it was set.
  bool cancel(PEX_TIMER timer);
  // With `wait`, returns when no callback runs any more; without, one may still run. The routine in
  // `parameters`, which may be null, runs when all others have returned. True when it was set and
  // is not any more.
  bool remove(PEX_TIMER timer, bool cancel_first, bool wait, PEXT_DELETE_PARAMETERS parameters);

 private:
  // It has not been deleted.
  [[nodiscard]] bool usable(PEX_TIMER timer) const;
  bool take_back(PEX_TIMER timer);
  void arm(PEX_TIMER timer);
  void expire(PEX_TIMER timer);
  void run(PEX_TIMER timer, ledger::EntryId entry);
  [[nodiscard]] static bool is_idle(const _EX_TIMER& timer) {
    return timer.entry == 0 && timer.running == 0;
  }
  void wait_for_end(_EX_TIMER& timer);
  void end(PEX_TIMER timer);

  machine::Machine& machine_;
  ledger::Record& record_;
};

}  // namespace drydock::nt
