// SPDX-License-Identifier: Apache-2.0
// The types every Windows header rests on: integers, strings, lists, status values, object
// attributes.
#pragma once

#include "guiddef.h"
#include "sal.h"
#include "wdk_target.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef CHAR *PCHAR, *LPSTR, *PSTR, *PCH;
typedef const CHAR *LPCSTR, *PCSTR, *PCCH, *PCSZ;
typedef SCHAR* PSCHAR;
typedef UCHAR *PUCHAR, *PBYTE;
typedef const UCHAR* PCUCHAR;
typedef SHORT* PSHORT;
typedef USHORT *PUSHORT, *PWORD;
typedef LONG* PLONG;
typedef ULONG *PULONG, *PDWORD;
typedef INT* PINT;
typedef UINT* PUINT;
typedef BOOL* PBOOL;
typedef INT8* PINT8;
typedef UINT8* PUINT8;
typedef INT16* PINT16;
typedef UINT16* PUINT16;
typedef INT32* PINT32;
typedef UINT32* PUINT32;
typedef INT64* PINT64;
typedef UINT64* PUINT64;
typedef LONGLONG* PLONGLONG;
typedef ULONGLONG* PULONGLONG;
typedef LONG64* PLONG64;
typedef ULONG64* PULONG64;
typedef LONG_PTR* PLONG_PTR;
typedef ULONG_PTR* PULONG_PTR;
typedef SIZE_T* PSIZE_T;
typedef BOOLEAN* PBOOLEAN;
typedef WCHAR *PWCHAR, *LPWSTR, *PWSTR, *PWCH, *NTSTRSAFE_PWSTR;
typedef const WCHAR *LPCWSTR, *PCWSTR, *PCWCH, *LPCWCH;
typedef PVOID HANDLE;
typedef HANDLE* PHANDLE;
typedef LONG NTSTATUS;
typedef NTSTATUS* PNTSTATUS;
typedef ULONG ACCESS_MASK;
typedef ACCESS_MASK* PACCESS_MASK;
typedef ULONG_PTR KAFFINITY;
typedef KAFFINITY* PKAFFINITY;
typedef LONG KPRIORITY;
typedef CCHAR KPROCESSOR_MODE;
typedef UCHAR KIRQL;
typedef KIRQL* PKIRQL;
typedef ULONG DEVICE_TYPE;
typedef ULONG SECURITY_INFORMATION;
typedef PVOID PSECURITY_DESCRIPTOR;

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif
#define MAXUCHAR 0xff
#define MAXUSHORT 0xffff
#define MAXULONG 0xffffffffU
#define MAXLONG 0x7fffffff
#define ANYSIZE_ARRAY 1
#define UNICODE_NULL ((WCHAR)0)
#define MAX_PATH 260

#ifdef WDK_DRIVER
// Markers of old driver sources. The host does without these names.
#define IN
#define OUT
#define OPTIONAL
#define CONST const
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define DUMMYSTRUCTNAME
#define DUMMYUNIONNAME
#endif

#define NT_SUCCESS(status) (((NTSTATUS)(status)) >= 0)
#define NT_INFORMATION(status) ((((ULONG)(status)) >> 30) == 1)
#define NT_WARNING(status) ((((ULONG)(status)) >> 30) == 2)
#define NT_ERROR(status) ((((ULONG)(status)) >> 30) == 3)

#define UNREFERENCED_PARAMETER(p) ((void)(p))
#define UNREFERENCED_LOCAL_VARIABLE(v) ((void)(v))
#define DBG_UNREFERENCED_PARAMETER(p) ((void)(p))
#define ARRAYSIZE(a) (sizeof(a) / sizeof((a)[0]))
#define RTL_NUMBER_OF(a) ARRAYSIZE(a)
#define FIELD_OFFSET(type, field) ((LONG)offsetof(type, field))
#define UFIELD_OFFSET(type, field) ((ULONG)offsetof(type, field))
#define CONTAINING_RECORD(address, type, field) ((type*)((PCHAR)(address) - offsetof(type, field)))
#define RTL_FIELD_SIZE(type, field) (sizeof(((type*)0)->field))
#define RTL_SIZEOF_THROUGH_FIELD(type, field) \
  (FIELD_OFFSET(type, field) + RTL_FIELD_SIZE(type, field))
#define RTL_CONTAINS_FIELD(p, size, field) \
  ((((PCHAR)(&(p)->field)) + sizeof((p)->field)) <= (((PCHAR)(p)) + (size)))
#ifdef __cplusplus
#define C_ASSERT(e) static_assert(e, #e)
#else
#define C_ASSERT(e) _Static_assert(e, #e)
#endif
#define HandleToULong(h) ((ULONG)(ULONG_PTR)(h))
#define HandleToUlong(h) HandleToULong(h)
#define ULongToHandle(u) ((HANDLE)(ULONG_PTR)(u))
#define UlongToHandle(u) ULongToHandle(u)
#define UlongToPtr(u) ((PVOID)(ULONG_PTR)(u))
#define PtrToUlong(p) ((ULONG)(ULONG_PTR)(p))
#define Add2Ptr(p, n) ((PVOID)((PUCHAR)(p) + (n)))
#define DECLARE_HANDLE(name) typedef struct name##__* name

typedef struct _LIST_ENTRY LIST_ENTRY;
typedef struct _LIST_ENTRY {
  LIST_ENTRY* Flink;
  LIST_ENTRY* Blink;
} LIST_ENTRY, *PLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY SINGLE_LIST_ENTRY;
typedef struct _SINGLE_LIST_ENTRY {
  SINGLE_LIST_ENTRY* Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

typedef struct _SLIST_ENTRY SLIST_ENTRY;
typedef struct DECLSPEC_ALIGN(16) _SLIST_ENTRY {
  SLIST_ENTRY* Next;
} SLIST_ENTRY, *PSLIST_ENTRY;

typedef union DECLSPEC_ALIGN(16) _SLIST_HEADER {
  struct {
    ULONGLONG Alignment;
    ULONGLONG Region;
  };
  struct {
    ULONGLONG Depth : 16;
    ULONGLONG Sequence : 48;
    ULONGLONG Reserved : 4;
    ULONGLONG NextEntry : 60;
  } HeaderX64;
} SLIST_HEADER, *PSLIST_HEADER;

typedef struct _UNICODE_STRING {
  USHORT Length;
  USHORT MaximumLength;
  PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;

typedef struct _ANSI_STRING {
  USHORT Length;
  USHORT MaximumLength;
  PCHAR Buffer;
} ANSI_STRING, *PANSI_STRING;

typedef ANSI_STRING STRING, *PSTRING, OEM_STRING, *POEM_STRING;
typedef const UNICODE_STRING* PCUNICODE_STRING;
typedef const ANSI_STRING* PCANSI_STRING;
typedef LIST_ENTRY* PRLIST_ENTRY;

typedef union _LARGE_INTEGER {
  struct {
    ULONG LowPart;
    LONG HighPart;
  };
  struct {
    ULONG LowPart;
    LONG HighPart;
  } u;
  LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
  struct {
    ULONG LowPart;
    ULONG HighPart;
  };
  struct {
    ULONG LowPart;
    ULONG HighPart;
  } u;
  ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef LARGE_INTEGER PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;

typedef struct _LUID {
  ULONG LowPart;
  LONG HighPart;
} LUID, *PLUID;

typedef struct _OBJECT_ATTRIBUTES {
  ULONG Length;
  HANDLE RootDirectory;
  PUNICODE_STRING ObjectName;
  ULONG Attributes;
  PVOID SecurityDescriptor;
  PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;

typedef struct _CLIENT_ID {
  HANDLE UniqueProcess;
  HANDLE UniqueThread;
} CLIENT_ID, *PCLIENT_ID;

typedef struct _GROUP_AFFINITY {
  KAFFINITY Mask;
  USHORT Group;
  USHORT Reserved[3];
} GROUP_AFFINITY, *PGROUP_AFFINITY;

typedef struct _PROCESSOR_NUMBER {
  USHORT Group;
  UCHAR Number;
  UCHAR Reserved;
} PROCESSOR_NUMBER, *PPROCESSOR_NUMBER;

typedef const OBJECT_ATTRIBUTES* PCOBJECT_ATTRIBUTES;

#define OBJ_INHERIT 0x2
#define OBJ_PERMANENT 0x10
#define OBJ_EXCLUSIVE 0x20
#define OBJ_CASE_INSENSITIVE 0x40
#define OBJ_OPENIF 0x80
#define OBJ_OPENLINK 0x100
#define OBJ_KERNEL_HANDLE 0x200
#define OBJ_FORCE_ACCESS_CHECK 0x400
#define OBJ_VALID_ATTRIBUTES 0x1ff2

#define InitializeObjectAttributes(p, n, a, r, s) \
  do {                                            \
    (p)->Length = sizeof(OBJECT_ATTRIBUTES);      \
    (p)->RootDirectory = (r);                     \
    (p)->Attributes = (a);                        \
    (p)->ObjectName = (n);                        \
    (p)->SecurityDescriptor = (s);                \
    (p)->SecurityQualityOfService = NULL;         \
  } while (0)
#define RTL_CONSTANT_OBJECT_ATTRIBUTES(n, a) \
  {sizeof(OBJECT_ATTRIBUTES), NULL, RTL_CONST_CAST(PUNICODE_STRING)(n), a, NULL, NULL}
#define RTL_CONST_CAST(type) (type)

// A counted string over a literal; the literal may be narrow or wide.
#ifdef __cplusplus
extern "C++" template <class Char, size_t N>
constexpr Char* wdk_literal(const Char (&text)[N]) {
  return const_cast<Char*>(text);
}
#else
#define wdk_literal(text) (text)
#endif
#define RTL_CONSTANT_STRING(s) {sizeof(s) - sizeof((s)[0]), sizeof(s), wdk_literal(s)}
#define DECLARE_CONST_UNICODE_STRING(name, text)                           \
  const WCHAR name##_buffer[] = text;                                      \
  const UNICODE_STRING name = {sizeof(text) - sizeof(WCHAR), sizeof(text), \
                               RTL_CONST_CAST(PWSTR)(name##_buffer)}
#define DECLARE_UNICODE_STRING_SIZE(name, count) \
  WCHAR name##_buffer[count];                    \
  UNICODE_STRING name = {0, (count) * sizeof(WCHAR), name##_buffer}

#ifdef __cplusplus
#define DEFINE_ENUM_FLAG_OPERATORS(type)      \
  extern "C++" {                              \
  constexpr type operator|(type a, type b) {  \
    return (type)((unsigned)a | (unsigned)b); \
  }                                           \
  constexpr type operator&(type a, type b) {  \
    return (type)((unsigned)a & (unsigned)b); \
  }                                           \
  constexpr type operator~(type a) {          \
    return (type)(~(unsigned)a);              \
  }                                           \
  }
#else
#define DEFINE_ENUM_FLAG_OPERATORS(type)
#endif

#ifdef __cplusplus
}
#endif
