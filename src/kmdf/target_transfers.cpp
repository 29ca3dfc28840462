// SPDX-License-Identifier: Apache-2.0
// WdfIoTargetFormatRequestFor* and WdfIoTargetSend*Synchronously: reads, writes and control
// requests to a target.
#include <array>

#include "kmdf/check.h"
#include "kmdf/driver.h"
#include "kmdf/rows.h"
#include "kmdf/sending.h"
#include "nt/context.h"

namespace drydock::kmdf {

namespace {

NTSTATUS add_memory(WDFMEMORY handle, const WDFMEMORY_OFFSET* offsets, Memory** memory,
                    Slice* slice) {
  if (handle == nullptr) return STATUS_SUCCESS;
  *memory = &object_of<Memory>(handle);
  return slice_of(**memory, offsets, slice);
}

NTSTATUS format_with(WDFIOTARGET target_handle, WDFREQUEST request_handle, Payload payload,
                     WDFMEMORY input, const WDFMEMORY_OFFSET* input_offsets, WDFMEMORY output,
                     const WDFMEMORY_OFFSET* output_offsets) {
  const IoTarget& target = object_of<IoTarget>(target_handle);
  Request& request = object_of<Request>(request_handle);
  NTSTATUS status = add_memory(input, input_offsets, &payload.input_memory, &payload.input);
  if (NT_SUCCESS(status))
    status = add_memory(output, output_offsets, &payload.output_memory, &payload.output);
  return NT_SUCCESS(status) ? format(request, target, payload) : status;
}

LONGLONG value_of(const LONGLONG* offset) {
  return offset == nullptr ? 0 : *offset;
}

NTSTATUS format_for_read(PWDF_DRIVER_GLOBALS, WDFIOTARGET target, WDFREQUEST request,
                         WDFMEMORY memory, PWDFMEMORY_OFFSET offsets, PLONGLONG offset) {
  return format_with(target, request, {.major = IRP_MJ_READ, .offset = value_of(offset)}, nullptr,
                     nullptr, memory, offsets);
}

NTSTATUS format_for_write(PWDF_DRIVER_GLOBALS, WDFIOTARGET target, WDFREQUEST request,
                          WDFMEMORY memory, PWDFMEMORY_OFFSET offsets, PLONGLONG offset) {
  return format_with(target, request, {.major = IRP_MJ_WRITE, .offset = value_of(offset)}, memory,
                     offsets, nullptr, nullptr);
}

NTSTATUS format_for_ioctl(PWDF_DRIVER_GLOBALS, WDFIOTARGET target, WDFREQUEST request, ULONG code,
                          WDFMEMORY input, PWDFMEMORY_OFFSET input_offsets, WDFMEMORY output,
                          PWDFMEMORY_OFFSET output_offsets) {
  return format_with(target, request, {.major = IRP_MJ_DEVICE_CONTROL, .code = code}, input,
                     input_offsets, output, output_offsets);
}

NTSTATUS format_for_internal(PWDF_DRIVER_GLOBALS, WDFIOTARGET target, WDFREQUEST request,
                             ULONG code, WDFMEMORY input, PWDFMEMORY_OFFSET input_offsets,
                             WDFMEMORY output, PWDFMEMORY_OFFSET output_offsets) {
  return format_with(target, request, {.major = IRP_MJ_INTERNAL_DEVICE_CONTROL, .code = code},
                     input, input_offsets, output, output_offsets);
}

// --- synchronous forms

NTSTATUS slice_in(const WDF_MEMORY_DESCRIPTOR* descriptor, Memory** memory, Slice* slice) {
  if (descriptor == nullptr) return STATUS_SUCCESS;
  switch (descriptor->Type) {
    case WdfMemoryDescriptorTypeBuffer:
      *slice = {descriptor->u.BufferType.Buffer, descriptor->u.BufferType.Length};
      return STATUS_SUCCESS;
    case WdfMemoryDescriptorTypeMdl: {
      const auto& mdl = descriptor->u.MdlType;
      *slice = {MmGetMdlVirtualAddress(mdl.Mdl),
                mdl.BufferLength != 0 ? mdl.BufferLength : mdl.Mdl->ByteCount};
      return STATUS_SUCCESS;
    }
    case WdfMemoryDescriptorTypeHandle:
      return add_memory(descriptor->u.HandleType.Memory, descriptor->u.HandleType.Offsets, memory,
                        slice);
    default:
      return STATUS_INVALID_PARAMETER;
  }
}

NTSTATUS exchange_with(IoTarget& target, Request& request, const Payload& payload,
                       const WDF_REQUEST_SEND_OPTIONS* options, PULONG_PTR bytes) {
  NTSTATUS status = format(request, target, payload);
  if (!NT_SUCCESS(status)) return status;
  WDF_REQUEST_SEND_OPTIONS synchronous{sizeof(WDF_REQUEST_SEND_OPTIONS), 0, 0};
  if (options != nullptr) synchronous = *options;
  synchronous.Flags |= WDF_REQUEST_SEND_OPTION_SYNCHRONOUS;
  if (!send(request, target, &synchronous)) return request.status;
  if (bytes != nullptr) *bytes = request.information;
  status = request.status;
  unformat(request);
  return status;
}

// With the driver's request, or with one for this call only.
NTSTATUS send_synchronously(PWDF_DRIVER_GLOBALS globals, WDFIOTARGET target_handle,
                            WDFREQUEST request_handle, Payload payload,
                            const WDF_MEMORY_DESCRIPTOR* input, const WDF_MEMORY_DESCRIPTOR* output,
                            const WDF_REQUEST_SEND_OPTIONS* options, PULONG_PTR bytes) {
  Client& client = client_of(globals);
  IoTarget& target = object_of<IoTarget>(target_handle);
  if (bytes != nullptr) *bytes = 0;
  if (options != nullptr && options->Size != sizeof *options) return STATUS_INFO_LENGTH_MISMATCH;
  if (target.wdm == nullptr) return STATUS_INVALID_DEVICE_STATE;
  NTSTATUS status = slice_in(input, &payload.input_memory, &payload.input);
  if (NT_SUCCESS(status)) status = slice_in(output, &payload.output_memory, &payload.output);
  if (!NT_SUCCESS(status)) return status;
  if (request_handle != nullptr)
    return exchange_with(target, object_of<Request>(request_handle), payload, options, bytes);
  Request* request = nullptr;
  status = framework().create(client, nullptr, &target, &request);
  if (!NT_SUCCESS(status)) return status;
  give_irp(*request, target.wdm->StackSize);
  request->owns_irp = true;
  status = exchange_with(target, *request, payload, options, bytes);
  framework().remove(*request);
  return status;
}

NTSTATUS send_read(PWDF_DRIVER_GLOBALS globals, WDFIOTARGET target, WDFREQUEST request,
                   PWDF_MEMORY_DESCRIPTOR output, PLONGLONG offset,
                   PWDF_REQUEST_SEND_OPTIONS options, PULONG_PTR bytes) {
  return send_synchronously(globals, target, request,
                            {.major = IRP_MJ_READ, .offset = value_of(offset)}, nullptr, output,
                            options, bytes);
}

NTSTATUS send_write(PWDF_DRIVER_GLOBALS globals, WDFIOTARGET target, WDFREQUEST request,
                    PWDF_MEMORY_DESCRIPTOR input, PLONGLONG offset,
                    PWDF_REQUEST_SEND_OPTIONS options, PULONG_PTR bytes) {
  return send_synchronously(globals, target, request,
                            {.major = IRP_MJ_WRITE, .offset = value_of(offset)}, input, nullptr,
                            options, bytes);
}

NTSTATUS send_ioctl(PWDF_DRIVER_GLOBALS globals, WDFIOTARGET target, WDFREQUEST request, ULONG code,
                    PWDF_MEMORY_DESCRIPTOR input, PWDF_MEMORY_DESCRIPTOR output,
                    PWDF_REQUEST_SEND_OPTIONS options, PULONG_PTR bytes) {
  return send_synchronously(globals, target, request,
                            {.major = IRP_MJ_DEVICE_CONTROL, .code = code}, input, output, options,
                            bytes);
}

NTSTATUS send_internal(PWDF_DRIVER_GLOBALS globals, WDFIOTARGET target, WDFREQUEST request,
                       ULONG code, PWDF_MEMORY_DESCRIPTOR input, PWDF_MEMORY_DESCRIPTOR output,
                       PWDF_REQUEST_SEND_OPTIONS options, PULONG_PTR bytes) {
  return send_synchronously(globals, target, request,
                            {.major = IRP_MJ_INTERNAL_DEVICE_CONTROL, .code = code}, input, output,
                            options, bytes);
}

}  // namespace

Functions target_transfer_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfIoTargetFormatRequestForRead, PFN_WDFIOTARGETFORMATREQUESTFORREAD,
                      format_for_read, creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoTargetFormatRequestForWrite, PFN_WDFIOTARGETFORMATREQUESTFORWRITE,
                      format_for_write, creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoTargetFormatRequestForIoctl, PFN_WDFIOTARGETFORMATREQUESTFORIOCTL,
                      format_for_ioctl, creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoTargetFormatRequestForInternalIoctl,
                      PFN_WDFIOTARGETFORMATREQUESTFORINTERNALIOCTL, format_for_internal,
                      creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoTargetSendReadSynchronously, PFN_WDFIOTARGETSENDREADSYNCHRONOUSLY,
                      send_read, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfIoTargetSendWriteSynchronously, PFN_WDFIOTARGETSENDWRITESYNCHRONOUSLY,
                      send_write, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfIoTargetSendIoctlSynchronously, PFN_WDFIOTARGETSENDIOCTLSYNCHRONOUSLY,
                      send_ioctl, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfIoTargetSendInternalIoctlSynchronously,
                      PFN_WDFIOTARGETSENDINTERNALIOCTLSYNCHRONOUSLY, send_internal,
                      creates_at_passive),
  };
  return rows;
}

}  // namespace drydock::kmdf
