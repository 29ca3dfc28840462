// SPDX-License-Identifier: Apache-2.0
// WdfRequest*: requests that a driver makes itself, and sending any request to a target.
#include <array>
#include <cstring>
#include <utility>

#include "kmdf/check.h"
#include "kmdf/driver.h"
#include "kmdf/queue.h"
#include "kmdf/rows.h"
#include "kmdf/sending.h"
#include "nt/context.h"
#include "nt/io_manager.h"

namespace drydock::kmdf {

namespace {

NTSTATUS make(Client& client, const WDF_OBJECT_ATTRIBUTES* attributes, Object* parent,
              Request** request) {
  const NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  return framework().create(client, attributes, parent_in(attributes, parent), request);
}

NTSTATUS create(PWDF_DRIVER_GLOBALS globals, PWDF_OBJECT_ATTRIBUTES attributes,
                WDFIOTARGET target_handle, WDFREQUEST* handle) {
  Client& client = client_of(globals);
  require(handle);
  *handle = nullptr;
  IoTarget* target = target_handle == nullptr ? nullptr : &object_of<IoTarget>(target_handle);
  Object* parent = target != nullptr ? static_cast<Object*>(target) : client.driver;
  Request* request = nullptr;
  const NTSTATUS status = make(client, attributes, parent, &request);
  if (!NT_SUCCESS(status)) return status;
  const bool open = target != nullptr && target->wdm != nullptr;
  give_irp(*request, open ? target->wdm->StackSize : CCHAR{1});
  request->owns_irp = true;
  *handle = reinterpret_cast<WDFREQUEST>(request->handle);
  return STATUS_SUCCESS;
}

NTSTATUS create_from_irp(PWDF_DRIVER_GLOBALS globals, PWDF_OBJECT_ATTRIBUTES attributes, PIRP irp,
                         BOOLEAN frees, WDFREQUEST* handle) {
  Client& client = client_of(globals);
  require(irp);
  require(handle);
  *handle = nullptr;
  Request* request = nullptr;
  const NTSTATUS status = make(client, attributes, client.driver, &request);
  if (!NT_SUCCESS(status)) return status;
  request->irp = irp;
  request->owns_irp = frees != FALSE;
  *handle = reinterpret_cast<WDFREQUEST>(request->handle);
  return STATUS_SUCCESS;
}

void take_new_irp(Request& request, PIRP irp) {
  if (request.owns_irp && request.irp != nullptr)
    nt::service<nt::IoManager>().free_irp(request.irp);
  request.irp = irp;
  request.owns_irp = false;
}

// Only for requests that the driver made, and that are back.
NTSTATUS reuse(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, PWDF_REQUEST_REUSE_PARAMS params) {
  Request& request = object_of<Request>(handle);
  require(params);
  if (params->Size != sizeof *params) return STATUS_INFO_LENGTH_MISMATCH;
  if (!request.made_by_driver || request.sending.under_way) return STATUS_INVALID_DEVICE_REQUEST;
  unformat(request);
  request.sending.routine = nullptr;
  if ((params->Flags & WDF_REQUEST_REUSE_SET_NEW_IRP) != 0) {
    take_new_irp(request, params->NewIrp);
  } else if (request.owns_irp) {
    give_irp(request, request.irp->StackCount);
  }
  request.status = params->Status;
  request.information = 0;
  if (request.irp != nullptr) request.irp->IoStatus.Status = params->Status;
  return STATUS_SUCCESS;
}

NTSTATUS change_target(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, WDFIOTARGET target_handle) {
  Request& request = object_of<Request>(handle);
  const IoTarget& target = object_of<IoTarget>(target_handle);
  if (request.irp == nullptr || target.wdm == nullptr) return STATUS_INVALID_DEVICE_STATE;
  if (request.irp->CurrentLocation > target.wdm->StackSize) return STATUS_SUCCESS;
  if (!request.owns_irp || request.sending.under_way) return STATUS_REQUEST_NOT_ACCEPTED;
  unformat(request);
  give_irp(request, target.wdm->StackSize);
  return STATUS_SUCCESS;
}

// Bug check 0x10D (6) when the IRP is not there or has no room.
PIRP irp_with_room(const Request& request) {
  if (request.irp == nullptr) {
    bug_check(WDF_REQUEST_FATAL_ERROR, "a request without an IRP was formatted",
              WDF_REQUEST_FATAL_ERROR_NULL_IRP, nt::address_of(request.handle), request.entry);
  }
  if (request.irp->CurrentLocation <= 1) {
    bug_check(WDF_REQUEST_FATAL_ERROR,
              "a request was formatted whose IRP has no stack location for the next driver",
              WDF_REQUEST_FATAL_ERROR_NO_MORE_STACK_LOCATIONS, nt::address_of(request.irp),
              request.entry);
  }
  return request.irp;
}

void format_using_current_type(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  IoCopyCurrentIrpStackLocationToNext(irp_with_room(object_of<Request>(handle)));
}

void format_using_location(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, PIO_STACK_LOCATION location) {
  const Request& request = object_of<Request>(handle);
  require(location);
  IO_STACK_LOCATION& next = *IoGetNextIrpStackLocation(irp_with_room(request));
  next = *location;
  next.CompletionRoutine = nullptr;
  next.Context = nullptr;
  next.Control = 0;
}

// The driver sees no more of it: the IRP goes on as it is.
bool send_and_forget(Request& request, const IoTarget& target) {
  if (request.made_by_driver || request.state != RequestState::presented ||
      target.state != WdfIoTargetStarted) {
    return refuse(request, STATUS_INVALID_DEVICE_REQUEST);
  }
  Framework& owner = framework();
  owner.reference(request);
  PIRP irp = std::exchange(request.irp, nullptr);
  Queue* queue = std::exchange(request.queue, nullptr);
  request.state = RequestState::completed;
  owner.remove(request);
  IoSkipCurrentIrpStackLocation(irp);
  nt::service<nt::IoManager>().call_driver(target.wdm, irp);
  if (queue != nullptr) queue->given_back();
  owner.release(request);
  return true;
}

BOOLEAN send_request(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, WDFIOTARGET target_handle,
                     PWDF_REQUEST_SEND_OPTIONS options) {
  Request& request = object_of<Request>(handle);
  IoTarget& target = object_of<IoTarget>(target_handle);
  if (options != nullptr && options->Size != sizeof *options)
    return refuse(request, STATUS_INFO_LENGTH_MISMATCH) ? TRUE : FALSE;
  const bool forget =
      options != nullptr && (options->Flags & WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET) != 0;
  const bool was_sent = forget ? send_and_forget(request, target) : send(request, target, options);
  return was_sent ? TRUE : FALSE;
}

BOOLEAN cancel_sent_request(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  return cancel_sent(object_of<Request>(handle)) ? TRUE : FALSE;
}

void set_completion_routine(PWDF_DRIVER_GLOBALS, WDFREQUEST handle,
                            PFN_WDF_REQUEST_COMPLETION_ROUTINE routine, WDFCONTEXT context) {
  Sending& sending = object_of<Request>(handle).sending;
  sending.routine = routine;
  sending.context = context;
}

void get_completion_params(PWDF_DRIVER_GLOBALS, WDFREQUEST handle,
                           PWDF_REQUEST_COMPLETION_PARAMS params) {
  Request& request = object_of<Request>(handle);
  require(params);
  *params = request.completion_params();
}

// A timeout needs no memory here.
NTSTATUS allocate_timer(PWDF_DRIVER_GLOBALS, WDFREQUEST handle) {
  object_of<Request>(handle);
  return STATUS_SUCCESS;
}

}  // namespace

Functions sent_request_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfRequestCreate, PFN_WDFREQUESTCREATE, create, creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestCreateFromIrp, PFN_WDFREQUESTCREATEFROMIRP, create_from_irp,
                      creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestReuse, PFN_WDFREQUESTREUSE, reuse, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestChangeTarget, PFN_WDFREQUESTCHANGETARGET, change_target,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestFormatRequestUsingCurrentType,
                      PFN_WDFREQUESTFORMATREQUESTUSINGCURRENTTYPE, format_using_current_type,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestWdmFormatUsingStackLocation,
                      PFN_WDFREQUESTWDMFORMATUSINGSTACKLOCATION, format_using_location,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestSend, PFN_WDFREQUESTSEND, send_request, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestCancelSentRequest, PFN_WDFREQUESTCANCELSENTREQUEST,
                      cancel_sent_request, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestSetCompletionRoutine, PFN_WDFREQUESTSETCOMPLETIONROUTINE,
                      set_completion_routine, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfRequestGetCompletionParams, PFN_WDFREQUESTGETCOMPLETIONPARAMS,
                      get_completion_params, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfRequestAllocateTimer, PFN_WDFREQUESTALLOCATETIMER, allocate_timer,
                      creates_up_to_dispatch),
  };
  return rows;
}

}  // namespace drydock::kmdf
