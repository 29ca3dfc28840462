// SPDX-License-Identifier: Apache-2.0
// Counted UTF-16 strings: set up, copied, appended, compared, changed in case.
#include <ntddk.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/string_buffers.h"
#include "nt/unicode_case.h"

namespace drydock::nt {

namespace {

constexpr std::size_t unit = sizeof(WCHAR);
constexpr std::size_t longest_unicode = 0xFFFE - unit;
constexpr std::size_t longest_ansi = 0xFFFE;

void init_unicode(PUNICODE_STRING string, PCWSTR text) {
  *string = {};
  if (text == nullptr) return;
  const std::size_t bytes = std::min(std::char_traits<WCHAR>::length(text) * unit, longest_unicode);
  string->Length = static_cast<USHORT>(bytes);
  string->MaximumLength = static_cast<USHORT>(bytes + unit);
  string->Buffer = const_cast<PWSTR>(text);
}

void init_ansi(PANSI_STRING string, PCSZ text) {
  *string = {};
  if (text == nullptr) return;
  const std::size_t bytes = std::min(std::strlen(text), longest_ansi);
  string->Length = static_cast<USHORT>(bytes);
  string->MaximumLength = static_cast<USHORT>(bytes + 1);
  string->Buffer = const_cast<PCHAR>(text);
}

void terminate_if_room(PUNICODE_STRING string) {
  if (string->MaximumLength >= string->Length + unit) string->Buffer[string->Length / unit] = 0;
}

void copy_unicode(PUNICODE_STRING to, PCUNICODE_STRING from) {
  to->Length = 0;
  if (from == nullptr) return;
  to->Length = std::min(from->Length, to->MaximumLength);
  std::memmove(to->Buffer, from->Buffer, to->Length);
  terminate_if_room(to);
}

NTSTATUS append(PUNICODE_STRING to, const WCHAR* text, std::size_t bytes) {
  if (to->Length + bytes > to->MaximumLength) return STATUS_BUFFER_TOO_SMALL;
  std::memmove(to->Buffer + to->Length / unit, text, bytes);
  to->Length = static_cast<USHORT>(to->Length + bytes);
  terminate_if_room(to);
  return STATUS_SUCCESS;
}

NTSTATUS append_unicode_string(PUNICODE_STRING to, PCUNICODE_STRING from) {
  return append(to, from->Buffer, from->Length);
}

NTSTATUS append_text(PUNICODE_STRING to, PCWSTR text) {
  if (text == nullptr) return STATUS_SUCCESS;
  return append(to, text, std::char_traits<WCHAR>::length(text) * unit);
}

std::u16string_view view(PCUNICODE_STRING string) {
  return {string->Buffer, string->Length / unit};
}

bool equal_unit(WCHAR a, WCHAR b, bool ignore_case) {
  return a == b || (ignore_case && upcase(a) == upcase(b));
}

LONG compare_unicode(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN ignore_case) {
  const std::size_t common = std::min(a->Length, b->Length) / unit;
  for (std::size_t i = 0; i < common; ++i) {
    if (equal_unit(a->Buffer[i], b->Buffer[i], ignore_case != 0)) continue;
    return ignore_case != 0 ? upcase(a->Buffer[i]) - upcase(b->Buffer[i])
                            : a->Buffer[i] - b->Buffer[i];
  }
  return a->Length - b->Length;
}

BOOLEAN equal_unicode(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN ignore_case) {
  return a->Length == b->Length && compare_unicode(a, b, ignore_case) == 0;
}

BOOLEAN prefix_unicode(PCUNICODE_STRING prefix, PCUNICODE_STRING string, BOOLEAN ignore_case) {
  return prefix->Length <= string->Length &&
         std::ranges::equal(view(prefix), view(string).substr(0, prefix->Length / unit),
                            [&](WCHAR a, WCHAR b) { return equal_unit(a, b, ignore_case != 0); });
}

using ChangeUnit = WCHAR (*)(WCHAR);

NTSTATUS change_case(PUNICODE_STRING to, PCUNICODE_STRING from, BOOLEAN allocate,
                     ChangeUnit change) {
  if (allocate != 0) {
    if (!allocate_buffer(*to, from->Length)) return STATUS_NO_MEMORY;
  } else if (from->Length > to->MaximumLength) {
    return STATUS_BUFFER_OVERFLOW;
  }
  std::ranges::transform(view(from), to->Buffer, change);
  to->Length = from->Length;
  return STATUS_SUCCESS;
}

WCHAR upcase_char(WCHAR c) {
  return upcase(c);
}

WCHAR downcase_char(WCHAR c) {
  return downcase(c);
}

NTSTATUS upcase_unicode(PUNICODE_STRING to, PCUNICODE_STRING from, BOOLEAN allocate) {
  return change_case(to, from, allocate, upcase_char);
}

NTSTATUS downcase_unicode(PUNICODE_STRING to, PCUNICODE_STRING from, BOOLEAN allocate) {
  return change_case(to, from, allocate, downcase_char);
}

NTSTATUS hash_unicode(PCUNICODE_STRING string, BOOLEAN ignore_case, ULONG algorithm, PULONG hash) {
  constexpr ULONG default_algorithm = 0;
  constexpr ULONG x65599 = 1;
  if (string == nullptr || hash == nullptr ||
      (algorithm != default_algorithm && algorithm != x65599)) {
    return STATUS_INVALID_PARAMETER;
  }
  ULONG value = 0;
  for (const WCHAR c : view(string)) value = value * 65599 + (ignore_case != 0 ? upcase(c) : c);
  *hash = value;
  return STATUS_SUCCESS;
}

void free_unicode(PUNICODE_STRING string) {
  if (string->Buffer == nullptr) return;
  free_buffer(string->Buffer);
  *string = {};
}

void free_ansi(PANSI_STRING string) {
  if (string->Buffer == nullptr) return;
  free_buffer(string->Buffer);
  *string = {};
}

}  // namespace

Exports string_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"RtlInitUnicodeString", decltype(::RtlInitUnicodeString), init_unicode,
                 up_to_dispatch_quiet>(),
      kernel_row<"RtlInitAnsiString", decltype(::RtlInitAnsiString), init_ansi, any_irql_quiet>(),
      kernel_row<"RtlCopyUnicodeString", decltype(::RtlCopyUnicodeString), copy_unicode,
                 any_irql_quiet>(),
      kernel_row<"RtlAppendUnicodeStringToString", decltype(::RtlAppendUnicodeStringToString),
                 append_unicode_string, any_irql_quiet>(),
      kernel_row<"RtlAppendUnicodeToString", decltype(::RtlAppendUnicodeToString), append_text,
                 any_irql_quiet>(),
      kernel_row<"RtlCompareUnicodeString", decltype(::RtlCompareUnicodeString), compare_unicode,
                 passive_quiet>(),
      kernel_row<"RtlEqualUnicodeString", decltype(::RtlEqualUnicodeString), equal_unicode,
                 passive_quiet>(),
      kernel_row<"RtlPrefixUnicodeString", decltype(::RtlPrefixUnicodeString), prefix_unicode,
                 passive_quiet>(),
      kernel_row<"RtlUpcaseUnicodeString", decltype(::RtlUpcaseUnicodeString), upcase_unicode,
                 up_to_apc_quiet>(),
      kernel_row<"RtlDowncaseUnicodeString", decltype(::RtlDowncaseUnicodeString), downcase_unicode,
                 up_to_apc_quiet>(),
      kernel_row<"RtlUpcaseUnicodeChar", decltype(::RtlUpcaseUnicodeChar), upcase_char,
                 up_to_apc_quiet>(),
      kernel_row<"RtlDowncaseUnicodeChar", decltype(::RtlDowncaseUnicodeChar), downcase_char,
                 passive_quiet>(),
      kernel_row<"RtlHashUnicodeString", decltype(::RtlHashUnicodeString), hash_unicode,
                 up_to_apc_quiet>(),
      kernel_row<"RtlFreeUnicodeString", decltype(::RtlFreeUnicodeString), free_unicode,
                 up_to_apc>(),
      kernel_row<"RtlFreeAnsiString", decltype(::RtlFreeAnsiString), free_ansi, up_to_apc>(),
  };
  return rows;
}

}  // namespace drydock::nt
