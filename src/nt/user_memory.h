// SPDX-License-Identifier: Apache-2.0
// Which addresses belong to applications, and whether memory can be accessed at all.
#pragma once

#include <cstdint>

namespace drydock::nt {

// MmUserProbeAddress: user addresses lie below.
inline constexpr std::uint64_t user_probe_address = 0x0000'7fff'ffff'0000;

// All of [address, address + size) is what Windows calls user memory. What the simulated kernel
// shows to drivers lies below the limit as well (machine::home) and does not count.
bool is_user_range(std::uint64_t address, std::uint64_t size);

enum class Touch : std::uint8_t { read, write };
// Whether every page of the range can be read (and written, with its own content).
bool can_access(std::uint64_t address, std::uint64_t size, Touch touch);

}  // namespace drydock::nt
