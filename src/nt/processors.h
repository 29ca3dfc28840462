// SPDX-License-Identifier: Apache-2.0
// DPC queues: one per processor, served at DISPATCH_LEVEL by a fiber that is pinned to it.
#pragma once

#include <ntddk.h>

#include <array>
#include <cstdint>
#include <vector>

#include "ledger/record.h"
#include "machine/machine.h"
#include "nt/ex_timers.h"
#include "nt/timers.h"

namespace drydock::nt {

// Who queued a DPC, when it was not the running driver: an expired timer.
struct DpcOrigin {
  machine::DriverId driver = machine::no_driver;
  ledger::EntryId timer = 0;
};

// As KeInitializeDpc leaves it.
void initialize_dpc(KDPC& dpc, PKDEFERRED_ROUTINE routine, PVOID context);

class Processors {
 public:
  static constexpr auto slot = machine::Slot::processors;

  Processors(machine::Machine& machine, ledger::Record& record)
      : machine_(machine), record_(record), timers_(machine, record), ex_timers_(machine, record) {}

  // False when the DPC is queued already. Runs on its target processor, else on `cpu`.
  bool queue(KDPC& dpc, machine::CpuId cpu, PVOID argument1, PVOID argument2);
  // For an expired timer, from no fiber. The DPC may be gone with its driver's image: then the
  // routine and context the timer was set with are called, as Windows would call them.
  void queue_for_timer(KDPC* dpc, PKDEFERRED_ROUTINE routine, PVOID context, machine::CpuId cpu,
                       DpcOrigin origin);
  // False when it was not queued.
  bool remove(KDPC& dpc);
  // Returns when every DPC that is queued or running now has returned.
  void flush();

  Timers& timers() { return timers_; }
  ExTimers& ex_timers() { return ex_timers_; }

 private:
  struct Queued {
    KDPC* dpc = nullptr;
    PKDEFERRED_ROUTINE routine = nullptr;
    PVOID context = nullptr;
    PVOID argument1 = nullptr;
    PVOID argument2 = nullptr;
    machine::DriverId driver = machine::no_driver;
    ledger::EntryId entry = 0;
    std::uint64_t number = 0;  // in order of queueing
  };
  struct Processor {
    machine::Fiber* fiber = nullptr;
    std::vector<Queued> queue;  // short; a deque would allocate in every life
    std::uint64_t running = 0;  // number of the DPC that runs, 0 if none
  };

  void append(Processor& processor, const Queued& item, bool first);
  void start(Processor& processor, machine::CpuId cpu);
  void serve(Processor& processor);
  void call(const Queued& item);
  [[nodiscard]] bool any_up_to(std::uint64_t number) const;
  void wake_flushers();

  machine::Machine& machine_;
  ledger::Record& record_;
  Timers timers_;
  ExTimers ex_timers_;
  std::array<Processor, 64> processors_;
  std::vector<machine::Fiber*> flushers_;
  std::uint64_t next_number_ = 1;
};

}  // namespace drydock::nt
