// SPDX-License-Identifier: Apache-2.0
// Thread objects: one for every fiber that a driver could meet, and the system threads that drivers
// create.
#pragma once

#include <ntddk.h>

#include "ledger/record.h"
#include "machine/machine.h"
#include "nt/objects.h"
#include "nt/work_queue.h"

namespace drydock::nt {

// What PETHREAD and PKTHREAD point to: a dispatcher object; the rest is opaque to drivers.
struct KernelThread {
  DISPATCHER_HEADER header;
  machine::FiberId fiber;
  ledger::EntryId entry;  // of a driver's system thread, else 0
  LONG priority;
  LONG base_increment;  // what KeSetBasePriorityThread was last given
  KPROCESSOR_MODE previous_mode;
};

// Of threads of the system process, unless their driver says otherwise.
inline constexpr LONG default_priority = 8;

class Threads final : public ObjectOwner {
 public:
  static constexpr auto slot = machine::Slot::threads;

  Threads(machine::Machine& machine, ledger::Record& record)
      : machine_(machine), record_(record), work_(machine, record) {}

  // The thread object of a fiber; made when first asked for, and referenced until the thread ends.
  KernelThread& object_of(machine::Fiber& fiber);
  KernelThread* current() { return &object_of(machine_.running()); }
  // Client id of a thread.
  static std::uint64_t id_of(machine::FiberId fiber) { return 0x1000 + 4ULL * fiber; }
  static std::uint64_t id_of(const KernelThread& thread) { return id_of(thread.fiber); }
  // Of a thread that has not ended; null: none has this id.
  KernelThread* find(std::uint64_t id);
  // The ledger entry when `object` is a driver's system thread, else 0.
  [[nodiscard]] ledger::EntryId entry_of(const void* object) const;

  // A system thread owned by the running driver. It runs at PASSIVE_LEVEL.
  KernelThread& create(PKSTART_ROUTINE start, PVOID context);
  // Ends the running system thread; the driver's frames are never returned to.
  [[noreturn]] void terminate_running();

  // On a fiber at PASSIVE_LEVEL: tells the drivers that asked to know when threads come and go.
  void note_change(const machine::Fiber& fiber, bool created);

  WorkQueue& work() { return work_; }

  // --- ObjectOwner: a thread object that nobody references any more becomes inaccessible
  void unreferenced(void* object) override;

 private:
  void run(KernelThread& thread, machine::DriverId driver, PKSTART_ROUTINE start, PVOID context);
  void leave_driver(KernelThread& thread);

  machine::Machine& machine_;
  ledger::Record& record_;
  WorkQueue work_;
};

// While one lives, the running thread has come into the kernel from this mode.
class CalledFrom {
 public:
  explicit CalledFrom(KPROCESSOR_MODE mode);
  ~CalledFrom();
  CalledFrom(const CalledFrom&) = delete;
  CalledFrom& operator=(const CalledFrom&) = delete;

 private:
  KPROCESSOR_MODE before_;
};

}  // namespace drydock::nt
