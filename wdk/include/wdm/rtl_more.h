// SPDX-License-Identifier: Apache-2.0
// The rest of the run-time library: counted strings, bitmaps, times, identifiers. What the
// simulated kernel does not export stands in the kit's static library (lib/static/rtl.c).
#pragma once

#include "rtl.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

VOID RtlInitString(PSTRING DestinationString, PCSZ SourceString);
VOID RtlInitUTF8String(PUTF8_STRING DestinationString, PCSZ SourceString);
NTSTATUS RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString);
NTSTATUS RtlInitStringEx(PSTRING DestinationString, PCSZ SourceString);
NTSTATUS RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString);
VOID RtlCopyString(PSTRING DestinationString, const STRING* SourceString);
LONG RtlCompareString(const STRING* String1, const STRING* String2, BOOLEAN CaseInSensitive);
BOOLEAN RtlEqualString(const STRING* String1, const STRING* String2, BOOLEAN CaseInSensitive);
BOOLEAN RtlPrefixString(const STRING* String1, const STRING* String2, BOOLEAN CaseInSensitive);
CHAR RtlUpperChar(CHAR Character);
VOID RtlUpperString(PSTRING DestinationString, const STRING* SourceString);
BOOLEAN RtlSuffixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                               BOOLEAN CaseInSensitive);
LONG RtlCompareUnicodeStrings(PCWCH String1, SIZE_T String1Length, PCWCH String2,
                              SIZE_T String2Length, BOOLEAN CaseInSensitive);
NTSTATUS RtlDuplicateUnicodeString(ULONG Flags, PCUNICODE_STRING StringIn,
                                   PUNICODE_STRING StringOut);
#define RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE 1
#define RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING 2
NTSTATUS RtlCharToInteger(PCSZ String, ULONG Base, PULONG Value);
ULONG RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString);
ULONG RtlxAnsiStringToUnicodeSize(const ANSI_STRING* AnsiString);
#define RtlUnicodeStringToAnsiSize(s) RtlxUnicodeStringToAnsiSize(s)
#define RtlAnsiStringToUnicodeSize(s) RtlxAnsiStringToUnicodeSize(s)
#define HASH_STRING_ALGORITHM_DEFAULT 0
#define HASH_STRING_ALGORITHM_X65599 1
#define HASH_STRING_ALGORITHM_INVALID 0xffffffffU
FORCEINLINE void RtlInitEmptyAnsiString(PANSI_STRING string, PCHAR buffer, USHORT size) {
  string->Length = 0;
  string->MaximumLength = size;
  string->Buffer = buffer;
}

VOID RtlInitializeBitMap(PRTL_BITMAP BitMapHeader, PULONG BitMapBuffer, ULONG SizeOfBitMap);
VOID RtlSetBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber);
VOID RtlClearBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber);
BOOLEAN RtlTestBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber);
VOID RtlSetBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToSet);
VOID RtlClearBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToClear);
VOID RtlSetAllBits(PRTL_BITMAP BitMapHeader);
VOID RtlClearAllBits(PRTL_BITMAP BitMapHeader);
ULONG RtlNumberOfSetBits(PRTL_BITMAP BitMapHeader);
ULONG RtlNumberOfClearBits(PRTL_BITMAP BitMapHeader);
BOOLEAN RtlAreBitsClear(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length);
BOOLEAN RtlAreBitsSet(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length);
ULONG RtlFindClearBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex);
ULONG RtlFindSetBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex);
ULONG RtlFindClearBitsAndSet(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex);
#define RtlCheckBit(map, bit) ((((map)->Buffer)[(bit) / 32] >> ((bit) % 32)) & 1)

BOOLEAN RtlTimeFieldsToTime(PTIME_FIELDS TimeFields, PLARGE_INTEGER Time);
BOOLEAN RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG ElapsedSeconds);
VOID RtlSecondsSince1970ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time);
BOOLEAN RtlTimeToSecondsSince1980(PLARGE_INTEGER Time, PULONG ElapsedSeconds);
VOID RtlSecondsSince1980ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time);

#define VER_MINORVERSION 0x1
#define VER_MAJORVERSION 0x2
#define VER_BUILDNUMBER 0x4
#define VER_PLATFORMID 0x8
#define VER_SERVICEPACKMINOR 0x10
#define VER_SERVICEPACKMAJOR 0x20
#define VER_SUITENAME 0x40
#define VER_PRODUCT_TYPE 0x80
#define VER_EQUAL 1
#define VER_GREATER 2
#define VER_GREATER_EQUAL 3
#define VER_LESS 4
#define VER_LESS_EQUAL 5
#define VER_NT_WORKSTATION 1
#define VER_NT_DOMAIN_CONTROLLER 2
#define VER_NT_SERVER 3
ULONGLONG VerSetConditionMask(ULONGLONG ConditionMask, ULONG TypeMask, UCHAR Condition);
#define VER_SET_CONDITION(mask, type, condition) \
  ((mask) = VerSetConditionMask((mask), (type), (condition)))
BOOLEAN RtlIsNtDdiVersionAvailable(ULONG Version);
typedef RTL_OSVERSIONINFOW *POSVERSIONINFOW, *LPOSVERSIONINFOW;
typedef RTL_OSVERSIONINFOEXW *POSVERSIONINFOEXW, *LPOSVERSIONINFOEXW;
typedef RTL_OSVERSIONINFOEXW RTL_OSVERSIONINFOEX;

VOID RtlFillMemoryUlong(PVOID Destination, SIZE_T Length, ULONG Pattern);
ULONG RtlComputeCrc32(ULONG PartialCrc, const VOID* Buffer, ULONG Length);
#define RtlCopyMemoryNonTemporal RtlCopyMemory
#define RtlCopyDeviceMemory RtlCopyMemory
#define RtlCopyVolatileMemory RtlCopyMemory
#define RtlZeroDeviceMemory RtlZeroMemory
#define RtlCopyBytes RtlCopyMemory
#define RtlZeroBytes RtlZeroMemory
#define RtlFillBytes RtlFillMemory
#define RtlPrefetchMemoryNonTemporal(p, length)
#define RtlConvertUlongToLuid(u) wdk_luid((ULONG)(u), 0)
#define RtlConvertLongToLuid(l) wdk_luid((ULONG)(LONG)(l), (LONG)(l) < 0 ? -1 : 0)
FORCEINLINE LUID wdk_luid(ULONG low, LONG high) {
  LUID luid;
  luid.LowPart = low;
  luid.HighPart = high;
  return luid;
}
#define RtlEqualLuid(a, b) ((a)->LowPart == (b)->LowPart && (a)->HighPart == (b)->HighPart)
#define RtlIsZeroLuid(a) ((a)->LowPart == 0 && (a)->HighPart == 0)
FORCEINLINE LARGE_INTEGER RtlConvertLongToLargeInteger(LONG value) {
  LARGE_INTEGER result;
  result.QuadPart = value;
  return result;
}
FORCEINLINE LARGE_INTEGER RtlConvertUlongToLargeInteger(ULONG value) {
  LARGE_INTEGER result;
  result.QuadPart = value;
  return result;
}
#define RtlLargeIntegerAdd(a, b) wdk_large((a).QuadPart + (b).QuadPart)
#define RtlLargeIntegerSubtract(a, b) wdk_large((a).QuadPart - (b).QuadPart)
FORCEINLINE LARGE_INTEGER wdk_large(LONGLONG value) {
  LARGE_INTEGER result;
  result.QuadPart = value;
  return result;
}

// An import of the kernel that binaries use; sources find it here too.
NTKERNELAPI ULONG NTAPI RtlRandom(PULONG Seed);
NTKERNELAPI NTSTATUS NTAPI RtlUnicodeStringToUTF8String(PUTF8_STRING DestinationString,
                                                        PCUNICODE_STRING SourceString,
                                                        BOOLEAN AllocateDestinationString);
NTKERNELAPI NTSTATUS NTAPI RtlUTF8StringToUnicodeString(PUNICODE_STRING DestinationString,
                                                        PUTF8_STRING SourceString,
                                                        BOOLEAN AllocateDestinationString);
NTKERNELAPI NTSTATUS NTAPI RtlCreateRegistryKey(ULONG RelativeTo, PWSTR Path);
NTKERNELAPI NTSTATUS NTAPI RtlUpcaseUnicodeToMultiByteN(PCHAR MultiByteString,
                                                        ULONG MaxBytesInMultiByteString,
                                                        PULONG BytesInMultiByteString,
                                                        PCWCH UnicodeString,
                                                        ULONG BytesInUnicodeString);
NTKERNELAPI ULONG NTAPI RtlWalkFrameChain(PVOID* Callers, ULONG Count, ULONG Flags);
NTKERNELAPI VOID NTAPI RtlGetCallersAddress(PVOID* CallersAddress, PVOID* CallersCaller);
NTKERNELAPI VOID NTAPI RtlAssert(PVOID FailedAssertion, PVOID FileName, ULONG LineNumber,
                                 PCHAR Message);
NTKERNELAPI PVOID NTAPI RtlFindExportedRoutineByName(PVOID ImageBase, PCCH RoutineName);

#ifdef __cplusplus
}
#endif
