// SPDX-License-Identifier: Apache-2.0
// The part of ntstrsafe.h about UNICODE_STRING.
#pragma once

#include "wdm.h"

#ifdef WDK_DRIVER

FORCEINLINE NTSTATUS wdk_unicode_check(PCUNICODE_STRING s) {
  if (s == NULL) return STATUS_SUCCESS;
  if (s->Length % 2 != 0 || s->MaximumLength % 2 != 0 || s->Length > s->MaximumLength ||
      (s->Buffer == NULL && s->MaximumLength != 0)) {
    return STATUS_INVALID_PARAMETER;
  }
  return STATUS_SUCCESS;
}
#define RtlUnicodeStringValidate(s) ((s) == NULL ? STATUS_INVALID_PARAMETER : wdk_unicode_check(s))
#define RtlUnicodeStringValidateEx(s, flags) wdk_unicode_check(s)

// Puts `bytes` of source behind what `to` holds when append is set, else in its place.
FORCEINLINE NTSTATUS wdk_unicode_place(PUNICODE_STRING to, const WCHAR* source, size_t bytes,
                                       int append) {
  size_t used;
  NTSTATUS status = STATUS_SUCCESS;
  if (to == NULL || !NT_SUCCESS(wdk_unicode_check(to))) return STATUS_INVALID_PARAMETER;
  used = append ? to->Length : 0;
  if (bytes > to->MaximumLength - used) {
    bytes = to->MaximumLength - used;
    status = STATUS_BUFFER_OVERFLOW;
  }
  if (bytes != 0) RtlMoveMemory((PUCHAR)to->Buffer + used, source, bytes);
  to->Length = (USHORT)(used + bytes);
  return status;
}
FORCEINLINE NTSTATUS RtlUnicodeStringInit(PUNICODE_STRING to, PCWSTR source) {
  return RtlInitUnicodeStringEx(to, source);
}
FORCEINLINE NTSTATUS RtlUnicodeStringInitEx(PUNICODE_STRING to, PCWSTR source, ULONG flags) {
  (void)flags;
  return RtlInitUnicodeStringEx(to, source);
}
FORCEINLINE NTSTATUS RtlUnicodeStringCopyString(PUNICODE_STRING to, PCWSTR source) {
  return wdk_unicode_place(to, source, wcslen(source) * sizeof(WCHAR), 0);
}
FORCEINLINE NTSTATUS RtlUnicodeStringCbCopyStringN(PUNICODE_STRING to, PCWSTR source,
                                                   size_t bytes) {
  return wdk_unicode_place(to, source, wcsnlen(source, bytes / 2) * sizeof(WCHAR), 0);
}
FORCEINLINE NTSTATUS RtlUnicodeStringCchCopyStringN(PUNICODE_STRING to, PCWSTR source,
                                                    size_t count) {
  return wdk_unicode_place(to, source, wcsnlen(source, count) * sizeof(WCHAR), 0);
}
FORCEINLINE NTSTATUS RtlUnicodeStringCopy(PUNICODE_STRING to, PCUNICODE_STRING source) {
  return wdk_unicode_place(to, source->Buffer, source->Length, 0);
}
FORCEINLINE NTSTATUS RtlUnicodeStringCbCopyN(PUNICODE_STRING to, PCUNICODE_STRING source,
                                             size_t bytes) {
  return wdk_unicode_place(to, source->Buffer, min((size_t)source->Length, bytes), 0);
}
FORCEINLINE NTSTATUS RtlUnicodeStringCchCopyN(PUNICODE_STRING to, PCUNICODE_STRING source,
                                              size_t count) {
  return RtlUnicodeStringCbCopyN(to, source, count * sizeof(WCHAR));
}
FORCEINLINE NTSTATUS RtlUnicodeStringCatString(PUNICODE_STRING to, PCWSTR source) {
  return wdk_unicode_place(to, source, wcslen(source) * sizeof(WCHAR), 1);
}
FORCEINLINE NTSTATUS RtlUnicodeStringCbCatStringN(PUNICODE_STRING to, PCWSTR source, size_t bytes) {
  return wdk_unicode_place(to, source, wcsnlen(source, bytes / 2) * sizeof(WCHAR), 1);
}
FORCEINLINE NTSTATUS RtlUnicodeStringCchCatStringN(PUNICODE_STRING to, PCWSTR source,
                                                   size_t count) {
  return wdk_unicode_place(to, source, wcsnlen(source, count) * sizeof(WCHAR), 1);
}
FORCEINLINE NTSTATUS RtlUnicodeStringCat(PUNICODE_STRING to, PCUNICODE_STRING source) {
  return wdk_unicode_place(to, source->Buffer, source->Length, 1);
}
FORCEINLINE NTSTATUS RtlUnicodeStringCbCatN(PUNICODE_STRING to, PCUNICODE_STRING source,
                                            size_t bytes) {
  return wdk_unicode_place(to, source->Buffer, min((size_t)source->Length, bytes), 1);
}
FORCEINLINE NTSTATUS RtlUnicodeStringCchCatN(PUNICODE_STRING to, PCUNICODE_STRING source,
                                             size_t count) {
  return RtlUnicodeStringCbCatN(to, source, count * sizeof(WCHAR));
}
FORCEINLINE NTSTATUS RtlUnicodeStringVPrintf(PUNICODE_STRING to, PCWSTR format, va_list arguments) {
  size_t room;
  int written;
  if (to == NULL || !NT_SUCCESS(wdk_unicode_check(to))) return STATUS_INVALID_PARAMETER;
  room = to->MaximumLength / sizeof(WCHAR);
  if (room == 0) return *format == 0 ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
  written = _vsnwprintf(to->Buffer, room, format, arguments);
  if (written < 0 || (size_t)written > room) {
    to->Length = (USHORT)(room * sizeof(WCHAR));
    return STATUS_BUFFER_OVERFLOW;
  }
  to->Length = (USHORT)((size_t)written * sizeof(WCHAR));
  return STATUS_SUCCESS;
}
static inline __attribute__((unused)) NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING to,
                                                                      PCWSTR format, ...) {
  va_list arguments;
  NTSTATUS status;
  va_start(arguments, format);
  status = RtlUnicodeStringVPrintf(to, format, arguments);
  va_end(arguments);
  return status;
}

#endif  // WDK_DRIVER
