// SPDX-License-Identifier: Apache-2.0
// Macros and small types that driver sources use and the host does not need.
#pragma once

#include "../ntdef.h"

#undef ZwQueryInformationProcess  // see sdkddkver.h
#undef ZwQuerySystemInformation

#define FAR
#define NEAR
#define PASCAL
#define CDECL __cdecl
#define APIENTRY
#define APIPRIVATE
#define NTAPI_INLINE NTAPI
#define STDMETHODCALLTYPE
#define NOTHING
#define STDAPICALLTYPE
// Sources ask for these before they say which section a routine belongs to.
#define ALLOC_PRAGMA 1
#define ALLOC_DATA_PRAGMA 1
#define UNALIGNED
#define UNALIGNED64
#define RESTRICTED_POINTER
#define POINTER_32
#define POINTER_64
#define CFORCEINLINE FORCEINLINE
#define STDAPI EXTERN_C HRESULT
#define DECLSPEC_NOVTABLE __declspec(novtable)
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(64)
#define DECLSPEC_SELECTANY __declspec(selectany)
#define DECLSPEC_ALLOCATE(section) __declspec(allocate(section))
#define DECLSPEC_UUID(x)
#define DECLSPEC_EXPORT __declspec(dllexport)
#define DECLSPEC_DEPRECATED_DDK
#define DECLSPEC_GUARD_SUPPRESS
#define SYSTEM_CACHE_ALIGNMENT_SIZE 64
#define _ANONYMOUS_UNION
#define _ANONYMOUS_STRUCT
#define DUMMYUNIONNAME1
#define DUMMYUNIONNAME2
#define DUMMYUNIONNAME3
#define DUMMYSTRUCTNAME2
#define MEMORY_ALLOCATION_ALIGNMENT 16
#define MAX_NATURAL_ALIGNMENT 8
#define TYPE_ALIGNMENT(type) __alignof(type)
#define PROBE_ALIGNMENT(type) TYPE_ALIGNMENT(type)
#ifdef __cplusplus
#define EXTERN_C_START extern "C" {
#define EXTERN_C_END }
#else
#define EXTERN_C_START
#define EXTERN_C_END
#endif

typedef LONG HRESULT;
#define S_OK ((HRESULT)0)
#define S_FALSE ((HRESULT)1)
#define E_FAIL ((HRESULT)0x80004005L)
#define E_INVALIDARG ((HRESULT)0x80070057L)
#define E_OUTOFMEMORY ((HRESULT)0x8007000EL)
#define SUCCEEDED(result) (((HRESULT)(result)) >= 0)
#define FAILED(result) (((HRESULT)(result)) < 0)
#define NO_ERROR 0L
#define ERROR_SUCCESS 0L
#define HRESULT_FROM_NT(status) ((HRESULT)((status) | 0x10000000))

// The compiler's own headers bring these to every source on Windows.
typedef __INTPTR_TYPE__ intptr_t;
typedef __UINTPTR_TYPE__ uintptr_t;
#define BYTES_TO_PAGES(size) (((size) >> 12) + (((size) & 0xfff) != 0))
#define FIELD_SIZE(type, field) (sizeof(((type*)0)->field))
typedef struct _FILETIME {
  DWORD dwLowDateTime;
  DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;
typedef const UNICODE_STRING CUNICODE_STRING;

typedef double DOUBLE;
typedef float FLOAT;
typedef ULONGLONG ULONG64_PTR;
typedef ULONG* LPDWORD;
typedef WORD* LPWORD;
typedef BYTE* LPBYTE;
typedef BOOL* LPBOOL;
typedef const WCHAR *PCWCHAR, *PCNZWCH, *PCUNZWCH;
typedef WCHAR *PNZWCH, *PZZWSTR, *LPWCH;
typedef const CHAR *PCNZCH, *LPCCH;
typedef CHAR* PNZCH;
typedef const USHORT* PCUSHORT;
typedef const ULONG* PCULONG;
typedef const LONG64* PCLONG64;
typedef CCHAR* PCCHAR;
typedef CSHORT* PCSHORT;
typedef ULONG LCID, *PLCID;
typedef USHORT LANGID;
typedef LONG* PLONG32;
typedef ULONG32* PULONG32;
typedef DWORD_PTR* PDWORD_PTR;
typedef UINT_PTR* PUINT_PTR;
typedef INT_PTR* PINT_PTR;
typedef SSIZE_T* PSSIZE_T;
typedef PVOID* PPVOID;
typedef ULONGLONG *PDWORDLONG, *PDWORD64;
typedef UCHAR FCHAR;
typedef ULONG FLONG;
typedef LONG SECURITY_STATUS;
typedef ANSI_STRING UTF8_STRING, *PUTF8_STRING, CANSI_STRING;
typedef const UTF8_STRING* PCUTF8_STRING;
typedef const STRING* PCSTRING;
typedef const OEM_STRING* PCOEM_STRING;
typedef LONG* LPLONG;
typedef UCHAR UTF8CHAR;
typedef union _QUAD_PAIR {
  LONGLONG UseThisFieldToCopy;
  double DoNotUseThisField;
} QUAD, *PQUAD;

#define MINCHAR 0x80
#define MAXCHAR 0x7f
#define MINSHORT 0x8000
#define MAXSHORT 0x7fff
#define MINLONG 0x80000000
#define MAXBYTE 0xff
#define MAXWORD 0xffff
#define MAXDWORD 0xffffffff
#define MAXUINT8 ((UINT8) ~((UINT8)0))
#define MAXUINT16 ((UINT16) ~((UINT16)0))
#define MAXUINT32 ((UINT32) ~((UINT32)0))
#define MAXUINT64 ((UINT64) ~((UINT64)0))
#define MAXINT8 ((INT8)(MAXUINT8 >> 1))
#define MAXINT16 ((INT16)(MAXUINT16 >> 1))
#define MAXINT32 ((INT32)(MAXUINT32 >> 1))
#define MAXINT64 ((INT64)(MAXUINT64 >> 1))
#define MAXUINT ((UINT) ~((UINT)0))
#define MAXINT ((INT)(MAXUINT >> 1))
#define MAXULONG32 0xffffffffU
#define MAXULONG64 ((ULONG64) ~((ULONG64)0))
#define MAXLONGLONG 0x7fffffffffffffffLL
#define MINLONGLONG (-MAXLONGLONG - 1)
#define MAXULONGLONG 0xffffffffffffffffULL
#define MAXULONG_PTR (~((ULONG_PTR)0))
#define MAXLONG_PTR ((LONG_PTR)(MAXULONG_PTR >> 1))
#define MAXSIZE_T (~((SIZE_T)0))
#define MAXSSIZE_T ((SSIZE_T)(MAXSIZE_T >> 1))
#define MAXDWORD64 MAXULONG64

#define LOBYTE(value) ((UCHAR)((ULONG_PTR)(value) & 0xff))
#define HIBYTE(value) ((UCHAR)(((ULONG_PTR)(value) >> 8) & 0xff))
#define LOWORD(value) ((USHORT)((ULONG_PTR)(value) & 0xffff))
#define HIWORD(value) ((USHORT)(((ULONG_PTR)(value) >> 16) & 0xffff))
#define MAKEWORD(low, high) ((USHORT)((UCHAR)(low) | ((USHORT)(UCHAR)(high) << 8)))
#define MAKELONG(low, high) ((LONG)((USHORT)(low) | ((ULONG)(USHORT)(high) << 16)))
#define Int32x32To64(a, b) ((LONGLONG)(LONG)(a) * (LONGLONG)(LONG)(b))
#define UInt32x32To64(a, b) ((ULONGLONG)(ULONG)(a) * (ULONGLONG)(ULONG)(b))
#define Int64ShllMod32(a, b) ((ULONGLONG)(a) << (b))
#define Int64ShrlMod32(a, b) ((ULONGLONG)(a) >> (b))

#define HandleToLong(h) ((LONG)(LONG_PTR)(h))
#define HandleToUlongPtr(h) ((ULONG_PTR)(h))
#define LongToHandle(l) ((HANDLE)(LONG_PTR)(l))
#define PtrToLong(p) ((LONG)(LONG_PTR)(p))
#define PtrToUint(p) ((UINT)(UINT_PTR)(p))
#define PtrToInt(p) ((INT)(INT_PTR)(p))
#define PtrToUshort(p) ((USHORT)(ULONG_PTR)(p))
#define UintToPtr(u) ((PVOID)(UINT_PTR)(u))
#define IntToPtr(i) ((PVOID)(INT_PTR)(i))
#define LongToPtr(l) ((PVOID)(LONG_PTR)(l))
#define ULongToPtr(u) ((PVOID)(ULONG_PTR)(u))
#define PtrToULong(p) PtrToUlong(p)
#define UintToHandle(u) ((HANDLE)(UINT_PTR)(u))
#define IntToHandle(i) ((HANDLE)(INT_PTR)(i))
#define PtrOffset(base, p) ((ULONG)((ULONG_PTR)(p) - (ULONG_PTR)(base)))
#define RtlOffsetToPointer(base, offset) ((PCHAR)(((PCHAR)(base)) + ((ULONG_PTR)(offset))))
#define RtlPointerToOffset(base, p) ((ULONG)(((PCHAR)(p)) - ((PCHAR)(base))))

#define FlagOn(flags, mask) ((flags) & (mask))
#define BooleanFlagOn(flags, mask) ((BOOLEAN)(((flags) & (mask)) != 0))
#define SetFlag(flags, mask) ((flags) |= (mask))
#define ClearFlag(flags, mask) ((flags) &= ~(mask))

#define ALIGN_DOWN_BY(length, alignment) ((ULONG_PTR)(length) & ~((ULONG_PTR)(alignment) - 1))
#define ALIGN_UP_BY(length, alignment) \
  (ALIGN_DOWN_BY(((ULONG_PTR)(length) + (alignment) - 1), alignment))
#define ALIGN_DOWN_POINTER_BY(address, alignment) ((PVOID)ALIGN_DOWN_BY(address, alignment))
#define ALIGN_UP_POINTER_BY(address, alignment) ((PVOID)ALIGN_UP_BY(address, alignment))
#define ALIGN_DOWN(length, type) ALIGN_DOWN_BY(length, sizeof(type))
#define ALIGN_UP(length, type) ALIGN_UP_BY(length, sizeof(type))
#define ALIGN_DOWN_POINTER(address, type) ALIGN_DOWN_POINTER_BY(address, sizeof(type))
#define ALIGN_UP_POINTER(address, type) ALIGN_UP_POINTER_BY(address, sizeof(type))
#define IS_ALIGNED(p, alignment) (((ULONG_PTR)(p) & ((alignment) - 1)) == 0)

#define UNICODE_STRING_MAX_BYTES ((USHORT)65534)
#define UNICODE_STRING_MAX_CHARS 32767
#define ANSI_NULL ((CHAR)0)
#define UNICODE_WITH_BOM 0xfeff
#define ANSI_STRING_MAX_BYTES ((USHORT)65535)
#define OBJ_DONT_REPARSE 0x1000
#define OBJ_IGNORE_IMPERSONATED_DEVICEMAP 0x800
#define OBJ_HANDLE_TAGBITS 3L
#define LOW_PRIORITY 0
#define LOW_REALTIME_PRIORITY 16
#define HIGH_PRIORITY 31
#define MAXIMUM_PRIORITY 32
#define MAXIMUM_PROCESSORS 64
#define MAXIMUM_SUPPORTED_EXTENSION 512
#define ALL_PROCESSOR_GROUPS 0xffff
#define DBG_UNREFERENCED_LOCAL_VARIABLE(v) ((void)(v))
#define RTL_NUMBER_OF_V1(a) (sizeof(a) / sizeof((a)[0]))
#define RTL_NUMBER_OF_V2(a) RTL_NUMBER_OF_V1(a)
#define RTL_NUMBER_OF_FIELD(type, field) (RTL_NUMBER_OF(((type*)0)->field))
#define RTL_PADDING_BETWEEN_FIELDS(type, a, b) \
  (FIELD_OFFSET(type, b) - FIELD_OFFSET(type, a) - RTL_FIELD_SIZE(type, a))
#define RTL_IS_POWER_OF_TWO(value) (((value) != 0) && !((value) & ((value) - 1)))
#define RTL_IS_CLEAR_OR_SINGLE_FLAG(flags, mask) \
  ((((flags) & (mask)) == 0) || !(((flags) & (mask)) & (((flags) & (mask)) - 1)))
#define __ROUND_MASK(alignment) ((alignment) - 1)
#define TEXT(quote) L##quote
#define _NTDDK_
#define _WDMDDK_
#define ACCESS_SYSTEM_SECURITY 0x01000000L
#define MAXIMUM_ALLOWED 0x02000000L
#define STANDARD_RIGHTS_READ READ_CONTROL
#define STANDARD_RIGHTS_WRITE READ_CONTROL
#define STANDARD_RIGHTS_EXECUTE READ_CONTROL
#define SPECIFIC_RIGHTS_ALL 0xffff
#define DECLARE_UNICODE_STRING(name, text) \
  WCHAR name##_buffer[] = text;            \
  UNICODE_STRING name = {sizeof(text) - sizeof(WCHAR), sizeof(text), name##_buffer}
#define DECLARE_GLOBAL_CONST_UNICODE_STRING(name, text) \
  extern const __declspec(selectany) UNICODE_STRING name = RTL_CONSTANT_STRING(text)
