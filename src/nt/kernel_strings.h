// SPDX-License-Identifier: Apache-2.0
// Strings that the kernel itself shows to drivers.
#pragma once

#include <ntddk.h>

#include <cstring>
#include <string_view>

#include "machine/kernel_arena.h"

namespace drydock::nt {

// Zero-terminated, and longer than its length says by that zero.
inline UNICODE_STRING kernel_string(machine::KernelArena& kernel, std::u16string_view text) {
  const std::size_t bytes = text.size() * sizeof(WCHAR);
  auto* buffer = reinterpret_cast<PWSTR>(kernel.allocate(bytes + sizeof(WCHAR)));
  if (!text.empty()) std::memcpy(buffer, text.data(), bytes);
  return {static_cast<USHORT>(bytes), static_cast<USHORT>(bytes + sizeof(WCHAR)), buffer};
}

}  // namespace drydock::nt
