// SPDX-License-Identifier: Apache-2.0
// DriverEntry fails after it has made a device: the framework must take it back, and must not call
// EvtDriverUnload.
#include <wdf.h>

DRIVER_INITIALIZE DriverEntry;

static VOID evt_unload(WDFDRIVER driver) {
  (void)driver;
  DbgPrint("unload");
}

static VOID evt_cleanup(WDFOBJECT object) {
  (void)object;
  DbgPrint("driver cleanup");
}

static VOID evt_destroy(WDFOBJECT object) {
  (void)object;
  DbgPrint("driver destroy");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver_object, PUNICODE_STRING registry_path) {
  DECLARE_CONST_UNICODE_STRING(descriptor, L"D:P(A;;GA;;;SY)");
  WDF_DRIVER_CONFIG config;
  WDF_OBJECT_ATTRIBUTES attributes;
  WDFDRIVER driver;
  WDFDEVICE device;
  PWDFDEVICE_INIT init;
  WDF_DRIVER_CONFIG_INIT(&config, WDF_NO_EVENT_CALLBACK);
  config.DriverInitFlags = WdfDriverInitNonPnpDriver;
  config.EvtDriverUnload = evt_unload;
  WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
  attributes.EvtCleanupCallback = evt_cleanup;
  attributes.EvtDestroyCallback = evt_destroy;
  if (!NT_SUCCESS(WdfDriverCreate(driver_object, registry_path, &attributes, &config, &driver)))
    return STATUS_INTERNAL_ERROR;
  init = WdfControlDeviceInitAllocate(driver, &descriptor);
  if (init == NULL || !NT_SUCCESS(WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device)))
    return STATUS_INTERNAL_ERROR;
  return STATUS_DEVICE_CONFIGURATION_ERROR;
}
