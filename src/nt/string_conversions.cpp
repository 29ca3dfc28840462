// SPDX-License-Identifier: Apache-2.0
// Strings to and from numbers, GUIDs and 8-bit text.
#include <ntddk.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

#include "nt/exports.h"
#include "nt/string_buffers.h"

namespace drydock::nt {

namespace {

constexpr std::size_t unit = sizeof(WCHAR);

constexpr std::size_t units(const UNICODE_STRING& string) {
  return string.Length / unit;
}

// --- numbers

// Base 0 means 10.
constexpr bool valid_base(ULONG base) {
  return base == 0 || base == 2 || base == 8 || base == 10 || base == 16;
}

NTSTATUS write_number(ULONGLONG value, ULONG base, PUNICODE_STRING string) {
  if (!valid_base(base)) return STATUS_INVALID_PARAMETER;
  if (base == 0) base = 10;
  std::array<WCHAR, 64> digits{};
  std::size_t count = 0;
  do {
    digits[count++] = static_cast<WCHAR>(u"0123456789ABCDEF"[value % base]);
    value /= base;
  } while (value != 0);
  if (count * unit > string->MaximumLength) return STATUS_BUFFER_OVERFLOW;
  std::reverse_copy(digits.begin(), digits.begin() + static_cast<std::ptrdiff_t>(count),
                    string->Buffer);
  string->Length = static_cast<USHORT>(count * unit);
  if (string->MaximumLength >= string->Length + unit) string->Buffer[count] = 0;
  return STATUS_SUCCESS;
}

NTSTATUS integer_to_unicode(ULONG value, ULONG base, PUNICODE_STRING string) {
  return write_number(value, base, string);
}

NTSTATUS int64_to_unicode(ULONGLONG value, ULONG base, PUNICODE_STRING string) {
  return write_number(value, base, string);
}

std::optional<ULONG> digit_value(WCHAR c) {
  if (c >= u'0' && c <= u'9') return c - u'0';
  if (c >= u'a' && c <= u'f') return c - u'a' + 10;
  if (c >= u'A' && c <= u'F') return c - u'A' + 10;
  return std::nullopt;
}

struct Prefix {
  std::size_t length = 0;
  ULONG base = 10;
};

Prefix prefix_of(const WCHAR* text, std::size_t count) {
  if (count < 2 || text[0] != u'0') return {};
  switch (text[1]) {
    case u'x':
      return {2, 16};
    case u'o':
      return {2, 8};
    case u'b':
      return {2, 2};
    default:
      return {};
  }
}

// White space, a sign, then (with base 0) a prefix; digits up to the first other character.
NTSTATUS unicode_to_integer(PCUNICODE_STRING string, ULONG base, PULONG value) {
  if (!valid_base(base)) return STATUS_INVALID_PARAMETER;
  const WCHAR* text = string->Buffer;
  std::size_t left = units(*string);
  while (left > 0 && *text <= u' ') ++text, --left;
  const bool negative = left > 0 && *text == u'-';
  if (left > 0 && (*text == u'-' || *text == u'+')) ++text, --left;
  if (base == 0) {
    const Prefix prefix = prefix_of(text, left);
    text += prefix.length;
    left -= prefix.length;
    base = prefix.base;
  }
  ULONG result = 0;
  for (; left > 0; ++text, --left) {
    const auto digit = digit_value(*text);
    if (!digit || *digit >= base) break;
    result = result * base + *digit;
  }
  *value = negative ? 0 - result : result;
  return STATUS_SUCCESS;
}

// --- GUIDs: {xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}

constexpr std::size_t guid_units = 38;
constexpr std::u16string_view guid_shape = u"{00000000-0000-0000-0000-000000000000}";

// The bytes of a GUID in the order in which they are written, as indices into its memory.
constexpr std::array<std::uint8_t, 16> written_order = {3, 2, 1,  0,  5,  4,  7,  6,
                                                        8, 9, 10, 11, 12, 13, 14, 15};

NTSTATUS string_from_guid(const GUID* const guid, PUNICODE_STRING string) {
  if (!allocate_buffer(*string, (guid_units + 1) * unit)) return STATUS_NO_MEMORY;
  string->Length = guid_units * unit;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(guid);
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < guid_units; ++i) {
    string->Buffer[i] = guid_shape[i];
    if (guid_shape[i] != u'0') continue;
    const std::uint8_t byte = bytes[written_order[nibble / 2]];
    string->Buffer[i] =
        static_cast<WCHAR>(u"0123456789abcdef"[nibble % 2 == 0 ? byte >> 4 : byte & 15]);
    ++nibble;
  }
  return STATUS_SUCCESS;
}

NTSTATUS guid_from_string(PUNICODE_STRING string, GUID* guid) {
  if (units(*string) < guid_units) return STATUS_INVALID_PARAMETER;
  std::array<std::uint8_t, 16> bytes{};
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < guid_units; ++i) {
    const WCHAR c = string->Buffer[i];
    if (guid_shape[i] != u'0') {
      if (c != guid_shape[i]) return STATUS_INVALID_PARAMETER;
      continue;
    }
    const auto digit = digit_value(c);
    if (!digit) return STATUS_INVALID_PARAMETER;
    std::uint8_t& byte = bytes[written_order[nibble / 2]];
    byte = static_cast<std::uint8_t>(byte << 4 | *digit);
    ++nibble;
  }
  std::memcpy(guid, bytes.data(), bytes.size());
  return STATUS_SUCCESS;
}

// --- 8-bit text: Latin-1, which agrees with every Windows code page on ASCII

NTSTATUS ansi_to_unicode(PUNICODE_STRING to, PANSI_STRING from, BOOLEAN allocate) {
  const std::size_t bytes = from->Length * unit;
  if (bytes + unit > 0xFFFF) return STATUS_INVALID_PARAMETER_2;
  if (allocate != 0) {
    if (!allocate_buffer(*to, bytes + unit)) return STATUS_NO_MEMORY;
  } else if (bytes + unit > to->MaximumLength) {
    return STATUS_BUFFER_OVERFLOW;
  }
  for (std::size_t i = 0; i < from->Length; ++i) {
    to->Buffer[i] = static_cast<unsigned char>(from->Buffer[i]);
  }
  to->Buffer[from->Length] = 0;
  to->Length = static_cast<USHORT>(bytes);
  return STATUS_SUCCESS;
}

NTSTATUS unicode_to_ansi(PANSI_STRING to, PCUNICODE_STRING from, BOOLEAN allocate) {
  const std::size_t count = units(*from);
  if (allocate != 0) {
    if (!allocate_buffer(*to, count + 1)) return STATUS_NO_MEMORY;
  } else if (count + 1 > to->MaximumLength) {
    return STATUS_BUFFER_OVERFLOW;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const WCHAR c = from->Buffer[i];
    to->Buffer[i] = c <= 0xFF ? static_cast<CHAR>(c) : '?';
  }
  to->Buffer[count] = 0;
  to->Length = static_cast<USHORT>(count);
  return STATUS_SUCCESS;
}

NTSTATUS unicode_to_bytes(PCHAR to, ULONG room, PULONG written, PCWCH from, ULONG size) {
  const ULONG count = std::min(room, static_cast<ULONG>(size / unit));
  std::transform(from, from + count, to,
                 [](WCHAR c) { return c <= 0xFF ? static_cast<CHAR>(c) : '?'; });
  if (written != nullptr) *written = count;
  return STATUS_SUCCESS;
}

NTSTATUS bytes_to_unicode(PWCH to, ULONG room, PULONG written, const CHAR* from, ULONG size) {
  const ULONG count = std::min(static_cast<ULONG>(room / unit), size);
  std::transform(from, from + count, to,
                 [](CHAR c) -> WCHAR { return static_cast<unsigned char>(c); });
  if (written != nullptr) *written = static_cast<ULONG>(count * unit);
  return STATUS_SUCCESS;
}

}  // namespace

Exports string_conversion_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"RtlIntegerToUnicodeString", decltype(::RtlIntegerToUnicodeString),
                 integer_to_unicode, passive_quiet>(),
      kernel_row<"RtlInt64ToUnicodeString", decltype(::RtlInt64ToUnicodeString), int64_to_unicode,
                 passive_quiet>(),
      kernel_row<"RtlUnicodeStringToInteger", decltype(::RtlUnicodeStringToInteger),
                 unicode_to_integer, passive_quiet>(),
      kernel_row<"RtlStringFromGUID", decltype(::RtlStringFromGUID), string_from_guid,
                 passive_quiet>(),
      kernel_row<"RtlGUIDFromString", decltype(::RtlGUIDFromString), guid_from_string,
                 passive_quiet>(),
      kernel_row<"RtlAnsiStringToUnicodeString", decltype(::RtlAnsiStringToUnicodeString),
                 ansi_to_unicode, passive_quiet>(),
      kernel_row<"RtlUnicodeStringToAnsiString", decltype(::RtlUnicodeStringToAnsiString),
                 unicode_to_ansi, passive_quiet>(),
      kernel_row<"RtlUnicodeToMultiByteN", decltype(::RtlUnicodeToMultiByteN), unicode_to_bytes,
                 up_to_apc_quiet>(),
      kernel_row<"RtlMultiByteToUnicodeN", decltype(::RtlMultiByteToUnicodeN), bytes_to_unicode,
                 up_to_apc_quiet>(),
  };
  return rows;
}

}  // namespace drydock::nt
