// SPDX-License-Identifier: Apache-2.0
// The ways in which a kernel function ends the run instead of returning: Windows would stop with a
// blue screen, or we do not know what it would do.
#pragma once

#include <array>
#include <cstdint>

#include "ledger/ledger.h"

namespace drydock::nt {

// The bug checks that kernel functions of this folder raise themselves.
namespace bugcheck {
inline constexpr std::uint32_t irql_not_greater_or_equal = 0x09;
inline constexpr std::uint32_t irql_not_less_or_equal = 0x0A;
inline constexpr std::uint32_t maximum_wait_objects_exceeded = 0x0C;
inline constexpr std::uint32_t target_mdl_too_small = 0x40;
inline constexpr std::uint32_t bad_pool_caller = 0xC2;
inline constexpr std::uint32_t timer_or_dpc_invalid = 0xC7;
inline constexpr std::uint32_t resource_not_owned = 0xE3;
inline constexpr std::uint32_t worker_invalid = 0xE4;
}  // namespace bugcheck

using BugCheckParameters = std::array<std::uint64_t, 4>;

// Ends the run from a fiber. `what` is one sentence; `entry` the resource it is about, 0 if none.
[[noreturn]] void bug_check(std::uint32_t code, const char* what,
                            const BugCheckParameters& parameters, ledger::EntryId entry = 0);

// The same from a timer's action, which runs on no fiber.
void request_bug_check(std::uint32_t code, const char* what, const BugCheckParameters& parameters,
                       ledger::EntryId entry);

// Leaves the kernel function by a structured exception (not continuable), which the driver may
// handle. A function whose row does not say `may_raise` ends the run as inconclusive.
[[noreturn]] void raise_status(std::uint32_t status, const char* function);

}  // namespace drydock::nt
