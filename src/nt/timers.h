// SPDX-License-Identifier: Apache-2.0
// Kernel timers in virtual time: a dispatcher object that becomes signalled, and perhaps a DPC.
#pragma once

#include <ntddk.h>

#include <unordered_map>

#include "ledger/record.h"
#include "machine/machine.h"

namespace drydock::nt {

class Timers {
 public:
  Timers(machine::Machine& machine, ledger::Record& record) : machine_(machine), record_(record) {}

  // `due` in 100 ns, negative from now; `period` in ms, 0 for once. True when it was set before.
  bool set(KTIMER& timer, LONGLONG due, LONG period, PKDPC dpc);
  // True when it was set.
  bool cancel(KTIMER& timer);

 private:
  // What was true when the timer was set; the driver may take its memory away.
  struct Setting {
    machine::TimerHandle handle = 0;
    machine::VirtualTime due;
    LONG period = 0;
    ledger::EntryId entry = 0;
    machine::DriverId driver = machine::no_driver;
    machine::CpuId cpu = 0;
    PKDPC dpc = nullptr;
    PKDEFERRED_ROUTINE routine = nullptr;
    PVOID context = nullptr;
  };

  void arm(KTIMER& timer, Setting& setting);
  void expire(KTIMER& timer);

  machine::Machine& machine_;
  ledger::Record& record_;
  std::unordered_map<const KTIMER*, Setting> settings_;  // looked up, never walked
};

}  // namespace drydock::nt
