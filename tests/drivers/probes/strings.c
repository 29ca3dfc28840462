// SPDX-License-Identifier: Apache-2.0
// Counted strings of the run-time library: appended, compared, converted, written as numbers.
#include "probe.h"

#define EXPECT_STRING(text, string)                                   \
  do {                                                                \
    EXPECT_IS(sizeof(text) - sizeof(WCHAR), (string).Length);         \
    EXPECT_TEXT(text, sizeof(text) - sizeof(WCHAR), (string).Buffer); \
  } while (0)

static WCHAR room[16];
static UNICODE_STRING target;

static UNICODE_STRING* empty(USHORT bytes) {
  target.Length = 0;
  target.MaximumLength = bytes;
  target.Buffer = room;
  RtlZeroMemory(room, sizeof(room));
  return &target;
}

static VOID strings_are_appended_when_they_fit(VOID) {
  UNICODE_STRING more = RTL_CONSTANT_STRING(L"de");
  empty(10);
  EXPECT_IS(STATUS_SUCCESS, RtlAppendUnicodeToString(&target, L"abc"));
  EXPECT_IS(STATUS_SUCCESS, RtlAppendUnicodeToString(&target, NULL));
  EXPECT_IS(STATUS_SUCCESS, RtlAppendUnicodeStringToString(&target, &more));
  EXPECT_STRING(L"abcde", target);
  EXPECT_IS(STATUS_BUFFER_TOO_SMALL, RtlAppendUnicodeStringToString(&target, &more));
  EXPECT_IS(STATUS_BUFFER_TOO_SMALL, RtlAppendUnicodeToString(&target, L"x"));
  EXPECT_STRING(L"abcde", target);
}

static VOID strings_are_compared_with_and_without_case(VOID) {
  UNICODE_STRING lower = RTL_CONSTANT_STRING(L"abc");
  UNICODE_STRING upper = RTL_CONSTANT_STRING(L"ABC");
  UNICODE_STRING longer = RTL_CONSTANT_STRING(L"ABCD");
  EXPECT_IS(0, RtlCompareUnicodeString(&lower, &upper, TRUE));
  EXPECT(RtlCompareUnicodeString(&lower, &upper, FALSE) > 0);
  EXPECT(RtlCompareUnicodeString(&upper, &longer, FALSE) < 0);
  EXPECT(RtlPrefixUnicodeString(&upper, &longer, FALSE));
  EXPECT(RtlPrefixUnicodeString(&lower, &longer, TRUE));
  EXPECT(!RtlPrefixUnicodeString(&lower, &longer, FALSE));
  EXPECT(!RtlPrefixUnicodeString(&longer, &upper, FALSE));
}

static VOID case_is_changed_in_place_and_in_new_memory(VOID) {
  UNICODE_STRING mixed = RTL_CONSTANT_STRING(L"aB1");
  UNICODE_STRING made = {0, 0, NULL};
  EXPECT_IS(L'a', RtlDowncaseUnicodeChar(L'A'));
  EXPECT_IS(STATUS_SUCCESS, RtlUpcaseUnicodeString(empty(6), &mixed, FALSE));
  EXPECT_STRING(L"AB1", target);
  EXPECT_IS(STATUS_BUFFER_OVERFLOW, RtlUpcaseUnicodeString(empty(4), &mixed, FALSE));
  EXPECT_IS(STATUS_SUCCESS, RtlDowncaseUnicodeString(&made, &mixed, TRUE));
  EXPECT_STRING(L"ab1", made);
  EXPECT(made.MaximumLength >= 6);
  RtlFreeUnicodeString(&made);
  EXPECT(made.Buffer == NULL && made.Length == 0 && made.MaximumLength == 0);
}

static VOID text_of_eight_bits_becomes_unicode_and_back(VOID) {
  ANSI_STRING narrow = RTL_CONSTANT_STRING("xyz");
  ANSI_STRING back = {0, 0, NULL};
  CHAR bytes[4] = "???";
  ULONG written = 77;
  EXPECT_IS(STATUS_BUFFER_OVERFLOW, RtlAnsiStringToUnicodeString(empty(6), &narrow, FALSE));
  EXPECT_IS(STATUS_SUCCESS, RtlAnsiStringToUnicodeString(empty(8), &narrow, FALSE));
  EXPECT_STRING(L"xyz", target);
  EXPECT_IS(STATUS_SUCCESS, RtlUnicodeStringToAnsiString(&back, &target, TRUE));
  EXPECT_IS(3, back.Length);
  EXPECT_TEXT("xyz", 4, back.Buffer);
  RtlFreeAnsiString(&back);
  EXPECT(back.Buffer == NULL);
  EXPECT_IS(STATUS_SUCCESS, RtlUnicodeToMultiByteN(bytes, 2, &written, L"abc", 6));
  EXPECT_IS(2, written);
  EXPECT_TEXT("ab?", 4, bytes);
  EXPECT_IS(STATUS_SUCCESS, RtlMultiByteToUnicodeN(room, 5, &written, "qrs", 3));
  EXPECT_IS(4, written);
  EXPECT_TEXT(L"qrz", 6, room);
}

static VOID numbers_are_written_and_read_in_their_base(VOID) {
  UNICODE_STRING hex = RTL_CONSTANT_STRING(L"  -0x1fg");
  UNICODE_STRING octal = RTL_CONSTANT_STRING(L"18");
  ULONG value = 0;
  EXPECT_IS(STATUS_SUCCESS, RtlIntegerToUnicodeString(0xbeef, 16, empty(sizeof(room))));
  EXPECT_STRING(L"BEEF", target);
  EXPECT_IS(STATUS_SUCCESS, RtlIntegerToUnicodeString(0, 0, empty(4)));
  EXPECT_STRING(L"0", target);
  EXPECT_IS(STATUS_BUFFER_OVERFLOW, RtlIntegerToUnicodeString(100, 10, empty(4)));
  EXPECT_IS(STATUS_INVALID_PARAMETER, RtlIntegerToUnicodeString(1, 7, empty(4)));
  EXPECT_IS(STATUS_SUCCESS, RtlInt64ToUnicodeString(12345678901, 10, empty(sizeof(room))));
  EXPECT_STRING(L"12345678901", target);
  EXPECT_IS(STATUS_SUCCESS, RtlUnicodeStringToInteger(&hex, 0, &value));
  EXPECT_IS((ULONG)-0x1f, value);
  EXPECT_IS(STATUS_SUCCESS, RtlUnicodeStringToInteger(&octal, 8, &value));
  EXPECT_IS(1, value);
  EXPECT_IS(STATUS_INVALID_PARAMETER, RtlUnicodeStringToInteger(&octal, 3, &value));
}

static VOID guids_are_written_and_read(VOID) {
  static const GUID guid = {0x12345678, 0x9abc, 0xdef0, {1, 2, 3, 4, 5, 6, 7, 8}};
  UNICODE_STRING text = {0, 0, NULL};
  GUID read;
  UNICODE_STRING wrong = RTL_CONSTANT_STRING(L"(12345678-9abc-def0-0102-030405060708)");
  EXPECT_IS(STATUS_SUCCESS, RtlStringFromGUID(&guid, &text));
  EXPECT_IS(76, text.Length);
  EXPECT_IS(STATUS_SUCCESS, RtlGUIDFromString(&text, &read));
  EXPECT_TEXT(&guid, sizeof(guid), &read);
  EXPECT_IS(STATUS_INVALID_PARAMETER, RtlGUIDFromString(&wrong, &read));
  RtlFreeUnicodeString(&text);
}

static VOID hashes_are_those_of_x65599(VOID) {
  UNICODE_STRING lower = RTL_CONSTANT_STRING(L"ab");
  ULONG hash = 0;
  EXPECT_IS(STATUS_SUCCESS, RtlHashUnicodeString(&lower, FALSE, 0, &hash));
  EXPECT_IS('a' * 65599U + 'b', hash);
  EXPECT_IS(STATUS_SUCCESS, RtlHashUnicodeString(&lower, TRUE, 1, &hash));
  EXPECT_IS('A' * 65599U + 'B', hash);
  EXPECT_IS(STATUS_INVALID_PARAMETER, RtlHashUnicodeString(&lower, FALSE, 2, &hash));
  EXPECT_IS(STATUS_INVALID_PARAMETER, RtlHashUnicodeString(&lower, FALSE, 0, NULL));
}

static VOID times_have_fields_and_random_numbers_a_seed(VOID) {
  LARGE_INTEGER time;
  TIME_FIELDS fields;
  ULONG seed = 5;
  ULONG again = 5;
  ULONG first = 0;
  time.QuadPart = 126227807061230000LL;  // 2000-12-31 23:58:26.123, a Sunday
  RtlTimeToTimeFields(&time, &fields);
  EXPECT(fields.Year == 2000 && fields.Month == 12 && fields.Day == 31 && fields.Weekday == 0);
  EXPECT(fields.Hour == 23 && fields.Minute == 58 && fields.Second == 26);
  EXPECT_IS(123, fields.Milliseconds);
  first = RtlRandomEx(&seed);
  EXPECT(first < MAXLONG && seed != 5);
  EXPECT(RtlRandomEx(&seed) != first);
  EXPECT(RtlRandomEx(&again) < MAXLONG);
}

PROBE_CASE* const probe_cases[] = {
    strings_are_appended_when_they_fit,
    strings_are_compared_with_and_without_case,
    case_is_changed_in_place_and_in_new_memory,
    text_of_eight_bits_becomes_unicode_and_back,
    numbers_are_written_and_read_in_their_base,
    guids_are_written_and_read,
    hashes_are_those_of_x65599,
    times_have_fields_and_random_numbers_a_seed,
    NULL,
};
