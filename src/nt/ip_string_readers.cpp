// SPDX-License-Identifier: Apache-2.0
// IP addresses from text: as much of it as is an address, and where that ends.
#include <ip2string.h>
#include <ntddk.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <type_traits>

#include "nt/exports.h"

namespace drydock::nt {

namespace {

template <class Char>
std::optional<unsigned> digit(Char c, unsigned base) {
  const unsigned code = static_cast<std::make_unsigned_t<Char>>(c);
  unsigned value = 0;
  if (code >= '0' && code <= '9') {
    value = code - '0';
  } else if (code >= 'a' && code <= 'f') {
    value = code - 'a' + 10;
  } else if (code >= 'A' && code <= 'F') {
    value = code - 'A' + 10;
  } else {
    return std::nullopt;
  }
  if (value >= base) return std::nullopt;
  return value;
}

// Where reading stands. Nothing is read behind the terminating NUL.
template <class Char>
struct Cursor {
  const Char* at;

  bool take(char c) {
    if (*at != static_cast<Char>(c)) return false;
    ++at;
    return true;
  }
  // At least one digit, at most `most_digits`; nothing when it exceeds `limit`.
  std::optional<std::uint64_t> number(unsigned base, std::uint64_t limit, unsigned most_digits) {
    std::uint64_t value = 0;
    unsigned count = 0;
    for (; count < most_digits; ++count, ++at) {
      const auto next = digit(*at, base);
      if (!next) break;
      value = value * base + *next;
      if (value > limit) return std::nullopt;
    }
    if (count == 0) return std::nullopt;
    return value;
  }
};

constexpr unsigned any_digits = 32;

// C's prefixes: 0x for hexadecimal, 0 for octal.
template <class Char>
std::optional<std::uint64_t> prefixed_number(Cursor<Char>& cursor) {
  constexpr std::uint64_t limit = 0xffffffff;
  if (*cursor.at != static_cast<Char>('0')) return cursor.number(10, limit, any_digits);
  const bool hexadecimal =
      cursor.at[1] == static_cast<Char>('x') || cursor.at[1] == static_cast<Char>('X');
  if (!hexadecimal) return cursor.number(8, limit, any_digits);
  cursor.at += 2;
  return cursor.number(16, limit, any_digits);
}

// Four parts, or with `strict` off also fewer, the last of which fills what is left.
template <class Char>
std::optional<std::array<UCHAR, 4>> read_v4(Cursor<Char>& cursor, bool strict) {
  std::array<std::uint64_t, 4> parts{};
  std::size_t count = 0;
  do {
    const auto part = strict ? cursor.number(10, 255, any_digits) : prefixed_number(cursor);
    if (!part) return std::nullopt;
    parts[count++] = *part;
  } while (count < parts.size() && cursor.take('.'));
  if (strict && count < parts.size()) return std::nullopt;
  std::array<UCHAR, 4> bytes{};
  for (std::size_t i = 0; i + 1 < count; ++i) {
    if (parts[i] > 255) return std::nullopt;
    bytes[i] = static_cast<UCHAR>(parts[i]);
  }
  std::uint64_t rest = parts[count - 1];
  for (std::size_t i = bytes.size(); i-- > count - 1; rest >>= 8)
    bytes[i] = static_cast<UCHAR>(rest);
  if (rest != 0) return std::nullopt;
  return bytes;
}

// The words before and behind "::".
struct V6Words {
  std::array<UCHAR, 16> bytes{};
  std::size_t count = 0;           // of bytes
  std::optional<std::size_t> gap;  // where "::" stands

  [[nodiscard]] bool full() const { return count == bytes.size(); }
  void put(std::uint64_t word) {
    bytes[count++] = static_cast<UCHAR>(word >> 8);
    bytes[count++] = static_cast<UCHAR>(word);
  }
};

// An IPv4 address may end it.
template <class Char>
bool read_v4_end(Cursor<Char>& cursor, V6Words& words) {
  if (words.count > 12) return false;
  Cursor<Char> ahead = cursor;
  const auto bytes = read_v4(ahead, true);
  if (!bytes) return false;
  std::ranges::copy(*bytes, words.bytes.begin() + static_cast<std::ptrdiff_t>(words.count));
  words.count += bytes->size();
  cursor = ahead;
  return true;
}

template <class Char>
bool read_words(Cursor<Char>& cursor, V6Words& words) {
  if (*cursor.at == static_cast<Char>(':') && cursor.at[1] != static_cast<Char>(':')) return false;
  while (!words.full()) {
    if (!words.gap && cursor.at[0] == static_cast<Char>(':') &&
        cursor.at[1] == static_cast<Char>(':')) {
      cursor.at += 2;
      words.gap = words.count;
      if (!digit(*cursor.at, 16)) return true;
    }
    if (read_v4_end(cursor, words)) return true;
    const auto word = cursor.number(16, 0xffff, 4);
    if (!word) return false;
    words.put(*word);
    const bool goes_on =
        *cursor.at == static_cast<Char>(':') &&
        (digit(cursor.at[1], 16) || (cursor.at[1] == static_cast<Char>(':') && !words.gap));
    if (!goes_on || words.full()) return true;
    if (cursor.at[1] != static_cast<Char>(':')) ++cursor.at;
  }
  return true;
}

template <class Char>
std::optional<std::array<UCHAR, 16>> read_v6(Cursor<Char>& cursor) {
  V6Words words;
  if (!read_words(cursor, words)) return std::nullopt;
  if (!words.gap) return words.full() ? std::optional(words.bytes) : std::nullopt;
  if (words.full()) return std::nullopt;
  const auto begin = words.bytes.begin();
  std::rotate(begin + static_cast<std::ptrdiff_t>(*words.gap),
              begin + static_cast<std::ptrdiff_t>(words.count), words.bytes.end());
  return words.bytes;
}

template <class Bytes, class Char, class Address>
NTSTATUS give(const std::optional<Bytes>& bytes, const Cursor<Char>& cursor,
              const Char** terminator, Address* address) {
  *terminator = cursor.at;
  if (!bytes) return STATUS_INVALID_PARAMETER;
  std::memcpy(address, bytes->data(), bytes->size());
  return STATUS_SUCCESS;
}

template <class Char>
NTSTATUS v4_from(const Char* text, BOOLEAN strict, const Char** terminator, WDK_IN_ADDR* address) {
  Cursor<Char> cursor{text};
  const auto bytes = read_v4(cursor, strict != FALSE);
  return give(bytes, cursor, terminator, address);
}

template <class Char>
NTSTATUS v6_from(const Char* text, const Char** terminator, WDK_IN6_ADDR* address) {
  Cursor<Char> cursor{text};
  const auto bytes = read_v6(cursor);
  return give(bytes, cursor, terminator, address);
}

}  // namespace

Exports ip_string_reader_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"RtlIpv4StringToAddressA", decltype(::RtlIpv4StringToAddressA), v4_from<CHAR>,
                 passive_quiet>(),
      kernel_row<"RtlIpv4StringToAddressW", decltype(::RtlIpv4StringToAddressW), v4_from<WCHAR>,
                 passive_quiet>(),
      kernel_row<"RtlIpv6StringToAddressA", decltype(::RtlIpv6StringToAddressA), v6_from<CHAR>,
                 passive_quiet>(),
      kernel_row<"RtlIpv6StringToAddressW", decltype(::RtlIpv6StringToAddressW), v6_from<WCHAR>,
                 passive_quiet>(),
  };
  return rows;
}

}  // namespace drydock::nt
