// SPDX-License-Identifier: Apache-2.0
// The small value types that every floor above the machine speaks in.
#pragma once

#include <compare>
#include <cstdint>

namespace drydock::machine {

// Interrupt request level of a simulated processor, numbered as on x64 Windows.
enum class Irql : std::uint8_t { passive = 0, apc = 1, dispatch = 2, high = 15 };

// Virtual time since the machine was switched on, in the 100 ns units of Windows.
struct VirtualTime {
  std::int64_t ticks = 0;

  friend auto operator<=>(VirtualTime, VirtualTime) = default;
  friend constexpr VirtualTime operator+(VirtualTime a, VirtualTime b) {
    return {a.ticks + b.ticks};
  }
  friend constexpr VirtualTime operator-(VirtualTime a, VirtualTime b) {
    return {a.ticks - b.ticks};
  }
};

constexpr VirtualTime microseconds(std::int64_t count) {
  return {count * 10};
}
constexpr VirtualTime milliseconds(std::int64_t count) {
  return {count * 10'000};
}
constexpr VirtualTime seconds(std::int64_t count) {
  return {count * 10'000'000};
}

// Numbers of fibers, processors and drivers: dense, from 0, never reused in a run (but a helper
// fiber is, number and all).
using FiberId = std::uint32_t;
using CpuId = std::uint32_t;
using DriverId = std::uint32_t;

// No driver: the simulated kernel itself.
inline constexpr DriverId no_driver = 0xffffffff;

}  // namespace drydock::machine
