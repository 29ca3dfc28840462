// SPDX-License-Identifier: Apache-2.0
// Requests: parameters, buffers, cancellation, completion.
#pragma once

#include "wdfdevice.h"
#include "wdfmemory.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _WDF_REQUEST_COMPLETION_PARAMS WDF_REQUEST_COMPLETION_PARAMS,
    *PWDF_REQUEST_COMPLETION_PARAMS;
typedef VOID NTAPI EVT_WDF_REQUEST_CANCEL(WDFREQUEST);
typedef EVT_WDF_REQUEST_CANCEL* PFN_WDF_REQUEST_CANCEL;
typedef VOID NTAPI EVT_WDF_REQUEST_COMPLETION_ROUTINE(WDFREQUEST, WDFIOTARGET,
                                                      PWDF_REQUEST_COMPLETION_PARAMS, WDFCONTEXT);
typedef EVT_WDF_REQUEST_COMPLETION_ROUTINE* PFN_WDF_REQUEST_COMPLETION_ROUTINE;
typedef struct _WDF_REQUEST_PARAMETERS {
  USHORT Size;
  UCHAR MinorFunction;
  WDF_REQUEST_TYPE Type;
  union {
    struct {
      PIO_SECURITY_CONTEXT SecurityContext;
      ULONG Options;
      DECLSPEC_ALIGN(8) USHORT FileAttributes;
      USHORT ShareAccess;
      DECLSPEC_ALIGN(8) ULONG EaLength;
    } Create;
    struct {
      size_t Length;
      ULONG Key;
      LONGLONG DeviceOffset;
    } Read;
    struct {
      size_t Length;
      ULONG Key;
      LONGLONG DeviceOffset;
    } Write;
    struct {
      size_t OutputBufferLength;
      size_t InputBufferLength;
      ULONG IoControlCode;
      PVOID Type3InputBuffer;
    } DeviceIoControl;
    struct {
      PVOID Arg1;
      PVOID Arg2;
      ULONG IoControlCode;
      PVOID Arg4;
    } Others;
  } Parameters;
} WDF_REQUEST_PARAMETERS, *PWDF_REQUEST_PARAMETERS;

typedef struct _WDF_REQUEST_REUSE_PARAMS {
  ULONG Size;
  ULONG Flags;
  NTSTATUS Status;
  PIRP NewIrp;
} WDF_REQUEST_REUSE_PARAMS, *PWDF_REQUEST_REUSE_PARAMS;

typedef struct _WDF_REQUEST_SEND_OPTIONS {
  ULONG Size;
  ULONG Flags;
  LONGLONG Timeout;
} WDF_REQUEST_SEND_OPTIONS, *PWDF_REQUEST_SEND_OPTIONS;

typedef struct _WDF_REQUEST_FORWARD_OPTIONS {
  ULONG Size;
  ULONG Flags;
} WDF_REQUEST_FORWARD_OPTIONS, *PWDF_REQUEST_FORWARD_OPTIONS;

FORCEINLINE VOID WDF_REQUEST_PARAMETERS_INIT(PWDF_REQUEST_PARAMETERS parameters) {
  __builtin_memset(parameters, 0, sizeof(*parameters));
  parameters->Size = sizeof(*parameters);
}

typedef NTSTATUS(NTAPI* PFN_WDFREQUESTCREATE)(PWDF_DRIVER_GLOBALS, PWDF_OBJECT_ATTRIBUTES,
                                              WDFIOTARGET, WDFREQUEST*);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTCREATEFROMIRP)(PWDF_DRIVER_GLOBALS, PWDF_OBJECT_ATTRIBUTES,
                                                     PIRP, BOOLEAN, WDFREQUEST*);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTREUSE)(PWDF_DRIVER_GLOBALS, WDFREQUEST,
                                             PWDF_REQUEST_REUSE_PARAMS);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTCHANGETARGET)(PWDF_DRIVER_GLOBALS, WDFREQUEST, WDFIOTARGET);
typedef VOID(NTAPI* PFN_WDFREQUESTFORMATREQUESTUSINGCURRENTTYPE)(PWDF_DRIVER_GLOBALS, WDFREQUEST);
typedef VOID(NTAPI* PFN_WDFREQUESTWDMFORMATUSINGSTACKLOCATION)(PWDF_DRIVER_GLOBALS, WDFREQUEST,
                                                               PIO_STACK_LOCATION);
typedef BOOLEAN(NTAPI* PFN_WDFREQUESTSEND)(PWDF_DRIVER_GLOBALS, WDFREQUEST, WDFIOTARGET,
                                           PWDF_REQUEST_SEND_OPTIONS);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTGETSTATUS)(PWDF_DRIVER_GLOBALS, WDFREQUEST);
typedef VOID(NTAPI* PFN_WDFREQUESTMARKCANCELABLE)(PWDF_DRIVER_GLOBALS, WDFREQUEST,
                                                  PFN_WDF_REQUEST_CANCEL);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTUNMARKCANCELABLE)(PWDF_DRIVER_GLOBALS, WDFREQUEST);
typedef BOOLEAN(NTAPI* PFN_WDFREQUESTISCANCELED)(PWDF_DRIVER_GLOBALS, WDFREQUEST);
typedef BOOLEAN(NTAPI* PFN_WDFREQUESTCANCELSENTREQUEST)(PWDF_DRIVER_GLOBALS, WDFREQUEST);
typedef BOOLEAN(NTAPI* PFN_WDFREQUESTISFROM32BITPROCESS)(PWDF_DRIVER_GLOBALS, WDFREQUEST);
typedef VOID(NTAPI* PFN_WDFREQUESTSETCOMPLETIONROUTINE)(PWDF_DRIVER_GLOBALS, WDFREQUEST,
                                                        PFN_WDF_REQUEST_COMPLETION_ROUTINE,
                                                        WDFCONTEXT);
typedef VOID(NTAPI* PFN_WDFREQUESTGETCOMPLETIONPARAMS)(PWDF_DRIVER_GLOBALS, WDFREQUEST,
                                                       PWDF_REQUEST_COMPLETION_PARAMS);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTALLOCATETIMER)(PWDF_DRIVER_GLOBALS, WDFREQUEST);
typedef VOID(NTAPI* PFN_WDFREQUESTCOMPLETE)(PWDF_DRIVER_GLOBALS, WDFREQUEST, NTSTATUS);
typedef VOID(NTAPI* PFN_WDFREQUESTCOMPLETEWITHPRIORITYBOOST)(PWDF_DRIVER_GLOBALS, WDFREQUEST,
                                                             NTSTATUS, CCHAR);
typedef VOID(NTAPI* PFN_WDFREQUESTCOMPLETEWITHINFORMATION)(PWDF_DRIVER_GLOBALS, WDFREQUEST,
                                                           NTSTATUS, ULONG_PTR);
typedef VOID(NTAPI* PFN_WDFREQUESTGETPARAMETERS)(PWDF_DRIVER_GLOBALS, WDFREQUEST,
                                                 PWDF_REQUEST_PARAMETERS);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTRETRIEVEINPUTMEMORY)(PWDF_DRIVER_GLOBALS, WDFREQUEST,
                                                           WDFMEMORY*);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTRETRIEVEOUTPUTMEMORY)(PWDF_DRIVER_GLOBALS, WDFREQUEST,
                                                            WDFMEMORY*);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTRETRIEVEINPUTBUFFER)(PWDF_DRIVER_GLOBALS, WDFREQUEST, size_t,
                                                           PVOID*, size_t*);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTRETRIEVEOUTPUTBUFFER)(PWDF_DRIVER_GLOBALS, WDFREQUEST, size_t,
                                                            PVOID*, size_t*);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTRETRIEVEINPUTWDMMDL)(PWDF_DRIVER_GLOBALS, WDFREQUEST, PMDL*);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTRETRIEVEOUTPUTWDMMDL)(PWDF_DRIVER_GLOBALS, WDFREQUEST, PMDL*);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTRETRIEVEUNSAFEUSERINPUTBUFFER)(PWDF_DRIVER_GLOBALS,
                                                                     WDFREQUEST, size_t, PVOID*,
                                                                     size_t*);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTRETRIEVEUNSAFEUSEROUTPUTBUFFER)(PWDF_DRIVER_GLOBALS,
                                                                      WDFREQUEST, size_t, PVOID*,
                                                                      size_t*);
typedef VOID(NTAPI* PFN_WDFREQUESTSETINFORMATION)(PWDF_DRIVER_GLOBALS, WDFREQUEST, ULONG_PTR);
typedef ULONG_PTR(NTAPI* PFN_WDFREQUESTGETINFORMATION)(PWDF_DRIVER_GLOBALS, WDFREQUEST);
typedef WDFFILEOBJECT(NTAPI* PFN_WDFREQUESTGETFILEOBJECT)(PWDF_DRIVER_GLOBALS, WDFREQUEST);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTPROBEANDLOCKUSERBUFFERFORREAD)(PWDF_DRIVER_GLOBALS,
                                                                     WDFREQUEST, PVOID, size_t,
                                                                     WDFMEMORY*);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTPROBEANDLOCKUSERBUFFERFORWRITE)(PWDF_DRIVER_GLOBALS,
                                                                      WDFREQUEST, PVOID, size_t,
                                                                      WDFMEMORY*);
typedef KPROCESSOR_MODE(NTAPI* PFN_WDFREQUESTGETREQUESTORMODE)(PWDF_DRIVER_GLOBALS, WDFREQUEST);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTFORWARDTOIOQUEUE)(PWDF_DRIVER_GLOBALS, WDFREQUEST, WDFQUEUE);
typedef WDFQUEUE(NTAPI* PFN_WDFREQUESTGETIOQUEUE)(PWDF_DRIVER_GLOBALS, WDFREQUEST);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTREQUEUE)(PWDF_DRIVER_GLOBALS, WDFREQUEST);
typedef VOID(NTAPI* PFN_WDFREQUESTSTOPACKNOWLEDGE)(PWDF_DRIVER_GLOBALS, WDFREQUEST, BOOLEAN);
typedef PIRP(NTAPI* PFN_WDFREQUESTWDMGETIRP)(PWDF_DRIVER_GLOBALS, WDFREQUEST);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTMARKCANCELABLEEX)(PWDF_DRIVER_GLOBALS, WDFREQUEST,
                                                        PFN_WDF_REQUEST_CANCEL);
typedef BOOLEAN(NTAPI* PFN_WDFREQUESTISRESERVED)(PWDF_DRIVER_GLOBALS, WDFREQUEST);
typedef NTSTATUS(NTAPI* PFN_WDFREQUESTFORWARDTOPARENTDEVICEIOQUEUE)(PWDF_DRIVER_GLOBALS, WDFREQUEST,
                                                                    WDFQUEUE,
                                                                    PWDF_REQUEST_FORWARD_OPTIONS);
typedef ULONG(NTAPI* PFN_WDFREQUESTGETREQUESTORPROCESSID)(PWDF_DRIVER_GLOBALS, WDFREQUEST);

#ifdef WDK_DRIVER
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestCreate(PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFIOTARGET Iotarget,
                     WDFREQUEST* Request) {
  return ((PFN_WDFREQUESTCREATE)WdfFunctions[WdfRequestCreateTableIndex])(
      WdfDriverGlobals, ObjectAttributes, Iotarget, Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestCreateFromIrp(PWDF_OBJECT_ATTRIBUTES ObjectAttributes, PIRP Irp, BOOLEAN Boolean,
                            WDFREQUEST* Request) {
  return ((PFN_WDFREQUESTCREATEFROMIRP)WdfFunctions[WdfRequestCreateFromIrpTableIndex])(
      WdfDriverGlobals, ObjectAttributes, Irp, Boolean, Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestReuse(WDFREQUEST Request, PWDF_REQUEST_REUSE_PARAMS RequestReuseParams) {
  return ((PFN_WDFREQUESTREUSE)WdfFunctions[WdfRequestReuseTableIndex])(WdfDriverGlobals, Request,
                                                                        RequestReuseParams);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestChangeTarget(WDFREQUEST Request, WDFIOTARGET Iotarget) {
  return ((PFN_WDFREQUESTCHANGETARGET)WdfFunctions[WdfRequestChangeTargetTableIndex])(
      WdfDriverGlobals, Request, Iotarget);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfRequestFormatRequestUsingCurrentType(WDFREQUEST Request) {
  ((PFN_WDFREQUESTFORMATREQUESTUSINGCURRENTTYPE)
       WdfFunctions[WdfRequestFormatRequestUsingCurrentTypeTableIndex])(WdfDriverGlobals, Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfRequestWdmFormatUsingStackLocation(WDFREQUEST Request, PIO_STACK_LOCATION PioStackLocation) {
  ((PFN_WDFREQUESTWDMFORMATUSINGSTACKLOCATION)
       WdfFunctions[WdfRequestWdmFormatUsingStackLocationTableIndex])(WdfDriverGlobals, Request,
                                                                      PioStackLocation);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE BOOLEAN
    WdfRequestSend(WDFREQUEST Request, WDFIOTARGET Iotarget,
                   PWDF_REQUEST_SEND_OPTIONS RequestSendOptions) {
  return ((PFN_WDFREQUESTSEND)WdfFunctions[WdfRequestSendTableIndex])(WdfDriverGlobals, Request,
                                                                      Iotarget, RequestSendOptions);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS WdfRequestGetStatus(WDFREQUEST Request) {
  return ((PFN_WDFREQUESTGETSTATUS)WdfFunctions[WdfRequestGetStatusTableIndex])(WdfDriverGlobals,
                                                                                Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfRequestMarkCancelable(WDFREQUEST Request, PFN_WDF_REQUEST_CANCEL PfnWdfRequestCancel) {
  ((PFN_WDFREQUESTMARKCANCELABLE)WdfFunctions[WdfRequestMarkCancelableTableIndex])(
      WdfDriverGlobals, Request, PfnWdfRequestCancel);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestUnmarkCancelable(WDFREQUEST Request) {
  return ((PFN_WDFREQUESTUNMARKCANCELABLE)WdfFunctions[WdfRequestUnmarkCancelableTableIndex])(
      WdfDriverGlobals, Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE BOOLEAN WdfRequestIsCanceled(WDFREQUEST Request) {
  return ((PFN_WDFREQUESTISCANCELED)WdfFunctions[WdfRequestIsCanceledTableIndex])(WdfDriverGlobals,
                                                                                  Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE BOOLEAN
    WdfRequestCancelSentRequest(WDFREQUEST Request) {
  return ((PFN_WDFREQUESTCANCELSENTREQUEST)WdfFunctions[WdfRequestCancelSentRequestTableIndex])(
      WdfDriverGlobals, Request);
}
_IRQL_requires_max_(APC_LEVEL) FORCEINLINE BOOLEAN
    WdfRequestIsFrom32BitProcess(WDFREQUEST Request) {
  return ((PFN_WDFREQUESTISFROM32BITPROCESS)WdfFunctions[WdfRequestIsFrom32BitProcessTableIndex])(
      WdfDriverGlobals, Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID WdfRequestSetCompletionRoutine(
    WDFREQUEST Request, PFN_WDF_REQUEST_COMPLETION_ROUTINE PfnWdfRequestCompletionRoutine,
    WDFCONTEXT Context) {
  ((PFN_WDFREQUESTSETCOMPLETIONROUTINE)WdfFunctions[WdfRequestSetCompletionRoutineTableIndex])(
      WdfDriverGlobals, Request, PfnWdfRequestCompletionRoutine, Context);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfRequestGetCompletionParams(WDFREQUEST Request,
                                  PWDF_REQUEST_COMPLETION_PARAMS RequestCompletionParams) {
  ((PFN_WDFREQUESTGETCOMPLETIONPARAMS)WdfFunctions[WdfRequestGetCompletionParamsTableIndex])(
      WdfDriverGlobals, Request, RequestCompletionParams);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestAllocateTimer(WDFREQUEST Request) {
  return ((PFN_WDFREQUESTALLOCATETIMER)WdfFunctions[WdfRequestAllocateTimerTableIndex])(
      WdfDriverGlobals, Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfRequestComplete(WDFREQUEST Request, NTSTATUS Status) {
  ((PFN_WDFREQUESTCOMPLETE)WdfFunctions[WdfRequestCompleteTableIndex])(WdfDriverGlobals, Request,
                                                                       Status);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfRequestCompleteWithPriorityBoost(WDFREQUEST Request, NTSTATUS Status, CCHAR Cchar) {
  ((PFN_WDFREQUESTCOMPLETEWITHPRIORITYBOOST)
       WdfFunctions[WdfRequestCompleteWithPriorityBoostTableIndex])(WdfDriverGlobals, Request,
                                                                    Status, Cchar);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfRequestCompleteWithInformation(WDFREQUEST Request, NTSTATUS Status, ULONG_PTR Ulongptr) {
  ((PFN_WDFREQUESTCOMPLETEWITHINFORMATION)
       WdfFunctions[WdfRequestCompleteWithInformationTableIndex])(WdfDriverGlobals, Request, Status,
                                                                  Ulongptr);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfRequestGetParameters(WDFREQUEST Request, PWDF_REQUEST_PARAMETERS RequestParameters) {
  ((PFN_WDFREQUESTGETPARAMETERS)WdfFunctions[WdfRequestGetParametersTableIndex])(
      WdfDriverGlobals, Request, RequestParameters);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestRetrieveInputMemory(WDFREQUEST Request, WDFMEMORY* Memory) {
  return ((PFN_WDFREQUESTRETRIEVEINPUTMEMORY)WdfFunctions[WdfRequestRetrieveInputMemoryTableIndex])(
      WdfDriverGlobals, Request, Memory);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestRetrieveOutputMemory(WDFREQUEST Request, WDFMEMORY* Memory) {
  return (
      (PFN_WDFREQUESTRETRIEVEOUTPUTMEMORY)WdfFunctions[WdfRequestRetrieveOutputMemoryTableIndex])(
      WdfDriverGlobals, Request, Memory);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestRetrieveInputBuffer(WDFREQUEST Request, size_t Size1, PVOID* Pointer, size_t* Size2) {
  return ((PFN_WDFREQUESTRETRIEVEINPUTBUFFER)WdfFunctions[WdfRequestRetrieveInputBufferTableIndex])(
      WdfDriverGlobals, Request, Size1, Pointer, Size2);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestRetrieveOutputBuffer(WDFREQUEST Request, size_t Size1, PVOID* Pointer,
                                   size_t* Size2) {
  return (
      (PFN_WDFREQUESTRETRIEVEOUTPUTBUFFER)WdfFunctions[WdfRequestRetrieveOutputBufferTableIndex])(
      WdfDriverGlobals, Request, Size1, Pointer, Size2);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestRetrieveInputWdmMdl(WDFREQUEST Request, PMDL* Mdl) {
  return ((PFN_WDFREQUESTRETRIEVEINPUTWDMMDL)WdfFunctions[WdfRequestRetrieveInputWdmMdlTableIndex])(
      WdfDriverGlobals, Request, Mdl);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestRetrieveOutputWdmMdl(WDFREQUEST Request, PMDL* Mdl) {
  return (
      (PFN_WDFREQUESTRETRIEVEOUTPUTWDMMDL)WdfFunctions[WdfRequestRetrieveOutputWdmMdlTableIndex])(
      WdfDriverGlobals, Request, Mdl);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestRetrieveUnsafeUserInputBuffer(WDFREQUEST Request, size_t Size1, PVOID* Pointer,
                                            size_t* Size2) {
  return ((PFN_WDFREQUESTRETRIEVEUNSAFEUSERINPUTBUFFER)
              WdfFunctions[WdfRequestRetrieveUnsafeUserInputBufferTableIndex])(
      WdfDriverGlobals, Request, Size1, Pointer, Size2);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestRetrieveUnsafeUserOutputBuffer(WDFREQUEST Request, size_t Size1, PVOID* Pointer,
                                             size_t* Size2) {
  return ((PFN_WDFREQUESTRETRIEVEUNSAFEUSEROUTPUTBUFFER)
              WdfFunctions[WdfRequestRetrieveUnsafeUserOutputBufferTableIndex])(
      WdfDriverGlobals, Request, Size1, Pointer, Size2);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfRequestSetInformation(WDFREQUEST Request, ULONG_PTR Ulongptr) {
  ((PFN_WDFREQUESTSETINFORMATION)WdfFunctions[WdfRequestSetInformationTableIndex])(
      WdfDriverGlobals, Request, Ulongptr);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE ULONG_PTR
    WdfRequestGetInformation(WDFREQUEST Request) {
  return ((PFN_WDFREQUESTGETINFORMATION)WdfFunctions[WdfRequestGetInformationTableIndex])(
      WdfDriverGlobals, Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFFILEOBJECT
    WdfRequestGetFileObject(WDFREQUEST Request) {
  return ((PFN_WDFREQUESTGETFILEOBJECT)WdfFunctions[WdfRequestGetFileObjectTableIndex])(
      WdfDriverGlobals, Request);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestProbeAndLockUserBufferForRead(WDFREQUEST Request, PVOID Pointer, size_t Size,
                                            WDFMEMORY* Memory) {
  return ((PFN_WDFREQUESTPROBEANDLOCKUSERBUFFERFORREAD)
              WdfFunctions[WdfRequestProbeAndLockUserBufferForReadTableIndex])(
      WdfDriverGlobals, Request, Pointer, Size, Memory);
}
_IRQL_requires_max_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestProbeAndLockUserBufferForWrite(WDFREQUEST Request, PVOID Pointer, size_t Size,
                                             WDFMEMORY* Memory) {
  return ((PFN_WDFREQUESTPROBEANDLOCKUSERBUFFERFORWRITE)
              WdfFunctions[WdfRequestProbeAndLockUserBufferForWriteTableIndex])(
      WdfDriverGlobals, Request, Pointer, Size, Memory);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE KPROCESSOR_MODE
    WdfRequestGetRequestorMode(WDFREQUEST Request) {
  return ((PFN_WDFREQUESTGETREQUESTORMODE)WdfFunctions[WdfRequestGetRequestorModeTableIndex])(
      WdfDriverGlobals, Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestForwardToIoQueue(WDFREQUEST Request, WDFQUEUE Queue) {
  return ((PFN_WDFREQUESTFORWARDTOIOQUEUE)WdfFunctions[WdfRequestForwardToIoQueueTableIndex])(
      WdfDriverGlobals, Request, Queue);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE WDFQUEUE WdfRequestGetIoQueue(WDFREQUEST Request) {
  return ((PFN_WDFREQUESTGETIOQUEUE)WdfFunctions[WdfRequestGetIoQueueTableIndex])(WdfDriverGlobals,
                                                                                  Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS WdfRequestRequeue(WDFREQUEST Request) {
  return ((PFN_WDFREQUESTREQUEUE)WdfFunctions[WdfRequestRequeueTableIndex])(WdfDriverGlobals,
                                                                            Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    WdfRequestStopAcknowledge(WDFREQUEST Request, BOOLEAN Boolean) {
  ((PFN_WDFREQUESTSTOPACKNOWLEDGE)WdfFunctions[WdfRequestStopAcknowledgeTableIndex])(
      WdfDriverGlobals, Request, Boolean);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE PIRP WdfRequestWdmGetIrp(WDFREQUEST Request) {
  return ((PFN_WDFREQUESTWDMGETIRP)WdfFunctions[WdfRequestWdmGetIrpTableIndex])(WdfDriverGlobals,
                                                                                Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestMarkCancelableEx(WDFREQUEST Request, PFN_WDF_REQUEST_CANCEL PfnWdfRequestCancel) {
  return ((PFN_WDFREQUESTMARKCANCELABLEEX)WdfFunctions[WdfRequestMarkCancelableExTableIndex])(
      WdfDriverGlobals, Request, PfnWdfRequestCancel);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE BOOLEAN WdfRequestIsReserved(WDFREQUEST Request) {
  return ((PFN_WDFREQUESTISRESERVED)WdfFunctions[WdfRequestIsReservedTableIndex])(WdfDriverGlobals,
                                                                                  Request);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfRequestForwardToParentDeviceIoQueue(WDFREQUEST Request, WDFQUEUE Queue,
                                           PWDF_REQUEST_FORWARD_OPTIONS RequestForwardOptions) {
  return ((PFN_WDFREQUESTFORWARDTOPARENTDEVICEIOQUEUE)
              WdfFunctions[WdfRequestForwardToParentDeviceIoQueueTableIndex])(
      WdfDriverGlobals, Request, Queue, RequestForwardOptions);
}
_IRQL_requires_max_(DISPATCH_LEVEL)
    // KMDF 1.21 and later.
    FORCEINLINE ULONG WdfRequestGetRequestorProcessId(WDFREQUEST Request) {
  return (
      (PFN_WDFREQUESTGETREQUESTORPROCESSID)WdfFunctions[WdfRequestGetRequestorProcessIdTableIndex])(
      WdfDriverGlobals, Request);
}
#endif

#ifdef __cplusplus
}
#endif
