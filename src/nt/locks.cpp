// SPDX-License-Identifier: Apache-2.0
#include "nt/locks.h"

#include <algorithm>
#include <array>

#include "nt/context.h"

namespace drydock::nt {

using ledger::EntryId;
using ledger::Kind;
using machine::Fiber;
using machine::HeldLock;

const char* lock_name(LockType type) {
  static constexpr std::array names = {"spin lock",
                                       "in-stack queued spin lock",
                                       "reader/writer spin lock",
                                       "fast mutex",
                                       "push lock",
                                       "resource",
                                       "mutex",
                                       "rundown protection"};
  return names[static_cast<std::size_t>(type)];
}

EntryId Locks::book(std::uint64_t address, LockType type) {
  ledger::Ledger& ledger = record_.ledger();
  const EntryId former = ledger.find_latest(Kind::lock, address);
  if (former == 0 || ledger.entry(former).alive()) {
    return ledger.acquire(Kind::lock, address,
                          {.name = lock_name(type), .a = static_cast<std::uint64_t>(type)});
  }
  ledger::Entry& entry = ledger.entry(former);
  const Fiber& fiber = machine_.running();
  entry.owner = fiber.driver;
  entry.fiber = fiber.id;
  entry.stack = ledger.capture();
  entry.acquired = record_.events().last();
  entry.released = 0;
  entry.release_stack = 0;
  return former;
}

void Locks::acquired(const void* lock, LockType type) {
  const std::uint64_t address = address_of(lock);
  machine_.running().locks.push_back({address, book(address, type)});
}

bool Locks::take_off(Fiber& fiber, std::uint64_t address) {
  const auto held =
      std::ranges::find(fiber.locks.rbegin(), fiber.locks.rend(), address, &HeldLock::address);
  if (held == fiber.locks.rend()) return false;
  ledger::Entry& entry = record_.ledger().entry(held->resource);
  entry.released = std::max(record_.events().last(), entry.acquired + 1);
  fiber.locks.erase(std::next(held).base());
  return true;
}

void Locks::released(const void* lock) {
  const std::uint64_t address = address_of(lock);
  if (take_off(machine_.running(), address)) return;
  for (const auto& fiber : machine_.fibers()) {
    if (take_off(*fiber, address)) return;
  }
}

std::size_t Locks::held_by_running(const void* lock) const {
  return static_cast<std::size_t>(
      std::ranges::count(machine_.running().locks, address_of(lock), &HeldLock::address));
}

void Locks::wait_for(const void* lock, LockType type) {
  waiters_.push_back({&machine_.running(), lock});
  machine_.block(lock_name(type), record_.ledger().find(Kind::lock, address_of(lock)));
}

void Locks::wake(const void* lock) {
  if (waiters_.empty()) return;
  for (const Waiter& waiter : waiters_) {
    if (waiter.lock == lock) machine_.make_ready(*waiter.fiber);
  }
  std::erase_if(waiters_, [lock](const Waiter& waiter) { return waiter.lock == lock; });
}

void Locks::note_locks_of_ending_thread() {
  for (const HeldLock& held : machine_.running().locks) {
    record_.note(ledger::NoteKind::lock_held_at_return, held.resource, held.address, 0,
                 machine::callback_name(machine::CallbackKind::system_thread));
  }
}

int& Locks::apc_disable_count() {
  const machine::FiberId id = machine_.running().id;
  if (apc_disable_counts_.size() <= id) apc_disable_counts_.resize(id + 1);
  return apc_disable_counts_[id];
}

}  // namespace drydock::nt
