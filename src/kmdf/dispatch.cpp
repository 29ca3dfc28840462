// SPDX-License-Identifier: Apache-2.0
// Where the I/O manager's requests come in: create, cleanup and close of files, and everything that
// goes to queues.
#include <algorithm>
#include <utility>

#include "kmdf/check.h"
#include "kmdf/device.h"
#include "kmdf/dispatch.h"
#include "kmdf/internal_routines.h"
#include "kmdf/pnp.h"
#include "kmdf/queue.h"
#include "kmdf/request.h"
#include "nt/context.h"
#include "nt/io_manager.h"

namespace drydock::kmdf {

namespace {

NTSTATUS answer(PIRP irp, NTSTATUS status) {
  irp->IoStatus.Status = status;
  irp->IoStatus.Information = 0;
  nt::service<nt::IoManager>().complete(irp);
  return status;
}

// Callbacks about files come at PASSIVE_LEVEL: only a lock of that level can serialize them.
CallbackLock* file_lock(const Device& device) {
  return device.lock != nullptr && device.lock->passive() ? device.lock.get() : nullptr;
}

WDFFILEOBJECT handle_of(const FileObject* file) {
  return file == nullptr ? nullptr : reinterpret_cast<WDFFILEOBJECT>(file->handle);
}

// A filter lets the device below have what its driver has no use for.
NTSTATUS answer_or_pass(const Device& device, PIRP irp) {
  return device.settings.filter ? pass_down(device, irp) : answer(irp, STATUS_SUCCESS);
}

NTSTATUS make_file(Device& device, PIRP irp, FileObject** file) {
  *file = nullptr;
  if (!device.settings.file_objects) return STATUS_SUCCESS;
  const auto& attributes = device.settings.file_attributes;
  const NTSTATUS status =
      framework().create(device.client, attributes ? &*attributes : nullptr, &device, file, device,
                         IoGetCurrentIrpStackLocation(irp)->FileObject);
  if (!NT_SUCCESS(status)) return status;
  (*file)->process = nt::service<nt::IoManager>().requestor(irp);
  device.files.push_back(*file);
  return status;
}

// Inserts, or completes with what Windows says for a queue that takes nothing.
void enqueue(Queue& queue, Request& request) {
  if (!NT_SUCCESS(queue.insert(request))) complete_request(request, STATUS_INVALID_DEVICE_STATE, 0);
}

NTSTATUS on_create(Device& device, PIRP irp) {
  FileObject* file = nullptr;
  NTSTATUS status = make_file(device, irp, &file);
  if (!NT_SUCCESS(status)) return answer(irp, status);
  Queue* queue = device.queues[IRP_MJ_CREATE];
  const PFN_WDF_DEVICE_FILE_CREATE callback = device.settings.file_create;
  if (callback == nullptr && queue == nullptr) return answer_or_pass(device, irp);
  Request* request = nullptr;
  status = make_request(device, irp, file, &request);
  if (!NT_SUCCESS(status)) {
    answer(irp, status);
    if (file != nullptr) remove_file(*file);
    return status;
  }
  IoMarkIrpPending(irp);
  if (callback != nullptr) {
    request->state = RequestState::presented;
    const Serialized serialized(file_lock(device));
    framework().call(device, callback, reinterpret_cast<WDFDEVICE>(device.handle),
                     reinterpret_cast<WDFREQUEST>(request->handle), handle_of(file));
  } else {
    enqueue(*queue, *request);
  }
  return STATUS_PENDING;
}

void cancel_all_of(const Device& device, const FileObject& file) {
  // NOLINTNEXTLINE(modernize-loop-convert): cancelling runs driver code, which may change them
  for (std::size_t i = 0; i < device.children.size(); ++i) {
    Object& child = *device.children[i];
    if (child.type == ObjectType::queue) static_cast<Queue&>(child).cancel_waiting(&file);
  }
}

NTSTATUS on_cleanup(Device& device, PIRP irp) {
  FileObject* file = device.file_of(IoGetCurrentIrpStackLocation(irp)->FileObject);
  if (file != nullptr) {
    cancel_all_of(device, *file);
    const Serialized serialized(file_lock(device));
    if (device.settings.file_cleanup != nullptr)
      framework().call(*file, device.settings.file_cleanup, handle_of(file));
  }
  return answer_or_pass(device, irp);
}

// EvtFileClose, then deletion; a driver that holds references gets EvtDestroyCallback later.
NTSTATUS on_close(Device& device, PIRP irp) {
  FileObject* file = device.file_of(IoGetCurrentIrpStackLocation(irp)->FileObject);
  if (file != nullptr) {
    if (device.settings.file_close != nullptr) {
      const Serialized serialized(file_lock(device));
      framework().call(*file, device.settings.file_close, handle_of(file));
    }
    framework().remove(*file);
  }
  const NTSTATUS status = answer_or_pass(device, irp);
  if (device.retired && device.files.empty()) framework().remove(device);
  return status;
}

bool is_zero_length(const Request& request) {
  const auto& parameters = request.location().Parameters;
  if (request.major == IRP_MJ_READ) return parameters.Read.Length == 0;
  return request.major == IRP_MJ_WRITE && parameters.Write.Length == 0;
}

void route(Queue* queue, Request& request) {
  if (queue == nullptr) {
    complete_request(request, STATUS_INVALID_DEVICE_REQUEST, 0);
  } else if (is_zero_length(request) && !queue->zero_length) {
    complete_request(request, STATUS_SUCCESS, 0);
  } else {
    enqueue(*queue, request);
  }
}

// A driver's dispatch callback decides where the IRP goes.
NTSTATUS on_transfer(Device& device, PIRP irp) {
  const IO_STACK_LOCATION& location = *IoGetCurrentIrpStackLocation(irp);
  const Dispatcher& dispatcher = device.dispatchers[location.MajorFunction];
  if (dispatcher.callback == nullptr) return dispatch_transfer(device, irp, nullptr, true);
  const bool control = location.MajorFunction == IRP_MJ_DEVICE_CONTROL ||
                       location.MajorFunction == IRP_MJ_INTERNAL_DEVICE_CONTROL;
  const ULONG code = control ? location.Parameters.DeviceIoControl.IoControlCode : 0;
  return framework().call(device, dispatcher.callback, reinterpret_cast<WDFDEVICE>(device.handle),
                          location.MajorFunction, location.MinorFunction, code, dispatcher.context,
                          irp, static_cast<WDFCONTEXT>(irp));
}

NTSTATUS on_shutdown(Device& device, PIRP irp) {
  if (device.settings.shutdown != nullptr)
    framework().call(device, device.settings.shutdown, reinterpret_cast<WDFDEVICE>(device.handle));
  return answer(irp, STATUS_SUCCESS);
}

const Preprocessor* preprocessor_for(const Device& device, const IO_STACK_LOCATION& location) {
  for (const Preprocessor& one : device.settings.preprocessors) {
    const bool minor = one.minors.empty() ||
                       std::ranges::find(one.minors, location.MinorFunction) != one.minors.end();
    if (one.major == location.MajorFunction && minor) return &one;
  }
  return nullptr;
}

}  // namespace

NTSTATUS refuse_irp(PIRP irp, NTSTATUS status) {
  return answer(irp, status);
}

NTSTATUS dispatch_transfer(Device& device, PIRP irp, Queue* queue, bool in_caller_context) {
  const bool handled =
      queue != nullptr || device.settings.in_caller_context != nullptr ||
      device.queue_for(IoGetCurrentIrpStackLocation(irp)->MajorFunction) != nullptr;
  if (device.settings.filter && !handled) return pass_down(device, irp);
  Request* request = nullptr;
  FileObject* file = device.file_of(IoGetCurrentIrpStackLocation(irp)->FileObject);
  const NTSTATUS status = make_request(device, irp, file, &request);
  if (!NT_SUCCESS(status)) return answer(irp, status);
  IoMarkIrpPending(irp);
  if (in_caller_context && device.settings.in_caller_context != nullptr) {
    request->state = RequestState::presented;
    framework().call(device, device.settings.in_caller_context,
                     reinterpret_cast<WDFDEVICE>(device.handle),
                     reinterpret_cast<WDFREQUEST>(request->handle));
  } else {
    route(queue != nullptr ? queue : device.queue_for(request->major), *request);
  }
  return STATUS_PENDING;
}

NTSTATUS framework_dispatch(PDEVICE_OBJECT wdm, PIRP irp) {
  Device* device = framework().device_of(wdm);
  if (device == nullptr) return answer(irp, STATUS_INVALID_DEVICE_REQUEST);
  const Preprocessor* first = preprocessor_for(*device, *IoGetCurrentIrpStackLocation(irp));
  if (first == nullptr) return dispatch_irp(*device, irp);
  return framework().call(*device, first->callback, reinterpret_cast<WDFDEVICE>(device->handle),
                          irp);
}

NTSTATUS dispatch_irp(Device& device, PIRP irp) {
  switch (IoGetCurrentIrpStackLocation(irp)->MajorFunction) {
    case IRP_MJ_CREATE:
      return on_create(device, irp);
    case IRP_MJ_CLEANUP:
      return on_cleanup(device, irp);
    case IRP_MJ_CLOSE:
      return on_close(device, irp);
    case IRP_MJ_READ:
    case IRP_MJ_WRITE:
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
      return on_transfer(device, irp);
    case IRP_MJ_SHUTDOWN:
      return on_shutdown(device, irp);
    case IRP_MJ_PNP:
      return dispatch_pnp(device, irp);
    case IRP_MJ_POWER:
    case IRP_MJ_SYSTEM_CONTROL:
      if (device.attached != nullptr) return pass_down(device, irp);
      return answer(irp, STATUS_INVALID_DEVICE_REQUEST);
    default:
      return answer(irp, STATUS_INVALID_DEVICE_REQUEST);
  }
}

}  // namespace drydock::kmdf
