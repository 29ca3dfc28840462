// SPDX-License-Identifier: Apache-2.0
// How a report tells the kernel's own idle fibers (workers, DPC loops) from blocked ones: by what
// they wait for.
#pragma once

#include "machine/fiber.h"

namespace drydock::nt {

inline constexpr const char* idle_system_fiber = "work to do";

// Blocked, and rightly so: nothing is left to do for it.
inline bool is_idle(const machine::Fiber& fiber) {
  return fiber.state == machine::FiberState::blocked && fiber.waiting_for == idle_system_fiber;
}

}  // namespace drydock::nt
