// SPDX-License-Identifier: Apache-2.0
// Memory objects and lookaside lists of the framework.
#pragma once

#include "wdfobject.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _WDFMEMORY_OFFSET {
  size_t BufferOffset;
  size_t BufferLength;
} WDFMEMORY_OFFSET, *PWDFMEMORY_OFFSET;

typedef struct _WDF_MEMORY_DESCRIPTOR {
  WDF_MEMORY_DESCRIPTOR_TYPE Type;
  union {
    struct {
      PVOID Buffer;
      ULONG Length;
    } BufferType;
    struct {
      PMDL Mdl;
      ULONG BufferLength;
    } MdlType;
    struct {
      WDFMEMORY Memory;
      PWDFMEMORY_OFFSET Offsets;
    } HandleType;
  } u;
} WDF_MEMORY_DESCRIPTOR, *PWDF_MEMORY_DESCRIPTOR;

typedef NTSTATUS(NTAPI* PFN_WDFMEMORYCREATE)(PWDF_DRIVER_GLOBALS, PWDF_OBJECT_ATTRIBUTES, POOL_TYPE,
                                             ULONG, size_t, WDFMEMORY*, PVOID*);
typedef NTSTATUS(NTAPI* PFN_WDFMEMORYCREATEPREALLOCATED)(PWDF_DRIVER_GLOBALS,
                                                         PWDF_OBJECT_ATTRIBUTES, PVOID, size_t,
                                                         WDFMEMORY*);
typedef PVOID(NTAPI* PFN_WDFMEMORYGETBUFFER)(PWDF_DRIVER_GLOBALS, WDFMEMORY, size_t*);
typedef NTSTATUS(NTAPI* PFN_WDFMEMORYASSIGNBUFFER)(PWDF_DRIVER_GLOBALS, WDFMEMORY, PVOID, size_t);
typedef NTSTATUS(NTAPI* PFN_WDFMEMORYCOPYTOBUFFER)(PWDF_DRIVER_GLOBALS, WDFMEMORY, size_t, PVOID,
                                                   size_t);
typedef NTSTATUS(NTAPI* PFN_WDFMEMORYCOPYFROMBUFFER)(PWDF_DRIVER_GLOBALS, WDFMEMORY, size_t, PVOID,
                                                     size_t);
typedef NTSTATUS(NTAPI* PFN_WDFLOOKASIDELISTCREATE)(PWDF_DRIVER_GLOBALS, PWDF_OBJECT_ATTRIBUTES,
                                                    size_t, POOL_TYPE, PWDF_OBJECT_ATTRIBUTES,
                                                    ULONG, WDFLOOKASIDE*);
typedef NTSTATUS(NTAPI* PFN_WDFMEMORYCREATEFROMLOOKASIDE)(PWDF_DRIVER_GLOBALS, WDFLOOKASIDE,
                                                          WDFMEMORY*);

#ifdef WDK_DRIVER
FORCEINLINE NTSTATUS WdfMemoryCreate(PWDF_OBJECT_ATTRIBUTES ObjectAttributes, POOL_TYPE OolType,
                                     ULONG Ulong, size_t Size, WDFMEMORY* Memory, PVOID* Pointer) {
  return ((PFN_WDFMEMORYCREATE)WdfFunctions[WdfMemoryCreateTableIndex])(
      WdfDriverGlobals, ObjectAttributes, OolType, Ulong, Size, Memory, Pointer);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfMemoryCreatePreallocated(PWDF_OBJECT_ATTRIBUTES ObjectAttributes, PVOID Pointer, size_t Size,
                                WDFMEMORY* Memory) {
  return ((PFN_WDFMEMORYCREATEPREALLOCATED)WdfFunctions[WdfMemoryCreatePreallocatedTableIndex])(
      WdfDriverGlobals, ObjectAttributes, Pointer, Size, Memory);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE PVOID
    WdfMemoryGetBuffer(WDFMEMORY Memory, size_t* Size) {
  return ((PFN_WDFMEMORYGETBUFFER)WdfFunctions[WdfMemoryGetBufferTableIndex])(WdfDriverGlobals,
                                                                              Memory, Size);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfMemoryAssignBuffer(WDFMEMORY Memory, PVOID Pointer, size_t Size) {
  return ((PFN_WDFMEMORYASSIGNBUFFER)WdfFunctions[WdfMemoryAssignBufferTableIndex])(
      WdfDriverGlobals, Memory, Pointer, Size);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfMemoryCopyToBuffer(WDFMEMORY Memory, size_t Size1, PVOID Pointer, size_t Size2) {
  return ((PFN_WDFMEMORYCOPYTOBUFFER)WdfFunctions[WdfMemoryCopyToBufferTableIndex])(
      WdfDriverGlobals, Memory, Size1, Pointer, Size2);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfMemoryCopyFromBuffer(WDFMEMORY Memory, size_t Size1, PVOID Pointer, size_t Size2) {
  return ((PFN_WDFMEMORYCOPYFROMBUFFER)WdfFunctions[WdfMemoryCopyFromBufferTableIndex])(
      WdfDriverGlobals, Memory, Size1, Pointer, Size2);
}
FORCEINLINE NTSTATUS WdfLookasideListCreate(PWDF_OBJECT_ATTRIBUTES ObjectAttributes1, size_t Size,
                                            POOL_TYPE OolType,
                                            PWDF_OBJECT_ATTRIBUTES ObjectAttributes2, ULONG Ulong,
                                            WDFLOOKASIDE* Lookaside) {
  return ((PFN_WDFLOOKASIDELISTCREATE)WdfFunctions[WdfLookasideListCreateTableIndex])(
      WdfDriverGlobals, ObjectAttributes1, Size, OolType, ObjectAttributes2, Ulong, Lookaside);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfMemoryCreateFromLookaside(WDFLOOKASIDE Lookaside, WDFMEMORY* Memory) {
  return ((PFN_WDFMEMORYCREATEFROMLOOKASIDE)WdfFunctions[WdfMemoryCreateFromLookasideTableIndex])(
      WdfDriverGlobals, Lookaside, Memory);
}
#endif

#ifdef __cplusplus
}
#endif
