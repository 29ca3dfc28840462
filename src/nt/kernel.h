// SPDX-License-Identifier: Apache-2.0
// The kernel of one run: its subsystems, built in order and installed in the machine.
#pragma once

#include "ledger/record.h"
#include "machine/machine.h"
#include "nt/io_manager.h"
#include "nt/loader.h"
#include "nt/locks.h"
#include "nt/objects.h"
#include "nt/pool.h"
#include "nt/processes.h"
#include "nt/processors.h"
#include "nt/registry.h"
#include "nt/threads.h"
#include "nt/waits.h"

namespace drydock::nt {

class Kernel {
  // Before the members below are made: some of them look others up.
  struct InstalledRecord {
    InstalledRecord(machine::Machine& machine, ledger::Record& record) { machine.install(record); }
  };
  InstalledRecord installed_;

 public:
  // `seed` decides the security cookies of images.
  Kernel(machine::Machine& machine, ledger::Record& record, ImageStore& store, std::uint64_t seed);

  Pool pool;
  Locks locks;
  Waits waits;
  Processors processors;
  Loader loader;
  Objects objects;
  Threads threads;
  Processes processes;
  IoManager io;
  Registry registry;
};

}  // namespace drydock::nt
