// SPDX-License-Identifier: Apache-2.0
// A fiber: one stack of the simulated machine - a system thread, an application's thread, a packet
// source, a processor's DPC loop.
#pragma once

#include <boost/context/detail/fcontext.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "machine/frames.h"
#include "machine/types.h"

namespace drydock::machine {

enum class FiberState : std::uint8_t { ready, running, blocked, finished };

// A lock held by a fiber: what LOCK rules ask about.
struct HeldLock {
  std::uint64_t address = 0;
  std::uint32_t resource = 0;  // ledger entry
};

// A kernel function that is left by a structured exception does not return to the driver: its
// C++ frames end as usual, its return goes to `landing`, and `then` gets the driver's registers.
struct Departure {
  std::uint64_t landing = 0;                          // 0: none is under way
  std::uint64_t from = 0;                             // where it would have returned to
  std::move_only_function<void(void* context)> then;  // does not return
};

struct Fiber {
  FiberId id = 0;
  std::string name;
  FiberState state = FiberState::ready;
  Irql irql = Irql::passive;
  CpuId cpu = 0;
  bool pinned = false;     // runs on `cpu` only (a processor's DPC loop)
  bool helper = false;     // used again once it has finished
  bool holds_cpu = false;  // at DISPATCH_LEVEL: nobody else runs on `cpu`
  const char* waiting_for = "";
  std::uint32_t waiting_resource = 0;

  Frame* frames = nullptr;      // innermost crossing
  DriverId driver = no_driver;  // whose code runs, innermost
  std::vector<HeldLock> locks;
  Departure departure;
  void** recovery = nullptr;  // where the innermost kernel function goes on after a CPU fault
  std::uint32_t thread_resource = 0;  // ledger entry of the system thread this is, if any
  void* thread_object = nullptr;      // PETHREAD seen by drivers

  boost::context::detail::fcontext_t context = nullptr;
  std::move_only_function<void()> body;
  std::uint32_t stack = 0;  // index in the stack arena
};

}  // namespace drydock::machine
