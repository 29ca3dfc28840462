// SPDX-License-Identifier: Apache-2.0
// How virtual time shows as the clocks of Windows, for everything that tells drivers the time.
#pragma once

#include <cstdint>

#include "machine/types.h"

namespace drydock::machine {

// The simulated system is switched on at 2021-01-01 00:00 UTC; in 100 ns units since 1601.
inline constexpr std::int64_t system_time_at_start = 132'539'328'000'000'000;
// 15.625 ms, the ordinary clock interrupt of Windows, in 100 ns units.
inline constexpr std::int64_t clock_interrupt = 156'250;

constexpr std::int64_t system_time(VirtualTime now) {
  return system_time_at_start + now.ticks;
}
constexpr std::int64_t interrupt_time(VirtualTime now) {
  return now.ticks;
}
constexpr std::int64_t tick_count(VirtualTime now) {
  return now.ticks / clock_interrupt;
}

}  // namespace drydock::machine
