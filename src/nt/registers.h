// SPDX-License-Identifier: Apache-2.0
// The registers of driver code, taken and given back: as CONTEXT, the form that drivers see, and as
// the unwinder's.
#pragma once

#include <ntddk.h>

#include <cstdint>

#include "image/unwind.h"
#include "machine/traps.h"

namespace drydock::nt {

// At the faulting instruction.
CONTEXT context_of(const machine::CpuFault& fault);
// What the unwinder does not know is as at a function's call: no flags, the running code's MXCSR.
CONTEXT context_of(const image::RegisterContext& registers);
image::RegisterContext registers_of(const CONTEXT& context);
// Only what the unwinder knows changes.
void update(CONTEXT& context, const image::RegisterContext& registers);

// Goes on at context.Rip with all registers of the context (integer, vector, flags, MXCSR). Nothing
// of the calling frames is used any more. Writes to the 32 bytes below context.Rsp.
[[noreturn]] void restore(const CONTEXT& context);

// machine::Departure::landing: takes the registers with which a kernel function has returned, and
// calls the running fiber's departure with them, Rip being where the driver had called.
std::uint64_t departure_landing();

// RtlCaptureContext: fills *rcx with the caller's registers, as they will be after the return.
void capture_context();

}  // namespace drydock::nt
