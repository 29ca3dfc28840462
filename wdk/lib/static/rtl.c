// SPDX-License-Identifier: Apache-2.0
// Run-time routines that Windows' kernel exports and the simulated one does not: linked into the
// driver that uses them.
#include <ntddk.h>

#define TICKS_PER_SECOND 10000000LL
#define SECONDS_1601_TO_1970 11644473600LL
#define SECONDS_1601_TO_1980 11960006400LL

NTSTATUS RtlInitStringEx(PSTRING DestinationString, PCSZ SourceString) {
  size_t length = SourceString == NULL ? 0 : strlen(SourceString);
  DestinationString->Length = 0;
  DestinationString->MaximumLength = 0;
  DestinationString->Buffer = NULL;
  if (length > 0xfffe) return STATUS_NAME_TOO_LONG;
  if (SourceString == NULL) return STATUS_SUCCESS;
  DestinationString->Length = (USHORT)length;
  DestinationString->MaximumLength = (USHORT)(length + 1);
  DestinationString->Buffer = (PCHAR)SourceString;
  return STATUS_SUCCESS;
}

NTSTATUS RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString) {
  return RtlInitStringEx(DestinationString, SourceString);
}

VOID RtlInitString(PSTRING DestinationString, PCSZ SourceString) {
  RtlInitAnsiString(DestinationString, SourceString);
}

VOID RtlInitUTF8String(PUTF8_STRING DestinationString, PCSZ SourceString) {
  RtlInitAnsiString(DestinationString, SourceString);
}

NTSTATUS RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString) {
  size_t bytes = SourceString == NULL ? 0 : wcslen(SourceString) * sizeof(WCHAR);
  if (bytes > 0xfffc) {
    RtlZeroMemory(DestinationString, sizeof(*DestinationString));
    return STATUS_NAME_TOO_LONG;
  }
  RtlInitUnicodeString(DestinationString, SourceString);
  return STATUS_SUCCESS;
}

VOID RtlCopyString(PSTRING DestinationString, const STRING* SourceString) {
  USHORT length = 0;
  if (SourceString != NULL) length = min(SourceString->Length, DestinationString->MaximumLength);
  if (length != 0) RtlCopyMemory(DestinationString->Buffer, SourceString->Buffer, length);
  DestinationString->Length = length;
}

CHAR RtlUpperChar(CHAR Character) {
  return (CHAR)(Character >= 'a' && Character <= 'z' ? Character - 32 : Character);
}

LONG RtlCompareString(const STRING* String1, const STRING* String2, BOOLEAN CaseInSensitive) {
  USHORT n = min(String1->Length, String2->Length);
  for (USHORT i = 0; i < n; ++i) {
    UCHAR a = (UCHAR)String1->Buffer[i];
    UCHAR b = (UCHAR)String2->Buffer[i];
    if (CaseInSensitive) {
      a = (UCHAR)RtlUpperChar((CHAR)a);
      b = (UCHAR)RtlUpperChar((CHAR)b);
    }
    if (a != b) return (LONG)a - (LONG)b;
  }
  return (LONG)String1->Length - (LONG)String2->Length;
}

BOOLEAN RtlEqualString(const STRING* String1, const STRING* String2, BOOLEAN CaseInSensitive) {
  return String1->Length == String2->Length &&
         RtlCompareString(String1, String2, CaseInSensitive) == 0;
}

BOOLEAN RtlPrefixString(const STRING* String1, const STRING* String2, BOOLEAN CaseInSensitive) {
  STRING start = *String2;
  if (String2->Length < String1->Length) return FALSE;
  start.Length = String1->Length;
  return RtlEqualString(String1, &start, CaseInSensitive);
}

VOID RtlUpperString(PSTRING DestinationString, const STRING* SourceString) {
  RtlCopyString(DestinationString, SourceString);
  for (USHORT i = 0; i < DestinationString->Length; ++i) {
    DestinationString->Buffer[i] = RtlUpperChar(DestinationString->Buffer[i]);
  }
}

BOOLEAN RtlSuffixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                               BOOLEAN CaseInSensitive) {
  UNICODE_STRING end = *String2;
  if (String2->Length < String1->Length) return FALSE;
  end.Buffer += (String2->Length - String1->Length) / sizeof(WCHAR);
  end.Length = String1->Length;
  return RtlEqualUnicodeString(String1, &end, CaseInSensitive);
}

LONG RtlCompareUnicodeStrings(PCWCH String1, SIZE_T String1Length, PCWCH String2,
                              SIZE_T String2Length, BOOLEAN CaseInSensitive) {
  for (SIZE_T i = 0; i < String1Length && i < String2Length; ++i) {
    WCHAR a = CaseInSensitive ? RtlUpcaseUnicodeChar(String1[i]) : String1[i];
    WCHAR b = CaseInSensitive ? RtlUpcaseUnicodeChar(String2[i]) : String2[i];
    if (a != b) return (LONG)a - (LONG)b;
  }
  return (LONG)(String1Length - String2Length);
}

NTSTATUS RtlDuplicateUnicodeString(ULONG Flags, PCUNICODE_STRING StringIn,
                                   PUNICODE_STRING StringOut) {
  ULONG bytes = StringIn->Length;
  if (Flags & RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE) bytes += sizeof(WCHAR);
  RtlZeroMemory(StringOut, sizeof(*StringOut));
  if (bytes > 0xfffe) return STATUS_NAME_TOO_LONG;
  if (StringIn->Length == 0 && !(Flags & RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING)) {
    return STATUS_SUCCESS;
  }
  StringOut->Buffer = ExAllocatePoolWithTag(PagedPool, bytes, 'grtS');
  if (StringOut->Buffer == NULL) return STATUS_NO_MEMORY;
  StringOut->MaximumLength = (USHORT)bytes;
  StringOut->Length = StringIn->Length;
  RtlCopyMemory(StringOut->Buffer, StringIn->Buffer, StringIn->Length);
  if (bytes > StringIn->Length) StringOut->Buffer[StringIn->Length / sizeof(WCHAR)] = 0;
  return STATUS_SUCCESS;
}

static ULONG DigitOf(CHAR c) {
  if (c >= '0' && c <= '9') return (ULONG)(c - '0');
  if (c >= 'a' && c <= 'f') return (ULONG)(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return (ULONG)(c - 'A') + 10;
  return ~0UL;
}

static ULONG BaseOfPrefix(PCSZ String) {
  if (String[0] != '0') return 0;
  if (String[1] == 'b') return 2;
  if (String[1] == 'o') return 8;
  return String[1] == 'x' ? 16 : 0;
}

// Base 0 takes 0b, 0o and 0x for what they say and everything else for decimal; another base takes
// no prefix. The number ends at the first character that is no digit, and may overflow.
NTSTATUS RtlCharToInteger(PCSZ String, ULONG Base, PULONG Value) {
  if (Base != 0 && Base != 2 && Base != 8 && Base != 10 && Base != 16) {
    return STATUS_INVALID_PARAMETER;
  }
  while (*String != 0 && *String <= ' ') ++String;
  BOOLEAN negative = *String == '-';
  if (*String == '-' || *String == '+') ++String;
  if (Base == 0) {
    Base = BaseOfPrefix(String);
    if (Base != 0) String += 2;
    if (Base == 0) Base = 10;
  }
  ULONG number = 0;
  for (; DigitOf(*String) < Base; ++String) number = number * Base + DigitOf(*String);
  *Value = negative ? 0 - number : number;
  return STATUS_SUCCESS;
}

ULONG RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString) {
  return UnicodeString->Length / sizeof(WCHAR) + 1;
}

ULONG RtlxAnsiStringToUnicodeSize(const ANSI_STRING* AnsiString) {
  return (AnsiString->Length + 1UL) * sizeof(WCHAR);
}

VOID RtlInitializeBitMap(PRTL_BITMAP BitMapHeader, PULONG BitMapBuffer, ULONG SizeOfBitMap) {
  BitMapHeader->SizeOfBitMap = SizeOfBitMap;
  BitMapHeader->Buffer = BitMapBuffer;
}

VOID RtlSetBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber) {
  BitMapHeader->Buffer[BitNumber / 32] |= 1UL << (BitNumber % 32);
}

VOID RtlClearBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber) {
  BitMapHeader->Buffer[BitNumber / 32] &= ~(1UL << (BitNumber % 32));
}

BOOLEAN RtlTestBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber) {
  return (BOOLEAN)RtlCheckBit(BitMapHeader, BitNumber);
}

VOID RtlSetBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToSet) {
  while (NumberToSet-- != 0) RtlSetBit(BitMapHeader, StartingIndex++);
}

VOID RtlClearBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToClear) {
  while (NumberToClear-- != 0) RtlClearBit(BitMapHeader, StartingIndex++);
}

VOID RtlSetAllBits(PRTL_BITMAP BitMapHeader) {
  RtlFillMemory(BitMapHeader->Buffer, (BitMapHeader->SizeOfBitMap + 31) / 32 * 4, 0xff);
}

VOID RtlClearAllBits(PRTL_BITMAP BitMapHeader) {
  RtlZeroMemory(BitMapHeader->Buffer, (BitMapHeader->SizeOfBitMap + 31) / 32 * 4);
}

ULONG RtlNumberOfSetBits(PRTL_BITMAP BitMapHeader) {
  ULONG count = 0;
  for (ULONG i = 0; i < BitMapHeader->SizeOfBitMap; ++i) count += RtlCheckBit(BitMapHeader, i);
  return count;
}

ULONG RtlNumberOfClearBits(PRTL_BITMAP BitMapHeader) {
  return BitMapHeader->SizeOfBitMap - RtlNumberOfSetBits(BitMapHeader);
}

static BOOLEAN all_bits_are(PRTL_BITMAP map, ULONG start, ULONG count, ULONG value) {
  if (count == 0 || start >= map->SizeOfBitMap || count > map->SizeOfBitMap - start) return FALSE;
  while (count-- != 0) {
    if (RtlCheckBit(map, start) != value) return FALSE;
    ++start;
  }
  return TRUE;
}

BOOLEAN RtlAreBitsClear(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length) {
  return all_bits_are(BitMapHeader, StartingIndex, Length, 0);
}

BOOLEAN RtlAreBitsSet(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length) {
  return all_bits_are(BitMapHeader, StartingIndex, Length, 1);
}

static ULONG find_bits(PRTL_BITMAP map, ULONG count, ULONG hint, ULONG value) {
  ULONG size = map->SizeOfBitMap;
  if (hint >= size) hint = 0;
  if (count == 0) return hint & ~7UL;
  for (ULONG i = hint; i < size; ++i) {
    if (all_bits_are(map, i, count, value)) return i;
  }
  for (ULONG i = 0; i < hint; ++i) {
    if (all_bits_are(map, i, count, value)) return i;
  }
  return 0xffffffff;
}

ULONG RtlFindClearBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex) {
  return find_bits(BitMapHeader, NumberToFind, HintIndex, 0);
}

ULONG RtlFindSetBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex) {
  return find_bits(BitMapHeader, NumberToFind, HintIndex, 1);
}

ULONG RtlFindClearBitsAndSet(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex) {
  ULONG found = RtlFindClearBits(BitMapHeader, NumberToFind, HintIndex);
  if (found != 0xffffffff) RtlSetBits(BitMapHeader, found, NumberToFind);
  return found;
}

static BOOLEAN seconds_since(const LARGE_INTEGER* time, LONGLONG start, PULONG seconds) {
  LONGLONG elapsed = time->QuadPart / TICKS_PER_SECOND - start;
  if (elapsed < 0 || elapsed > 0xffffffffLL) return FALSE;
  *seconds = (ULONG)elapsed;
  return TRUE;
}

BOOLEAN RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG ElapsedSeconds) {
  return seconds_since(Time, SECONDS_1601_TO_1970, ElapsedSeconds);
}

BOOLEAN RtlTimeToSecondsSince1980(PLARGE_INTEGER Time, PULONG ElapsedSeconds) {
  return seconds_since(Time, SECONDS_1601_TO_1980, ElapsedSeconds);
}

VOID RtlSecondsSince1970ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time) {
  Time->QuadPart = (ElapsedSeconds + SECONDS_1601_TO_1970) * TICKS_PER_SECOND;
}

VOID RtlSecondsSince1980ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time) {
  Time->QuadPart = (ElapsedSeconds + SECONDS_1601_TO_1980) * TICKS_PER_SECOND;
}

static int is_leap(int year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

BOOLEAN RtlTimeFieldsToTime(PTIME_FIELDS TimeFields, PLARGE_INTEGER Time) {
  static const int days_before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
  int year = TimeFields->Year;
  int month = TimeFields->Month;
  int years = year - 1601;
  LONGLONG days = 0;
  if (year < 1601 || month < 1 || month > 12 || TimeFields->Day < 1 || TimeFields->Hour < 0 ||
      TimeFields->Hour > 23 || TimeFields->Minute < 0 || TimeFields->Minute > 59 ||
      TimeFields->Second < 0 || TimeFields->Second > 59 || TimeFields->Milliseconds < 0 ||
      TimeFields->Milliseconds > 999 ||
      TimeFields->Day >
          days_before[month] - days_before[month - 1] + (month == 2 && is_leap(year))) {
    return FALSE;
  }
  days = years * 365LL + years / 4 - years / 100 + years / 400 + days_before[month - 1] +
         (month > 2 && is_leap(year)) + TimeFields->Day - 1;
  Time->QuadPart =
      (((days * 24 + TimeFields->Hour) * 60 + TimeFields->Minute) * 60 + TimeFields->Second) *
          TICKS_PER_SECOND +
      TimeFields->Milliseconds * 10000LL;
  return TRUE;
}

ULONGLONG VerSetConditionMask(ULONGLONG ConditionMask, ULONG TypeMask, UCHAR Condition) {
  for (int bit = 7; bit >= 0; --bit) {
    if (TypeMask & (1UL << bit)) {
      return ConditionMask | ((ULONGLONG)(Condition & 7) << (bit * 3));
    }
  }
  return ConditionMask;
}

BOOLEAN RtlIsNtDdiVersionAvailable(ULONG Version) {
  RTL_OSVERSIONINFOW info = {sizeof(info), 0, 0, 0, 0, {0}};
  RtlGetVersion(&info);
  return ((info.dwMajorVersion << 8) | info.dwMinorVersion) >= (Version >> 16);
}

VOID RtlFillMemoryUlong(PVOID Destination, SIZE_T Length, ULONG Pattern) {
  ULONG* to = Destination;
  for (SIZE_T i = 0; i < Length / sizeof(ULONG); ++i) to[i] = Pattern;
}

ULONG RtlComputeCrc32(ULONG PartialCrc, const VOID* Buffer, ULONG Length) {
  const UCHAR* p = Buffer;
  ULONG crc = ~PartialCrc;
  while (Length-- != 0) {
    crc ^= *p++;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) ? 0xEDB88320UL : 0);
  }
  return ~crc;
}

PULONG RtlSubAuthoritySid(PSID Sid, ULONG SubAuthority) {
  return &((PISID)Sid)->SubAuthority[SubAuthority];
}

PUCHAR RtlSubAuthorityCountSid(PSID Sid) {
  return &((PISID)Sid)->SubAuthorityCount;
}

ULONG RtlLengthRequiredSid(ULONG SubAuthorityCount) {
  return 8 + 4 * SubAuthorityCount;
}

NTSTATUS RtlInitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY Authority, UCHAR SubAuthorityCount) {
  PISID sid = Sid;
  if (SubAuthorityCount > SID_MAX_SUB_AUTHORITIES) return STATUS_INVALID_PARAMETER;
  sid->Revision = SID_REVISION;
  sid->SubAuthorityCount = SubAuthorityCount;
  sid->IdentifierAuthority = *Authority;
  return STATUS_SUCCESS;
}
