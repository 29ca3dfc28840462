// SPDX-License-Identifier: Apache-2.0
// I/O queues.
#pragma once

#include "wdfrequest.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef NTSTATUS NTAPI EVT_WDF_IO_ALLOCATE_REQUEST_RESOURCES(WDFQUEUE, WDFREQUEST);
typedef EVT_WDF_IO_ALLOCATE_REQUEST_RESOURCES* PFN_WDF_IO_ALLOCATE_REQUEST_RESOURCES;
typedef NTSTATUS NTAPI EVT_WDF_IO_ALLOCATE_RESOURCES_FOR_RESERVED_REQUEST(WDFQUEUE, WDFREQUEST);
typedef EVT_WDF_IO_ALLOCATE_RESOURCES_FOR_RESERVED_REQUEST*
    PFN_WDF_IO_ALLOCATE_RESOURCES_FOR_RESERVED_REQUEST;
typedef VOID NTAPI EVT_WDF_IO_QUEUE_IO_CANCELED_ON_QUEUE(WDFQUEUE, WDFREQUEST);
typedef EVT_WDF_IO_QUEUE_IO_CANCELED_ON_QUEUE* PFN_WDF_IO_QUEUE_IO_CANCELED_ON_QUEUE;
typedef VOID NTAPI EVT_WDF_IO_QUEUE_IO_DEFAULT(WDFQUEUE, WDFREQUEST);
typedef EVT_WDF_IO_QUEUE_IO_DEFAULT* PFN_WDF_IO_QUEUE_IO_DEFAULT;
typedef VOID NTAPI EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL(WDFQUEUE, WDFREQUEST, size_t, size_t, ULONG);
typedef EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL* PFN_WDF_IO_QUEUE_IO_DEVICE_CONTROL;
typedef VOID NTAPI EVT_WDF_IO_QUEUE_IO_INTERNAL_DEVICE_CONTROL(WDFQUEUE, WDFREQUEST, size_t, size_t,
                                                               ULONG);
typedef EVT_WDF_IO_QUEUE_IO_INTERNAL_DEVICE_CONTROL* PFN_WDF_IO_QUEUE_IO_INTERNAL_DEVICE_CONTROL;
typedef VOID NTAPI EVT_WDF_IO_QUEUE_IO_READ(WDFQUEUE, WDFREQUEST, size_t);
typedef EVT_WDF_IO_QUEUE_IO_READ* PFN_WDF_IO_QUEUE_IO_READ;
typedef VOID NTAPI EVT_WDF_IO_QUEUE_IO_RESUME(WDFQUEUE, WDFREQUEST);
typedef EVT_WDF_IO_QUEUE_IO_RESUME* PFN_WDF_IO_QUEUE_IO_RESUME;
typedef VOID NTAPI EVT_WDF_IO_QUEUE_IO_STOP(WDFQUEUE, WDFREQUEST, ULONG);
typedef EVT_WDF_IO_QUEUE_IO_STOP* PFN_WDF_IO_QUEUE_IO_STOP;
typedef VOID NTAPI EVT_WDF_IO_QUEUE_IO_WRITE(WDFQUEUE, WDFREQUEST, size_t);
typedef EVT_WDF_IO_QUEUE_IO_WRITE* PFN_WDF_IO_QUEUE_IO_WRITE;
typedef VOID NTAPI EVT_WDF_IO_QUEUE_STATE(WDFQUEUE, WDFCONTEXT);
typedef EVT_WDF_IO_QUEUE_STATE* PFN_WDF_IO_QUEUE_STATE;
typedef WDF_IO_FORWARD_PROGRESS_ACTION NTAPI EVT_WDF_IO_WDM_IRP_FOR_FORWARD_PROGRESS(WDFQUEUE,
                                                                                     PIRP);
typedef EVT_WDF_IO_WDM_IRP_FOR_FORWARD_PROGRESS* PFN_WDF_IO_WDM_IRP_FOR_FORWARD_PROGRESS;
typedef struct _WDF_IO_QUEUE_CONFIG_V1_9 {
  ULONG Size;
  WDF_IO_QUEUE_DISPATCH_TYPE DispatchType;
  WDF_TRI_STATE PowerManaged;
  BOOLEAN AllowZeroLengthRequests;
  BOOLEAN DefaultQueue;
  PFN_WDF_IO_QUEUE_IO_DEFAULT EvtIoDefault;
  PFN_WDF_IO_QUEUE_IO_READ EvtIoRead;
  PFN_WDF_IO_QUEUE_IO_WRITE EvtIoWrite;
  PFN_WDF_IO_QUEUE_IO_DEVICE_CONTROL EvtIoDeviceControl;
  PFN_WDF_IO_QUEUE_IO_INTERNAL_DEVICE_CONTROL EvtIoInternalDeviceControl;
  PFN_WDF_IO_QUEUE_IO_STOP EvtIoStop;
  PFN_WDF_IO_QUEUE_IO_RESUME EvtIoResume;
  PFN_WDF_IO_QUEUE_IO_CANCELED_ON_QUEUE EvtIoCanceledOnQueue;
  struct {
    struct {
      ULONG NumberOfPresentedRequests;
    } Parallel;
  } Settings;
} WDF_IO_QUEUE_CONFIG_V1_9, *PWDF_IO_QUEUE_CONFIG_V1_9;

typedef struct _WDF_IO_QUEUE_CONFIG_V1_11 {
  ULONG Size;
  WDF_IO_QUEUE_DISPATCH_TYPE DispatchType;
  WDF_TRI_STATE PowerManaged;
  BOOLEAN AllowZeroLengthRequests;
  BOOLEAN DefaultQueue;
  PFN_WDF_IO_QUEUE_IO_DEFAULT EvtIoDefault;
  PFN_WDF_IO_QUEUE_IO_READ EvtIoRead;
  PFN_WDF_IO_QUEUE_IO_WRITE EvtIoWrite;
  PFN_WDF_IO_QUEUE_IO_DEVICE_CONTROL EvtIoDeviceControl;
  PFN_WDF_IO_QUEUE_IO_INTERNAL_DEVICE_CONTROL EvtIoInternalDeviceControl;
  PFN_WDF_IO_QUEUE_IO_STOP EvtIoStop;
  PFN_WDF_IO_QUEUE_IO_RESUME EvtIoResume;
  PFN_WDF_IO_QUEUE_IO_CANCELED_ON_QUEUE EvtIoCanceledOnQueue;
  struct {
    struct {
      ULONG NumberOfPresentedRequests;
    } Parallel;
  } Settings;
  WDFDRIVER Driver;
} WDF_IO_QUEUE_CONFIG_V1_11, *PWDF_IO_QUEUE_CONFIG_V1_11;

#if KMDF_VERSION_MINOR >= 11
typedef WDF_IO_QUEUE_CONFIG_V1_11 WDF_IO_QUEUE_CONFIG, *PWDF_IO_QUEUE_CONFIG;
#else
typedef WDF_IO_QUEUE_CONFIG_V1_9 WDF_IO_QUEUE_CONFIG, *PWDF_IO_QUEUE_CONFIG;
#endif
typedef struct _WDF_IO_FORWARD_PROGRESS_RESERVED_POLICY_SETTINGS {
  struct {
    struct {
      PFN_WDF_IO_WDM_IRP_FOR_FORWARD_PROGRESS EvtIoWdmIrpForForwardProgress;
    } ExaminePolicy;
  } Policy;
} WDF_IO_FORWARD_PROGRESS_RESERVED_POLICY_SETTINGS,
    *PWDF_IO_FORWARD_PROGRESS_RESERVED_POLICY_SETTINGS;

typedef struct _WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY {
  ULONG Size;
  ULONG TotalForwardProgressRequests;
  WDF_IO_FORWARD_PROGRESS_RESERVED_POLICY ForwardProgressReservedPolicy;
  WDF_IO_FORWARD_PROGRESS_RESERVED_POLICY_SETTINGS ForwardProgressReservePolicySettings;
  PFN_WDF_IO_ALLOCATE_RESOURCES_FOR_RESERVED_REQUEST EvtIoAllocateResourcesForReservedRequest;
  PFN_WDF_IO_ALLOCATE_REQUEST_RESOURCES EvtIoAllocateRequestResources;
} WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY, *PWDF_IO_QUEUE_FORWARD_PROGRESS_POLICY;

FORCEINLINE VOID WDF_IO_QUEUE_CONFIG_INIT(PWDF_IO_QUEUE_CONFIG config,
                                          WDF_IO_QUEUE_DISPATCH_TYPE dispatch) {
  __builtin_memset(config, 0, sizeof(*config));
  config->Size = sizeof(*config);
  config->PowerManaged = WdfUseDefault;
  config->DispatchType = dispatch;
  if (dispatch == WdfIoQueueDispatchParallel) {
    config->Settings.Parallel.NumberOfPresentedRequests = (ULONG)-1;
  }
}
FORCEINLINE VOID WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(PWDF_IO_QUEUE_CONFIG config,
                                                        WDF_IO_QUEUE_DISPATCH_TYPE dispatch) {
  WDF_IO_QUEUE_CONFIG_INIT(config, dispatch);
  config->DefaultQueue = TRUE;
}

typedef NTSTATUS(NTAPI* PFN_WDFIOQUEUECREATE)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PWDF_IO_QUEUE_CONFIG,
                                              PWDF_OBJECT_ATTRIBUTES, WDFQUEUE*);
typedef WDF_IO_QUEUE_STATE(NTAPI* PFN_WDFIOQUEUEGETSTATE)(PWDF_DRIVER_GLOBALS, WDFQUEUE, PULONG,
                                                          PULONG);
typedef VOID(NTAPI* PFN_WDFIOQUEUESTART)(PWDF_DRIVER_GLOBALS, WDFQUEUE);
typedef VOID(NTAPI* PFN_WDFIOQUEUESTOP)(PWDF_DRIVER_GLOBALS, WDFQUEUE, PFN_WDF_IO_QUEUE_STATE,
                                        WDFCONTEXT);
typedef VOID(NTAPI* PFN_WDFIOQUEUESTOPSYNCHRONOUSLY)(PWDF_DRIVER_GLOBALS, WDFQUEUE);
typedef WDFDEVICE(NTAPI* PFN_WDFIOQUEUEGETDEVICE)(PWDF_DRIVER_GLOBALS, WDFQUEUE);
typedef NTSTATUS(NTAPI* PFN_WDFIOQUEUERETRIEVENEXTREQUEST)(PWDF_DRIVER_GLOBALS, WDFQUEUE,
                                                           WDFREQUEST*);
typedef NTSTATUS(NTAPI* PFN_WDFIOQUEUERETRIEVEREQUESTBYFILEOBJECT)(PWDF_DRIVER_GLOBALS, WDFQUEUE,
                                                                   WDFFILEOBJECT, WDFREQUEST*);
typedef NTSTATUS(NTAPI* PFN_WDFIOQUEUEFINDREQUEST)(PWDF_DRIVER_GLOBALS, WDFQUEUE, WDFREQUEST,
                                                   WDFFILEOBJECT, PWDF_REQUEST_PARAMETERS,
                                                   WDFREQUEST*);
typedef NTSTATUS(NTAPI* PFN_WDFIOQUEUERETRIEVEFOUNDREQUEST)(PWDF_DRIVER_GLOBALS, WDFQUEUE,
                                                            WDFREQUEST, WDFREQUEST*);
typedef VOID(NTAPI* PFN_WDFIOQUEUEDRAINSYNCHRONOUSLY)(PWDF_DRIVER_GLOBALS, WDFQUEUE);
typedef VOID(NTAPI* PFN_WDFIOQUEUEDRAIN)(PWDF_DRIVER_GLOBALS, WDFQUEUE, PFN_WDF_IO_QUEUE_STATE,
                                         WDFCONTEXT);
typedef VOID(NTAPI* PFN_WDFIOQUEUEPURGESYNCHRONOUSLY)(PWDF_DRIVER_GLOBALS, WDFQUEUE);
typedef VOID(NTAPI* PFN_WDFIOQUEUEPURGE)(PWDF_DRIVER_GLOBALS, WDFQUEUE, PFN_WDF_IO_QUEUE_STATE,
                                         WDFCONTEXT);
typedef NTSTATUS(NTAPI* PFN_WDFIOQUEUEREADYNOTIFY)(PWDF_DRIVER_GLOBALS, WDFQUEUE,
                                                   PFN_WDF_IO_QUEUE_STATE, WDFCONTEXT);
typedef NTSTATUS(NTAPI* PFN_WDFIOQUEUEASSIGNFORWARDPROGRESSPOLICY)(
    PWDF_DRIVER_GLOBALS, WDFQUEUE, PWDF_IO_QUEUE_FORWARD_PROGRESS_POLICY);
typedef VOID(NTAPI* PFN_WDFIOQUEUESTOPANDPURGE)(PWDF_DRIVER_GLOBALS, WDFQUEUE,
                                                PFN_WDF_IO_QUEUE_STATE, WDFCONTEXT);
typedef VOID(NTAPI* PFN_WDFIOQUEUESTOPANDPURGESYNCHRONOUSLY)(PWDF_DRIVER_GLOBALS, WDFQUEUE);

#ifdef WDK_DRIVER
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfIoQueueCreate(WDFDEVICE Device, PWDF_IO_QUEUE_CONFIG IoQueueConfig,
                     PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFQUEUE* Queue) {
  return ((PFN_WDFIOQUEUECREATE)WdfFunctions[WdfIoQueueCreateTableIndex])(
      WdfDriverGlobals, Device, IoQueueConfig, ObjectAttributes, Queue);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDF_IO_QUEUE_STATE
    WdfIoQueueGetState(WDFQUEUE Queue, PULONG Pulong1, PULONG Pulong2) {
  return ((PFN_WDFIOQUEUEGETSTATE)WdfFunctions[WdfIoQueueGetStateTableIndex])(
      WdfDriverGlobals, Queue, Pulong1, Pulong2);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID WdfIoQueueStart(WDFQUEUE Queue) {
  ((PFN_WDFIOQUEUESTART)WdfFunctions[WdfIoQueueStartTableIndex])(WdfDriverGlobals, Queue);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfIoQueueStop(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE PfnWdfIoQueueState, WDFCONTEXT Context) {
  ((PFN_WDFIOQUEUESTOP)WdfFunctions[WdfIoQueueStopTableIndex])(WdfDriverGlobals, Queue,
                                                               PfnWdfIoQueueState, Context);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE VOID WdfIoQueueStopSynchronously(WDFQUEUE Queue) {
  ((PFN_WDFIOQUEUESTOPSYNCHRONOUSLY)WdfFunctions[WdfIoQueueStopSynchronouslyTableIndex])(
      WdfDriverGlobals, Queue);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFDEVICE WdfIoQueueGetDevice(WDFQUEUE Queue) {
  return ((PFN_WDFIOQUEUEGETDEVICE)WdfFunctions[WdfIoQueueGetDeviceTableIndex])(WdfDriverGlobals,
                                                                                Queue);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfIoQueueRetrieveNextRequest(WDFQUEUE Queue, WDFREQUEST* Request) {
  return ((PFN_WDFIOQUEUERETRIEVENEXTREQUEST)WdfFunctions[WdfIoQueueRetrieveNextRequestTableIndex])(
      WdfDriverGlobals, Queue, Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfIoQueueRetrieveRequestByFileObject(WDFQUEUE Queue, WDFFILEOBJECT Fileobject,
                                          WDFREQUEST* Request) {
  return ((PFN_WDFIOQUEUERETRIEVEREQUESTBYFILEOBJECT)
              WdfFunctions[WdfIoQueueRetrieveRequestByFileObjectTableIndex])(
      WdfDriverGlobals, Queue, Fileobject, Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfIoQueueFindRequest(WDFQUEUE Queue, WDFREQUEST Request1, WDFFILEOBJECT Fileobject,
                          PWDF_REQUEST_PARAMETERS RequestParameters, WDFREQUEST* Request2) {
  return ((PFN_WDFIOQUEUEFINDREQUEST)WdfFunctions[WdfIoQueueFindRequestTableIndex])(
      WdfDriverGlobals, Queue, Request1, Fileobject, RequestParameters, Request2);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfIoQueueRetrieveFoundRequest(WDFQUEUE Queue, WDFREQUEST Request1, WDFREQUEST* Request2) {
  return (
      (PFN_WDFIOQUEUERETRIEVEFOUNDREQUEST)WdfFunctions[WdfIoQueueRetrieveFoundRequestTableIndex])(
      WdfDriverGlobals, Queue, Request1, Request2);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE VOID WdfIoQueueDrainSynchronously(WDFQUEUE Queue) {
  ((PFN_WDFIOQUEUEDRAINSYNCHRONOUSLY)WdfFunctions[WdfIoQueueDrainSynchronouslyTableIndex])(
      WdfDriverGlobals, Queue);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfIoQueueDrain(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE PfnWdfIoQueueState, WDFCONTEXT Context) {
  ((PFN_WDFIOQUEUEDRAIN)WdfFunctions[WdfIoQueueDrainTableIndex])(WdfDriverGlobals, Queue,
                                                                 PfnWdfIoQueueState, Context);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE VOID WdfIoQueuePurgeSynchronously(WDFQUEUE Queue) {
  ((PFN_WDFIOQUEUEPURGESYNCHRONOUSLY)WdfFunctions[WdfIoQueuePurgeSynchronouslyTableIndex])(
      WdfDriverGlobals, Queue);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfIoQueuePurge(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE PfnWdfIoQueueState, WDFCONTEXT Context) {
  ((PFN_WDFIOQUEUEPURGE)WdfFunctions[WdfIoQueuePurgeTableIndex])(WdfDriverGlobals, Queue,
                                                                 PfnWdfIoQueueState, Context);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfIoQueueReadyNotify(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE PfnWdfIoQueueState,
                          WDFCONTEXT Context) {
  return ((PFN_WDFIOQUEUEREADYNOTIFY)WdfFunctions[WdfIoQueueReadyNotifyTableIndex])(
      WdfDriverGlobals, Queue, PfnWdfIoQueueState, Context);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS WdfIoQueueAssignForwardProgressPolicy(
    WDFQUEUE Queue, PWDF_IO_QUEUE_FORWARD_PROGRESS_POLICY IoQueueForwardProgressPolicy) {
  return ((PFN_WDFIOQUEUEASSIGNFORWARDPROGRESSPOLICY)
              WdfFunctions[WdfIoQueueAssignForwardProgressPolicyTableIndex])(
      WdfDriverGlobals, Queue, IoQueueForwardProgressPolicy);
}
_IRQL_requires_max_(DISPATCH_LEVEL)
    // KMDF 1.11 and later.
    FORCEINLINE VOID
    WdfIoQueueStopAndPurge(WDFQUEUE Queue, PFN_WDF_IO_QUEUE_STATE PfnWdfIoQueueState,
                           WDFCONTEXT Context) {
  ((PFN_WDFIOQUEUESTOPANDPURGE)WdfFunctions[WdfIoQueueStopAndPurgeTableIndex])(
      WdfDriverGlobals, Queue, PfnWdfIoQueueState, Context);
}
_IRQL_requires_max_(PASSIVE_LEVEL)
    // KMDF 1.11 and later.
    FORCEINLINE VOID WdfIoQueueStopAndPurgeSynchronously(WDFQUEUE Queue) {
  ((PFN_WDFIOQUEUESTOPANDPURGESYNCHRONOUSLY)
       WdfFunctions[WdfIoQueueStopAndPurgeSynchronouslyTableIndex])(WdfDriverGlobals, Queue);
}
#endif

#ifdef __cplusplus
}
#endif
