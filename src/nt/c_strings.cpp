// SPDX-License-Identifier: Apache-2.0
// The C library's string functions, for 8-bit and UTF-16 text, as ntoskrnl.exe exports them.
#include <ntddk.h>

#include <cstring>
#include <string>

#include "nt/exports.h"
#include "nt/unicode_case.h"

namespace drydock::nt {

namespace {

template <class C>
char16_t code(C c) {
  return static_cast<std::make_unsigned_t<std::conditional_t<sizeof(C) == 1, char, std::uint16_t>>>(
      c);
}

template <class C>
SIZE_T length(const C* s) {
  return std::char_traits<C>::length(s);
}

template <class C>
C lower(C c) {
  if constexpr (sizeof(C) == 1) {
    return c >= 'A' && c <= 'Z' ? static_cast<C>(c + 32) : c;
  } else {
    return downcase(c);
  }
}

enum class Case { matters, ignored };

template <class C, Case case_mode>
int compare_up_to(const C* a, const C* b, SIZE_T count) {
  for (; count > 0; ++a, ++b, --count) {
    const C left = case_mode == Case::ignored ? lower(*a) : *a;
    const C right = case_mode == Case::ignored ? lower(*b) : *b;
    if (left != right) return code(left) < code(right) ? -1 : 1;
    if (*a == 0) break;
  }
  return 0;
}

template <class C, Case case_mode>
int compare(const C* a, const C* b) {
  return compare_up_to<C, case_mode>(a, b, SIZE_MAX);
}

template <class C>
C* copy(C* to, const C* from) {
  std::memmove(to, from, (length(from) + 1) * sizeof(C));
  return to;
}

template <class C>
C* copy_up_to(C* to, const C* from, SIZE_T count) {
  SIZE_T i = 0;
  for (; i < count && from[i] != 0; ++i) to[i] = from[i];
  for (; i < count; ++i) to[i] = 0;
  return to;
}

template <class C>
C* append(C* to, const C* from) {
  copy(to + length(to), from);
  return to;
}

template <class C>
C* find(const C* s, C wanted) {
  for (;; ++s) {
    if (*s == wanted) return const_cast<C*>(s);
    if (*s == 0) return nullptr;
  }
}

template <class C>
C* find_last(const C* s, C wanted) {
  for (SIZE_T i = length(s) + 1; i-- > 0;) {
    if (s[i] == wanted) return const_cast<C*>(s + i);
  }
  return nullptr;
}

template <class C>
C* find_text(const C* s, const C* wanted) {
  const SIZE_T count = length(wanted);
  for (;; ++s) {
    if (compare_up_to<C, Case::matters>(s, wanted, count) == 0) return const_cast<C*>(s);
    if (*s == 0) return nullptr;
  }
}

CHAR* find_char(const CHAR* s, int wanted) {
  return find(s, static_cast<CHAR>(wanted));
}

CHAR* find_last_char(const CHAR* s, int wanted) {
  return find_last(s, static_cast<CHAR>(wanted));
}

// Declares the implementation's own type: the header knows these names for drivers only.
template <ledger::Literal Name, auto Implementation>
const ExportRow* c_row() {
  return kernel_row<Name, decltype(Implementation), Implementation, any_irql_quiet>();
}

}  // namespace

Exports c_string_exports() {
  static const ExportRow* const rows[] = {
      c_row<"strlen", length<CHAR>>(),
      c_row<"strcmp", compare<CHAR, Case::matters>>(),
      c_row<"strncmp", compare_up_to<CHAR, Case::matters>>(),
      c_row<"_stricmp", compare<CHAR, Case::ignored>>(),
      c_row<"_strnicmp", compare_up_to<CHAR, Case::ignored>>(),
      c_row<"strcpy", copy<CHAR>>(),
      c_row<"strncpy", copy_up_to<CHAR>>(),
      c_row<"strchr", find_char>(),
      c_row<"strrchr", find_last_char>(),
      c_row<"strstr", find_text<CHAR>>(),
      c_row<"wcslen", length<WCHAR>>(),
      c_row<"wcscmp", compare<WCHAR, Case::matters>>(),
      c_row<"wcsncmp", compare_up_to<WCHAR, Case::matters>>(),
      c_row<"_wcsicmp", compare<WCHAR, Case::ignored>>(),
      c_row<"_wcsnicmp", compare_up_to<WCHAR, Case::ignored>>(),
      c_row<"wcscpy", copy<WCHAR>>(),
      c_row<"wcsncpy", copy_up_to<WCHAR>>(),
      c_row<"wcscat", append<WCHAR>>(),
      c_row<"wcschr", find<WCHAR>>(),
      c_row<"wcsrchr", find_last<WCHAR>>(),
      c_row<"wcsstr", find_text<WCHAR>>(),
      c_row<"towlower", lower<WCHAR>>(),
      c_row<"towupper", upcase>(),
  };
  return rows;
}

}  // namespace drydock::nt
