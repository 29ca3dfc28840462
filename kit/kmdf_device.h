// SPDX-License-Identifier: Apache-2.0
// A control device with a symbolic link and one queue, for framework drivers. PASSIVE_LEVEL.
#pragma once

#include "wdk.h"

// The framework's headers follow those of the kernel.
#include <wdf.h>

namespace kit {

// Has no destructor on purpose: R9 of a framework driver is the framework's, which deletes the
// device after EvtDriverUnload, or after a DriverEntry that failed.
class KmdfDevice {
 public:
  _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS
      create(WDFDRIVER driver, UNICODE_STRING name, UNICODE_STRING link,
             PFN_WDF_IO_QUEUE_IO_DEVICE_CONTROL control) {
    DECLARE_CONST_UNICODE_STRING(system_and_administrators, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
    WDFDEVICE_INIT* init = WdfControlDeviceInitAllocate(driver, &system_and_administrators);
    if (init == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
    WdfDeviceInitSetDeviceType(init, FILE_DEVICE_NETWORK);
    WdfDeviceInitSetCharacteristics(init, FILE_DEVICE_SECURE_OPEN, FALSE);
    NTSTATUS status = WdfDeviceInitAssignName(init, &name);
    if (NT_SUCCESS(status)) {
      status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device_);
    }
    if (!NT_SUCCESS(status)) {
      WdfDeviceInitFree(init);
      return status;
    }
    status = WdfDeviceCreateSymbolicLink(device_, &link);
    return NT_SUCCESS(status) ? create_queue(control) : status;
  }

  // From now on applications may open it.
  _IRQL_requires_max_(PASSIVE_LEVEL) void finish() { WdfControlFinishInitializing(device_); }

  DEVICE_OBJECT* get() const { return WdfDeviceWdmGetDeviceObject(device_); }

 private:
  NTSTATUS create_queue(PFN_WDF_IO_QUEUE_IO_DEVICE_CONTROL control) {
    WDF_IO_QUEUE_CONFIG config;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoDeviceControl = control;
    return WdfIoQueueCreate(device_, &config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
  }

  WDFDEVICE device_ = nullptr;
};

}  // namespace kit
