// SPDX-License-Identifier: Apache-2.0
// The C run-time routines ntoskrnl.exe exports. A driver has no other C library; the host uses its
// own.
#pragma once

#include "../ntdef.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef WDK_DRIVER
void* memcpy(void* destination, const void* source, size_t count);
void* memmove(void* destination, const void* source, size_t count);
void* memset(void* destination, int value, size_t count);
int memcmp(const void* a, const void* b, size_t count);
void* memchr(const void* p, int value, size_t count);
void* _memccpy(void* destination, const void* source, int value, size_t count);
size_t strlen(const char* s);
size_t strnlen(const char* s, size_t count);
int strcmp(const char* a, const char* b);
int strncmp(const char* a, const char* b, size_t count);
char* strcpy(char* destination, const char* source);
char* strncpy(char* destination, const char* source, size_t count);
char* strcat(char* destination, const char* source);
char* strncat(char* destination, const char* source, size_t count);
char* strchr(const char* s, int value);
char* strrchr(const char* s, int value);
char* strstr(const char* s, const char* part);
size_t strspn(const char* s, const char* accepted);
size_t strcspn(const char* s, const char* refused);
char* strpbrk(const char* s, const char* accepted);
char* _strlwr(char* s);
char* _strupr(char* s);
char* _strrev(char* s);
char* strtok_s(char* s, const char* separators, char** context);
int _stricmp(const char* a, const char* b);
int _strnicmp(const char* a, const char* b, size_t count);
size_t wcslen(const WCHAR* s);
size_t wcsnlen(const WCHAR* s, size_t count);
int wcscmp(const WCHAR* a, const WCHAR* b);
int wcsncmp(const WCHAR* a, const WCHAR* b, size_t count);
WCHAR* wcscpy(WCHAR* destination, const WCHAR* source);
WCHAR* wcsncpy(WCHAR* destination, const WCHAR* source, size_t count);
WCHAR* wcscat(WCHAR* destination, const WCHAR* source);
WCHAR* wcsncat(WCHAR* destination, const WCHAR* source, size_t count);
WCHAR* wcschr(const WCHAR* s, WCHAR value);
WCHAR* wcsrchr(const WCHAR* s, WCHAR value);
WCHAR* wcsstr(const WCHAR* s, const WCHAR* part);
size_t wcsspn(const WCHAR* s, const WCHAR* accepted);
size_t wcscspn(const WCHAR* s, const WCHAR* refused);
WCHAR* wcspbrk(const WCHAR* s, const WCHAR* accepted);
WCHAR* _wcslwr(WCHAR* s);
WCHAR* _wcsupr(WCHAR* s);
WCHAR* _wcsrev(WCHAR* s);
WCHAR* wcstok_s(WCHAR* s, const WCHAR* separators, WCHAR** context);
int _wcsicmp(const WCHAR* a, const WCHAR* b);
int _wcsnicmp(const WCHAR* a, const WCHAR* b, size_t count);
int _snprintf(char* buffer, size_t count, const char* format, ...);
int _vsnprintf(char* buffer, size_t count, const char* format, va_list arguments);
int _snwprintf(WCHAR* buffer, size_t count, const WCHAR* format, ...);
int _vsnwprintf(WCHAR* buffer, size_t count, const WCHAR* format, va_list arguments);
int sprintf(char* buffer, const char* format, ...);
int vsprintf(char* buffer, const char* format, va_list arguments);
int swprintf(WCHAR* buffer, const WCHAR* format, ...);
int vswprintf(WCHAR* buffer, const WCHAR* format, va_list arguments);
int sprintf_s(char* buffer, size_t size, const char* format, ...);
int vsprintf_s(char* buffer, size_t size, const char* format, va_list arguments);
int swprintf_s(WCHAR* buffer, size_t size, const WCHAR* format, ...);
int vswprintf_s(WCHAR* buffer, size_t size, const WCHAR* format, va_list arguments);
int _snprintf_s(char* buffer, size_t size, size_t count, const char* format, ...);
int _snwprintf_s(WCHAR* buffer, size_t size, size_t count, const WCHAR* format, ...);
int _vsnprintf_s(char* buffer, size_t size, size_t count, const char* format, va_list arguments);
int _vsnwprintf_s(WCHAR* buffer, size_t size, size_t count, const WCHAR* format, va_list arguments);
int memcpy_s(void* destination, size_t size, const void* source, size_t count);
int memmove_s(void* destination, size_t size, const void* source, size_t count);
int strcpy_s(char* destination, size_t size, const char* source);
int strcat_s(char* destination, size_t size, const char* source);
int strncpy_s(char* destination, size_t size, const char* source, size_t count);
int strncat_s(char* destination, size_t size, const char* source, size_t count);
int wcscpy_s(WCHAR* destination, size_t size, const WCHAR* source);
int wcscat_s(WCHAR* destination, size_t size, const WCHAR* source);
int wcsncpy_s(WCHAR* destination, size_t size, const WCHAR* source, size_t count);
int wcsncat_s(WCHAR* destination, size_t size, const WCHAR* source, size_t count);
int isalpha(int c);
int isalnum(int c);
int isdigit(int c);
int isxdigit(int c);
int isspace(int c);
int isupper(int c);
int islower(int c);
int isprint(int c);
int ispunct(int c);
int toupper(int c);
int tolower(int c);
WCHAR towupper(WCHAR c);
WCHAR towlower(WCHAR c);
int iswalpha(WCHAR c);
int iswdigit(WCHAR c);
int iswspace(WCHAR c);
int atoi(const char* s);
long atol(const char* s);
int _wtoi(const WCHAR* s);
long _wtol(const WCHAR* s);
long long _atoi64(const char* s);
unsigned long strtoul(const char* s, char** end, int base);
long strtol(const char* s, char** end, int base);
unsigned long wcstoul(const WCHAR* s, WCHAR** end, int base);
long wcstol(const WCHAR* s, WCHAR** end, int base);
char* _itoa(int value, char* buffer, int base);
WCHAR* _itow(int value, WCHAR* buffer, int base);
char* _ultoa(unsigned long value, char* buffer, int base);
WCHAR* _ultow(unsigned long value, WCHAR* buffer, int base);
size_t mbstowcs(WCHAR* destination, const char* source, size_t count);
size_t wcstombs(char* destination, const WCHAR* source, size_t count);
void qsort(void* base, size_t count, size_t size, int (*compare)(const void*, const void*));
void* bsearch(const void* key, const void* base, size_t count, size_t size,
              int (*compare)(const void*, const void*));
int rand(void);
void srand(unsigned seed);
int abs(int value);
long labs(long value);
#define _TRUNCATE ((size_t)-1)
#define RAND_MAX 0x7fff
#define _countof(a) (sizeof(a) / sizeof((a)[0]))
#endif

#ifdef __cplusplus
}
#endif
