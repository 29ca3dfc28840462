// SPDX-License-Identifier: Apache-2.0
// Where the two compilations differ: a driver (Windows target, LLP64) and the host that plays the
// kernel (Linux, LP64).
#pragma once

#if defined(_WIN64)
#define WDK_DRIVER 1
#else
#define WDK_HOST 1
#endif

#include <stdarg.h>
#include <stddef.h>

#ifdef WDK_DRIVER
#define NTAPI
#define WDK_LONG long
#define DECLSPEC_IMPORT __declspec(dllimport)
#define DECLSPEC_NORETURN __declspec(noreturn)
#define WDK_SELECTANY __declspec(selectany)
typedef unsigned short WDK_CHAR16;
#else
// Everything the driver calls and everything it is called by crosses the Microsoft x64 convention.
#define NTAPI __attribute__((ms_abi))
#define WDK_LONG int
#define DECLSPEC_IMPORT
#define DECLSPEC_NORETURN __attribute__((noreturn))
#define WDK_SELECTANY
#endif

// For Windows compilers an enumeration is an int that holds any number, and drivers make use of
// that: the host must be able to read such numbers.
#if defined(WDK_HOST) && defined(__cplusplus)
#define WDK_INT : int
#else
#define WDK_INT
#endif

// A va_list that a ms_abi variadic function makes or takes.
#ifdef WDK_DRIVER
typedef va_list WDK_VA_LIST;
#else
typedef __builtin_ms_va_list WDK_VA_LIST;
#endif

#define DECLSPEC_ALIGN(n) __attribute__((aligned(n)))
#define NTSYSAPI DECLSPEC_IMPORT
#define NTSYSCALLAPI DECLSPEC_IMPORT
#define NTKERNELAPI DECLSPEC_IMPORT
#define NTHALAPI DECLSPEC_IMPORT
#define NDISAPI DECLSPEC_IMPORT
#define FASTCALL NTAPI
#define CALLBACK NTAPI
#define FORCEINLINE static inline __attribute__((always_inline, unused))
#define DECLSPEC_NOINLINE __attribute__((noinline))

#ifdef WDK_DRIVER
#ifndef __forceinline
#define __forceinline inline __attribute__((always_inline))
#endif
#define WINAPI
#endif

#ifdef __cplusplus
#define EXTERN_C extern "C"
#else
#define EXTERN_C extern
#endif

#ifdef __cplusplus
extern "C" {
#endif

#ifndef VOID
#define VOID void
#endif
typedef void* PVOID;
typedef void* LPVOID;
typedef const void* LPCVOID;
typedef char CHAR;
typedef signed char SCHAR;
typedef char CCHAR;
typedef short CSHORT;
typedef unsigned char UCHAR;
typedef unsigned char BYTE;
typedef short SHORT;
typedef unsigned short USHORT;
typedef unsigned short WORD;
typedef WDK_LONG LONG;
typedef unsigned WDK_LONG ULONG;
typedef unsigned WDK_LONG DWORD;
typedef unsigned WDK_LONG LOGICAL;
typedef unsigned WDK_LONG CLONG;
typedef int INT;
typedef int BOOL;
typedef unsigned int UINT;
typedef signed char INT8;
typedef unsigned char UINT8;
typedef short INT16;
typedef unsigned short UINT16;
typedef int INT32;
typedef unsigned int UINT32;
typedef long long INT64;
typedef unsigned long long UINT64;
typedef int LONG32;
typedef unsigned int ULONG32;
typedef unsigned int DWORD32;
typedef long long LONGLONG;
typedef unsigned long long ULONGLONG;
typedef long long LONG64;
typedef unsigned long long ULONG64;
typedef unsigned long long DWORD64;
typedef unsigned long long DWORDLONG;
typedef long long LONG_PTR;
typedef unsigned long long ULONG_PTR;
typedef unsigned long long DWORD_PTR;
typedef long long INT_PTR;
typedef unsigned long long UINT_PTR;
typedef ULONG_PTR SIZE_T;
typedef LONG_PTR SSIZE_T;
typedef UCHAR BOOLEAN;
#ifdef __cplusplus
#ifdef WDK_DRIVER
typedef wchar_t WCHAR;
#else
typedef char16_t WCHAR;
#endif
#else
typedef unsigned short WCHAR;
#endif

#ifdef __cplusplus
}
#endif
