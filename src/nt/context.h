// SPDX-License-Identifier: Apache-2.0
// How an export's implementation finds the run it belongs to: the one machine of this process and
// the subsystems installed in it.
#pragma once

#include <cstdint>

#include "ledger/record.h"
#include "machine/machine.h"

namespace drydock::nt {

inline machine::Machine& the_machine() {
  return *machine::Machine::current();
}

// Waits, Locks, Pool... by type.
template <class T>
T& service() {
  return the_machine().get<T>();
}

inline ledger::Ledger& the_ledger() {
  return ledger::record().ledger();
}

inline std::uint64_t address_of(const void* pointer) {
  return reinterpret_cast<std::uint64_t>(pointer);
}

}  // namespace drydock::nt
