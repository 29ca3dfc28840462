// SPDX-License-Identifier: Apache-2.0
// DEVICE-01 in a driver of Plug and Play: it answers IRP_MN_REMOVE_DEVICE and detaches from the
// stack, but does not delete its device object. The driver is never unloaded.
#include <ntddk.h>

extern "C" DRIVER_INITIALIZE DriverEntry;

namespace {

struct Extension {
  PDEVICE_OBJECT lower;
};

PDEVICE_OBJECT lower_of(PDEVICE_OBJECT device) {
  return static_cast<Extension*>(device->DeviceExtension)->lower;
}

NTSTATUS NTAPI pass_down(PDEVICE_OBJECT device, PIRP irp) {
  IoSkipCurrentIrpStackLocation(irp);
  return IoCallDriver(lower_of(device), irp);
}

NTSTATUS NTAPI on_pnp(PDEVICE_OBJECT device, PIRP irp) {
  const UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;
  PDEVICE_OBJECT lower = lower_of(device);
  if (minor == IRP_MN_QUERY_REMOVE_DEVICE || minor == IRP_MN_REMOVE_DEVICE)
    irp->IoStatus.Status = STATUS_SUCCESS;
  const NTSTATUS status = pass_down(device, irp);
  if (minor == IRP_MN_REMOVE_DEVICE) {
    IoDetachDevice(lower);
#ifdef FIXED
    IoDeleteDevice(device);
#endif
  }
  return status;
}

NTSTATUS NTAPI add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT physical) {
  PDEVICE_OBJECT device;
  const NTSTATUS status =
      IoCreateDevice(driver, sizeof(Extension), nullptr, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
  if (!NT_SUCCESS(status)) return status;
  auto* extension = static_cast<Extension*>(device->DeviceExtension);
  extension->lower = IoAttachDeviceToDeviceStack(device, physical);
  if (extension->lower == nullptr) {
    IoDeleteDevice(device);
    return STATUS_NO_SUCH_DEVICE;
  }
  device->Flags &= ~static_cast<ULONG>(DO_DEVICE_INITIALIZING);
  return STATUS_SUCCESS;
}

void NTAPI unload(PDRIVER_OBJECT) {}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  driver->DriverExtension->AddDevice = add_device;
  driver->DriverUnload = unload;
  driver->MajorFunction[IRP_MJ_PNP] = on_pnp;
  driver->MajorFunction[IRP_MJ_POWER] = pass_down;
  driver->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = pass_down;
  return STATUS_SUCCESS;
}
