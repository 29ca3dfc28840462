// SPDX-License-Identifier: Apache-2.0
// Objects: attributes, contexts, references, deletion.
#pragma once

#include "wdfbind.h"
#include "wdffuncenum.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef VOID NTAPI EVT_WDF_OBJECT_CONTEXT_CLEANUP(WDFOBJECT);
typedef EVT_WDF_OBJECT_CONTEXT_CLEANUP* PFN_WDF_OBJECT_CONTEXT_CLEANUP;
typedef VOID NTAPI EVT_WDF_OBJECT_CONTEXT_DESTROY(WDFOBJECT);
typedef EVT_WDF_OBJECT_CONTEXT_DESTROY* PFN_WDF_OBJECT_CONTEXT_DESTROY;
typedef PCWDF_OBJECT_CONTEXT_TYPE_INFO(NTAPI* PFN_GET_UNIQUE_CONTEXT_TYPE)(VOID);
typedef struct _WDF_OBJECT_CONTEXT_TYPE_INFO {
  ULONG Size;
  LPCSTR ContextName;
  size_t ContextSize;
  PCWDF_OBJECT_CONTEXT_TYPE_INFO UniqueType;
  PFN_GET_UNIQUE_CONTEXT_TYPE EvtDriverGetUniqueContextType;
} WDF_OBJECT_CONTEXT_TYPE_INFO, *PWDF_OBJECT_CONTEXT_TYPE_INFO;

typedef struct _WDF_OBJECT_ATTRIBUTES {
  ULONG Size;
  PFN_WDF_OBJECT_CONTEXT_CLEANUP EvtCleanupCallback;
  PFN_WDF_OBJECT_CONTEXT_DESTROY EvtDestroyCallback;
  WDF_EXECUTION_LEVEL ExecutionLevel;
  WDF_SYNCHRONIZATION_SCOPE SynchronizationScope;
  WDFOBJECT ParentObject;
  size_t ContextSizeOverride;
  PCWDF_OBJECT_CONTEXT_TYPE_INFO ContextTypeInfo;
} WDF_OBJECT_ATTRIBUTES, *PWDF_OBJECT_ATTRIBUTES;

typedef struct _WDF_CUSTOM_TYPE_CONTEXT {
  ULONG Size;
  ULONG_PTR Data;
} WDF_CUSTOM_TYPE_CONTEXT, *PWDF_CUSTOM_TYPE_CONTEXT;

FORCEINLINE VOID WDF_OBJECT_ATTRIBUTES_INIT(PWDF_OBJECT_ATTRIBUTES attributes) {
  __builtin_memset(attributes, 0, sizeof(*attributes));
  attributes->Size = sizeof(*attributes);
  attributes->ExecutionLevel = WdfExecutionLevelInheritFromParent;
  attributes->SynchronizationScope = WdfSynchronizationScopeInheritFromParent;
}
#define WDF_NO_OBJECT_ATTRIBUTES NULL
#define WDF_NO_HANDLE NULL
#define WDF_NO_EVENT_CALLBACK NULL
#define WDF_NO_CONTEXT NULL
#define WDF_NO_SEND_OPTIONS NULL

typedef PVOID(NTAPI* PFN_WDFOBJECTGETTYPEDCONTEXTWORKER)(PWDF_DRIVER_GLOBALS, WDFOBJECT,
                                                         PCWDF_OBJECT_CONTEXT_TYPE_INFO);
typedef NTSTATUS(NTAPI* PFN_WDFOBJECTALLOCATECONTEXT)(PWDF_DRIVER_GLOBALS, WDFOBJECT,
                                                      PWDF_OBJECT_ATTRIBUTES, PVOID*);
typedef WDFOBJECT(NTAPI* PFN_WDFOBJECTCONTEXTGETOBJECT)(PWDF_DRIVER_GLOBALS, PVOID);
typedef VOID(NTAPI* PFN_WDFOBJECTREFERENCEACTUAL)(PWDF_DRIVER_GLOBALS, WDFOBJECT, PVOID, LONG,
                                                  PCCH);
typedef VOID(NTAPI* PFN_WDFOBJECTDEREFERENCEACTUAL)(PWDF_DRIVER_GLOBALS, WDFOBJECT, PVOID, LONG,
                                                    PCCH);
typedef NTSTATUS(NTAPI* PFN_WDFOBJECTCREATE)(PWDF_DRIVER_GLOBALS, PWDF_OBJECT_ATTRIBUTES,
                                             WDFOBJECT*);
typedef VOID(NTAPI* PFN_WDFOBJECTDELETE)(PWDF_DRIVER_GLOBALS, WDFOBJECT);
typedef NTSTATUS(NTAPI* PFN_WDFOBJECTQUERY)(PWDF_DRIVER_GLOBALS, WDFOBJECT, const GUID*, ULONG,
                                            PVOID);
typedef VOID(NTAPI* PFN_WDFOBJECTACQUIRELOCK)(PWDF_DRIVER_GLOBALS, WDFOBJECT);
typedef VOID(NTAPI* PFN_WDFOBJECTRELEASELOCK)(PWDF_DRIVER_GLOBALS, WDFOBJECT);

#ifdef WDK_DRIVER
FORCEINLINE PVOID WdfObjectGetTypedContextWorker(
    WDFOBJECT Object, PCWDF_OBJECT_CONTEXT_TYPE_INFO ObjectContextTypeInfo) {
  return (
      (PFN_WDFOBJECTGETTYPEDCONTEXTWORKER)WdfFunctions[WdfObjectGetTypedContextWorkerTableIndex])(
      WdfDriverGlobals, Object, ObjectContextTypeInfo);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfObjectAllocateContext(WDFOBJECT Object, PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                             PVOID* Pointer) {
  return ((PFN_WDFOBJECTALLOCATECONTEXT)WdfFunctions[WdfObjectAllocateContextTableIndex])(
      WdfDriverGlobals, Object, ObjectAttributes, Pointer);
}
FORCEINLINE WDFOBJECT WdfObjectContextGetObject(PVOID Pointer) {
  return ((PFN_WDFOBJECTCONTEXTGETOBJECT)WdfFunctions[WdfObjectContextGetObjectTableIndex])(
      WdfDriverGlobals, Pointer);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfObjectReferenceActual(WDFOBJECT Object, PVOID Pointer, LONG Long, PCCH Cch) {
  ((PFN_WDFOBJECTREFERENCEACTUAL)WdfFunctions[WdfObjectReferenceActualTableIndex])(
      WdfDriverGlobals, Object, Pointer, Long, Cch);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfObjectDereferenceActual(WDFOBJECT Object, PVOID Pointer, LONG Long, PCCH Cch) {
  ((PFN_WDFOBJECTDEREFERENCEACTUAL)WdfFunctions[WdfObjectDereferenceActualTableIndex])(
      WdfDriverGlobals, Object, Pointer, Long, Cch);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfObjectCreate(PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFOBJECT* Object) {
  return ((PFN_WDFOBJECTCREATE)WdfFunctions[WdfObjectCreateTableIndex])(WdfDriverGlobals,
                                                                        ObjectAttributes, Object);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID WdfObjectDelete(WDFOBJECT Object) {
  ((PFN_WDFOBJECTDELETE)WdfFunctions[WdfObjectDeleteTableIndex])(WdfDriverGlobals, Object);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfObjectQuery(WDFOBJECT Object, const GUID* Guid, ULONG Ulong, PVOID Pointer) {
  return ((PFN_WDFOBJECTQUERY)WdfFunctions[WdfObjectQueryTableIndex])(WdfDriverGlobals, Object,
                                                                      Guid, Ulong, Pointer);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID WdfObjectAcquireLock(WDFOBJECT Object) {
  ((PFN_WDFOBJECTACQUIRELOCK)WdfFunctions[WdfObjectAcquireLockTableIndex])(WdfDriverGlobals,
                                                                           Object);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID WdfObjectReleaseLock(WDFOBJECT Object) {
  ((PFN_WDFOBJECTRELEASELOCK)WdfFunctions[WdfObjectReleaseLockTableIndex])(WdfDriverGlobals,
                                                                           Object);
}
#endif

#ifdef WDK_DRIVER
#define WdfObjectReference(handle) WdfObjectReferenceActual(handle, NULL, __LINE__, __FILE__)
#define WdfObjectDereference(handle) WdfObjectDereferenceActual(handle, NULL, __LINE__, __FILE__)
#define WdfObjectReferenceWithTag(handle, tag) \
  WdfObjectReferenceActual(handle, tag, __LINE__, __FILE__)
#define WdfObjectDereferenceWithTag(handle, tag) \
  WdfObjectDereferenceActual(handle, tag, __LINE__, __FILE__)

// One type-info record per context type; the framework compares the addresses, so it must be one
// object per program.
#define WDF_GET_CONTEXT_TYPE_INFO(type) (&WDF_##type##_TYPE_INFO)
#define WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(type, accessor)                                 \
  EXTERN_C WDK_SELECTANY const WDF_OBJECT_CONTEXT_TYPE_INFO WDF_##type##_TYPE_INFO = {     \
      sizeof(WDF_OBJECT_CONTEXT_TYPE_INFO), #type, sizeof(type), NULL, NULL};              \
  FORCEINLINE type* accessor(WDFOBJECT handle) {                                           \
    return (type*)WdfObjectGetTypedContextWorker(handle, WDF_GET_CONTEXT_TYPE_INFO(type)); \
  }
#define WDF_DECLARE_CONTEXT_TYPE(type) WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(type, WdfObjectGet_##type)
#define WDF_OBJECT_ATTRIBUTES_SET_CONTEXT_TYPE(attributes, type) \
  ((attributes)->ContextTypeInfo = WDF_GET_CONTEXT_TYPE_INFO(type))
#define WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(attributes, type) \
  do {                                                            \
    WDF_OBJECT_ATTRIBUTES_INIT(attributes);                       \
    WDF_OBJECT_ATTRIBUTES_SET_CONTEXT_TYPE(attributes, type);     \
  } while (0)
#define WdfObjectGetTypedContext(handle, type) \
  ((type*)WdfObjectGetTypedContextWorker(handle, WDF_GET_CONTEXT_TYPE_INFO(type)))
#endif

#ifdef __cplusplus
}
#endif
