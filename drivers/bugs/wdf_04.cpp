// SPDX-License-Identifier: Apache-2.0
// WDF-04: a framework driver of Plug and Play makes a control device as well and leaves it to the
// framework. The framework would delete it after EvtDriverUnload, which is never called: a driver
// is unloaded when its last device object is gone.
#include <wdf.h>

extern "C" DRIVER_INITIALIZE DriverEntry;

namespace {

WDFDEVICE control_device;

void NTAPI evt_unload(WDFDRIVER) {
  DbgPrint("unloaded\n");
}

void NTAPI evt_cleanup(WDFOBJECT) {
#ifdef FIXED
  WdfObjectDelete(control_device);
#endif
}

NTSTATUS make_control_device(WDFDRIVER driver) {
  DECLARE_CONST_UNICODE_STRING(descriptor, L"D:P(A;;GA;;;SY)");
  DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\DrydockControl");
  PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(driver, &descriptor);
  if (init == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  NTSTATUS status = WdfDeviceInitAssignName(init, &name);
  if (NT_SUCCESS(status))
    status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &control_device);
  if (!NT_SUCCESS(status)) {
    if (init != nullptr) WdfDeviceInitFree(init);
    return status;
  }
  WdfControlFinishInitializing(control_device);
  return status;
}

NTSTATUS NTAPI evt_device_add(WDFDRIVER driver, PWDFDEVICE_INIT init) {
  WDF_OBJECT_ATTRIBUTES attributes;
  WDFDEVICE device;
  NTSTATUS status = make_control_device(driver);
  if (!NT_SUCCESS(status)) return status;
  WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
  attributes.EvtCleanupCallback = evt_cleanup;
  status = WdfDeviceCreate(&init, &attributes, &device);
  if (!NT_SUCCESS(status)) WdfObjectDelete(control_device);
  return status;
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path) {
  WDF_DRIVER_CONFIG config;
  WDF_DRIVER_CONFIG_INIT(&config, evt_device_add);
  config.EvtDriverUnload = evt_unload;
  return WdfDriverCreate(driver, registry_path, WDF_NO_OBJECT_ATTRIBUTES, &config, nullptr);
}
