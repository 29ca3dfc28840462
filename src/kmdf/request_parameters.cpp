// SPDX-License-Identifier: Apache-2.0
// What a request is about, as drivers are told.
#include "kmdf/request.h"

namespace drydock::kmdf {

namespace {

WDF_REQUEST_TYPE type_of(UCHAR major) {
  switch (major) {
    case IRP_MJ_CREATE:
      return WdfRequestTypeCreate;
    case IRP_MJ_READ:
      return WdfRequestTypeRead;
    case IRP_MJ_WRITE:
      return WdfRequestTypeWrite;
    case IRP_MJ_DEVICE_CONTROL:
      return WdfRequestTypeDeviceControl;
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
      return WdfRequestTypeDeviceControlInternal;
    default:
      return WdfRequestTypeOther;
  }
}

}  // namespace

void fill_parameters(const Request& request, WDF_REQUEST_PARAMETERS& parameters) {
  const IO_STACK_LOCATION& location = request.location();
  const auto& from = location.Parameters;
  parameters.Type = type_of(request.major);
  parameters.MinorFunction = location.MinorFunction;
  auto& to = parameters.Parameters;
  switch (request.major) {
    case IRP_MJ_READ:
    case IRP_MJ_WRITE:
      to.Read.Length = from.Read.Length;
      to.Read.Key = from.Read.Key;
      to.Read.DeviceOffset = from.Read.ByteOffset.QuadPart;
      break;
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
      to.DeviceIoControl.OutputBufferLength = from.DeviceIoControl.OutputBufferLength;
      to.DeviceIoControl.InputBufferLength = from.DeviceIoControl.InputBufferLength;
      to.DeviceIoControl.IoControlCode = from.DeviceIoControl.IoControlCode;
      to.DeviceIoControl.Type3InputBuffer = from.DeviceIoControl.Type3InputBuffer;
      break;
    default:
      to.Create.SecurityContext = from.Create.SecurityContext;
      to.Create.Options = from.Create.Options;
      to.Create.FileAttributes = from.Create.FileAttributes;
      to.Create.ShareAccess = from.Create.ShareAccess;
      to.Create.EaLength = from.Create.EaLength;
      break;
  }
}

}  // namespace drydock::kmdf
