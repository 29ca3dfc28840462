// SPDX-License-Identifier: Apache-2.0
// What the routines of ntstrsafe.h share, for characters of type WDK_CHAR; included by that header,
// for each of them. `unit` is 1 when sizes are in characters, and a character's when in bytes.

// The length of s below limit, or limit when no terminator stands there.
FORCEINLINE size_t WDK_CORE(length)(const WDK_CHAR* s, size_t limit) {
  size_t n = 0;
  while (n < limit && s[n] != 0) ++n;
  return n;
}

// What the flags ask for when `used` characters have been written behind `before` ones, and what
// the caller hears. All in characters, but `remaining`.
FORCEINLINE NTSTATUS WDK_CORE(finish)(WDK_CHAR* to, size_t size, size_t before, size_t used,
                                      NTSTATUS status, WDK_CHAR** end, size_t* remaining,
                                      ULONG flags, size_t unit) {
  const UCHAR fill = (UCHAR)flags;
  if (NT_SUCCESS(status)) {
    if (flags & STRSAFE_FILL_BEHIND_NULL)
      RtlFillMemory(to + used + 1, (size - used - 1) * sizeof(WDK_CHAR), fill);
  } else {
    if (flags & STRSAFE_NO_TRUNCATION) used = before;
    if (flags & STRSAFE_FILL_ON_FAILURE) {
      RtlFillMemory(to, size * sizeof(WDK_CHAR), fill);
      used = fill == 0 ? 0 : size - 1;
    }
    if (flags & STRSAFE_NULL_ON_FAILURE) used = 0;
    to[used] = 0;
  }
  if (end != NULL) *end = to + used;
  if (remaining != NULL) *remaining = (size - used) * unit;
  return status;
}

// At most `limit` characters of source into `to`, or behind the text that is there.
FORCEINLINE NTSTATUS WDK_CORE(place)(WDK_CHAR* to, size_t size, int behind, const WDK_CHAR* source,
                                     size_t limit, WDK_CHAR** end, size_t* remaining, ULONG flags,
                                     size_t unit) {
  size_t used, room, count = 0;
  NTSTATUS status = STATUS_SUCCESS;
  size /= unit;
  limit /= unit;
  if (size == 0 || size > NTSTRSAFE_MAX_CCH) return STATUS_INVALID_PARAMETER;
  used = behind ? WDK_CORE(length)(to, size) : 0;
  if (used == size) return STATUS_INVALID_PARAMETER;
  if (source == NULL) {
    if (!(flags & STRSAFE_IGNORE_NULLS)) return STATUS_INVALID_PARAMETER;
    limit = 0;
  }
  room = size - used - 1;
  while (count < limit && source[count] != 0 && count < room) {
    to[used + count] = source[count];
    ++count;
  }
  if (count < limit && source[count] != 0) status = STATUS_BUFFER_OVERFLOW;
  to[used + count] = 0;
  return WDK_CORE(finish)(to, size, used, used + count, status, end, remaining, flags, unit);
}

FORCEINLINE NTSTATUS WDK_CORE(format)(WDK_CHAR* to, size_t size, WDK_CHAR** end, size_t* remaining,
                                      ULONG flags, size_t unit, const WDK_CHAR* format,
                                      va_list arguments) {
  int written;
  size /= unit;
  if (size == 0 || size > NTSTRSAFE_MAX_CCH) return STATUS_INVALID_PARAMETER;
  written = WDK_FORMAT(to, size - 1, format, arguments);
  if (written < 0 || (size_t)written > size - 1) {
    to[size - 1] = 0;
    return WDK_CORE(finish)(to, size, 0, size - 1, STATUS_BUFFER_OVERFLOW, end, remaining, flags,
                            unit);
  }
  to[written] = 0;
  return WDK_CORE(finish)(to, size, 0, (size_t)written, STATUS_SUCCESS, end, remaining, flags,
                          unit);
}

FORCEINLINE NTSTATUS WDK_CORE(measure)(const WDK_CHAR* s, size_t limit, size_t* length,
                                       size_t unit) {
  size_t n = 0;
  NTSTATUS status = STATUS_INVALID_PARAMETER;
  limit /= unit;
  if (s != NULL && limit <= NTSTRSAFE_MAX_CCH) {
    n = WDK_CORE(length)(s, limit);
    if (n < limit) status = STATUS_SUCCESS;
  }
  if (length != NULL) *length = NT_SUCCESS(status) ? n * unit : 0;
  return status;
}
