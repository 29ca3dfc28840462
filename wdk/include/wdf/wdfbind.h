// SPDX-License-Identifier: Apache-2.0
// What a driver and WDFLDR.SYS exchange while binding to the framework, and the index of every
// framework function.
#pragma once

#include "wdfenums.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _WDF_VERSION {
  WDF_MAJOR_VERSION Major;
  WDF_MINOR_VERSION Minor;
  WDF_BUILD_NUMBER Build;
} WDF_VERSION, *PWDF_VERSION;

typedef struct _WDF_DRIVER_GLOBALS {
  WDFDRIVER Driver;
  ULONG DriverFlags;
  ULONG DriverTag;
  CHAR DriverName[32];
  BOOLEAN DisplaceDriverUnload;
} WDF_DRIVER_GLOBALS, *PWDF_DRIVER_GLOBALS;

typedef PVOID PLIBRARY_MODULE;
typedef PVOID WDF_STRUCT_INFO;
typedef struct _WDF_BIND_INFO {
  ULONG Size;
  PWCHAR Component;
  WDF_VERSION Version;
  ULONG FuncCount;
  WDFFUNC* FuncTable;
  PLIBRARY_MODULE Module;
} WDF_BIND_INFO, *PWDF_BIND_INFO;

typedef struct _WDF_BIND_INFO2 {
  WDF_BIND_INFO V1;
  WDF_MINOR_VERSION* MinimumVersionRequired;
  BOOLEAN* ClientVersionHigherThanFramework;
  ULONG* FuncCountPtr;
  ULONG* StructCountPtr;
  WDF_STRUCT_INFO* StructTable;
} WDF_BIND_INFO2, *PWDF_BIND_INFO2;

typedef struct _WDF_CLASS_VERSION {
  WDF_MAJOR_VERSION Major;
  WDF_MINOR_VERSION Minor;
  WDF_BUILD_NUMBER Build;
} WDF_CLASS_VERSION, *PWDF_CLASS_VERSION;

typedef VOID(NTAPI* PFN_WDF_CLASS_EXPORT)(VOID);
struct _WDF_CLASS_BIND_INFO;
typedef NTSTATUS(NTAPI* PFN_WDF_CLASS_VERSION_BIND)(PWDF_BIND_INFO BindInfo,
                                                    PWDF_DRIVER_GLOBALS Globals,
                                                    struct _WDF_CLASS_BIND_INFO* ClassBindInfo);
typedef VOID(NTAPI* PFN_WDF_CLASS_VERSION_UNBIND)(PWDF_BIND_INFO BindInfo,
                                                  PWDF_DRIVER_GLOBALS Globals,
                                                  struct _WDF_CLASS_BIND_INFO* ClassBindInfo);
typedef NTSTATUS(NTAPI* PFN_WDF_CLIENT_BIND_CLASS)(PFN_WDF_CLASS_VERSION_BIND BindFunction,
                                                   PWDF_BIND_INFO BindInfo,
                                                   PWDF_DRIVER_GLOBALS Globals,
                                                   struct _WDF_CLASS_BIND_INFO* ClassBindInfo);
typedef VOID(NTAPI* PFN_WDF_CLIENT_UNBIND_CLASS)(PFN_WDF_CLASS_VERSION_UNBIND UnbindFunction,
                                                 PWDF_BIND_INFO BindInfo,
                                                 PWDF_DRIVER_GLOBALS Globals,
                                                 struct _WDF_CLASS_BIND_INFO* ClassBindInfo);
typedef struct _WDF_CLASS_BIND_INFO {
  ULONG Size;
  PWSTR ClassName;
  WDF_CLASS_VERSION Version;
  PFN_WDF_CLASS_EXPORT* FunctionTable;
  ULONG FunctionTableCount;
  PVOID ClassBindInfo;
  PFN_WDF_CLIENT_BIND_CLASS ClientBindClass;
  PFN_WDF_CLIENT_UNBIND_CLASS ClientUnbindClass;
  PVOID ClassModule;
} WDF_CLASS_BIND_INFO, *PWDF_CLASS_BIND_INFO;

_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    WdfVersionBind(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath,
                   PWDF_BIND_INFO BindInfo, PWDF_DRIVER_GLOBALS* Globals);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    WdfVersionUnbind(PUNICODE_STRING RegistryPath, PWDF_BIND_INFO BindInfo,
                     PWDF_DRIVER_GLOBALS Globals);
NTKERNELAPI NTSTATUS NTAPI WdfVersionBindClass(PWDF_BIND_INFO BindInfo, PWDF_DRIVER_GLOBALS Globals,
                                               PWDF_CLASS_BIND_INFO ClassBindInfo);
NTKERNELAPI VOID NTAPI WdfVersionUnbindClass(PWDF_BIND_INFO BindInfo, PWDF_DRIVER_GLOBALS Globals,
                                             PWDF_CLASS_BIND_INFO ClassBindInfo);
typedef struct _WDF_INTERFACE_HEADER {
  const GUID* InterfaceType;
  ULONG InterfaceSize;
} WDF_INTERFACE_HEADER, *PWDF_INTERFACE_HEADER;

NTKERNELAPI NTSTATUS NTAPI WdfLdrQueryInterface(PWDF_INTERFACE_HEADER LoaderInterface);

#ifdef WDK_DRIVER
extern PWDF_DRIVER_GLOBALS WdfDriverGlobals;
// Until KMDF 1.13 the driver owns an array the loader fills; later a pointer to the framework's own
// table.
#if KMDF_VERSION_MINOR >= 15
extern const WDFFUNC* WdfFunctions;
#else
extern WDFFUNC WdfFunctions[];
#endif
#endif

#ifdef __cplusplus
}
#endif
