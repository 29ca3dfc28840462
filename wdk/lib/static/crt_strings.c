// SPDX-License-Identifier: Apache-2.0
// String routines that Windows' kernel exports and the simulated one does not: linked into the
// driver that uses them.
#include <ntddk.h>

static int narrow_lower(int c) {
  return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

size_t strnlen(const char* s, size_t count) {
  size_t n = 0;
  while (n < count && s[n] != 0) ++n;
  return n;
}

size_t wcsnlen(const WCHAR* s, size_t count) {
  size_t n = 0;
  while (n < count && s[n] != 0) ++n;
  return n;
}

void* _memccpy(void* destination, const void* source, int value, size_t count) {
  unsigned char* to = destination;
  const unsigned char* from = source;
  while (count-- != 0) {
    if ((*to++ = *from++) == (unsigned char)value) return to;
  }
  return NULL;
}

char* strcat(char* destination, const char* source) {
  strcpy(destination + strlen(destination), source);
  return destination;
}

char* strncat(char* destination, const char* source, size_t count) {
  char* end = destination + strlen(destination);
  size_t n = strnlen(source, count);
  memcpy(end, source, n);
  end[n] = 0;
  return destination;
}

WCHAR* wcsncat(WCHAR* destination, const WCHAR* source, size_t count) {
  WCHAR* end = destination + wcslen(destination);
  size_t n = wcsnlen(source, count);
  memcpy(end, source, n * sizeof(WCHAR));
  end[n] = 0;
  return destination;
}

size_t strspn(const char* s, const char* accepted) {
  size_t n = 0;
  while (s[n] != 0 && strchr(accepted, s[n]) != NULL) ++n;
  return n;
}

size_t strcspn(const char* s, const char* refused) {
  size_t n = 0;
  while (s[n] != 0 && strchr(refused, s[n]) == NULL) ++n;
  return n;
}

char* strpbrk(const char* s, const char* accepted) {
  s += strcspn(s, accepted);
  return *s != 0 ? (char*)s : NULL;
}

size_t wcsspn(const WCHAR* s, const WCHAR* accepted) {
  size_t n = 0;
  while (s[n] != 0 && wcschr(accepted, s[n]) != NULL) ++n;
  return n;
}

size_t wcscspn(const WCHAR* s, const WCHAR* refused) {
  size_t n = 0;
  while (s[n] != 0 && wcschr(refused, s[n]) == NULL) ++n;
  return n;
}

WCHAR* wcspbrk(const WCHAR* s, const WCHAR* accepted) {
  s += wcscspn(s, accepted);
  return *s != 0 ? (WCHAR*)s : NULL;
}

char* _strlwr(char* s) {
  for (char* p = s; *p != 0; ++p) *p = (char)narrow_lower(*p);
  return s;
}

char* _strupr(char* s) {
  for (char* p = s; *p != 0; ++p) {
    if (*p >= 'a' && *p <= 'z') *p = (char)(*p - 32);
  }
  return s;
}

WCHAR* _wcslwr(WCHAR* s) {
  for (WCHAR* p = s; *p != 0; ++p) {
    if (*p >= 'A' && *p <= 'Z') *p = (WCHAR)(*p + 32);
  }
  return s;
}

WCHAR* _wcsupr(WCHAR* s) {
  for (WCHAR* p = s; *p != 0; ++p) {
    if (*p >= 'a' && *p <= 'z') *p = (WCHAR)(*p - 32);
  }
  return s;
}

char* _strrev(char* s) {
  size_t n = strlen(s);
  for (size_t i = 0; i < n / 2; ++i) {
    char kept = s[i];
    s[i] = s[n - 1 - i];
    s[n - 1 - i] = kept;
  }
  return s;
}

WCHAR* _wcsrev(WCHAR* s) {
  size_t n = wcslen(s);
  for (size_t i = 0; i < n / 2; ++i) {
    WCHAR kept = s[i];
    s[i] = s[n - 1 - i];
    s[n - 1 - i] = kept;
  }
  return s;
}

char* strtok_s(char* s, const char* separators, char** context) {
  if (s == NULL) s = *context;
  s += strspn(s, separators);
  char* end = s + strcspn(s, separators);
  *context = *end != 0 ? end + 1 : end;
  *end = 0;
  return *s != 0 ? s : NULL;
}

WCHAR* wcstok_s(WCHAR* s, const WCHAR* separators, WCHAR** context) {
  if (s == NULL) s = *context;
  s += wcsspn(s, separators);
  WCHAR* end = s + wcscspn(s, separators);
  *context = *end != 0 ? end + 1 : end;
  *end = 0;
  return *s != 0 ? s : NULL;
}

size_t mbstowcs(WCHAR* destination, const char* source, size_t count) {
  size_t n = 0;
  if (destination == NULL) return strlen(source);
  for (; n < count; ++n) {
    destination[n] = (unsigned char)source[n];
    if (source[n] == 0) break;
  }
  return n;
}

size_t wcstombs(char* destination, const WCHAR* source, size_t count) {
  size_t n = 0;
  if (destination == NULL) return wcslen(source);
  for (; n < count; ++n) {
    destination[n] = source[n] < 0x100 ? (char)source[n] : '?';
    if (source[n] == 0) break;
  }
  return n;
}
