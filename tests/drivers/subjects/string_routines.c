// SPDX-License-Identifier: Apache-2.0
// Starts only when the routines of ntstrsafe.h do what their documentation says; else its status
// tells the line of the first that does not.
#include <ntddk.h>
#include <ntstrsafe.h>

DRIVER_INITIALIZE DriverEntry;

#define EXPECT(condition) \
  if (!(condition)) return 0xE0000000 + __LINE__

static int same(const void* a, const void* b, SIZE_T size) {
  return RtlCompareMemory(a, b, size) == size;
}

static NTSTATUS narrow(void) {
  CHAR text[8] = "????????";
  CHAR* end = NULL;
  size_t left = 77;
  EXPECT(RtlStringCbCopyA(text, sizeof(text), "abc") == STATUS_SUCCESS && same(text, "abc", 4));
  EXPECT(RtlStringCbCatA(text, sizeof(text), "defghi") == STATUS_BUFFER_OVERFLOW);
  EXPECT(same(text, "abcdefg", 8));
  EXPECT(RtlStringCbCopyNA(text, sizeof(text), "xyz", 2) == STATUS_SUCCESS && same(text, "xy", 3));
  EXPECT(RtlStringCbPrintfA(text, sizeof(text), "%d-%s", 12, "ab") == STATUS_SUCCESS);
  EXPECT(same(text, "12-ab", 6));
  EXPECT(RtlStringCbCopyA(text, 0, "a") == STATUS_INVALID_PARAMETER);
  EXPECT(RtlStringCchCopyExA(text, 8, NULL, &end, &left, 0) == STATUS_INVALID_PARAMETER);
  EXPECT(left == 77 && end == NULL);
  EXPECT(RtlStringCchCopyExA(text, 8, NULL, &end, &left, STRSAFE_IGNORE_NULLS) == STATUS_SUCCESS);
  EXPECT(left == 8 && end == text && text[0] == 0);
  return STATUS_SUCCESS;
}

static NTSTATUS flags(void) {
  CHAR text[8] = "ab";
  CHAR* end = NULL;
  size_t left = 0;
  EXPECT(RtlStringCbCatExA(text, 8, "c", NULL, NULL, STRSAFE_FILL_BYTE('.')) == STATUS_SUCCESS);
  EXPECT(same(text, "abc\0....", 8));
  EXPECT(RtlStringCbCatExA(text, 8, "defghi", &end, &left, STRSAFE_NO_TRUNCATION) ==
         STATUS_BUFFER_OVERFLOW);
  EXPECT(same(text, "abc", 4) && end == text + 3 && left == 5);
  EXPECT(RtlStringCbCopyExA(text, 8, "abcdefgh", &end, &left, STRSAFE_FAILURE_BYTE('#')) ==
         STATUS_BUFFER_OVERFLOW);
  EXPECT(same(text, "#######", 8) && end == text + 7 && left == 1);
  EXPECT(RtlStringCbPrintfExA(text, 8, &end, &left, STRSAFE_NULL_ON_FAILURE, "%s", "abcdefgh") ==
         STATUS_BUFFER_OVERFLOW);
  EXPECT(text[0] == 0 && end == text && left == 8);
  return STATUS_SUCCESS;
}

static NTSTATUS wide(void) {
  WCHAR text[4];
  WCHAR* end = NULL;
  size_t left = 0;
  EXPECT(RtlStringCbCopyExW(text, sizeof(text), L"ab", &end, &left, 0) == STATUS_SUCCESS);
  EXPECT(end == text + 2 && left == 4);
  EXPECT(RtlStringCchCopyExW(text, 4, L"ab", &end, &left, 0) == STATUS_SUCCESS && left == 2);
  EXPECT(RtlStringCbCatNW(text, sizeof(text), L"cd", 2) == STATUS_SUCCESS);
  EXPECT(same(text, L"abc", sizeof(text)));
  EXPECT(RtlStringCchCatW(text, 4, L"d") == STATUS_BUFFER_OVERFLOW);
  EXPECT(RtlStringCbLengthW(text, sizeof(text), &left) == STATUS_SUCCESS && left == 6);
  EXPECT(RtlStringCchLengthW(text, 3, &left) == STATUS_INVALID_PARAMETER && left == 0);
  EXPECT(RtlStringCchPrintfW(text, 4, L"%u", 1234) == STATUS_BUFFER_OVERFLOW);
  EXPECT(same(text, L"123", sizeof(text)));
  return STATUS_SUCCESS;
}

static VOID NTAPI on_unload(PDRIVER_OBJECT driver) {
  (void)driver;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING service) {
  NTSTATUS status = narrow();
  (void)service;
  if (NT_SUCCESS(status)) status = flags();
  if (NT_SUCCESS(status)) status = wide();
  driver->DriverUnload = on_unload;
  return status;
}
