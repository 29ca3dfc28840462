// SPDX-License-Identifier: Apache-2.0
// What all locks have in common: who holds them (for the ledger and the lock rules) and who waits.
// Each lock's own state is where Windows keeps it, in the driver's memory.
#pragma once

#include <cstdint>
#include <vector>

#include "ledger/record.h"
#include "machine/machine.h"

namespace drydock::nt {

enum class LockType : std::uint8_t {
  spin_lock,
  queued_spin_lock,
  reader_writer_spin_lock,
  fast_mutex,
  push_lock,
  resource,
  mutex,
  rundown,  // waited for only, never held
};

const char* lock_name(LockType type);

class Locks {
 public:
  static constexpr auto slot = machine::Slot::locks;

  Locks(machine::Machine& machine, ledger::Record& record) : machine_(machine), record_(record) {}

  // Books the lock on the running fiber. Its ledger entry is the lock's one entry, acquired anew:
  // locks are taken too often to keep every time.
  void acquired(const void* lock, LockType type);
  // Takes it off whoever holds it; the running fiber first.
  void released(const void* lock);
  // How often the running fiber holds it.
  [[nodiscard]] std::size_t held_by_running(const void* lock) const;

  // Gives way until the lock is released; the caller must then try again, as others may be faster.
  void wait_for(const void* lock, LockType type);
  // Everybody who waits for the lock may try again.
  void wake(const void* lock);

  // Notes every lock of the running fiber, which is about to end.
  void note_locks_of_ending_thread();

  // KeEnterCriticalRegion and its like, per fiber.
  int& apc_disable_count();

 private:
  struct Waiter {
    machine::Fiber* fiber = nullptr;
    const void* lock = nullptr;
  };

  bool take_off(machine::Fiber& fiber, std::uint64_t address);
  ledger::EntryId book(std::uint64_t address, LockType type);

  machine::Machine& machine_;
  ledger::Record& record_;
  std::vector<Waiter> waiters_;          // oldest first
  std::vector<int> apc_disable_counts_;  // by fiber
};

}  // namespace drydock::nt
