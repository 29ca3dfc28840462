// SPDX-License-Identifier: Apache-2.0
// Timers, work items and DPCs of the framework.
#pragma once

#include "wdfobject.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef VOID NTAPI EVT_WDF_DPC(WDFDPC);
typedef EVT_WDF_DPC* PFN_WDF_DPC;
typedef VOID NTAPI EVT_WDF_TIMER(WDFTIMER);
typedef EVT_WDF_TIMER* PFN_WDF_TIMER;
typedef VOID NTAPI EVT_WDF_WORKITEM(WDFWORKITEM);
typedef EVT_WDF_WORKITEM* PFN_WDF_WORKITEM;
typedef struct _WDF_TIMER_CONFIG_V1_9 {
  ULONG Size;
  PFN_WDF_TIMER EvtTimerFunc;
  ULONG Period;
  BOOLEAN AutomaticSerialization;
  ULONG TolerableDelay;
} WDF_TIMER_CONFIG_V1_9, *PWDF_TIMER_CONFIG_V1_9;

typedef struct _WDF_TIMER_CONFIG_V1_13 {
  ULONG Size;
  PFN_WDF_TIMER EvtTimerFunc;
  ULONG Period;
  BOOLEAN AutomaticSerialization;
  ULONG TolerableDelay;
  DECLSPEC_ALIGN(8) BOOLEAN UseHighResolutionTimer;
} WDF_TIMER_CONFIG_V1_13, *PWDF_TIMER_CONFIG_V1_13;

#if KMDF_VERSION_MINOR >= 13
typedef WDF_TIMER_CONFIG_V1_13 WDF_TIMER_CONFIG, *PWDF_TIMER_CONFIG;
#else
typedef WDF_TIMER_CONFIG_V1_9 WDF_TIMER_CONFIG, *PWDF_TIMER_CONFIG;
#endif
typedef struct _WDF_WORKITEM_CONFIG {
  ULONG Size;
  PFN_WDF_WORKITEM EvtWorkItemFunc;
  BOOLEAN AutomaticSerialization;
} WDF_WORKITEM_CONFIG, *PWDF_WORKITEM_CONFIG;

typedef struct _WDF_DPC_CONFIG {
  ULONG Size;
  PFN_WDF_DPC EvtDpcFunc;
  BOOLEAN AutomaticSerialization;
} WDF_DPC_CONFIG, *PWDF_DPC_CONFIG;

#define WDF_REL_TIMEOUT_IN_MS(ms) (-((LONGLONG)(ms)) * 10000)
#define WDF_REL_TIMEOUT_IN_SEC(s) (-((LONGLONG)(s)) * 10000000)
#define WDF_REL_TIMEOUT_IN_US(us) (-((LONGLONG)(us)) * 10)

FORCEINLINE VOID WDF_TIMER_CONFIG_INIT(PWDF_TIMER_CONFIG config, PFN_WDF_TIMER evt_timer) {
  __builtin_memset(config, 0, sizeof(*config));
  config->Size = sizeof(*config);
  config->EvtTimerFunc = evt_timer;
  config->AutomaticSerialization = TRUE;
}
FORCEINLINE VOID WDF_TIMER_CONFIG_INIT_PERIODIC(PWDF_TIMER_CONFIG config, PFN_WDF_TIMER evt_timer,
                                                ULONG period_ms) {
  WDF_TIMER_CONFIG_INIT(config, evt_timer);
  config->Period = period_ms;
}
FORCEINLINE VOID WDF_WORKITEM_CONFIG_INIT(PWDF_WORKITEM_CONFIG config,
                                          PFN_WDF_WORKITEM evt_work_item) {
  __builtin_memset(config, 0, sizeof(*config));
  config->Size = sizeof(*config);
  config->EvtWorkItemFunc = evt_work_item;
  config->AutomaticSerialization = TRUE;
}
FORCEINLINE VOID WDF_DPC_CONFIG_INIT(PWDF_DPC_CONFIG config, PFN_WDF_DPC evt_dpc) {
  __builtin_memset(config, 0, sizeof(*config));
  config->Size = sizeof(*config);
  config->EvtDpcFunc = evt_dpc;
  config->AutomaticSerialization = TRUE;
}

typedef NTSTATUS(NTAPI* PFN_WDFDPCCREATE)(PWDF_DRIVER_GLOBALS, PWDF_DPC_CONFIG,
                                          PWDF_OBJECT_ATTRIBUTES, WDFDPC*);
typedef BOOLEAN(NTAPI* PFN_WDFDPCENQUEUE)(PWDF_DRIVER_GLOBALS, WDFDPC);
typedef BOOLEAN(NTAPI* PFN_WDFDPCCANCEL)(PWDF_DRIVER_GLOBALS, WDFDPC, BOOLEAN);
typedef WDFOBJECT(NTAPI* PFN_WDFDPCGETPARENTOBJECT)(PWDF_DRIVER_GLOBALS, WDFDPC);
typedef PKDPC(NTAPI* PFN_WDFDPCWDMGETDPC)(PWDF_DRIVER_GLOBALS, WDFDPC);
typedef NTSTATUS(NTAPI* PFN_WDFTIMERCREATE)(PWDF_DRIVER_GLOBALS, PWDF_TIMER_CONFIG,
                                            PWDF_OBJECT_ATTRIBUTES, WDFTIMER*);
typedef BOOLEAN(NTAPI* PFN_WDFTIMERSTART)(PWDF_DRIVER_GLOBALS, WDFTIMER, LONGLONG);
typedef BOOLEAN(NTAPI* PFN_WDFTIMERSTOP)(PWDF_DRIVER_GLOBALS, WDFTIMER, BOOLEAN);
typedef WDFOBJECT(NTAPI* PFN_WDFTIMERGETPARENTOBJECT)(PWDF_DRIVER_GLOBALS, WDFTIMER);
typedef NTSTATUS(NTAPI* PFN_WDFWORKITEMCREATE)(PWDF_DRIVER_GLOBALS, PWDF_WORKITEM_CONFIG,
                                               PWDF_OBJECT_ATTRIBUTES, WDFWORKITEM*);
typedef VOID(NTAPI* PFN_WDFWORKITEMENQUEUE)(PWDF_DRIVER_GLOBALS, WDFWORKITEM);
typedef WDFOBJECT(NTAPI* PFN_WDFWORKITEMGETPARENTOBJECT)(PWDF_DRIVER_GLOBALS, WDFWORKITEM);
typedef VOID(NTAPI* PFN_WDFWORKITEMFLUSH)(PWDF_DRIVER_GLOBALS, WDFWORKITEM);

#ifdef WDK_DRIVER
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfDpcCreate(PWDF_DPC_CONFIG DpcConfig, PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFDPC* Dpc) {
  return ((PFN_WDFDPCCREATE)WdfFunctions[WdfDpcCreateTableIndex])(WdfDriverGlobals, DpcConfig,
                                                                  ObjectAttributes, Dpc);
}
_IRQL_requires_max_(HIGH_LEVEL) FORCEINLINE BOOLEAN WdfDpcEnqueue(WDFDPC Dpc) {
  return ((PFN_WDFDPCENQUEUE)WdfFunctions[WdfDpcEnqueueTableIndex])(WdfDriverGlobals, Dpc);
}
FORCEINLINE BOOLEAN WdfDpcCancel(WDFDPC Dpc, BOOLEAN Boolean) {
  return ((PFN_WDFDPCCANCEL)WdfFunctions[WdfDpcCancelTableIndex])(WdfDriverGlobals, Dpc, Boolean);
}
_IRQL_requires_max_(HIGH_LEVEL) FORCEINLINE WDFOBJECT WdfDpcGetParentObject(WDFDPC Dpc) {
  return ((PFN_WDFDPCGETPARENTOBJECT)WdfFunctions[WdfDpcGetParentObjectTableIndex])(
      WdfDriverGlobals, Dpc);
}
_IRQL_requires_max_(HIGH_LEVEL) FORCEINLINE PKDPC WdfDpcWdmGetDpc(WDFDPC Dpc) {
  return ((PFN_WDFDPCWDMGETDPC)WdfFunctions[WdfDpcWdmGetDpcTableIndex])(WdfDriverGlobals, Dpc);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfTimerCreate(PWDF_TIMER_CONFIG TimerConfig, PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                   WDFTIMER* Timer) {
  return ((PFN_WDFTIMERCREATE)WdfFunctions[WdfTimerCreateTableIndex])(WdfDriverGlobals, TimerConfig,
                                                                      ObjectAttributes, Timer);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE BOOLEAN
    WdfTimerStart(WDFTIMER Timer, LONGLONG Longlong) {
  return ((PFN_WDFTIMERSTART)WdfFunctions[WdfTimerStartTableIndex])(WdfDriverGlobals, Timer,
                                                                    Longlong);
}
FORCEINLINE BOOLEAN WdfTimerStop(WDFTIMER Timer, BOOLEAN Boolean) {
  return ((PFN_WDFTIMERSTOP)WdfFunctions[WdfTimerStopTableIndex])(WdfDriverGlobals, Timer, Boolean);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFOBJECT WdfTimerGetParentObject(WDFTIMER Timer) {
  return ((PFN_WDFTIMERGETPARENTOBJECT)WdfFunctions[WdfTimerGetParentObjectTableIndex])(
      WdfDriverGlobals, Timer);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfWorkItemCreate(PWDF_WORKITEM_CONFIG WorkitemConfig, PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                      WDFWORKITEM* Workitem) {
  return ((PFN_WDFWORKITEMCREATE)WdfFunctions[WdfWorkItemCreateTableIndex])(
      WdfDriverGlobals, WorkitemConfig, ObjectAttributes, Workitem);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID WdfWorkItemEnqueue(WDFWORKITEM Workitem) {
  ((PFN_WDFWORKITEMENQUEUE)WdfFunctions[WdfWorkItemEnqueueTableIndex])(WdfDriverGlobals, Workitem);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFOBJECT
    WdfWorkItemGetParentObject(WDFWORKITEM Workitem) {
  return ((PFN_WDFWORKITEMGETPARENTOBJECT)WdfFunctions[WdfWorkItemGetParentObjectTableIndex])(
      WdfDriverGlobals, Workitem);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE VOID WdfWorkItemFlush(WDFWORKITEM Workitem) {
  ((PFN_WDFWORKITEMFLUSH)WdfFunctions[WdfWorkItemFlushTableIndex])(WdfDriverGlobals, Workitem);
}
#endif

#ifdef __cplusplus
}
#endif
