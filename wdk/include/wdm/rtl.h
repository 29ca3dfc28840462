// SPDX-License-Identifier: Apache-2.0
// Run-time library: strings, memory, versions, registry helpers, bitmaps.
#pragma once

#include "../ntdef.h"
#include "se.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _TIME_FIELDS {
  CSHORT Year;
  CSHORT Month;
  CSHORT Day;
  CSHORT Hour;
  CSHORT Minute;
  CSHORT Second;
  CSHORT Milliseconds;
  CSHORT Weekday;
} TIME_FIELDS, *PTIME_FIELDS;

typedef struct _RTL_OSVERSIONINFOW {
  ULONG dwOSVersionInfoSize;
  ULONG dwMajorVersion;
  ULONG dwMinorVersion;
  ULONG dwBuildNumber;
  ULONG dwPlatformId;
  WCHAR szCSDVersion[128];
} RTL_OSVERSIONINFOW, *PRTL_OSVERSIONINFOW;

typedef struct _RTL_OSVERSIONINFOEXW {
  ULONG dwOSVersionInfoSize;
  ULONG dwMajorVersion;
  ULONG dwMinorVersion;
  ULONG dwBuildNumber;
  ULONG dwPlatformId;
  WCHAR szCSDVersion[128];
  USHORT wServicePackMajor;
  USHORT wServicePackMinor;
  USHORT wSuiteMask;
  UCHAR wProductType;
  UCHAR wReserved;
} RTL_OSVERSIONINFOEXW, *PRTL_OSVERSIONINFOEXW;

typedef struct _RTL_BITMAP {
  ULONG SizeOfBitMap;
  PULONG Buffer;
} RTL_BITMAP, *PRTL_BITMAP;

typedef RTL_OSVERSIONINFOW OSVERSIONINFOW, RTL_OSVERSIONINFO;
typedef RTL_OSVERSIONINFOEXW OSVERSIONINFOEXW;

typedef NTSTATUS NTAPI RTL_QUERY_REGISTRY_ROUTINE(PWSTR ValueName, ULONG ValueType, PVOID ValueData,
                                                  ULONG ValueLength, PVOID Context,
                                                  PVOID EntryContext);
typedef RTL_QUERY_REGISTRY_ROUTINE* PRTL_QUERY_REGISTRY_ROUTINE;
typedef struct _RTL_QUERY_REGISTRY_TABLE {
  PRTL_QUERY_REGISTRY_ROUTINE QueryRoutine;
  ULONG Flags;
  PWSTR Name;
  PVOID EntryContext;
  ULONG DefaultType;
  PVOID DefaultData;
  ULONG DefaultLength;
} RTL_QUERY_REGISTRY_TABLE, *PRTL_QUERY_REGISTRY_TABLE;

NTKERNELAPI NTSTATUS NTAPI RtlAddAccessAllowedAce(PACL Acl, ULONG AceRevision,
                                                  ACCESS_MASK AccessMask, PSID Sid);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlAddAccessAllowedAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags, ACCESS_MASK AccessMask,
                             PSID Sid);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString, PANSI_STRING SourceString,
                                 BOOLEAN AllocateDestinationString);
NTKERNELAPI NTSTATUS NTAPI RtlAppendUnicodeStringToString(PUNICODE_STRING Destination,
                                                          PCUNICODE_STRING Source);
NTKERNELAPI NTSTATUS NTAPI RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source);
NTKERNELAPI USHORT NTAPI RtlCaptureStackBackTrace(ULONG FramesToSkip, ULONG FramesToCapture,
                                                  PVOID* BackTrace, PULONG BackTraceHash);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlCheckRegistryKey(ULONG RelativeTo, PWSTR Path);
NTKERNELAPI SIZE_T NTAPI RtlCompareMemory(const void* Source1, const void* Source2, SIZE_T Length);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI LONG NTAPI
    RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                            BOOLEAN CaseInSensitive);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlCopySid(ULONG Length, PSID Destination, PSID Source);
NTKERNELAPI VOID NTAPI RtlCopyUnicodeString(PUNICODE_STRING DestinationString,
                                            PCUNICODE_STRING SourceString);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlCreateAcl(PACL Acl, ULONG AclLength, ULONG AclRevision);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Revision);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlDeleteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI WCHAR NTAPI
    RtlDowncaseUnicodeChar(WCHAR SourceCharacter);
NTKERNELAPI NTSTATUS NTAPI RtlDowncaseUnicodeString(PUNICODE_STRING UniDest,
                                                    PCUNICODE_STRING UniSource,
                                                    BOOLEAN AllocateDestinationString);
NTKERNELAPI BOOLEAN NTAPI RtlEqualSid(PSID Sid1, PSID Sid2);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI BOOLEAN NTAPI
    RtlEqualUnicodeString(const UNICODE_STRING* String1, const UNICODE_STRING* String2,
                          BOOLEAN CaseInSensitive);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI RtlFreeAnsiString(PANSI_STRING AnsiString);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI
    RtlFreeUnicodeString(PUNICODE_STRING UnicodeString);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlGetVersion(PRTL_OSVERSIONINFOW lpVersionInformation);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlGUIDFromString(PUNICODE_STRING GuidString, GUID* Guid);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlHashUnicodeString(const UNICODE_STRING* String, BOOLEAN CaseInSensitive, ULONG HashAlgorithm,
                         PULONG HashValue);
NTKERNELAPI VOID NTAPI RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlInt64ToUnicodeString(ULONGLONG Value, ULONG Base, PUNICODE_STRING String);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlIntegerToUnicodeString(ULONG Value, ULONG Base, PUNICODE_STRING String);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI ULONG NTAPI RtlLengthSid(PSID Sid);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID NTAPI
    RtlMapGenericMask(PACCESS_MASK AccessMask, PGENERIC_MAPPING GenericMapping);
NTKERNELAPI NTSTATUS NTAPI RtlMultiByteToUnicodeN(PWCH UnicodeString, ULONG MaxBytesInUnicodeString,
                                                  PULONG BytesInUnicodeString,
                                                  const CHAR* MultiByteString,
                                                  ULONG BytesInMultiByteString);
NTKERNELAPI ULONG NTAPI RtlNtStatusToDosErrorNoTeb(NTSTATUS Status);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI BOOLEAN NTAPI
    RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                           BOOLEAN CaseInSensitive);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlQueryRegistryValues(ULONG RelativeTo, PCWSTR Path, PRTL_QUERY_REGISTRY_TABLE QueryTable,
                           PVOID Context, PVOID Environment);
NTKERNELAPI ULONG NTAPI RtlRandomEx(PULONG Seed);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN DaclPresent,
                                 PACL Dacl, BOOLEAN DaclDefaulted);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
#ifdef WDK_DRIVER
    RtlStringFromGUID(REFGUID Guid, PUNICODE_STRING GuidString);  // to C++ a reference
#else
    RtlStringFromGUID(const GUID* Guid, PUNICODE_STRING GuidString);
#endif
NTKERNELAPI VOID NTAPI RtlTimeToTimeFields(PLARGE_INTEGER Time, PTIME_FIELDS TimeFields);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlUnicodeStringToAnsiString(PANSI_STRING DestinationString, PCUNICODE_STRING SourceString,
                                 BOOLEAN AllocateDestinationString);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base, PULONG Value);
NTKERNELAPI NTSTATUS NTAPI RtlUnicodeToMultiByteN(PCHAR MultiByteString,
                                                  ULONG MaxBytesInMultiByteString,
                                                  PULONG BytesInMultiByteString,
                                                  PCWCH UnicodeString, ULONG BytesInUnicodeString);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlUnicodeToUTF8N(PCHAR UTF8StringDestination, ULONG UTF8StringMaxByteCount,
                      PULONG UTF8StringActualByteCount, PCWCH UnicodeStringSource,
                      ULONG UnicodeStringByteCount);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR SourceCharacter);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlUpcaseUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                           BOOLEAN AllocateDestinationString);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlUTF8ToUnicodeN(PWSTR UnicodeStringDestination, ULONG UnicodeStringMaxByteCount,
                      PULONG UnicodeStringActualByteCount, PCCH UTF8StringSource,
                      ULONG UTF8StringByteCount);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI BOOLEAN NTAPI RtlValidSid(PSID Sid);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW VersionInfo, ULONG TypeMask,
                         ULONGLONG ConditionMask);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    RtlWriteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName, ULONG ValueType,
                          PVOID ValueData, ULONG ValueLength);

#define RtlCopyMemory(destination, source, length) __builtin_memcpy(destination, source, length)
#define RtlMoveMemory(destination, source, length) __builtin_memmove(destination, source, length)
#define RtlFillMemory(destination, length, fill) __builtin_memset(destination, fill, length)
#define RtlZeroMemory(destination, length) __builtin_memset(destination, 0, length)
#define RtlEqualMemory(a, b, length) (__builtin_memcmp(a, b, length) == 0)
FORCEINLINE PVOID RtlSecureZeroMemory(PVOID pointer, SIZE_T size) {
  volatile char* p = (volatile char*)pointer;
  while (size-- != 0) *p++ = 0;
  return pointer;
}
#define RtlUshortByteSwap(v) __builtin_bswap16(v)
#define RtlUlongByteSwap(v) __builtin_bswap32(v)
#define RtlUlonglongByteSwap(v) __builtin_bswap64(v)
#define _byteswap_ushort(v) __builtin_bswap16(v)
#define _byteswap_ulong(v) ((ULONG)__builtin_bswap32(v))
#define _byteswap_uint64(v) __builtin_bswap64(v)

FORCEINLINE void RtlInitEmptyUnicodeString(PUNICODE_STRING string, PWCHAR buffer, USHORT size) {
  string->Length = 0;
  string->MaximumLength = size;
  string->Buffer = buffer;
}

#ifdef __cplusplus
}
#endif
