// SPDX-License-Identifier: Apache-2.0
// The places in which a machine keeps its subsystems. Each service names its own as `static
// constexpr auto slot`.
#pragma once

#include <cstdint>

namespace drydock::machine {

enum class Slot : std::uint8_t {
  record,      // ledger/record.h
  unwinder,    // ledger/unwinder.h
  pool,        // nt: pool blocks and lookaside lists
  waits,       // nt: dispatcher objects and their waiters
  locks,       // nt: spin locks, mutexes, rundown protection...
  processors,  // nt: DPC queues and timers
  threads,     // nt: system threads and work items
  objects,     // nt: object references, handles, names
  io,          // nt: drivers, devices, IRPs, unload
  loader,      // nt: images and imports
  processes,   // nt: simulated processes and their notify routines
  registry,    // nt: keys and values
  ndis,        // ndis: NET_BUFFER_LIST pools
  kmdf,        // kmdf: framework objects per driver
  engine,      // wfp: the filter engine and its sessions
  callouts,    // wfp: registered callout functions
  flows,       // wfp: flows and their contexts
  injection,   // wfp: injection handles and packets under way
  operations,  // wfp: pended operations, classify handles, redirect handles
  network,     // net: where injected packets go
  count,
};

}  // namespace drydock::machine
