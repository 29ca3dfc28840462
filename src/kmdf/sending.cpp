// SPDX-License-Identifier: Apache-2.0
#include "kmdf/sending.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "kmdf/check.h"
#include "kmdf/internal_routines.h"
#include "nt/context.h"
#include "nt/io_manager.h"
#include "nt/mdl.h"
#include "nt/timeouts.h"

namespace drydock::kmdf {

namespace {

nt::IoManager& io() {
  return nt::service<nt::IoManager>();
}

bool is_control(UCHAR major) {
  return major == IRP_MJ_DEVICE_CONTROL || major == IRP_MJ_INTERNAL_DEVICE_CONTROL;
}

ULONG method_of(const Payload& payload, const DEVICE_OBJECT& device) {
  if (is_control(payload.major)) return METHOD_FROM_CTL_CODE(payload.code);
  if ((device.Flags & DO_BUFFERED_IO) != 0) return METHOD_BUFFERED;
  return (device.Flags & DO_DIRECT_IO) != 0 ? METHOD_OUT_DIRECT : METHOD_NEITHER;
}

void make_system_buffer(Request& request, std::size_t size, const Slice& content) {
  if (size == 0) return;
  request.sending.system_buffer = nt::the_machine().memory().kernel.allocate(size);
  request.sending.system_buffer_size = size;
  if (content.size != 0) std::memcpy(request.sending.system_buffer, content.data, content.size);
  request.irp->AssociatedIrp.SystemBuffer = request.sending.system_buffer;
}

void make_mdl(Request& request, const Slice& content) {
  if (content.size == 0) return;
  request.sending.mdl = nt::make_kernel_mdl(content.data, static_cast<ULONG>(content.size));
  request.irp->MdlAddress = request.sending.mdl;
}

void attach_control(Request& request, const Payload& payload, ULONG method) {
  const Slice& in = payload.input;
  const Slice& out = payload.output;
  if (method == METHOD_BUFFERED) {
    make_system_buffer(request, std::max(in.size, out.size), in);
    if (out.size != 0) request.sending.copy_back = out;
  } else if (method == METHOD_NEITHER) {
    request.irp->UserBuffer = out.data;
  } else {
    make_system_buffer(request, in.size, in);
    make_mdl(request, out);
  }
}

void attach_transfer(Request& request, const Payload& payload, ULONG method) {
  const bool reads = payload.major == IRP_MJ_READ;
  const Slice& data = reads ? payload.output : payload.input;
  if (method == METHOD_BUFFERED) {
    make_system_buffer(request, data.size, reads ? Slice{} : data);
    if (reads) request.sending.copy_back = data;
  } else if (method == METHOD_NEITHER) {
    request.irp->UserBuffer = data.data;
  } else {
    make_mdl(request, data);
  }
}

void fill_location(IO_STACK_LOCATION& next, const IoTarget& target, const Payload& payload) {
  next = {};
  next.MajorFunction = payload.major;
  next.FileObject = target.file;
  auto& parameters = next.Parameters;
  if (is_control(payload.major)) {
    parameters.DeviceIoControl.IoControlCode = payload.code;
    parameters.DeviceIoControl.InputBufferLength = static_cast<ULONG>(payload.input.size);
    parameters.DeviceIoControl.OutputBufferLength = static_cast<ULONG>(payload.output.size);
    parameters.DeviceIoControl.Type3InputBuffer = payload.input.data;
  } else if (payload.major == IRP_MJ_READ) {
    parameters.Read.Length = static_cast<ULONG>(payload.output.size);
    parameters.Read.ByteOffset.QuadPart = payload.offset;
  } else {
    parameters.Write.Length = static_cast<ULONG>(payload.input.size);
    parameters.Write.ByteOffset.QuadPart = payload.offset;
  }
}

WDFMEMORY handle_of(const Memory* memory) {
  return memory == nullptr ? nullptr : reinterpret_cast<WDFMEMORY>(memory->handle);
}

// What the completion routine and WdfRequestGetCompletionParams are told.
void describe(Request& request, const Payload& payload) {
  WDF_REQUEST_COMPLETION_PARAMS& params = request.completion_params();
  params = {};
  params.Size = sizeof params;
  if (is_control(payload.major)) {
    params.Type = payload.major == IRP_MJ_DEVICE_CONTROL ? WdfRequestTypeDeviceControl
                                                         : WdfRequestTypeDeviceControlInternal;
    params.Parameters.Ioctl.IoControlCode = payload.code;
    params.Parameters.Ioctl.Input.Buffer = handle_of(payload.input_memory);
    params.Parameters.Ioctl.Output.Buffer = handle_of(payload.output_memory);
    params.Parameters.Ioctl.Output.Length = payload.output.size;
  } else if (payload.major == IRP_MJ_READ) {
    params.Type = WdfRequestTypeRead;
    params.Parameters.Read.Buffer = handle_of(payload.output_memory);
    params.Parameters.Read.Length = payload.output.size;
  } else {
    params.Type = WdfRequestTypeWrite;
    params.Parameters.Write.Buffer = handle_of(payload.input_memory);
    params.Parameters.Write.Length = payload.input.size;
  }
}

void keep(Request& request, Memory* memory) {
  if (memory == nullptr) return;
  framework().reference(*memory);
  request.sending.kept.push_back(memory);
}

// On expiry, from no fiber: cancelling may call a driver.
void start_timeout(Request& request, LONGLONG timeout) {
  machine::Machine& machine = nt::the_machine();
  request.sending.timer =
      machine.call_at(nt::due_time(timeout, machine.now()), [&request, &machine] {
        request.sending.timer = 0;
        request.sending.timed_out = true;
        framework().reference(request);
        machine.spawn_helper("framework request timeout", machine::Irql::dispatch, [&request] {
          cancel_sent(request);
          framework().release(request);
        });
      });
}

// What is set aside while the IRP carries the buffers that it was formatted with.
void take_buffers(Request& request) {
  const IRP& irp = *request.irp;
  request.sending.own_buffers = {irp.AssociatedIrp.SystemBuffer, irp.UserBuffer, irp.MdlAddress};
  request.sending.formatted = true;
}

void give_buffers_back(Request& request) {
  if (!std::exchange(request.sending.formatted, false) || request.irp == nullptr) return;
  const IrpBuffers& own = request.sending.own_buffers;
  request.irp->AssociatedIrp.SystemBuffer = own.system_buffer;
  request.irp->UserBuffer = own.user_buffer;
  request.irp->MdlAddress = own.mdl;
}

bool is_closed(WDF_IO_TARGET_STATE state) {
  return state == WdfIoTargetClosed || state == WdfIoTargetClosedForQueryRemove;
}

void finish_params(Request& request, PIRP irp) {
  WDF_REQUEST_COMPLETION_PARAMS& params = request.completion_params();
  params.IoStatus = irp->IoStatus;
  params.IoStatus.Status = request.status;
  if (params.Type == WdfRequestTypeRead) params.Parameters.Read.Length = irp->IoStatus.Information;
  if (params.Type == WdfRequestTypeWrite)
    params.Parameters.Write.Length = irp->IoStatus.Information;
  if (params.Type == WdfRequestTypeDeviceControl ||
      params.Type == WdfRequestTypeDeviceControlInternal)
    params.Parameters.Ioctl.Output.Length = irp->IoStatus.Information;
}

void copy_back(Request& request, const IRP& irp) {
  const Slice to = std::exchange(request.sending.copy_back, {});
  if (to.size == 0 || !NT_SUCCESS(irp.IoStatus.Status)) return;
  std::memcpy(to.data, request.sending.system_buffer,
              std::min<std::size_t>(to.size, irp.IoStatus.Information));
}

}  // namespace

bool refuse(Request& request, NTSTATUS status) {
  request.status = status;
  request.sending.told = true;
  return false;
}

void give_irp(Request& request, CCHAR stack_size) {
  if (request.irp != nullptr) io().free_irp(request.irp);
  request.irp = io().allocate_irp(stack_size);
}

NTSTATUS format(Request& request, const IoTarget& target, const Payload& payload) {
  if (target.wdm == nullptr) return STATUS_INVALID_DEVICE_STATE;
  unformat(request);
  if (request.irp == nullptr) return STATUS_REQUEST_NOT_ACCEPTED;
  if (request.owns_irp && request.irp->StackCount < target.wdm->StackSize)
    give_irp(request, target.wdm->StackSize);
  if (request.irp->CurrentLocation <= 1) return STATUS_REQUEST_NOT_ACCEPTED;
  take_buffers(request);
  fill_location(*IoGetNextIrpStackLocation(request.irp), target, payload);
  const ULONG method = method_of(payload, *target.wdm);
  if (is_control(payload.major)) {
    attach_control(request, payload, method);
  } else {
    attach_transfer(request, payload, method);
  }
  keep(request, payload.input_memory);
  keep(request, payload.output_memory);
  describe(request, payload);
  return STATUS_SUCCESS;
}

void unformat(Request& request) {
  Sending& sending = request.sending;
  give_buffers_back(request);
  if (PMDL mdl = std::exchange(sending.mdl, nullptr)) nt::drop_kernel_mdl(mdl);
  if (std::byte* block = std::exchange(sending.system_buffer, nullptr))
    nt::the_machine().memory().kernel.release(block, sending.system_buffer_size);
  sending.copy_back = {};
  for (Object* memory : std::exchange(sending.kept, {})) framework().release(*memory);
}

void send_now(Request& request, IoTarget& target) {
  PIRP irp = request.irp;
  IO_STACK_LOCATION& next = *IoGetNextIrpStackLocation(irp);
  next.CompletionRoutine = framework().completion_routine();
  next.Context = request.handle;
  next.Control = SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR | SL_INVOKE_ON_CANCEL;
  target.sent.push_back(&request);
  request.sending.target = &target;
  request.sending.under_way = true;
  framework().reference(request);
  io().call_driver(target.wdm, irp);
}

bool send(Request& request, IoTarget& target, const WDF_REQUEST_SEND_OPTIONS* options) {
  if (request.sending.under_way) {
    bug_check(WDF_REQUEST_FATAL_ERROR, "a request was sent that is under way already",
              WDF_REQUEST_FATAL_ERROR_REQUEST_ALREADY_SENT, nt::address_of(request.handle),
              request.entry);
  }
  const ULONG flags = options == nullptr ? 0 : options->Flags;
  const bool any_state = (flags & WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE) != 0;
  const bool closed = target.wdm == nullptr || is_closed(target.state);
  const bool ready = !closed && (target.state == WdfIoTargetStarted || any_state);
  if (!ready && target.state != WdfIoTargetStopped)
    return refuse(request, STATUS_INVALID_DEVICE_STATE);
  if (request.irp == nullptr || request.irp->CurrentLocation <= 1)
    return refuse(request, STATUS_REQUEST_NOT_ACCEPTED);
  request.sending.timed_out = request.sending.told = false;
  if ((flags & WDF_REQUEST_SEND_OPTION_TIMEOUT) != 0) start_timeout(request, options->Timeout);
  if (ready) {
    send_now(request, target);
  } else {
    request.sending.target = &target;
    target.held.push_back(&request);
    request.sending.under_way = true;
    framework().reference(request);
  }
  if ((flags & WDF_REQUEST_SEND_OPTION_SYNCHRONOUS) != 0) wait_until_back(request);
  return true;
}

void wait_until_back(Request& request) {
  while (request.sending.under_way) {
    request.sending.waiters.push_back(&nt::the_machine().running());
    nt::the_machine().block("a request that was sent to an I/O target", request.entry);
  }
}

namespace {

// The driver's completion routine runs before anyone who waits goes on. Drops the reference that
// the sending held.
void came_back(Request& request, PIRP irp) {
  Sending& sending = request.sending;
  IoTarget& target = *sending.target;
  if (sending.timer != 0) nt::the_machine().cancel(std::exchange(sending.timer, 0));
  request.status = sending.timed_out && irp->IoStatus.Status == STATUS_CANCELLED
                       ? STATUS_IO_TIMEOUT
                       : irp->IoStatus.Status;
  request.information = irp->IoStatus.Information;
  copy_back(request, *irp);
  give_buffers_back(request);
  finish_params(request, irp);
  sending.told = true;
  sending.under_way = false;
  framework().reference(target);
  const auto waiters = std::exchange(sending.waiters, {});
  if (const auto routine = std::exchange(sending.routine, nullptr)) {
    framework().call(request, routine, reinterpret_cast<WDFREQUEST>(request.handle),
                     reinterpret_cast<WDFIOTARGET>(target.handle), &request.completion_params(),
                     sending.context);
  }
  target.came_back(request);
  for (machine::Fiber* waiter : waiters) nt::the_machine().make_ready(*waiter);
  framework().release(target);
  framework().release(request);
}

// One that a stopped target keeps never reaches its device.
bool cancel_held(Request& request) {
  if (!request.sending.under_way || std::erase(request.sending.target->held, &request) == 0)
    return false;
  request.irp->IoStatus = {};
  request.irp->IoStatus.Status = STATUS_CANCELLED;
  came_back(request, request.irp);
  return true;
}

}  // namespace

bool cancel_sent(Request& request) {
  if (cancel_held(request)) return true;
  return request.sending.under_way && request.irp != nullptr && io().cancel(request.irp);
}

NTSTATUS framework_completion(PDEVICE_OBJECT, PIRP irp, PVOID context) {
  auto& request = static_cast<Request&>(*framework().find(context));
  // The target may have been a framework device, which leaves its own request there.
  if (!request.made_by_driver) irp->Tail.Overlay.DriverContext[0] = request.handle;
  came_back(request, irp);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

}  // namespace drydock::kmdf
