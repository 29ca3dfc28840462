// SPDX-License-Identifier: Apache-2.0
// Strings, collections and registry keys of the framework.
#pragma once

#include "wdfmemory.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef NTSTATUS(NTAPI* PFN_WDFCOLLECTIONCREATE)(PWDF_DRIVER_GLOBALS, PWDF_OBJECT_ATTRIBUTES,
                                                 WDFCOLLECTION*);
typedef ULONG(NTAPI* PFN_WDFCOLLECTIONGETCOUNT)(PWDF_DRIVER_GLOBALS, WDFCOLLECTION);
typedef NTSTATUS(NTAPI* PFN_WDFCOLLECTIONADD)(PWDF_DRIVER_GLOBALS, WDFCOLLECTION, WDFOBJECT);
typedef VOID(NTAPI* PFN_WDFCOLLECTIONREMOVE)(PWDF_DRIVER_GLOBALS, WDFCOLLECTION, WDFOBJECT);
typedef VOID(NTAPI* PFN_WDFCOLLECTIONREMOVEITEM)(PWDF_DRIVER_GLOBALS, WDFCOLLECTION, ULONG);
typedef WDFOBJECT(NTAPI* PFN_WDFCOLLECTIONGETITEM)(PWDF_DRIVER_GLOBALS, WDFCOLLECTION, ULONG);
typedef WDFOBJECT(NTAPI* PFN_WDFCOLLECTIONGETFIRSTITEM)(PWDF_DRIVER_GLOBALS, WDFCOLLECTION);
typedef WDFOBJECT(NTAPI* PFN_WDFCOLLECTIONGETLASTITEM)(PWDF_DRIVER_GLOBALS, WDFCOLLECTION);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYOPENKEY)(PWDF_DRIVER_GLOBALS, WDFKEY, PCUNICODE_STRING,
                                                ACCESS_MASK, PWDF_OBJECT_ATTRIBUTES, WDFKEY*);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYCREATEKEY)(PWDF_DRIVER_GLOBALS, WDFKEY, PCUNICODE_STRING,
                                                  ACCESS_MASK, ULONG, PULONG,
                                                  PWDF_OBJECT_ATTRIBUTES, WDFKEY*);
typedef VOID(NTAPI* PFN_WDFREGISTRYCLOSE)(PWDF_DRIVER_GLOBALS, WDFKEY);
typedef HANDLE(NTAPI* PFN_WDFREGISTRYWDMGETHANDLE)(PWDF_DRIVER_GLOBALS, WDFKEY);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYREMOVEKEY)(PWDF_DRIVER_GLOBALS, WDFKEY);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYREMOVEVALUE)(PWDF_DRIVER_GLOBALS, WDFKEY, PCUNICODE_STRING);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYQUERYVALUE)(PWDF_DRIVER_GLOBALS, WDFKEY, PCUNICODE_STRING,
                                                   ULONG, PVOID, PULONG, PULONG);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYQUERYMEMORY)(PWDF_DRIVER_GLOBALS, WDFKEY, PCUNICODE_STRING,
                                                    POOL_TYPE, PWDF_OBJECT_ATTRIBUTES, WDFMEMORY*,
                                                    PULONG);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYQUERYMULTISTRING)(PWDF_DRIVER_GLOBALS, WDFKEY,
                                                         PCUNICODE_STRING, PWDF_OBJECT_ATTRIBUTES,
                                                         WDFCOLLECTION);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYQUERYUNICODESTRING)(PWDF_DRIVER_GLOBALS, WDFKEY,
                                                           PCUNICODE_STRING, PUSHORT,
                                                           PUNICODE_STRING);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYQUERYSTRING)(PWDF_DRIVER_GLOBALS, WDFKEY, PCUNICODE_STRING,
                                                    WDFSTRING);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYQUERYULONG)(PWDF_DRIVER_GLOBALS, WDFKEY, PCUNICODE_STRING,
                                                   PULONG);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYASSIGNVALUE)(PWDF_DRIVER_GLOBALS, WDFKEY, PCUNICODE_STRING,
                                                    ULONG, ULONG, PVOID);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYASSIGNMEMORY)(PWDF_DRIVER_GLOBALS, WDFKEY, PCUNICODE_STRING,
                                                     ULONG, WDFMEMORY, PWDFMEMORY_OFFSET);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYASSIGNMULTISTRING)(PWDF_DRIVER_GLOBALS, WDFKEY,
                                                          PCUNICODE_STRING, WDFCOLLECTION);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYASSIGNUNICODESTRING)(PWDF_DRIVER_GLOBALS, WDFKEY,
                                                            PCUNICODE_STRING, PCUNICODE_STRING);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYASSIGNSTRING)(PWDF_DRIVER_GLOBALS, WDFKEY, PCUNICODE_STRING,
                                                     WDFSTRING);
typedef NTSTATUS(NTAPI* PFN_WDFREGISTRYASSIGNULONG)(PWDF_DRIVER_GLOBALS, WDFKEY, PCUNICODE_STRING,
                                                    ULONG);
typedef NTSTATUS(NTAPI* PFN_WDFSTRINGCREATE)(PWDF_DRIVER_GLOBALS, PCUNICODE_STRING,
                                             PWDF_OBJECT_ATTRIBUTES, WDFSTRING*);
typedef VOID(NTAPI* PFN_WDFSTRINGGETUNICODESTRING)(PWDF_DRIVER_GLOBALS, WDFSTRING, PUNICODE_STRING);

#ifdef WDK_DRIVER
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfCollectionCreate(PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFCOLLECTION* Collection) {
  return ((PFN_WDFCOLLECTIONCREATE)WdfFunctions[WdfCollectionCreateTableIndex])(
      WdfDriverGlobals, ObjectAttributes, Collection);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE ULONG
    WdfCollectionGetCount(WDFCOLLECTION Collection) {
  return ((PFN_WDFCOLLECTIONGETCOUNT)WdfFunctions[WdfCollectionGetCountTableIndex])(
      WdfDriverGlobals, Collection);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfCollectionAdd(WDFCOLLECTION Collection, WDFOBJECT Object) {
  return ((PFN_WDFCOLLECTIONADD)WdfFunctions[WdfCollectionAddTableIndex])(WdfDriverGlobals,
                                                                          Collection, Object);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfCollectionRemove(WDFCOLLECTION Collection, WDFOBJECT Object) {
  ((PFN_WDFCOLLECTIONREMOVE)WdfFunctions[WdfCollectionRemoveTableIndex])(WdfDriverGlobals,
                                                                         Collection, Object);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfCollectionRemoveItem(WDFCOLLECTION Collection, ULONG Ulong) {
  ((PFN_WDFCOLLECTIONREMOVEITEM)WdfFunctions[WdfCollectionRemoveItemTableIndex])(WdfDriverGlobals,
                                                                                 Collection, Ulong);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFOBJECT
    WdfCollectionGetItem(WDFCOLLECTION Collection, ULONG Ulong) {
  return ((PFN_WDFCOLLECTIONGETITEM)WdfFunctions[WdfCollectionGetItemTableIndex])(
      WdfDriverGlobals, Collection, Ulong);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFOBJECT
    WdfCollectionGetFirstItem(WDFCOLLECTION Collection) {
  return ((PFN_WDFCOLLECTIONGETFIRSTITEM)WdfFunctions[WdfCollectionGetFirstItemTableIndex])(
      WdfDriverGlobals, Collection);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFOBJECT
    WdfCollectionGetLastItem(WDFCOLLECTION Collection) {
  return ((PFN_WDFCOLLECTIONGETLASTITEM)WdfFunctions[WdfCollectionGetLastItemTableIndex])(
      WdfDriverGlobals, Collection);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryOpenKey(WDFKEY Key1, PCUNICODE_STRING CunicodeString, ACCESS_MASK AccessMask,
                       PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFKEY* Key2) {
  return ((PFN_WDFREGISTRYOPENKEY)WdfFunctions[WdfRegistryOpenKeyTableIndex])(
      WdfDriverGlobals, Key1, CunicodeString, AccessMask, ObjectAttributes, Key2);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryCreateKey(WDFKEY Key1, PCUNICODE_STRING CunicodeString, ACCESS_MASK AccessMask,
                         ULONG Ulong, PULONG Pulong, PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                         WDFKEY* Key2) {
  return ((PFN_WDFREGISTRYCREATEKEY)WdfFunctions[WdfRegistryCreateKeyTableIndex])(
      WdfDriverGlobals, Key1, CunicodeString, AccessMask, Ulong, Pulong, ObjectAttributes, Key2);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE VOID WdfRegistryClose(WDFKEY Key) {
  ((PFN_WDFREGISTRYCLOSE)WdfFunctions[WdfRegistryCloseTableIndex])(WdfDriverGlobals, Key);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE HANDLE WdfRegistryWdmGetHandle(WDFKEY Key) {
  return ((PFN_WDFREGISTRYWDMGETHANDLE)WdfFunctions[WdfRegistryWdmGetHandleTableIndex])(
      WdfDriverGlobals, Key);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS WdfRegistryRemoveKey(WDFKEY Key) {
  return ((PFN_WDFREGISTRYREMOVEKEY)WdfFunctions[WdfRegistryRemoveKeyTableIndex])(WdfDriverGlobals,
                                                                                  Key);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryRemoveValue(WDFKEY Key, PCUNICODE_STRING CunicodeString) {
  return ((PFN_WDFREGISTRYREMOVEVALUE)WdfFunctions[WdfRegistryRemoveValueTableIndex])(
      WdfDriverGlobals, Key, CunicodeString);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryQueryValue(WDFKEY Key, PCUNICODE_STRING CunicodeString, ULONG Ulong, PVOID Pointer,
                          PULONG Pulong1, PULONG Pulong2) {
  return ((PFN_WDFREGISTRYQUERYVALUE)WdfFunctions[WdfRegistryQueryValueTableIndex])(
      WdfDriverGlobals, Key, CunicodeString, Ulong, Pointer, Pulong1, Pulong2);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryQueryMemory(WDFKEY Key, PCUNICODE_STRING CunicodeString, POOL_TYPE OolType,
                           PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFMEMORY* Memory,
                           PULONG Pulong) {
  return ((PFN_WDFREGISTRYQUERYMEMORY)WdfFunctions[WdfRegistryQueryMemoryTableIndex])(
      WdfDriverGlobals, Key, CunicodeString, OolType, ObjectAttributes, Memory, Pulong);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryQueryMultiString(WDFKEY Key, PCUNICODE_STRING CunicodeString,
                                PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFCOLLECTION Collection) {
  return ((PFN_WDFREGISTRYQUERYMULTISTRING)WdfFunctions[WdfRegistryQueryMultiStringTableIndex])(
      WdfDriverGlobals, Key, CunicodeString, ObjectAttributes, Collection);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryQueryUnicodeString(WDFKEY Key, PCUNICODE_STRING CunicodeString, PUSHORT Ushort,
                                  PUNICODE_STRING UnicodeString) {
  return ((PFN_WDFREGISTRYQUERYUNICODESTRING)WdfFunctions[WdfRegistryQueryUnicodeStringTableIndex])(
      WdfDriverGlobals, Key, CunicodeString, Ushort, UnicodeString);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryQueryString(WDFKEY Key, PCUNICODE_STRING CunicodeString, WDFSTRING String) {
  return ((PFN_WDFREGISTRYQUERYSTRING)WdfFunctions[WdfRegistryQueryStringTableIndex])(
      WdfDriverGlobals, Key, CunicodeString, String);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryQueryULong(WDFKEY Key, PCUNICODE_STRING CunicodeString, PULONG Pulong) {
  return ((PFN_WDFREGISTRYQUERYULONG)WdfFunctions[WdfRegistryQueryULongTableIndex])(
      WdfDriverGlobals, Key, CunicodeString, Pulong);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryAssignValue(WDFKEY Key, PCUNICODE_STRING CunicodeString, ULONG Ulong1, ULONG Ulong2,
                           PVOID Pointer) {
  return ((PFN_WDFREGISTRYASSIGNVALUE)WdfFunctions[WdfRegistryAssignValueTableIndex])(
      WdfDriverGlobals, Key, CunicodeString, Ulong1, Ulong2, Pointer);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryAssignMemory(WDFKEY Key, PCUNICODE_STRING CunicodeString, ULONG Ulong,
                            WDFMEMORY Memory, PWDFMEMORY_OFFSET MemoryOffset) {
  return ((PFN_WDFREGISTRYASSIGNMEMORY)WdfFunctions[WdfRegistryAssignMemoryTableIndex])(
      WdfDriverGlobals, Key, CunicodeString, Ulong, Memory, MemoryOffset);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryAssignMultiString(WDFKEY Key, PCUNICODE_STRING CunicodeString,
                                 WDFCOLLECTION Collection) {
  return ((PFN_WDFREGISTRYASSIGNMULTISTRING)WdfFunctions[WdfRegistryAssignMultiStringTableIndex])(
      WdfDriverGlobals, Key, CunicodeString, Collection);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryAssignUnicodeString(WDFKEY Key, PCUNICODE_STRING CunicodeString1,
                                   PCUNICODE_STRING CunicodeString2) {
  return (
      (PFN_WDFREGISTRYASSIGNUNICODESTRING)WdfFunctions[WdfRegistryAssignUnicodeStringTableIndex])(
      WdfDriverGlobals, Key, CunicodeString1, CunicodeString2);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryAssignString(WDFKEY Key, PCUNICODE_STRING CunicodeString, WDFSTRING String) {
  return ((PFN_WDFREGISTRYASSIGNSTRING)WdfFunctions[WdfRegistryAssignStringTableIndex])(
      WdfDriverGlobals, Key, CunicodeString, String);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRegistryAssignULong(WDFKEY Key, PCUNICODE_STRING CunicodeString, ULONG Ulong) {
  return ((PFN_WDFREGISTRYASSIGNULONG)WdfFunctions[WdfRegistryAssignULongTableIndex])(
      WdfDriverGlobals, Key, CunicodeString, Ulong);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfStringCreate(PCUNICODE_STRING CunicodeString, PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                    WDFSTRING* String) {
  return ((PFN_WDFSTRINGCREATE)WdfFunctions[WdfStringCreateTableIndex])(
      WdfDriverGlobals, CunicodeString, ObjectAttributes, String);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE VOID
    WdfStringGetUnicodeString(WDFSTRING String, PUNICODE_STRING UnicodeString) {
  ((PFN_WDFSTRINGGETUNICODESTRING)WdfFunctions[WdfStringGetUnicodeStringTableIndex])(
      WdfDriverGlobals, String, UnicodeString);
}
#endif

#ifdef __cplusplus
}
#endif
