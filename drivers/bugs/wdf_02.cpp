// SPDX-License-Identifier: Apache-2.0
// WDF-02: a non-PnP framework driver without EvtDriverUnload. The framework then leaves
// DriverUnload NULL, and the driver can never be stopped.
#include <wdf.h>

extern "C" DRIVER_INITIALIZE DriverEntry;

namespace {

[[maybe_unused]] void NTAPI evt_unload(WDFDRIVER) {
  DbgPrint("unloaded\n");
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path) {
  WDF_DRIVER_CONFIG config;
  WDF_DRIVER_CONFIG_INIT(&config, WDF_NO_EVENT_CALLBACK);
  config.DriverInitFlags |= WdfDriverInitNonPnpDriver;
#ifdef FIXED
  config.EvtDriverUnload = evt_unload;
#endif
  return WdfDriverCreate(driver, registry_path, WDF_NO_OBJECT_ATTRIBUTES, &config, nullptr);
}
