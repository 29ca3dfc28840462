// SPDX-License-Identifier: Apache-2.0
// The reference callout driver without the framework: re-injects every datagram, follows UDP flows,
// unregisters its callouts by number. Unloading is the destructor of `Driver`.
#include <initguid.h>

#include "drivers/reference/start.h"
#include "kit/wdm_device.h"

namespace {

using namespace reference;

using Driver = kit::CalloutDriver<kit::WdmDevice, kit::UnregisterById, DataPath>;

constexpr Identity identity = {
    L"Reference callout driver (WDM)",
    {0x0d5c3a10, 0x6f1e, 0x4b52, {0x9a, 0x37, 0x5e, 0x21, 0xc8, 0x04, 0x7b, 0x61}}};

constexpr CalloutRow callouts[] = {
    {&FWPM_LAYER_DATAGRAM_DATA_V4, reinject_datagram<DatagramV4>, FWP_ACTION_CALLOUT_TERMINATING,
     DataLayer::DatagramV4, 0, true},
    {&FWPM_LAYER_DATAGRAM_DATA_V6, reinject_datagram<DatagramV6>, FWP_ACTION_CALLOUT_TERMINATING,
     DataLayer::DatagramV6, 0, true},
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

NTSTATUS complete(IRP* irp, NTSTATUS status, ULONG_PTR information = 0) {
  irp->IoStatus.Status = status;
  irp->IoStatus.Information = information;
  IoCompleteRequest(irp, IO_NO_INCREMENT);
  return status;
}

_Dispatch_type_(IRP_MJ_CREATE) _Dispatch_type_(IRP_MJ_CLOSE) NTSTATUS NTAPI
    on_open_or_close(DEVICE_OBJECT*, IRP* irp) {
  return complete(irp, STATUS_SUCCESS);
}

_Dispatch_type_(IRP_MJ_DEVICE_CONTROL) NTSTATUS NTAPI on_control(DEVICE_OBJECT*, IRP* irp) {
  const auto& control = IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl;
  if (control.IoControlCode != IOCTL_REFERENCE_STATISTICS) {
    return complete(irp, STATUS_INVALID_DEVICE_REQUEST);
  }
  if (control.OutputBufferLength < sizeof(ReferenceStatistics)) {
    return complete(irp, STATUS_BUFFER_TOO_SMALL);
  }
  *static_cast<ReferenceStatistics*>(irp->AssociatedIrp.SystemBuffer) = statistics();
  return complete(irp, STATUS_SUCCESS, sizeof(ReferenceStatistics));
}

NTSTATUS load(DRIVER_OBJECT* object) {
  const NTSTATUS status =
      driver->device.create(object, RTL_CONSTANT_STRING(L"\\Device\\DrydockReferenceWdm"),
                            RTL_CONSTANT_STRING(L"\\DosDevices\\DrydockReferenceWdm"));
  return NT_SUCCESS(status) ? start(*driver, identity, callouts) : status;
}

void unload() {
  delete driver;
  driver = nullptr;
}

_Function_class_(DRIVER_UNLOAD) VOID NTAPI on_unload(DRIVER_OBJECT*) {
  unload();
}

}  // namespace

extern "C" DRIVER_INITIALIZE DriverEntry;

extern "C" NTSTATUS NTAPI DriverEntry(DRIVER_OBJECT* object, UNICODE_STRING*) {
  object->DriverUnload = on_unload;
  object->MajorFunction[IRP_MJ_CREATE] = on_open_or_close;
  object->MajorFunction[IRP_MJ_CLOSE] = on_open_or_close;
  object->MajorFunction[IRP_MJ_DEVICE_CONTROL] = on_control;
  driver = new Driver;
  if (driver == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  const NTSTATUS status = load(object);
  if (!NT_SUCCESS(status)) unload();
  return status;
}
