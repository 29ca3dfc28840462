// SPDX-License-Identifier: Apache-2.0
// Structured exceptions: the search for a handler in the driver's frames, the unwinding to it, and
// the bug check when there is none. docs/exceptions.md says what is caught and what is not. Source:
// "x64 exception handling", Microsoft Learn.
#pragma once

#include <ntddk.h>

#include <cstdint>
#include <functional>

#include "nt/driver_frames.h"

namespace drydock::nt {

// What the record of an access violation says of the access.
inline constexpr ULONG_PTR violation_by_read = 0;
inline constexpr ULONG_PTR violation_by_write = 1;
inline constexpr ULONG_PTR violation_by_execution = 8;

enum class Origin : std::uint8_t {
  fault,  // of the instruction at ExceptionAddress
  call,   // of a kernel function, which would have returned there
};

// Calls the handlers of the driver's frames from `context` up, on the running fiber, in driver code
// that has just been interrupted or has just left a kernel function. Ends in driver code (at a
// handler's target, or where a filter wants to continue) or with the bug check for `record`.
[[noreturn]] void dispatch(EXCEPTION_RECORD& record, CONTEXT& context, Origin origin);

struct UnwindTarget {
  ULONG64 frame = 0;         // the establisher frame to end in; 0: exit unwind
  ULONG64 ip = 0;            // where to go on in it
  ULONG64 return_value = 0;  // goes into rax there
};

// Calls the termination handlers of the frames from `place` up to the target's, and goes on there.
[[noreturn]] void unwind(const DriverPlace& place, const UnwindTarget& target,
                         const EXCEPTION_RECORD& record);

// --- for exports whose row says `may_raise`

// When the export returns, whose result then counts nothing, `then` gets the driver's registers
// instead of the driver.
void leave_for(std::move_only_function<void(CONTEXT& context)> then);
// The same for an exception; ExceptionAddress is where the driver called.
void raise_on_return(const EXCEPTION_RECORD& record);

}  // namespace drydock::nt
