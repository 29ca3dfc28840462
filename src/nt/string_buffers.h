// SPDX-License-Identifier: Apache-2.0
// Buffers that string functions allocate for their caller: pool blocks of the driver, which it must
// give back with RtlFree*String.
#pragma once

#include <ntddk.h>

#include "nt/context.h"
#include "nt/pool.h"

namespace drydock::nt {

inline constexpr ULONG string_tag = 0x536C7452;  // "RtlS"

// False when the pool is exhausted. Length is left alone, Buffer and MaximumLength are set.
template <class String>
bool allocate_buffer(String& string, std::size_t bytes) {
  auto* buffer = service<Pool>().allocate(bytes, string_tag, Pool::Contents::zeroed);
  if (buffer == nullptr) return false;
  string.Buffer = static_cast<decltype(string.Buffer)>(buffer);
  string.MaximumLength = static_cast<USHORT>(bytes);
  return true;
}

inline void free_buffer(PVOID buffer) {
  service<Pool>().release(buffer);
}

}  // namespace drydock::nt
