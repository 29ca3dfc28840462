// SPDX-License-Identifier: Apache-2.0
// WdfRequest*: completion, parameters, moving between queues, cancellation.
#include <array>

#include "kmdf/check.h"
#include "kmdf/queue.h"
#include "kmdf/request.h"
#include "kmdf/rows.h"
#include "nt/context.h"
#include "nt/io_manager.h"

namespace drydock::kmdf {

namespace {

void complete(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, NTSTATUS status) {
  Request& request = object_of<Request>(handle);
  complete_request(request, status, request.information);
}

void complete_with_boost(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, NTSTATUS status, CCHAR) {
  Request& request = object_of<Request>(handle);
  complete_request(request, status, request.information);
}

void complete_with_information(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, NTSTATUS status,
                               ULONG_PTR information) {
  complete_request(object_of<Request>(handle), status, information);
}

void set_information(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, ULONG_PTR information) {
  object_of<Request>(handle).information = information;
}

ULONG_PTR get_information(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  return object_of<Request>(handle).information;
}

// A request whose IRP has gone back can only be kept alive, not used.
Request& usable(WDFREQUEST handle) {
  Request& request = object_of<Request>(handle);
  if (request.irp == nullptr) {
    bug_check(WDF_INVALID_HANDLE, "a request was used after its completion", nt::address_of(handle),
              0, request.entry);
  }
  return request;
}

void get_parameters(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, PWDF_REQUEST_PARAMETERS parameters) {
  const Request& request = usable(handle);
  require(parameters);
  if (request.irp->CurrentLocation > request.irp->StackCount) {
    nt::the_machine().stop(machine::Inconclusive{
        "WdfRequestGetParameters of a request that the driver made itself: what Windows answers "
        "is not known"});
  }
  fill_parameters(request, *parameters);
}

WDFFILEOBJECT get_file(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  const Request& request = object_of<Request>(handle);
  return request.file == nullptr ? nullptr : reinterpret_cast<WDFFILEOBJECT>(request.file->handle);
}

PIRP get_irp(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  return usable(handle).irp;
}

WDFQUEUE get_queue(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  const Request& request = object_of<Request>(handle);
  return request.queue == nullptr ? nullptr : reinterpret_cast<WDFQUEUE>(request.queue->handle);
}

KPROCESSOR_MODE get_requestor_mode(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  return usable(handle).irp->RequestorMode;
}

ULONG get_requestor_process(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  return nt::service<nt::IoManager>().requestor(usable(handle).irp);
}

BOOLEAN is_from_32_bit(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  usable(handle);
  return FALSE;
}

// The driver owns the request; on success the queue does. The queue it came from may go on.
NTSTATUS move_to(Request& request, Queue& queue, bool at_head) {
  if (request.state != RequestState::presented || request.cancel != nullptr)
    return STATUS_WDF_REQUEST_INVALID_STATE;
  Queue* from = request.queue;
  const NTSTATUS status = queue.insert(request, at_head);
  if (NT_SUCCESS(status) && from != nullptr) from->given_back();
  return status;
}

NTSTATUS forward(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, WDFQUEUE queue_handle) {
  Request& request = usable(handle);
  Queue& queue = object_of<Queue>(queue_handle);
  if (&queue == request.queue || &queue.device != request.device)
    return STATUS_INVALID_DEVICE_REQUEST;
  return move_to(request, queue, false);
}

NTSTATUS requeue(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  Request& request = usable(handle);
  const bool manual =
      request.queue != nullptr && request.queue->dispatch == WdfIoQueueDispatchManual;
  return manual ? move_to(request, *request.queue, true) : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS make_cancelable(Request& request, PFN_WDF_REQUEST_CANCEL callback) {
  if (request.cancel != nullptr) return STATUS_WDF_REQUEST_INVALID_STATE;
  if (!arm_cancel(request)) return STATUS_CANCELLED;
  request.cancel = callback;
  return STATUS_SUCCESS;
}

NTSTATUS mark_cancelable_ex(PWDF_DRIVER_GLOBALS, WDFREQUEST handle,
                            PFN_WDF_REQUEST_CANCEL callback) {
  return make_cancelable(usable(handle), callback);
}

// The older form calls back at once when the request is cancelled already.
void mark_cancelable(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, PFN_WDF_REQUEST_CANCEL callback) {
  Request& request = usable(handle);
  if (make_cancelable(request, callback) == STATUS_CANCELLED)
    framework().call(request, callback, handle);
}

NTSTATUS unmark_cancelable(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  Request& request = usable(handle);
  if (request.cancel == nullptr && request.irp->Cancel == FALSE)
    return STATUS_INVALID_DEVICE_REQUEST;
  return disarm_cancel(request) ? STATUS_SUCCESS : STATUS_CANCELLED;
}

// What its last sending came to, or a refusal to send it; before that what the IRP says.
NTSTATUS get_status(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  const Request& request = object_of<Request>(handle);
  const bool told = request.irp == nullptr || request.made_by_driver || request.sending.told;
  return told ? request.status : request.irp->IoStatus.Status;
}

void stop_acknowledge(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, BOOLEAN requeue) {
  Request& request = usable(handle);
  if (request.queue != nullptr && request.queue->stop_acknowledged(request, requeue != FALSE))
    return;
  bug_check(WDF_REQUEST_FATAL_ERROR,
            "WdfRequestStopAcknowledge for a request that EvtIoStop was not called for", 0,
            nt::address_of(handle), request.entry);
}

// Requests for forward progress are never needed: requests do not run out of memory here.
BOOLEAN is_reserved(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  object_of<Request>(handle);
  return FALSE;
}

// Only the children that a bus driver enumerates have a parent device.
NTSTATUS forward_to_parent(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, WDFQUEUE queue,
                           PWDF_REQUEST_FORWARD_OPTIONS options) {
  usable(handle);
  object_of<Queue>(queue);
  require(options);
  return options->Size == sizeof *options ? STATUS_INVALID_DEVICE_REQUEST
                                          : STATUS_INFO_LENGTH_MISMATCH;
}

BOOLEAN is_canceled(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  return usable(handle).irp->Cancel;
}

}  // namespace

Functions request_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfRequestComplete, PFN_WDFREQUESTCOMPLETE, complete, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestCompleteWithPriorityBoost, PFN_WDFREQUESTCOMPLETEWITHPRIORITYBOOST,
                      complete_with_boost, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestCompleteWithInformation, PFN_WDFREQUESTCOMPLETEWITHINFORMATION,
                      complete_with_information, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestSetInformation, PFN_WDFREQUESTSETINFORMATION, set_information,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfRequestGetInformation, PFN_WDFREQUESTGETINFORMATION, get_information,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfRequestGetParameters, PFN_WDFREQUESTGETPARAMETERS, get_parameters,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfRequestGetFileObject, PFN_WDFREQUESTGETFILEOBJECT, get_file,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfRequestWdmGetIrp, PFN_WDFREQUESTWDMGETIRP, get_irp, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfRequestGetIoQueue, PFN_WDFREQUESTGETIOQUEUE, get_queue,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfRequestGetRequestorMode, PFN_WDFREQUESTGETREQUESTORMODE,
                      get_requestor_mode, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfRequestGetRequestorProcessId, PFN_WDFREQUESTGETREQUESTORPROCESSID,
                      get_requestor_process, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfRequestIsFrom32BitProcess, PFN_WDFREQUESTISFROM32BITPROCESS,
                      is_from_32_bit, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfRequestForwardToIoQueue, PFN_WDFREQUESTFORWARDTOIOQUEUE, forward,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestRequeue, PFN_WDFREQUESTREQUEUE, requeue, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestMarkCancelable, PFN_WDFREQUESTMARKCANCELABLE, mark_cancelable,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestMarkCancelableEx, PFN_WDFREQUESTMARKCANCELABLEEX,
                      mark_cancelable_ex, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestUnmarkCancelable, PFN_WDFREQUESTUNMARKCANCELABLE, unmark_cancelable,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestGetStatus, PFN_WDFREQUESTGETSTATUS, get_status,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfRequestIsReserved, PFN_WDFREQUESTISRESERVED, is_reserved,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfRequestForwardToParentDeviceIoQueue,
                      PFN_WDFREQUESTFORWARDTOPARENTDEVICEIOQUEUE, forward_to_parent,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestStopAcknowledge, PFN_WDFREQUESTSTOPACKNOWLEDGE, stop_acknowledge,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestIsCanceled, PFN_WDFREQUESTISCANCELED, is_canceled, up_to_dispatch),
  };
  return rows;
}

}  // namespace drydock::kmdf
