// SPDX-License-Identifier: Apache-2.0
// From IRP to WDFREQUEST and back.
#include "kmdf/request.h"

#include <utility>

#include "kmdf/check.h"
#include "kmdf/internal_routines.h"
#include "kmdf/queue.h"
#include "kmdf/sending.h"
#include "nt/context.h"
#include "nt/io_manager.h"
#include "nt/mdl.h"

namespace drydock::kmdf {

namespace {

// The framework may use the IRP's driver context while the IRP is its own.
PVOID& request_slot(IRP& irp) {
  return irp.Tail.Overlay.DriverContext[0];
}

void drop_mdls(Request& request) {
  if (PMDL mdl = std::exchange(request.input_mdl, nullptr)) nt::drop_kernel_mdl(mdl);
  if (PMDL mdl = std::exchange(request.output_mdl, nullptr)) nt::drop_kernel_mdl(mdl);
}

void hand_back(Request& request, NTSTATUS status, ULONG_PTR information) {
  drop_mdls(request);
  PIRP irp = std::exchange(request.irp, nullptr);
  request.status = status;
  irp->IoStatus.Status = status;
  irp->IoStatus.Information = information;
  nt::service<nt::IoManager>().complete(irp);
}

bool failed_create(const Request& request, NTSTATUS status) {
  return request.major == IRP_MJ_CREATE && !NT_SUCCESS(status);
}

}  // namespace

Request::Request(Client& owner, Device& of, PIRP from, FileObject* opened)
    : Object(object_type, owner),
      device(&of),
      irp(from),
      file(opened),
      major(IoGetCurrentIrpStackLocation(from)->MajorFunction) {}

// Only when the device goes while the request waits.
void Request::on_dispose() {
  if (state != RequestState::queued) return;
  queue->forget(*this);
  if (!disarm_cancel(*this)) return;
  state = RequestState::completed;
  hand_back(*this, STATUS_CANCELLED, 0);
}

void Request::on_destroy() {
  drop_mdls(*this);
  unformat(*this);
  if (made_by_driver && owns_irp && irp != nullptr) nt::service<nt::IoManager>().free_irp(irp);
  if (completion_params_ != nullptr) framework().machine().memory().kernel.drop(completion_params_);
}

WDF_REQUEST_COMPLETION_PARAMS& Request::completion_params() {
  if (completion_params_ == nullptr) {
    completion_params_ =
        framework().machine().memory().kernel.make<WDF_REQUEST_COMPLETION_PARAMS>();
    completion_params_->Size = sizeof *completion_params_;
    completion_params_->Type = WdfRequestTypeNoFormat;
  }
  return *completion_params_;
}

NTSTATUS make_request(Device& device, PIRP irp, FileObject* file, Request** request) {
  const auto& attributes = device.settings.request_attributes;
  const NTSTATUS status = framework().create(device.client, attributes ? &*attributes : nullptr,
                                             &device, request, device, irp, file);
  if (NT_SUCCESS(status)) request_slot(*irp) = (*request)->handle;
  return status;
}

void complete_request(Request& request, NTSTATUS status, ULONG_PTR information) {
  if (request.state == RequestState::completed) {
    bug_check(WDF_INVALID_HANDLE, "a request was completed that had been completed before",
              nt::address_of(request.handle), 0, request.entry);
  }
  if (request.made_by_driver) {
    nt::the_machine().stop(
        machine::Inconclusive{"WdfRequestComplete of a request that the driver made: what Windows "
                              "does then is not known"});
  }
  const bool was_with_driver = request.state == RequestState::presented;
  Queue* queue = std::exchange(request.queue, nullptr);
  if (request.cancel != nullptr) disarm_cancel(request);
  request.state = RequestState::completed;
  Framework& owner = framework();
  owner.reference(request);
  FileObject* refused = failed_create(request, status) ? request.file : nullptr;
  owner.remove(request);
  hand_back(request, status, information);
  if (refused != nullptr) remove_file(*refused);
  if (queue != nullptr && was_with_driver) queue->given_back();
  owner.release(request);
}

Request* request_of(const IRP* irp) {
  Object* object = framework().find(irp->Tail.Overlay.DriverContext[0]);
  if (object == nullptr || object->type != ObjectType::request) return nullptr;
  auto* request = static_cast<Request*>(object);
  return request->irp == irp ? request : nullptr;
}

bool arm_cancel(Request& request) {
  if (request.irp->Cancel != FALSE) return false;
  request.irp->CancelRoutine = framework().cancel_routine();
  return true;
}

bool disarm_cancel(Request& request) {
  request.cancel = nullptr;
  PDRIVER_CANCEL armed = request.irp->CancelRoutine;
  request.irp->CancelRoutine = nullptr;
  return armed != nullptr;
}

// What the driver made of it decides who completes the request now.
void framework_cancel(PDEVICE_OBJECT, PIRP irp) {
  nt::service<nt::IoManager>().release_cancel_lock(irp->CancelIrql);
  Request* request = request_of(irp);
  if (request == nullptr) return;
  Framework& owner = framework();
  Queue* queue = request->queue;
  const auto handle = reinterpret_cast<WDFREQUEST>(request->handle);
  if (PFN_WDF_REQUEST_CANCEL cancel = std::exchange(request->cancel, nullptr)) {
    const auto call = [&owner, request, cancel, handle] { owner.call(*request, cancel, handle); };
    if (queue == nullptr) {
      call();
    } else {
      queue->call_serialized(*request, call);
    }
    return;
  }
  if (queue != nullptr) return queue->cancelled(*request);
  request->state = RequestState::arriving;
  complete_request(*request, STATUS_CANCELLED, 0);
}

}  // namespace drydock::kmdf
