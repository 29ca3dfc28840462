// SPDX-License-Identifier: Apache-2.0
// Characters and numbers of the C library, as the kernel has them in the "C" locale.
#include <ntddk.h>

int isdigit(int c) {
  return c >= '0' && c <= '9';
}
int isupper(int c) {
  return c >= 'A' && c <= 'Z';
}
int islower(int c) {
  return c >= 'a' && c <= 'z';
}
int isalpha(int c) {
  return isupper(c) || islower(c);
}
int isalnum(int c) {
  return isalpha(c) || isdigit(c);
}
int isxdigit(int c) {
  return isdigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
int isspace(int c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
int isprint(int c) {
  return c >= 0x20 && c < 0x7f;
}
int ispunct(int c) {
  return isprint(c) && c != ' ' && !isalnum(c);
}
int toupper(int c) {
  return islower(c) ? c - 32 : c;
}
int tolower(int c) {
  return isupper(c) ? c + 32 : c;
}
int iswalpha(WCHAR c) {
  return isalpha(c);
}
int iswdigit(WCHAR c) {
  return isdigit(c);
}
int iswspace(WCHAR c) {
  return isspace(c);
}
int abs(int value) {
  return value < 0 ? -value : value;
}
long labs(long value) {
  return value < 0 ? -value : value;
}

static int digit_of(int c) {
  if (isdigit(c)) return c - '0';
  if (isalpha(c)) return tolower(c) - 'a' + 10;
  return 99;
}

// Reads an integer as strtol and strtoul do, from text of either width through `at`. What is too
// large for the result is its greatest value.
typedef int (*CHARACTER)(const void* s, size_t i);
static int narrow(const void* s, size_t i) {
  return ((const unsigned char*)s)[i];
}
static int wide(const void* s, size_t i) {
  return ((const WCHAR*)s)[i];
}

static unsigned long long number(CHARACTER at, const void* s, int base, size_t* used, int* minus) {
  size_t i = 0;
  unsigned long long value = 0;
  int any = 0;
  while (isspace(at(s, i))) ++i;
  *minus = at(s, i) == '-';
  if (at(s, i) == '-' || at(s, i) == '+') ++i;
  if ((base == 0 || base == 16) && at(s, i) == '0' && tolower(at(s, i + 1)) == 'x' &&
      isxdigit(at(s, i + 2))) {
    base = 16;
    i += 2;
  } else if (base == 0) {
    base = at(s, i) == '0' ? 8 : 10;
  }
  while (digit_of(at(s, i)) < base) {
    unsigned long long digit = (unsigned long long)digit_of(at(s, i));
    int fits = value <= (~0ULL - digit) / (unsigned long long)base;
    value = fits ? value * (unsigned long long)base + digit : ~0ULL;
    any = 1;
    ++i;
  }
  *used = any ? i : 0;
  return value;
}

static unsigned long unsigned_of(unsigned long long value, int minus) {
  if (value > 0xffffffffULL) return 0xffffffffUL;
  return minus ? (unsigned long)(0 - value) : (unsigned long)value;
}

static long signed_of(unsigned long long value, int minus) {
  if (value > 0x7fffffffULL) return minus ? (long)0x80000000UL : 0x7fffffffL;
  return minus ? -(long)value : (long)value;
}

unsigned long strtoul(const char* s, char** end, int base) {
  size_t used = 0;
  int minus = 0;
  unsigned long long value = number(narrow, s, base, &used, &minus);
  if (end != NULL) *end = (char*)s + used;
  return unsigned_of(value, minus);
}

long strtol(const char* s, char** end, int base) {
  size_t used = 0;
  int minus = 0;
  unsigned long long value = number(narrow, s, base, &used, &minus);
  if (end != NULL) *end = (char*)s + used;
  return signed_of(value, minus);
}

unsigned long wcstoul(const WCHAR* s, WCHAR** end, int base) {
  size_t used = 0;
  int minus = 0;
  unsigned long long value = number(wide, s, base, &used, &minus);
  if (end != NULL) *end = (WCHAR*)s + used;
  return unsigned_of(value, minus);
}

long wcstol(const WCHAR* s, WCHAR** end, int base) {
  size_t used = 0;
  int minus = 0;
  unsigned long long value = number(wide, s, base, &used, &minus);
  if (end != NULL) *end = (WCHAR*)s + used;
  return signed_of(value, minus);
}

long atol(const char* s) {
  return strtol(s, NULL, 10);
}
int _wtoi(const WCHAR* s) {
  return wcstol(s, NULL, 10);
}
long _wtol(const WCHAR* s) {
  return wcstol(s, NULL, 10);
}
long long _atoi64(const char* s) {
  size_t used = 0;
  int minus = 0;
  unsigned long long value = number(narrow, s, 10, &used, &minus);
  if (value > 0x7fffffffffffffffULL)
    return minus ? -0x7fffffffffffffffLL - 1 : 0x7fffffffffffffffLL;
  return minus ? -(long long)value : (long long)value;
}

// Writes the digits backwards into `digits` and says how many.
static int digits_of(unsigned long value, int base, char digits[33]) {
  int n = 0;
  do {
    digits[n++] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % (unsigned long)base];
    value /= (unsigned long)base;
  } while (value != 0);
  return n;
}

char* _ultoa(unsigned long value, char* buffer, int base) {
  char digits[33];
  int n = digits_of(value, base, digits);
  for (int i = 0; i < n; ++i) buffer[i] = digits[n - 1 - i];
  buffer[n] = 0;
  return buffer;
}

WCHAR* _ultow(unsigned long value, WCHAR* buffer, int base) {
  char digits[33];
  int n = digits_of(value, base, digits);
  for (int i = 0; i < n; ++i) buffer[i] = (WCHAR)digits[n - 1 - i];
  buffer[n] = 0;
  return buffer;
}

char* _itoa(int value, char* buffer, int base) {
  int minus = value < 0 && base == 10;
  if (minus) *buffer = '-';
  _ultoa(minus ? 0UL - (unsigned long)value : (unsigned long)value, buffer + minus, base);
  return buffer;
}

WCHAR* _itow(int value, WCHAR* buffer, int base) {
  int minus = value < 0 && base == 10;
  if (minus) *buffer = '-';
  _ultow(minus ? 0UL - (unsigned long)value : (unsigned long)value, buffer + minus, base);
  return buffer;
}

void* bsearch(const void* key, const void* base, size_t count, size_t size,
              int (*compare)(const void*, const void*)) {
  size_t low = 0;
  while (low < count) {
    size_t middle = low + (count - low) / 2;
    const char* element = (const char*)base + middle * size;
    int order = compare(key, element);
    if (order == 0) return (void*)element;
    if (order > 0) {
      low = middle + 1;
    } else {
      count = middle;
    }
  }
  return NULL;
}

// The generator of Microsoft's C library; one for the driver, as the kernel has one for all.
static unsigned random_state = 1;

void srand(unsigned seed) {
  random_state = seed;
}
int rand(void) {
  random_state = random_state * 214013u + 2531011u;
  return (int)((random_state >> 16) & RAND_MAX);
}
