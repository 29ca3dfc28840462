// SPDX-License-Identifier: Apache-2.0
// Kernel pool: every block is a guarded block and an entry of the ledger under its tag. Also what a
// bad free means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "ledger/record.h"
#include "machine/machine.h"

namespace drydock::nt {

// The four characters of a pool tag, as WinDbg shows them.
std::string tag_text(std::uint32_t tag);

class Pool {
 public:
  static constexpr auto slot = machine::Slot::pool;

  enum class Contents : std::uint8_t { zeroed, poisoned };

  Pool(machine::Machine& machine, ledger::Record& record) : machine_(machine), record_(record) {}

  // A block owned by the running driver; nullptr for absurd sizes and when the pool is exhausted.
  void* allocate(std::size_t size, std::uint32_t tag, Contents contents);
  // `tag` 0 fits every block. A wrong tag is noted; a free that the pool cannot serve is noted and
  // ends the run as bug check 0xC2.
  void release(void* block, std::uint32_t tag = 0);
  // Notes damaged canaries of blocks that are still alive; for the end of a run.
  void audit_canaries();

 private:
  [[noreturn]] void refuse(void* block);

  machine::Machine& machine_;
  ledger::Record& record_;
};

}  // namespace drydock::nt
