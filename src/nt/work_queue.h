// SPDX-License-Identifier: Apache-2.0
// The system's work queue: items of drivers, served in order by worker fibers that are made when
// all others are busy.
#pragma once

#include <ntddk.h>

#include <deque>
#include <vector>

#include "ledger/record.h"
#include "machine/machine.h"

namespace drydock::nt {

// One queued call. Also used by the framework (kmdf/) for its own work items.
struct WorkCall {
  // Runs on a worker at PASSIVE_LEVEL with this call; must own nothing across driver code.
  void (*run)(const WorkCall& call) = nullptr;
  PVOID item = nullptr;     // key of the ledger entry: WORK_QUEUE_ITEM, IO_WORKITEM...
  void* routine = nullptr;  // the driver's function
  PVOID context = nullptr;
  PVOID object = nullptr;         // device or driver object, referenced until the call has returned
  PVOID driver_object = nullptr;  // of the object, referenced likewise; filled in
  machine::DriverId driver = machine::no_driver;
  ledger::EntryId entry = 0;
};

class WorkQueue {
 public:
  WorkQueue(machine::Machine& machine, ledger::Record& record)
      : machine_(machine), record_(record) {}

  // Books a work_item of the running driver, references `object`, and queues the call; driver and
  // entry are filled in.
  void queue(WorkCall call);
  [[nodiscard]] bool is_queued(PVOID item) const;

 private:
  static constexpr std::size_t max_workers = 16;

  void work();
  void serve(const WorkCall& call);

  machine::Machine& machine_;
  ledger::Record& record_;
  std::deque<WorkCall> calls_;
  std::vector<machine::Fiber*> idle_;
  std::size_t workers_ = 0;
};

}  // namespace drydock::nt
