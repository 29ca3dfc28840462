// SPDX-License-Identifier: Apache-2.0
// Counted and terminated strings that never overrun: RtlStringCb... (bytes) and RtlStringCch...
// (characters), each for narrow and wide text, and the counted RtlUnicodeString... routines.
// Written from their documentation; a driver carries its own copy, as with the original.
#pragma once

#include "wdm.h"

#ifdef WDK_DRIVER

#define NTSTRSAFE_MAX_CCH 2147483647
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(WCHAR))
#define NTSTRSAFE_MAX_LENGTH (NTSTRSAFE_MAX_CCH - 1)
#define NTSTRSAFEDDI FORCEINLINE NTSTATUS
#define STRSAFE_FILL_BEHIND_NULL 0x200
#define STRSAFE_IGNORE_NULLS 0x100
#define STRSAFE_FILL_ON_FAILURE 0x400
#define STRSAFE_NULL_ON_FAILURE 0x800
#define STRSAFE_NO_TRUNCATION 0x1000
#define STRSAFE_FILL_BYTE(x) ((ULONG)((x) & 0xff) | STRSAFE_FILL_BEHIND_NULL)
#define STRSAFE_FAILURE_BYTE(x) ((ULONG)((x) & 0xff) | STRSAFE_FILL_ON_FAILURE)
#define NTSTRSAFE_PSTR PSTR
#define NTSTRSAFE_PCSTR PCSTR
#define NTSTRSAFE_PCWSTR PCWSTR
typedef PCSTR STRSAFE_LPCSTR, STRSAFE_PCNZCH;
typedef PCWSTR STRSAFE_LPCWSTR, STRSAFE_PCNZWCH;
typedef PSTR STRSAFE_LPSTR;
typedef PWSTR STRSAFE_LPWSTR;

// One file of routines, once for each kind of characters and of sizes: C has no templates.
#define WDK_CHAR CHAR
#define WDK_CORE(name) wdk_str_##name##_a
#define WDK_FORMAT _vsnprintf
#include "wdm/strsafe_core.h"
#define WDK_UNIT 1
#define WDK_NAME(name) RtlStringCb##name##A
#include "wdm/strsafe_routines.h"
#undef WDK_NAME
#define WDK_NAME(name) RtlStringCch##name##A
#include "wdm/strsafe_routines.h"
#undef WDK_NAME
#undef WDK_UNIT
#undef WDK_FORMAT
#undef WDK_CORE
#undef WDK_CHAR

#define WDK_CHAR WCHAR
#define WDK_CORE(name) wdk_str_##name##_w
#define WDK_FORMAT _vsnwprintf
#include "wdm/strsafe_core.h"
#define WDK_UNIT sizeof(WCHAR)
#define WDK_NAME(name) RtlStringCb##name##W
#include "wdm/strsafe_routines.h"
#undef WDK_NAME
#undef WDK_UNIT
#define WDK_UNIT 1
#define WDK_NAME(name) RtlStringCch##name##W
#include "wdm/strsafe_routines.h"
#undef WDK_NAME
#undef WDK_UNIT
#undef WDK_FORMAT
#undef WDK_CORE
#undef WDK_CHAR

#define RtlStringCbCopy RtlStringCbCopyW
#define RtlStringCchCopy RtlStringCchCopyW
#define RtlStringCbCopyN RtlStringCbCopyNW
#define RtlStringCchCopyN RtlStringCchCopyNW
#define RtlStringCbCopyEx RtlStringCbCopyExW
#define RtlStringCchCopyEx RtlStringCchCopyExW
#define RtlStringCbCopyNEx RtlStringCbCopyNExW
#define RtlStringCchCopyNEx RtlStringCchCopyNExW
#define RtlStringCbCat RtlStringCbCatW
#define RtlStringCchCat RtlStringCchCatW
#define RtlStringCbCatN RtlStringCbCatNW
#define RtlStringCchCatN RtlStringCchCatNW
#define RtlStringCbCatEx RtlStringCbCatExW
#define RtlStringCchCatEx RtlStringCchCatExW
#define RtlStringCbCatNEx RtlStringCbCatNExW
#define RtlStringCchCatNEx RtlStringCchCatNExW
#define RtlStringCbVPrintf RtlStringCbVPrintfW
#define RtlStringCchVPrintf RtlStringCchVPrintfW
#define RtlStringCbVPrintfEx RtlStringCbVPrintfExW
#define RtlStringCchVPrintfEx RtlStringCchVPrintfExW
#define RtlStringCbPrintf RtlStringCbPrintfW
#define RtlStringCchPrintf RtlStringCchPrintfW
#define RtlStringCbPrintfEx RtlStringCbPrintfExW
#define RtlStringCchPrintfEx RtlStringCchPrintfExW
#define RtlStringCbLength RtlStringCbLengthW
#define RtlStringCchLength RtlStringCchLengthW

#include "ntunistrsafe.h"

#endif  // WDK_DRIVER
