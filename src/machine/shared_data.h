// SPDX-License-Identifier: Apache-2.0
// The few things kernel code reads that Linux cannot give a process: the KUSER_SHARED_DATA page and
// CR8.
#pragma once

#include <ucontext.h>

#include <cstdint>

#include "machine/region.h"

namespace drydock::machine {

inline constexpr std::uint64_t kuser_shared_data = 0xFFFF'F780'0000'0000;

// If `address` lies in KUSER_SHARED_DATA: brings `mirror` up to the current machine's time, and
// lets the faulting instruction read there instead. False when the fault is something else or the
// instruction is not a plain read.
bool emulate_shared_data(ucontext_t& context, std::uint64_t address, const Region& mirror);

// If the faulting instruction is a move from or to CR8: does it on the running fiber's IRQL.
bool emulate_cr8(ucontext_t& context);

}  // namespace drydock::machine
