// SPDX-License-Identifier: Apache-2.0
// Reading untrusted bytes: every read names its offset and says so when it does not fit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

namespace drydock::image {

using Bytes = std::span<const std::byte>;

// True when [offset, offset + size) lies inside `bytes`; never overflows.
inline bool contains(Bytes bytes, std::uint64_t offset, std::uint64_t size) {
  return offset <= bytes.size() && size <= bytes.size() - offset;
}

// Little endian value at any alignment, or nothing when it does not fit.
template <class T>
  requires std::is_trivially_copyable_v<T>
std::optional<T> read(Bytes bytes, std::uint64_t offset) {
  if (!contains(bytes, offset, sizeof(T))) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

template <class T>
T read_or(Bytes bytes, std::uint64_t offset, T otherwise) {
  return read<T>(bytes, offset).value_or(otherwise);
}

// The part that fits, possibly empty.
inline Bytes slice(Bytes bytes, std::uint64_t offset, std::uint64_t size) {
  if (offset >= bytes.size()) return {};
  return bytes.subspan(offset, std::min<std::uint64_t>(size, bytes.size() - offset));
}

// Zero-terminated text; nothing when it has no end within `limit` bytes or holds unprintable bytes.
std::optional<std::string> read_text(Bytes bytes, std::uint64_t offset, std::size_t limit = 512);

// Appends one character as UTF-8; what is not printable (controls, unpaired surrogates) becomes
// '?'.
void append_character(std::string& text, std::uint32_t code);

// UTF-16LE text up to its terminator, as UTF-8.
std::string read_utf16(Bytes bytes, std::uint64_t offset, std::size_t limit = 512);

// Bytes that claim to be UTF-8, as valid UTF-8.
std::string read_utf8(Bytes bytes);

}  // namespace drydock::image
