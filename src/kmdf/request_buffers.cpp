// SPDX-License-Identifier: Apache-2.0
// WdfRequestRetrieve*: where a request's data is, by its kind and transfer method.
#include <array>

#include "kmdf/check.h"
#include "kmdf/memory.h"
#include "kmdf/request.h"
#include "kmdf/rows.h"
#include "nt/context.h"
#include "nt/mdl.h"
#include "nt/user_memory.h"

namespace drydock::kmdf {

namespace {

struct Buffer {
  NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
  void* data = nullptr;
  std::size_t size = 0;
  PMDL mdl = nullptr;  // when the I/O manager made one
};

enum class Direction : std::uint8_t { input, output };

Request& usable(WDFREQUEST handle) {
  Request& request = object_of<Request>(handle);
  if (request.irp == nullptr) {
    bug_check(WDF_INVALID_HANDLE, "the buffers of a request were asked for after its completion",
              nt::address_of(handle), 0, request.entry);
  }
  return request;
}

void* mapped(PMDL mdl) {
  constexpr int has_address = MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL;
  return (mdl->MdlFlags & has_address) != 0 ? mdl->MappedSystemVa : MmGetMdlVirtualAddress(mdl);
}

Buffer system_buffer(const IRP& irp, std::size_t size) {
  return {STATUS_SUCCESS, irp.AssociatedIrp.SystemBuffer, size};
}

Buffer described(const IRP& irp, std::size_t size) {
  if (irp.MdlAddress == nullptr) return {STATUS_SUCCESS};
  return {STATUS_SUCCESS, mapped(irp.MdlAddress), size, irp.MdlAddress};
}

Buffer transfer_buffer(const Request& request, std::size_t size) {
  if (request.device == nullptr) return {};
  switch (request.device->settings.io_type) {
    case WdfDeviceIoBuffered:
      return system_buffer(*request.irp, size);
    case WdfDeviceIoDirect:
    case WdfDeviceIoBufferedOrDirect:
      return described(*request.irp, size);
    default:
      return {};
  }
}

Buffer control_buffer(const Request& request, Direction direction) {
  const auto& control = request.location().Parameters.DeviceIoControl;
  const ULONG method = METHOD_FROM_CTL_CODE(control.IoControlCode);
  if (method == METHOD_NEITHER) return {};
  if (direction == Direction::input) return system_buffer(*request.irp, control.InputBufferLength);
  return method == METHOD_BUFFERED ? system_buffer(*request.irp, control.OutputBufferLength)
                                   : described(*request.irp, control.OutputBufferLength);
}

// Reads have an output only, writes an input only.
Buffer find(const Request& request, Direction direction) {
  const auto& parameters = request.location().Parameters;
  switch (request.major) {
    case IRP_MJ_READ:
      return direction == Direction::output ? transfer_buffer(request, parameters.Read.Length)
                                            : Buffer{};
    case IRP_MJ_WRITE:
      return direction == Direction::input ? transfer_buffer(request, parameters.Write.Length)
                                           : Buffer{};
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
      return control_buffer(request, direction);
    default:
      return {};
  }
}

NTSTATUS give(const Buffer& buffer, std::size_t minimum, PVOID* data, size_t* size) {
  require(data);
  *data = nullptr;
  if (size != nullptr) *size = 0;
  if (!NT_SUCCESS(buffer.status)) return buffer.status;
  if (buffer.data == nullptr || buffer.size == 0 || buffer.size < minimum)
    return STATUS_BUFFER_TOO_SMALL;
  *data = buffer.data;
  if (size != nullptr) *size = buffer.size;
  return STATUS_SUCCESS;
}

NTSTATUS retrieve_input_buffer(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, size_t minimum, PVOID* data,
                               size_t* size) {
  return give(find(usable(handle), Direction::input), minimum, data, size);
}

NTSTATUS retrieve_output_buffer(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, size_t minimum, PVOID* data,
                                size_t* size) {
  return give(find(usable(handle), Direction::output), minimum, data, size);
}

// Buffered data gets an MDL of the framework's, which lives as long as the request.
NTSTATUS give_mdl(const Buffer& buffer, PMDL& ours, PMDL* mdl) {
  require(mdl);
  *mdl = nullptr;
  if (!NT_SUCCESS(buffer.status)) return buffer.status;
  if (buffer.data == nullptr || buffer.size == 0) return STATUS_BUFFER_TOO_SMALL;
  if (buffer.mdl == nullptr && ours == nullptr)
    ours = nt::make_kernel_mdl(buffer.data, static_cast<ULONG>(buffer.size));
  *mdl = buffer.mdl != nullptr ? buffer.mdl : ours;
  return STATUS_SUCCESS;
}

NTSTATUS retrieve_input_mdl(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, PMDL* mdl) {
  Request& request = usable(handle);
  return give_mdl(find(request, Direction::input), request.input_mdl, mdl);
}

NTSTATUS retrieve_output_mdl(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, PMDL* mdl) {
  Request& request = usable(handle);
  return give_mdl(find(request, Direction::output), request.output_mdl, mdl);
}

NTSTATUS make_memory(Request& request, void* data, std::size_t size, WDFMEMORY* handle) {
  Memory* memory = nullptr;
  const NTSTATUS status =
      framework().create(request.client, nullptr, &request, &memory, data, size, false);
  if (NT_SUCCESS(status)) *handle = reinterpret_cast<WDFMEMORY>(memory->handle);
  return status;
}

NTSTATUS give_memory(Request& request, const Buffer& buffer, WDFMEMORY* handle) {
  require(handle);
  *handle = nullptr;
  if (!NT_SUCCESS(buffer.status)) return buffer.status;
  if (buffer.data == nullptr || buffer.size == 0) return STATUS_BUFFER_TOO_SMALL;
  return make_memory(request, buffer.data, buffer.size, handle);
}

NTSTATUS retrieve_input_memory(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, WDFMEMORY* memory) {
  Request& request = usable(handle);
  return give_memory(request, find(request, Direction::input), memory);
}

NTSTATUS retrieve_output_memory(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, WDFMEMORY* memory) {
  Request& request = usable(handle);
  return give_memory(request, find(request, Direction::output), memory);
}

// What the application passed, untouched: METHOD_NEITHER only.
Buffer user_buffer(const Request& request, Direction direction) {
  const auto& control = request.location().Parameters.DeviceIoControl;
  const bool neither = request.major == IRP_MJ_DEVICE_CONTROL &&
                       METHOD_FROM_CTL_CODE(control.IoControlCode) == METHOD_NEITHER;
  if (!neither) return {};
  return direction == Direction::input
             ? Buffer{STATUS_SUCCESS, control.Type3InputBuffer, control.InputBufferLength}
             : Buffer{STATUS_SUCCESS, request.irp->UserBuffer, control.OutputBufferLength};
}

NTSTATUS retrieve_unsafe_input(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, size_t minimum, PVOID* data,
                               size_t* size) {
  return give(user_buffer(usable(handle), Direction::input), minimum, data, size);
}

NTSTATUS retrieve_unsafe_output(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, size_t minimum, PVOID* data,
                                size_t* size) {
  return give(user_buffer(usable(handle), Direction::output), minimum, data, size);
}

// There is one address space and every page is resident, so locking changes no address.
NTSTATUS probe_and_lock(WDFREQUEST handle, PVOID data, size_t size, WDFMEMORY* memory,
                        nt::Touch touch) {
  Request& request = usable(handle);
  require(data);
  require(memory);
  if (size == 0) return STATUS_INVALID_USER_BUFFER;
  const auto address = reinterpret_cast<std::uint64_t>(data);
  if (!nt::is_user_range(address, size) || !nt::can_access(address, size, touch))
    return STATUS_ACCESS_VIOLATION;
  return make_memory(request, data, size, memory);
}

NTSTATUS probe_and_lock_for_read(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, PVOID data, size_t size,
                                 WDFMEMORY* memory) {
  return probe_and_lock(handle, data, size, memory, nt::Touch::read);
}

NTSTATUS probe_and_lock_for_write(PWDF_DRIVER_GLOBALS, WDFREQUEST handle, PVOID data, size_t size,
                                  WDFMEMORY* memory) {
  return probe_and_lock(handle, data, size, memory, nt::Touch::write);
}

}  // namespace

Functions request_buffer_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfRequestRetrieveInputBuffer, PFN_WDFREQUESTRETRIEVEINPUTBUFFER,
                      retrieve_input_buffer, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestRetrieveOutputBuffer, PFN_WDFREQUESTRETRIEVEOUTPUTBUFFER,
                      retrieve_output_buffer, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestRetrieveInputWdmMdl, PFN_WDFREQUESTRETRIEVEINPUTWDMMDL,
                      retrieve_input_mdl, creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestRetrieveOutputWdmMdl, PFN_WDFREQUESTRETRIEVEOUTPUTWDMMDL,
                      retrieve_output_mdl, creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestRetrieveInputMemory, PFN_WDFREQUESTRETRIEVEINPUTMEMORY,
                      retrieve_input_memory, creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestRetrieveOutputMemory, PFN_WDFREQUESTRETRIEVEOUTPUTMEMORY,
                      retrieve_output_memory, creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfRequestRetrieveUnsafeUserInputBuffer,
                      PFN_WDFREQUESTRETRIEVEUNSAFEUSERINPUTBUFFER, retrieve_unsafe_input,
                      passive_only),
      DRYDOCK_WDF_ROW(WdfRequestRetrieveUnsafeUserOutputBuffer,
                      PFN_WDFREQUESTRETRIEVEUNSAFEUSEROUTPUTBUFFER, retrieve_unsafe_output,
                      passive_only),
      DRYDOCK_WDF_ROW(WdfRequestProbeAndLockUserBufferForRead,
                      PFN_WDFREQUESTPROBEANDLOCKUSERBUFFERFORREAD, probe_and_lock_for_read,
                      creates_at_passive),
      DRYDOCK_WDF_ROW(WdfRequestProbeAndLockUserBufferForWrite,
                      PFN_WDFREQUESTPROBEANDLOCKUSERBUFFERFORWRITE, probe_and_lock_for_write,
                      creates_at_passive),
  };
  return rows;
}

}  // namespace drydock::kmdf
