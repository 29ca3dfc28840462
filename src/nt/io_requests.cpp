// SPDX-License-Identifier: Apache-2.0
// Requests of applications: buffers as the transfer method wants them, sending, waiting, results.
#include <algorithm>
#include <cstring>

#include "nt/context.h"
#include "nt/io_manager.h"
#include "nt/mdl.h"
#include "nt/threads.h"

namespace drydock::nt {

RequestId IoManager::take_request() {
  if (free_requests_.empty()) {
    requests_.push_back(std::make_unique<Request>());
    return static_cast<RequestId>(requests_.size() - 1);
  }
  const RequestId id = free_requests_.back();
  free_requests_.pop_back();
  *requests_[id] = {};
  return id;
}

// One that never reached a driver.
RequestId IoManager::refused_request(NTSTATUS status) {
  const RequestId id = take_request();
  requests_[id]->completed = true;
  requests_[id]->result.status = status;
  return id;
}

RequestId IoManager::new_request(PFILE_OBJECT file, UCHAR major) {
  const RequestId id = take_request();
  Request& request = *requests_[id];
  const File& opened = *files_.at(file);
  Device& top = existing_device(top_of(opened.device->object));
  request.device = &top;
  request.process = opened.process;
  request.irp = make_irp(top.object->StackSize, id);
  request.entry = irps_.at(request.irp).entry;
  record_.ledger().entry(request.entry).owner = top.driver;
  record_.ledger().entry(request.entry).related = top.entry;
  IRP& irp = *request.irp;
  irp.RequestorMode = opened.mode;
  irp.Tail.Overlay.OriginalFileObject = file;
  irp.Tail.Overlay.Thread = reinterpret_cast<PETHREAD>(service<Threads>().current());
  PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(request.irp);
  next->MajorFunction = major;
  next->FileObject = file;
  reference_device(top.object, request.entry, DeviceHold::defers_unload);
  return id;
}

std::byte* IoManager::user_block(std::size_t size) {
  return size == 0 ? nullptr : machine_.memory().user.allocate(size, std::byte{0});
}

std::byte* IoManager::kernel_block(std::size_t size) {
  return size == 0 ? nullptr : machine_.memory().pool.allocate(size, std::byte{0});
}

void IoManager::release_block(std::byte* block) {
  if (block == nullptr) return;
  machine::Memory& memory = machine_.memory();
  const bool user = memory.user.contains(reinterpret_cast<std::uint64_t>(block));
  (user ? memory.user : memory.pool).release(block);
}

// `method` is one of METHOD_*; reads use the one of the device's flags. What an MDL describes lies
// in kernel memory: drivers see it through its system address, which is its only one here.
void IoManager::attach_buffers(Request& request, std::span<const std::byte> input,
                               std::span<std::byte> output, ULONG method) {
  IRP& irp = *request.irp;
  request.output = output;
  request.output_size = output.size();
  request.user_input = user_block(input.size());
  if (!input.empty()) std::ranges::copy(input, request.user_input);
  if (method == METHOD_BUFFERED || method == METHOD_IN_DIRECT || method == METHOD_OUT_DIRECT) {
    const std::size_t size =
        method == METHOD_BUFFERED ? std::max(input.size(), output.size()) : input.size();
    request.system_buffer = kernel_block(size);
    if (!input.empty()) std::ranges::copy(input, request.system_buffer);
    irp.AssociatedIrp.SystemBuffer = request.system_buffer;
    irp.Flags |= IRP_BUFFERED_IO;
  }
  const bool direct = method == METHOD_IN_DIRECT || method == METHOD_OUT_DIRECT;
  request.user_output = direct ? kernel_block(output.size()) : user_block(output.size());
  if (!output.empty()) std::ranges::copy(output, request.user_output);
  irp.UserBuffer = request.user_output;
  if (direct && !output.empty()) {
    request.mdl = make_kernel_mdl(request.user_output, static_cast<ULONG>(output.size()));
    irp.MdlAddress = request.mdl;
  }
}

void IoManager::attach_write_buffer(Request& request, std::span<const std::byte> input,
                                    ULONG method) {
  IRP& irp = *request.irp;
  if (input.empty()) return;
  const bool direct = method == METHOD_IN_DIRECT || method == METHOD_OUT_DIRECT;
  request.user_input = direct ? kernel_block(input.size()) : user_block(input.size());
  std::ranges::copy(input, request.user_input);
  irp.UserBuffer = request.user_input;
  if (method == METHOD_BUFFERED) {
    request.system_buffer = kernel_block(input.size());
    std::ranges::copy(input, request.system_buffer);
    irp.AssociatedIrp.SystemBuffer = request.system_buffer;
    irp.Flags |= IRP_BUFFERED_IO;
  } else if (method != METHOD_NEITHER) {
    request.mdl = make_kernel_mdl(request.user_input, static_cast<ULONG>(input.size()));
    irp.MdlAddress = request.mdl;
  }
}

void IoManager::set_parameters(Request& request, UCHAR major, std::size_t input_size, ULONG code) {
  PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(request.irp);
  const auto input = static_cast<ULONG>(input_size);
  const auto output = static_cast<ULONG>(request.output_size);
  if (major == IRP_MJ_DEVICE_CONTROL) {
    next->Parameters.DeviceIoControl.IoControlCode = code;
    next->Parameters.DeviceIoControl.InputBufferLength = input;
    next->Parameters.DeviceIoControl.OutputBufferLength = output;
    if (METHOD_FROM_CTL_CODE(code) == METHOD_NEITHER)
      next->Parameters.DeviceIoControl.Type3InputBuffer = request.user_input;
  } else if (major == IRP_MJ_READ) {
    next->Parameters.Read.Length = output;
  } else {
    next->Parameters.Write.Length = input;
  }
}

RequestId IoManager::transfer_request(HANDLE handle, UCHAR major, std::span<const std::byte> input,
                                      std::span<std::byte> output, ULONG method, ULONG code) {
  auto* file = static_cast<PFILE_OBJECT>(objects_.from_handle(handle));
  if (!files_.contains(file)) return refused_request(STATUS_INVALID_HANDLE);
  const RequestId id = new_request(file, major);
  Request& request = *requests_[id];
  request.file = file;
  objects_.reference(file);
  if (major == IRP_MJ_WRITE) {
    attach_write_buffer(request, input, method);
  } else {
    attach_buffers(request, input, output, method);
  }
  set_parameters(request, major, input.size(), code);
  const CalledFrom mode(UserMode);
  send(id);
  return id;
}

// A driver that neither completes nor pends the request gets away with its status, as on Windows;
// its IRP stays in the ledger.
void IoManager::send(RequestId id) {
  Request& request = *requests_[id];
  const NTSTATUS status = call_driver(request.device->object, request.irp);
  if (!request.completed && status != STATUS_PENDING) request.result.status = status;
}

void IoManager::finish(Request& request) {
  IRP& irp = *request.irp;
  request.result = {irp.IoStatus.Status, irp.IoStatus.Information};
  const bool has_output = !NT_ERROR(request.result.status) && request.user_output != nullptr;
  if (has_output && request.system_buffer != nullptr && request.mdl == nullptr) {
    std::copy_n(request.system_buffer,
                std::min<std::size_t>(request.result.information, request.output_size),
                request.user_output);
  }
  request.completed = true;
  if (request.mdl != nullptr) drop_kernel_mdl(request.mdl);
  release_block(request.system_buffer);
  release_block(request.user_input);
  const PDEVICE_OBJECT device = request.device->object;
  drop_irp(request.irp);
  request.irp = nullptr;
  if (request.waiter != nullptr) machine_.make_ready(*request.waiter);
  dereference_device(device, request.entry, DeviceHold::defers_unload);
}

Transfer IoManager::wait(RequestId id) {
  Request& request = *requests_[id];
  while (!request.completed && request.result.status == STATUS_PENDING) {
    request.waiter = &machine_.running();
    machine_.block("an I/O request to complete", request.entry);
  }
  const Transfer result = request.result;
  if (!request.completed) return result;
  if (request.user_output != nullptr) {
    std::copy_n(request.user_output, request.output.size(), request.output.data());
    release_block(request.user_output);
  }
  PFILE_OBJECT file = request.file;
  free_requests_.push_back(id);
  if (file != nullptr) objects_.dereference(file);
  return result;
}

RequestId IoManager::start_ioctl(HANDLE handle, ULONG code, std::span<const std::byte> input,
                                 std::span<std::byte> output) {
  return transfer_request(handle, IRP_MJ_DEVICE_CONTROL, input, output, METHOD_FROM_CTL_CODE(code),
                          code);
}

Transfer IoManager::ioctl(HANDLE handle, ULONG code, std::span<const std::byte> input,
                          std::span<std::byte> output) {
  return wait(start_ioctl(handle, code, input, output));
}

// How reads and writes of this handle pass their buffer.
ULONG IoManager::method_of(HANDLE handle) const {
  const auto found = files_.find(objects_.from_handle(handle));
  if (found == files_.end()) return METHOD_NEITHER;
  const ULONG flags = top_of(found->second->device->object)->Flags;
  if ((flags & DO_BUFFERED_IO) != 0) return METHOD_BUFFERED;
  return (flags & DO_DIRECT_IO) != 0 ? METHOD_OUT_DIRECT : METHOD_NEITHER;
}

RequestId IoManager::start_read(HANDLE handle, std::span<std::byte> output) {
  return transfer_request(handle, IRP_MJ_READ, {}, output, method_of(handle), 0);
}

RequestId IoManager::start_write(HANDLE handle, std::span<const std::byte> input) {
  return transfer_request(handle, IRP_MJ_WRITE, input, {}, method_of(handle), 0);
}

Transfer IoManager::read(HANDLE handle, std::span<std::byte> output) {
  return wait(start_read(handle, output));
}

Transfer IoManager::write(HANDLE handle, std::span<const std::byte> input) {
  return wait(start_write(handle, input));
}

bool IoManager::cancel(RequestId id) {
  PIRP irp = requests_[id]->irp;
  const CalledFrom mode(UserMode);
  return irp != nullptr && cancel(irp);
}

}  // namespace drydock::nt
