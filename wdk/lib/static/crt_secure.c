// SPDX-License-Identifier: Apache-2.0
// The checked string routines. Where a user-mode library would call a handler, the kernel's empty
// the destination and answer an error number.
#include <errno.h>
#include <ntddk.h>

int memcpy_s(void* destination, size_t size, const void* source, size_t count) {
  if (count == 0) return 0;
  if (destination == NULL) return EINVAL;
  if (source == NULL || size < count) {
    memset(destination, 0, size);
    return source == NULL ? EINVAL : ERANGE;
  }
  memcpy(destination, source, count);
  return 0;
}

int memmove_s(void* destination, size_t size, const void* source, size_t count) {
  if (count == 0) return 0;
  if (destination == NULL || source == NULL) return EINVAL;
  if (size < count) return ERANGE;
  memmove(destination, source, count);
  return 0;
}

// Puts `count` characters of source at destination[start] with a terminator, if both fit.
static int narrow_place(char* destination, size_t size, size_t start, const char* source,
                        size_t count, int truncate) {
  if (destination == NULL || size == 0) return EINVAL;
  if (source == NULL || start >= size) {
    destination[0] = 0;
    return EINVAL;
  }
  if (count >= size - start) {
    if (!truncate) {
      destination[0] = 0;
      return ERANGE;
    }
    count = size - start - 1;
  }
  memcpy(destination + start, source, count);
  destination[start + count] = 0;
  return 0;
}

static int wide_place(WCHAR* destination, size_t size, size_t start, const WCHAR* source,
                      size_t count, int truncate) {
  if (destination == NULL || size == 0) return EINVAL;
  if (source == NULL || start >= size) {
    destination[0] = 0;
    return EINVAL;
  }
  if (count >= size - start) {
    if (!truncate) {
      destination[0] = 0;
      return ERANGE;
    }
    count = size - start - 1;
  }
  memcpy(destination + start, source, count * sizeof(WCHAR));
  destination[start + count] = 0;
  return 0;
}

#define LENGTH(function, s, limit) ((s) == NULL ? 0 : function(s, limit))

int strcpy_s(char* destination, size_t size, const char* source) {
  return narrow_place(destination, size, 0, source, LENGTH(strnlen, source, size), 0);
}
int strcat_s(char* destination, size_t size, const char* source) {
  return narrow_place(destination, size, LENGTH(strnlen, destination, size), source,
                      LENGTH(strnlen, source, size), 0);
}
int strncpy_s(char* destination, size_t size, const char* source, size_t count) {
  return narrow_place(destination, size, 0, source, LENGTH(strnlen, source, count),
                      count == _TRUNCATE);
}
int strncat_s(char* destination, size_t size, const char* source, size_t count) {
  return narrow_place(destination, size, LENGTH(strnlen, destination, size), source,
                      LENGTH(strnlen, source, count), count == _TRUNCATE);
}
int wcscpy_s(WCHAR* destination, size_t size, const WCHAR* source) {
  return wide_place(destination, size, 0, source, LENGTH(wcsnlen, source, size), 0);
}
int wcscat_s(WCHAR* destination, size_t size, const WCHAR* source) {
  return wide_place(destination, size, LENGTH(wcsnlen, destination, size), source,
                    LENGTH(wcsnlen, source, size), 0);
}
int wcsncpy_s(WCHAR* destination, size_t size, const WCHAR* source, size_t count) {
  return wide_place(destination, size, 0, source, LENGTH(wcsnlen, source, count),
                    count == _TRUNCATE);
}
int wcsncat_s(WCHAR* destination, size_t size, const WCHAR* source, size_t count) {
  return wide_place(destination, size, LENGTH(wcsnlen, destination, size), source,
                    LENGTH(wcsnlen, source, count), count == _TRUNCATE);
}

int _vsnprintf_s(char* buffer, size_t size, size_t count, const char* format, va_list arguments) {
  size_t room = count < size ? count + 1 : size;
  int written = 0;
  if (buffer == NULL || size == 0) return -1;
  written = _vsnprintf(buffer, room, format, arguments);
  if (written >= 0 && (size_t)written < room) return written;
  buffer[room - 1] = 0;
  if (room == size && count != _TRUNCATE) buffer[0] = 0;
  return -1;
}

int _vsnwprintf_s(WCHAR* buffer, size_t size, size_t count, const WCHAR* format,
                  va_list arguments) {
  size_t room = count < size ? count + 1 : size;
  int written = 0;
  if (buffer == NULL || size == 0) return -1;
  written = _vsnwprintf(buffer, room, format, arguments);
  if (written >= 0 && (size_t)written < room) return written;
  buffer[room - 1] = 0;
  if (room == size && count != _TRUNCATE) buffer[0] = 0;
  return -1;
}

int vsprintf_s(char* buffer, size_t size, const char* format, va_list arguments) {
  return _vsnprintf_s(buffer, size, size, format, arguments);
}
int vswprintf_s(WCHAR* buffer, size_t size, const WCHAR* format, va_list arguments) {
  return _vsnwprintf_s(buffer, size, size, format, arguments);
}
int vsprintf(char* buffer, const char* format, va_list arguments) {
  return _vsnprintf(buffer, 0x7fffffff, format, arguments);
}
int vswprintf(WCHAR* buffer, const WCHAR* format, va_list arguments) {
  return _vsnwprintf(buffer, 0x3fffffff, format, arguments);
}

#define FORWARD(call)          \
  va_list arguments;           \
  int written = 0;             \
  va_start(arguments, format); \
  written = call;              \
  va_end(arguments);           \
  return written

int sprintf(char* buffer, const char* format, ...) {
  FORWARD(vsprintf(buffer, format, arguments));
}
int sprintf_s(char* buffer, size_t size, const char* format, ...) {
  FORWARD(vsprintf_s(buffer, size, format, arguments));
}
int swprintf_s(WCHAR* buffer, size_t size, const WCHAR* format, ...) {
  FORWARD(vswprintf_s(buffer, size, format, arguments));
}
int _snprintf_s(char* buffer, size_t size, size_t count, const char* format, ...) {
  FORWARD(_vsnprintf_s(buffer, size, count, format, arguments));
}
int _snwprintf_s(WCHAR* buffer, size_t size, size_t count, const WCHAR* format, ...) {
  FORWARD(_vsnwprintf_s(buffer, size, count, format, arguments));
}
