// SPDX-License-Identifier: Apache-2.0
// Counted and terminated strings that never overrun: RtlStringCb... (bytes) and RtlStringCch...
// (characters), each for narrow and wide text, and the counted RtlUnicodeString... routines.
// Written from their documentation; a driver carries its own copy, as with the original.
#pragma once

#include "wdm.h"

#ifdef WDK_DRIVER

#define NTSTRSAFE_MAX_CCH 2147483647
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(WCHAR))
#define NTSTRSAFE_MAX_LENGTH (NTSTRSAFE_MAX_CCH - 1)
#define NTSTRSAFEDDI FORCEINLINE NTSTATUS
#define STRSAFE_FILL_BEHIND_NULL 0x200
#define STRSAFE_IGNORE_NULLS 0x100
#define STRSAFE_FILL_ON_FAILURE 0x400
#define STRSAFE_NULL_ON_FAILURE 0x800
#define STRSAFE_NO_TRUNCATION 0x1000
#define STRSAFE_FILL_BYTE(x) ((ULONG)((x) & 0xff) | STRSAFE_FILL_BEHIND_NULL)
#define STRSAFE_FAILURE_BYTE(x) ((ULONG)((x) & 0xff) | STRSAFE_FILL_ON_FAILURE)
#define NTSTRSAFE_PSTR PSTR
#define NTSTRSAFE_PCSTR PCSTR
#define NTSTRSAFE_PCWSTR PCWSTR
typedef PCSTR STRSAFE_LPCSTR, STRSAFE_PCNZCH;
typedef PCWSTR STRSAFE_LPCWSTR, STRSAFE_PCNZWCH;
typedef PSTR STRSAFE_LPSTR;
typedef PWSTR STRSAFE_LPWSTR;

// The length of s below limit, or limit when no terminator stands there.
FORCEINLINE size_t wdk_str_length_a(const CHAR* s, size_t limit) {
  size_t n = 0;
  while (n < limit && s[n] != 0) ++n;
  return n;
}
// Copies count characters of source behind `used` ones; truncates and says so.
FORCEINLINE NTSTATUS wdk_str_place_a(CHAR* to, size_t size, size_t used, const CHAR* source,
                                     size_t count, CHAR** end, size_t* remaining) {
  NTSTATUS status = STATUS_SUCCESS;
  size_t room = size - used - 1;
  if (count > room) {
    count = room;
    status = STATUS_BUFFER_OVERFLOW;
  }
  RtlMoveMemory(to + used, source, count * sizeof(CHAR));
  to[used + count] = 0;
  if (end != NULL) *end = to + used + count;
  if (remaining != NULL) *remaining = size - used - count;
  return status;
}
FORCEINLINE NTSTATUS wdk_str_copy_a(CHAR* to, size_t size, const CHAR* source, size_t limit,
                                    CHAR** end, size_t* remaining, ULONG flags) {
  if (size == 0 || size > NTSTRSAFE_MAX_CCH) return STATUS_INVALID_PARAMETER;
  if (source == NULL) {
    if (!(flags & STRSAFE_IGNORE_NULLS)) return STATUS_INVALID_PARAMETER;
    limit = 0;
  }
  if (limit > NTSTRSAFE_MAX_CCH) limit = NTSTRSAFE_MAX_CCH;
  return wdk_str_place_a(to, size, 0, source, limit == 0 ? 0 : wdk_str_length_a(source, limit), end,
                         remaining);
}
FORCEINLINE NTSTATUS wdk_str_cat_a(CHAR* to, size_t size, const CHAR* source, size_t limit,
                                   CHAR** end, size_t* remaining, ULONG flags) {
  size_t used;
  if (size == 0 || size > NTSTRSAFE_MAX_CCH) return STATUS_INVALID_PARAMETER;
  used = wdk_str_length_a(to, size);
  if (used == size) return STATUS_INVALID_PARAMETER;
  if (source == NULL) {
    if (!(flags & STRSAFE_IGNORE_NULLS)) return STATUS_INVALID_PARAMETER;
    limit = 0;
  }
  if (limit > NTSTRSAFE_MAX_CCH) limit = NTSTRSAFE_MAX_CCH;
  return wdk_str_place_a(to, size, used, source, limit == 0 ? 0 : wdk_str_length_a(source, limit),
                         end, remaining);
}
FORCEINLINE NTSTATUS wdk_str_format_a(CHAR* to, size_t size, CHAR** end, size_t* remaining,
                                      const CHAR* format, va_list arguments) {
  NTSTATUS status = STATUS_SUCCESS;
  size_t written;
  int result;
  if (size == 0 || size > NTSTRSAFE_MAX_CCH) return STATUS_INVALID_PARAMETER;
  result = _vsnprintf(to, size - 1, format, arguments);
  if (result < 0 || (size_t)result > size - 1) {
    to[size - 1] = 0;
    written = size - 1;
    status = STATUS_BUFFER_OVERFLOW;
  } else {
    written = (size_t)result;
    to[written] = 0;
  }
  if (end != NULL) *end = to + written;
  if (remaining != NULL) *remaining = size - written;
  return status;
}
// The length of s below limit, or limit when no terminator stands there.
FORCEINLINE size_t wdk_str_length_w(const WCHAR* s, size_t limit) {
  size_t n = 0;
  while (n < limit && s[n] != 0) ++n;
  return n;
}
// Copies count characters of source behind `used` ones; truncates and says so.
FORCEINLINE NTSTATUS wdk_str_place_w(WCHAR* to, size_t size, size_t used, const WCHAR* source,
                                     size_t count, WCHAR** end, size_t* remaining) {
  NTSTATUS status = STATUS_SUCCESS;
  size_t room = size - used - 1;
  if (count > room) {
    count = room;
    status = STATUS_BUFFER_OVERFLOW;
  }
  RtlMoveMemory(to + used, source, count * sizeof(WCHAR));
  to[used + count] = 0;
  if (end != NULL) *end = to + used + count;
  if (remaining != NULL) *remaining = size - used - count;
  return status;
}
FORCEINLINE NTSTATUS wdk_str_copy_w(WCHAR* to, size_t size, const WCHAR* source, size_t limit,
                                    WCHAR** end, size_t* remaining, ULONG flags) {
  if (size == 0 || size > NTSTRSAFE_MAX_CCH) return STATUS_INVALID_PARAMETER;
  if (source == NULL) {
    if (!(flags & STRSAFE_IGNORE_NULLS)) return STATUS_INVALID_PARAMETER;
    limit = 0;
  }
  if (limit > NTSTRSAFE_MAX_CCH) limit = NTSTRSAFE_MAX_CCH;
  return wdk_str_place_w(to, size, 0, source, limit == 0 ? 0 : wdk_str_length_w(source, limit), end,
                         remaining);
}
FORCEINLINE NTSTATUS wdk_str_cat_w(WCHAR* to, size_t size, const WCHAR* source, size_t limit,
                                   WCHAR** end, size_t* remaining, ULONG flags) {
  size_t used;
  if (size == 0 || size > NTSTRSAFE_MAX_CCH) return STATUS_INVALID_PARAMETER;
  used = wdk_str_length_w(to, size);
  if (used == size) return STATUS_INVALID_PARAMETER;
  if (source == NULL) {
    if (!(flags & STRSAFE_IGNORE_NULLS)) return STATUS_INVALID_PARAMETER;
    limit = 0;
  }
  if (limit > NTSTRSAFE_MAX_CCH) limit = NTSTRSAFE_MAX_CCH;
  return wdk_str_place_w(to, size, used, source, limit == 0 ? 0 : wdk_str_length_w(source, limit),
                         end, remaining);
}
FORCEINLINE NTSTATUS wdk_str_format_w(WCHAR* to, size_t size, WCHAR** end, size_t* remaining,
                                      const WCHAR* format, va_list arguments) {
  NTSTATUS status = STATUS_SUCCESS;
  size_t written;
  int result;
  if (size == 0 || size > NTSTRSAFE_MAX_CCH) return STATUS_INVALID_PARAMETER;
  result = _vsnwprintf(to, size - 1, format, arguments);
  if (result < 0 || (size_t)result > size - 1) {
    to[size - 1] = 0;
    written = size - 1;
    status = STATUS_BUFFER_OVERFLOW;
  } else {
    written = (size_t)result;
    to[written] = 0;
  }
  if (end != NULL) *end = to + written;
  if (remaining != NULL) *remaining = size - written;
  return status;
}

NTSTRSAFEDDI RtlStringCbCopyA(CHAR* to, size_t size, const CHAR* source) {
  return wdk_str_copy_a(to, size, source, NTSTRSAFE_MAX_CCH, NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCbCopyNA(CHAR* to, size_t size, const CHAR* source, size_t count) {
  return wdk_str_copy_a(to, size, source, count, NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCbCopyExA(CHAR* to, size_t size, const CHAR* source, CHAR** end,
                                size_t* remaining, ULONG flags) {
  NTSTATUS status = wdk_str_copy_a(to, size, source, NTSTRSAFE_MAX_CCH, end, remaining, flags);
  return status;
}
NTSTRSAFEDDI RtlStringCbCopyNExA(CHAR* to, size_t size, const CHAR* source, size_t count,
                                 CHAR** end, size_t* remaining, ULONG flags) {
  NTSTATUS status = wdk_str_copy_a(to, size, source, count, end, remaining, flags);
  return status;
}
NTSTRSAFEDDI RtlStringCbCatA(CHAR* to, size_t size, const CHAR* source) {
  return wdk_str_cat_a(to, size, source, NTSTRSAFE_MAX_CCH, NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCbCatNA(CHAR* to, size_t size, const CHAR* source, size_t count) {
  return wdk_str_cat_a(to, size, source, count, NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCbCatExA(CHAR* to, size_t size, const CHAR* source, CHAR** end,
                               size_t* remaining, ULONG flags) {
  NTSTATUS status = wdk_str_cat_a(to, size, source, NTSTRSAFE_MAX_CCH, end, remaining, flags);
  return status;
}
NTSTRSAFEDDI RtlStringCbCatNExA(CHAR* to, size_t size, const CHAR* source, size_t count, CHAR** end,
                                size_t* remaining, ULONG flags) {
  NTSTATUS status = wdk_str_cat_a(to, size, source, count, end, remaining, flags);
  return status;
}
NTSTRSAFEDDI RtlStringCbVPrintfA(CHAR* to, size_t size, const CHAR* format, va_list arguments) {
  return wdk_str_format_a(to, size, NULL, NULL, format, arguments);
}
NTSTRSAFEDDI RtlStringCbVPrintfExA(CHAR* to, size_t size, CHAR** end, size_t* remaining,
                                   ULONG flags, const CHAR* format, va_list arguments) {
  NTSTATUS status = wdk_str_format_a(to, size, end, remaining, format, arguments);
  (void)flags;
  return status;
}
static inline __attribute__((unused)) NTSTATUS RtlStringCbPrintfA(CHAR* to, size_t size,
                                                                  const CHAR* format, ...) {
  va_list arguments;
  NTSTATUS status;
  va_start(arguments, format);
  status = wdk_str_format_a(to, size, NULL, NULL, format, arguments);
  va_end(arguments);
  return status;
}
static inline __attribute__((unused)) NTSTATUS RtlStringCbPrintfExA(CHAR* to, size_t size,
                                                                    CHAR** end, size_t* remaining,
                                                                    ULONG flags, const CHAR* format,
                                                                    ...) {
  va_list arguments;
  NTSTATUS status;
  (void)flags;
  va_start(arguments, format);
  status = wdk_str_format_a(to, size, end, remaining, format, arguments);
  va_end(arguments);
  return status;
}
NTSTRSAFEDDI RtlStringCbLengthA(const CHAR* s, size_t limit, size_t* length) {
  size_t n = 0;
  NTSTATUS status = STATUS_INVALID_PARAMETER;
  if (s != NULL && limit <= NTSTRSAFE_MAX_CCH) {
    n = wdk_str_length_a(s, limit);
    status = n < limit ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
  }
  if (length != NULL) *length = NT_SUCCESS(status) ? n : 0;
  return status;
}

NTSTRSAFEDDI RtlStringCchCopyA(CHAR* to, size_t size, const CHAR* source) {
  return wdk_str_copy_a(to, size, source, NTSTRSAFE_MAX_CCH, NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCchCopyNA(CHAR* to, size_t size, const CHAR* source, size_t count) {
  return wdk_str_copy_a(to, size, source, count, NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCchCopyExA(CHAR* to, size_t size, const CHAR* source, CHAR** end,
                                 size_t* remaining, ULONG flags) {
  NTSTATUS status = wdk_str_copy_a(to, size, source, NTSTRSAFE_MAX_CCH, end, remaining, flags);
  return status;
}
NTSTRSAFEDDI RtlStringCchCopyNExA(CHAR* to, size_t size, const CHAR* source, size_t count,
                                  CHAR** end, size_t* remaining, ULONG flags) {
  NTSTATUS status = wdk_str_copy_a(to, size, source, count, end, remaining, flags);
  return status;
}
NTSTRSAFEDDI RtlStringCchCatA(CHAR* to, size_t size, const CHAR* source) {
  return wdk_str_cat_a(to, size, source, NTSTRSAFE_MAX_CCH, NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCchCatNA(CHAR* to, size_t size, const CHAR* source, size_t count) {
  return wdk_str_cat_a(to, size, source, count, NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCchCatExA(CHAR* to, size_t size, const CHAR* source, CHAR** end,
                                size_t* remaining, ULONG flags) {
  NTSTATUS status = wdk_str_cat_a(to, size, source, NTSTRSAFE_MAX_CCH, end, remaining, flags);
  return status;
}
NTSTRSAFEDDI RtlStringCchCatNExA(CHAR* to, size_t size, const CHAR* source, size_t count,
                                 CHAR** end, size_t* remaining, ULONG flags) {
  NTSTATUS status = wdk_str_cat_a(to, size, source, count, end, remaining, flags);
  return status;
}
NTSTRSAFEDDI RtlStringCchVPrintfA(CHAR* to, size_t size, const CHAR* format, va_list arguments) {
  return wdk_str_format_a(to, size, NULL, NULL, format, arguments);
}
NTSTRSAFEDDI RtlStringCchVPrintfExA(CHAR* to, size_t size, CHAR** end, size_t* remaining,
                                    ULONG flags, const CHAR* format, va_list arguments) {
  NTSTATUS status = wdk_str_format_a(to, size, end, remaining, format, arguments);
  (void)flags;
  return status;
}
static inline __attribute__((unused)) NTSTATUS RtlStringCchPrintfA(CHAR* to, size_t size,
                                                                   const CHAR* format, ...) {
  va_list arguments;
  NTSTATUS status;
  va_start(arguments, format);
  status = wdk_str_format_a(to, size, NULL, NULL, format, arguments);
  va_end(arguments);
  return status;
}
static inline __attribute__((unused)) NTSTATUS RtlStringCchPrintfExA(CHAR* to, size_t size,
                                                                     CHAR** end, size_t* remaining,
                                                                     ULONG flags,
                                                                     const CHAR* format, ...) {
  va_list arguments;
  NTSTATUS status;
  (void)flags;
  va_start(arguments, format);
  status = wdk_str_format_a(to, size, end, remaining, format, arguments);
  va_end(arguments);
  return status;
}
NTSTRSAFEDDI RtlStringCchLengthA(const CHAR* s, size_t limit, size_t* length) {
  size_t n = 0;
  NTSTATUS status = STATUS_INVALID_PARAMETER;
  if (s != NULL && limit <= NTSTRSAFE_MAX_CCH) {
    n = wdk_str_length_a(s, limit);
    status = n < limit ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
  }
  if (length != NULL) *length = NT_SUCCESS(status) ? n : 0;
  return status;
}

NTSTRSAFEDDI RtlStringCbCopyW(WCHAR* to, size_t size, const WCHAR* source) {
  return wdk_str_copy_w(to, size / sizeof(WCHAR), source, NTSTRSAFE_MAX_CCH, NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCbCopyNW(WCHAR* to, size_t size, const WCHAR* source, size_t count) {
  return wdk_str_copy_w(to, size / sizeof(WCHAR), source, count / sizeof(WCHAR), NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCbCopyExW(WCHAR* to, size_t size, const WCHAR* source, WCHAR** end,
                                size_t* remaining, ULONG flags) {
  NTSTATUS status =
      wdk_str_copy_w(to, size / sizeof(WCHAR), source, NTSTRSAFE_MAX_CCH, end, remaining, flags);
  if (remaining != NULL) *remaining *= sizeof(WCHAR);
  return status;
}
NTSTRSAFEDDI RtlStringCbCopyNExW(WCHAR* to, size_t size, const WCHAR* source, size_t count,
                                 WCHAR** end, size_t* remaining, ULONG flags) {
  NTSTATUS status = wdk_str_copy_w(to, size / sizeof(WCHAR), source, count / sizeof(WCHAR), end,
                                   remaining, flags);
  if (remaining != NULL) *remaining *= sizeof(WCHAR);
  return status;
}
NTSTRSAFEDDI RtlStringCbCatW(WCHAR* to, size_t size, const WCHAR* source) {
  return wdk_str_cat_w(to, size / sizeof(WCHAR), source, NTSTRSAFE_MAX_CCH, NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCbCatNW(WCHAR* to, size_t size, const WCHAR* source, size_t count) {
  return wdk_str_cat_w(to, size / sizeof(WCHAR), source, count / sizeof(WCHAR), NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCbCatExW(WCHAR* to, size_t size, const WCHAR* source, WCHAR** end,
                               size_t* remaining, ULONG flags) {
  NTSTATUS status =
      wdk_str_cat_w(to, size / sizeof(WCHAR), source, NTSTRSAFE_MAX_CCH, end, remaining, flags);
  if (remaining != NULL) *remaining *= sizeof(WCHAR);
  return status;
}
NTSTRSAFEDDI RtlStringCbCatNExW(WCHAR* to, size_t size, const WCHAR* source, size_t count,
                                WCHAR** end, size_t* remaining, ULONG flags) {
  NTSTATUS status =
      wdk_str_cat_w(to, size / sizeof(WCHAR), source, count / sizeof(WCHAR), end, remaining, flags);
  if (remaining != NULL) *remaining *= sizeof(WCHAR);
  return status;
}
NTSTRSAFEDDI RtlStringCbVPrintfW(WCHAR* to, size_t size, const WCHAR* format, va_list arguments) {
  return wdk_str_format_w(to, size / sizeof(WCHAR), NULL, NULL, format, arguments);
}
NTSTRSAFEDDI RtlStringCbVPrintfExW(WCHAR* to, size_t size, WCHAR** end, size_t* remaining,
                                   ULONG flags, const WCHAR* format, va_list arguments) {
  NTSTATUS status = wdk_str_format_w(to, size / sizeof(WCHAR), end, remaining, format, arguments);
  (void)flags;
  if (remaining != NULL) *remaining *= sizeof(WCHAR);
  return status;
}
static inline __attribute__((unused)) NTSTATUS RtlStringCbPrintfW(WCHAR* to, size_t size,
                                                                  const WCHAR* format, ...) {
  va_list arguments;
  NTSTATUS status;
  va_start(arguments, format);
  status = wdk_str_format_w(to, size / sizeof(WCHAR), NULL, NULL, format, arguments);
  va_end(arguments);
  return status;
}
static inline __attribute__((unused)) NTSTATUS RtlStringCbPrintfExW(WCHAR* to, size_t size,
                                                                    WCHAR** end, size_t* remaining,
                                                                    ULONG flags,
                                                                    const WCHAR* format, ...) {
  va_list arguments;
  NTSTATUS status;
  (void)flags;
  va_start(arguments, format);
  status = wdk_str_format_w(to, size / sizeof(WCHAR), end, remaining, format, arguments);
  va_end(arguments);
  if (remaining != NULL) *remaining *= sizeof(WCHAR);
  return status;
}
NTSTRSAFEDDI RtlStringCbLengthW(const WCHAR* s, size_t limit, size_t* length) {
  size_t n = 0;
  NTSTATUS status = STATUS_INVALID_PARAMETER;
  if (s != NULL && limit / sizeof(WCHAR) <= NTSTRSAFE_MAX_CCH) {
    n = wdk_str_length_w(s, limit / sizeof(WCHAR));
    status = n < limit / sizeof(WCHAR) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
  }
  if (length != NULL) *length = NT_SUCCESS(status) ? n * sizeof(WCHAR) : 0;
  return status;
}

NTSTRSAFEDDI RtlStringCchCopyW(WCHAR* to, size_t size, const WCHAR* source) {
  return wdk_str_copy_w(to, size, source, NTSTRSAFE_MAX_CCH, NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCchCopyNW(WCHAR* to, size_t size, const WCHAR* source, size_t count) {
  return wdk_str_copy_w(to, size, source, count, NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCchCopyExW(WCHAR* to, size_t size, const WCHAR* source, WCHAR** end,
                                 size_t* remaining, ULONG flags) {
  NTSTATUS status = wdk_str_copy_w(to, size, source, NTSTRSAFE_MAX_CCH, end, remaining, flags);
  return status;
}
NTSTRSAFEDDI RtlStringCchCopyNExW(WCHAR* to, size_t size, const WCHAR* source, size_t count,
                                  WCHAR** end, size_t* remaining, ULONG flags) {
  NTSTATUS status = wdk_str_copy_w(to, size, source, count, end, remaining, flags);
  return status;
}
NTSTRSAFEDDI RtlStringCchCatW(WCHAR* to, size_t size, const WCHAR* source) {
  return wdk_str_cat_w(to, size, source, NTSTRSAFE_MAX_CCH, NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCchCatNW(WCHAR* to, size_t size, const WCHAR* source, size_t count) {
  return wdk_str_cat_w(to, size, source, count, NULL, NULL, 0);
}
NTSTRSAFEDDI RtlStringCchCatExW(WCHAR* to, size_t size, const WCHAR* source, WCHAR** end,
                                size_t* remaining, ULONG flags) {
  NTSTATUS status = wdk_str_cat_w(to, size, source, NTSTRSAFE_MAX_CCH, end, remaining, flags);
  return status;
}
NTSTRSAFEDDI RtlStringCchCatNExW(WCHAR* to, size_t size, const WCHAR* source, size_t count,
                                 WCHAR** end, size_t* remaining, ULONG flags) {
  NTSTATUS status = wdk_str_cat_w(to, size, source, count, end, remaining, flags);
  return status;
}
NTSTRSAFEDDI RtlStringCchVPrintfW(WCHAR* to, size_t size, const WCHAR* format, va_list arguments) {
  return wdk_str_format_w(to, size, NULL, NULL, format, arguments);
}
NTSTRSAFEDDI RtlStringCchVPrintfExW(WCHAR* to, size_t size, WCHAR** end, size_t* remaining,
                                    ULONG flags, const WCHAR* format, va_list arguments) {
  NTSTATUS status = wdk_str_format_w(to, size, end, remaining, format, arguments);
  (void)flags;
  return status;
}
static inline __attribute__((unused)) NTSTATUS RtlStringCchPrintfW(WCHAR* to, size_t size,
                                                                   const WCHAR* format, ...) {
  va_list arguments;
  NTSTATUS status;
  va_start(arguments, format);
  status = wdk_str_format_w(to, size, NULL, NULL, format, arguments);
  va_end(arguments);
  return status;
}
static inline __attribute__((unused)) NTSTATUS RtlStringCchPrintfExW(WCHAR* to, size_t size,
                                                                     WCHAR** end, size_t* remaining,
                                                                     ULONG flags,
                                                                     const WCHAR* format, ...) {
  va_list arguments;
  NTSTATUS status;
  (void)flags;
  va_start(arguments, format);
  status = wdk_str_format_w(to, size, end, remaining, format, arguments);
  va_end(arguments);
  return status;
}
NTSTRSAFEDDI RtlStringCchLengthW(const WCHAR* s, size_t limit, size_t* length) {
  size_t n = 0;
  NTSTATUS status = STATUS_INVALID_PARAMETER;
  if (s != NULL && limit <= NTSTRSAFE_MAX_CCH) {
    n = wdk_str_length_w(s, limit);
    status = n < limit ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
  }
  if (length != NULL) *length = NT_SUCCESS(status) ? n : 0;
  return status;
}
#define RtlStringCbCopy RtlStringCbCopyW
#define RtlStringCchCopy RtlStringCchCopyW
#define RtlStringCbCopyN RtlStringCbCopyNW
#define RtlStringCchCopyN RtlStringCchCopyNW
#define RtlStringCbCopyEx RtlStringCbCopyExW
#define RtlStringCchCopyEx RtlStringCchCopyExW
#define RtlStringCbCopyNEx RtlStringCbCopyNExW
#define RtlStringCchCopyNEx RtlStringCchCopyNExW
#define RtlStringCbCat RtlStringCbCatW
#define RtlStringCchCat RtlStringCchCatW
#define RtlStringCbCatN RtlStringCbCatNW
#define RtlStringCchCatN RtlStringCchCatNW
#define RtlStringCbCatEx RtlStringCbCatExW
#define RtlStringCchCatEx RtlStringCchCatExW
#define RtlStringCbCatNEx RtlStringCbCatNExW
#define RtlStringCchCatNEx RtlStringCchCatNExW
#define RtlStringCbVPrintf RtlStringCbVPrintfW
#define RtlStringCchVPrintf RtlStringCchVPrintfW
#define RtlStringCbVPrintfEx RtlStringCbVPrintfExW
#define RtlStringCchVPrintfEx RtlStringCchVPrintfExW
#define RtlStringCbPrintf RtlStringCbPrintfW
#define RtlStringCchPrintf RtlStringCchPrintfW
#define RtlStringCbPrintfEx RtlStringCbPrintfExW
#define RtlStringCchPrintfEx RtlStringCchPrintfExW
#define RtlStringCbLength RtlStringCbLengthW
#define RtlStringCchLength RtlStringCchLengthW

#include "ntunistrsafe.h"

#endif  // WDK_DRIVER
