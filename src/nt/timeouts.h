// SPDX-License-Identifier: Apache-2.0
// The moments that drivers name in Windows' units: time-outs of waits, due times of timers.
#pragma once

#include <cstdint>

#include "machine/clock.h"

namespace drydock::nt {

// Negative values count from `now`, others are system time; both in 100 ns. A time further away
// than ten thousand years stays there.
constexpr machine::VirtualTime due_time(std::int64_t timeout, machine::VirtualTime now) {
  constexpr std::int64_t far = std::int64_t{1} << 61;
  if (timeout > 0) return {timeout - machine::system_time_at_start};
  return {timeout < -far ? far : now.ticks - timeout};
}

}  // namespace drydock::nt
