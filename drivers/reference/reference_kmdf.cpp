// SPDX-License-Identifier: Apache-2.0
// The reference callout driver of the framework: looks at streams, re-injects every datagram,
// follows TCP and UDP flows, unregisters its callouts by key. Unloading is the destructor of
// `Driver`; the framework deletes the control device after it.
#include <initguid.h>

#include "drivers/reference/start.h"
#include "kit/kmdf_device.h"

namespace {

using namespace reference;

using Driver = kit::CalloutDriver<kit::KmdfDevice, kit::UnregisterByKey, DataPath>;

constexpr Identity identity = {
    L"Reference callout driver (KMDF)",
    {0x7e20b9c4, 0x13fa, 0x4c0d, {0x86, 0x5b, 0xd4, 0x90, 0x2f, 0xe1, 0x3c, 0x48}}};

constexpr CalloutRow callouts[] = {
    {&FWPM_LAYER_DATAGRAM_DATA_V4, reinject_datagram<DatagramV4>, FWP_ACTION_CALLOUT_TERMINATING,
     DataLayer::DatagramV4, 0, true},
    {&FWPM_LAYER_DATAGRAM_DATA_V6, reinject_datagram<DatagramV6>, FWP_ACTION_CALLOUT_TERMINATING,
     DataLayer::DatagramV6, 0, true},
    {&FWPM_LAYER_STREAM_V4, inspect_stream, FWP_ACTION_CALLOUT_INSPECTION, DataLayer::StreamV4,
     FWP_CALLOUT_FLAG_CONDITIONAL_ON_FLOW},
    {&FWPM_LAYER_STREAM_V6, inspect_stream, FWP_ACTION_CALLOUT_INSPECTION, DataLayer::StreamV6,
     FWP_CALLOUT_FLAG_CONDITIONAL_ON_FLOW},
    {&FWPM_LAYER_ALE_FLOW_ESTABLISHED_V4, flow_established<EstablishedV4>,
     FWP_ACTION_CALLOUT_INSPECTION},
    {&FWPM_LAYER_ALE_FLOW_ESTABLISHED_V6, flow_established<EstablishedV6>,
     FWP_ACTION_CALLOUT_INSPECTION},
    {&FWPM_LAYER_ALE_AUTH_CONNECT_V4, authorise, FWP_ACTION_CALLOUT_TERMINATING},
    {&FWPM_LAYER_ALE_AUTH_CONNECT_V6, authorise, FWP_ACTION_CALLOUT_TERMINATING},
    {&FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4, authorise, FWP_ACTION_CALLOUT_TERMINATING},
    {&FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V6, authorise, FWP_ACTION_CALLOUT_TERMINATING},
};

Driver* driver = nullptr;

_Function_class_(EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL) VOID NTAPI
    on_control(WDFQUEUE, WDFREQUEST request, size_t, size_t, ULONG code) {
  if (code != IOCTL_REFERENCE_STATISTICS) {
    WdfRequestComplete(request, STATUS_INVALID_DEVICE_REQUEST);
    return;
  }
  void* buffer = nullptr;
  const NTSTATUS status =
      WdfRequestRetrieveOutputBuffer(request, sizeof(ReferenceStatistics), &buffer, nullptr);
  if (!NT_SUCCESS(status)) {
    WdfRequestComplete(request, status);
    return;
  }
  *static_cast<ReferenceStatistics*>(buffer) = statistics();
  WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, sizeof(ReferenceStatistics));
}

NTSTATUS load(WDFDRIVER framework_driver) {
  NTSTATUS status = driver->device.create(
      framework_driver, RTL_CONSTANT_STRING(L"\\Device\\DrydockReferenceKmdf"),
      RTL_CONSTANT_STRING(L"\\DosDevices\\DrydockReferenceKmdf"), on_control);
  if (NT_SUCCESS(status)) status = start(*driver, identity, callouts);
  if (NT_SUCCESS(status)) driver->device.finish();
  return status;
}

void unload() {
  delete driver;
  driver = nullptr;
}

_Function_class_(EVT_WDF_DRIVER_UNLOAD) VOID NTAPI on_unload(WDFDRIVER) {
  unload();
}

NTSTATUS create_framework_driver(DRIVER_OBJECT* object, UNICODE_STRING* registry_path,
                                 WDFDRIVER* created) {
  WDF_DRIVER_CONFIG config;
  WDF_DRIVER_CONFIG_INIT(&config, WDF_NO_EVENT_CALLBACK);
  config.DriverInitFlags |= WdfDriverInitNonPnpDriver;
  config.EvtDriverUnload = on_unload;
  return WdfDriverCreate(object, registry_path, WDF_NO_OBJECT_ATTRIBUTES, &config, created);
}

}  // namespace

extern "C" DRIVER_INITIALIZE DriverEntry;

extern "C" NTSTATUS NTAPI DriverEntry(DRIVER_OBJECT* object, UNICODE_STRING* registry_path) {
  WDFDRIVER framework_driver = nullptr;
  NTSTATUS status = create_framework_driver(object, registry_path, &framework_driver);
  if (!NT_SUCCESS(status)) return status;
  driver = new Driver;
  if (driver == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  status = load(framework_driver);
  if (!NT_SUCCESS(status)) unload();  // EvtDriverUnload is not called after a failed load
  return status;
}
