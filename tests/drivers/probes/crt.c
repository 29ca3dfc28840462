// SPDX-License-Identifier: Apache-2.0
// The C library of ntoskrnl.exe and the memory routines that are functions as well as macros.
#include "probe.h"

#undef RtlCopyMemory
#undef RtlMoveMemory
#undef RtlFillMemory
#undef RtlZeroMemory
NTKERNELAPI VOID NTAPI RtlCopyMemory(PVOID destination, const VOID* source, SIZE_T length);
NTKERNELAPI VOID NTAPI RtlMoveMemory(PVOID destination, const VOID* source, SIZE_T length);
NTKERNELAPI VOID NTAPI RtlFillMemory(PVOID destination, SIZE_T length, UCHAR fill);
NTKERNELAPI VOID NTAPI RtlZeroMemory(PVOID destination, SIZE_T length);

static VOID memory_is_copied_moved_filled_and_compared(VOID) {
  CHAR bytes[8] = "1234567";
  RtlMoveMemory(bytes + 1, bytes, 4);
  EXPECT_TEXT("1123467", 8, bytes);
  RtlCopyMemory(bytes, "ab", 2);
  RtlFillMemory(bytes + 2, 3, 'x');
  RtlZeroMemory(bytes + 5, 2);
  EXPECT_TEXT("abxxx\0\0", 8, bytes);
  EXPECT(memcmp("abc", "abd", 3) < 0 && memcmp("abd", "abc", 3) > 0);
  EXPECT(memcmp("abc", "abd", 2) == 0 && memcmp("\xff", "\x01", 1) > 0);
  EXPECT(memchr(bytes, 'x', sizeof(bytes)) == bytes + 2);
  EXPECT(memchr(bytes, 'q', sizeof(bytes)) == NULL && memchr(bytes, 'x', 2) == NULL);
}

static VOID narrow_text_is_searched_and_compared(VOID) {
  static const CHAR text[] = "one two one";
  CHAR copy[8];
  EXPECT(strncmp("abcd", "abce", 3) == 0 && strncmp("abcd", "abce", 4) < 0);
  EXPECT(strncmp("ab", "abc", 9) < 0);
  EXPECT(_stricmp("ABC", "abc") == 0 && _stricmp("abc", "ABD") < 0 && _stricmp("b", "A") > 0);
  EXPECT(_strnicmp("ABCx", "abcy", 3) == 0 && _strnicmp("ABCx", "abcy", 4) < 0);
  EXPECT(strrchr(text, 'o') == text + 8 && strrchr(text, 'x') == NULL);
  EXPECT(strrchr(text, 0) == text + 11);
  EXPECT(strstr(text, "two") == text + 4 && strstr(text, "") == text);
  EXPECT(strstr(text, "three") == NULL);
  EXPECT(strncpy(copy, "ab", 5) == copy);
  EXPECT_TEXT("ab\0\0\0", 5, copy);
  strncpy(copy, "abcdef", 3);
  EXPECT_TEXT("abc\0\0", 5, copy);
  EXPECT_IS(-42, atoi(" \t-42x"));
  EXPECT_IS(7, atoi("+7"));
  EXPECT_IS(0, atoi("x1"));
}

static VOID wide_text_is_copied_searched_and_compared(VOID) {
  static const WCHAR text[] = L"one two one";
  WCHAR copy[12];
  EXPECT(wcscpy(copy, L"one") == copy && wcscat(copy, L" two") == copy);
  EXPECT_TEXT(L"one two", 16, copy);
  EXPECT(wcsncpy(copy, L"a", 3) == copy);
  EXPECT_TEXT(L"a\0\0 ", 8, copy);
  EXPECT(wcsncmp(L"abcd", L"abce", 3) == 0 && wcsncmp(L"abcd", L"abce", 4) < 0);
  EXPECT(_wcsicmp(L"ABC", L"abc") == 0 && _wcsicmp(L"b", L"A") > 0);
  EXPECT(_wcsnicmp(L"ABx", L"aby", 2) == 0 && _wcsnicmp(L"ABx", L"aby", 3) < 0);
  EXPECT(wcsrchr(text, L'o') == text + 8 && wcsrchr(text, L'x') == NULL);
  EXPECT(wcsstr(text, L"two") == text + 4 && wcsstr(text, L"three") == NULL);
  EXPECT_IS(L'A', towupper(L'a'));
  EXPECT_IS(L'a', towlower(L'A'));
  EXPECT_IS(L'1', towupper(L'1'));
}

// Microsoft's own: -1 without a terminator when the text does not fit, and no terminator either
// when it just does.
static VOID formatted_output_is_bounded(VOID) {
  CHAR narrow[8] = "???????";
  WCHAR wide[8];
  UNICODE_STRING counted = RTL_CONSTANT_STRING(L"cd");
  EXPECT_IS(5, _snprintf(narrow, 8, "%d %s", -1, "ab"));
  EXPECT_TEXT("-1 ab", 6, narrow);
  EXPECT_IS(4, _snprintf(narrow, 4, "%04X", 0xbeef));
  EXPECT_TEXT("BEEFb", 5, narrow);
  EXPECT_IS(-1, _snprintf(narrow, 3, "%s", "xyzw"));
  EXPECT_TEXT("xyzFb", 5, narrow);
  EXPECT_IS(4, _snwprintf(wide, 8, L"%S%wZ", "ab", &counted));
  EXPECT_TEXT(L"abcd", 10, wide);
  EXPECT_IS(-1, _snwprintf(wide, 2, L"%u", 123));
  EXPECT_IS(7, swprintf(wide, L"%I64u %c", 12345ULL, L'z'));
  EXPECT_TEXT(L"12345 z", 16, wide);
}

static int by_number(const void* a, const void* b) {
  return *(const int*)a - *(const int*)b;
}

static VOID numbers_are_sorted_in_the_drivers_order(VOID) {
  int numbers[] = {5, -3, 9, 0, 5};
  static const int sorted[] = {-3, 0, 5, 5, 9};
  qsort(numbers, 5, sizeof(int), by_number);
  EXPECT_TEXT(sorted, sizeof(sorted), numbers);
  qsort(numbers, 0, sizeof(int), by_number);
  EXPECT_TEXT(sorted, sizeof(sorted), numbers);
}

PROBE_CASE* const probe_cases[] = {
    memory_is_copied_moved_filled_and_compared, narrow_text_is_searched_and_compared,
    wide_text_is_copied_searched_and_compared,  formatted_output_is_bounded,
    numbers_are_sorted_in_the_drivers_order,    NULL,
};
