// SPDX-License-Identifier: Apache-2.0
// The smallest framework driver: a driver object without devices, unloaded through the framework.
enum _WDF_REQUEST_TYPE : int;  // as public drivers in C++ say first

#include <wdf.h>

extern "C" DRIVER_INITIALIZE DriverEntry;

namespace {

void NTAPI evt_unload(WDFDRIVER driver) {
  DbgPrint("trivial: unloaded %p\n", driver);
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver_object, PUNICODE_STRING registry_path) {
  WDF_DRIVER_CONFIG config;
  WDF_DRIVER_CONFIG_INIT(&config, WDF_NO_EVENT_CALLBACK);
  config.DriverInitFlags |= WdfDriverInitNonPnpDriver;
  config.EvtDriverUnload = evt_unload;
  WDFDRIVER driver = nullptr;
  return WdfDriverCreate(driver_object, registry_path, WDF_NO_OBJECT_ATTRIBUTES, &config, &driver);
}
