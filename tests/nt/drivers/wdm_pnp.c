// SPDX-License-Identifier: Apache-2.0
// A driver of a Plug and Play device without the framework: it sees the PnP manager's requests
// itself, guards its device with a remove lock and offers an interface.
#include "wdm_pnp.h"

#include <ntddk.h>

#define STEP(condition)                            \
  do {                                             \
    if (!(condition)) DbgPrint("not " #condition); \
  } while (0)

DRIVER_INITIALIZE DriverEntry;

typedef struct {
  PDEVICE_OBJECT physical;
  PDEVICE_OBJECT lower;
  IO_REMOVE_LOCK lock;
  UNICODE_STRING link;
} EXTENSION;

static const GUID interface_class = WDM_PNP_INTERFACE;

static NTSTATUS finish(PIRP irp, NTSTATUS status, ULONG_PTR information) {
  irp->IoStatus.Status = status;
  irp->IoStatus.Information = information;
  IoCompleteRequest(irp, IO_NO_INCREMENT);
  return status;
}

static NTSTATUS pass_down(PDEVICE_OBJECT device, PIRP irp) {
  EXTENSION* extension = device->DeviceExtension;
  IoSkipCurrentIrpStackLocation(irp);
  return IoCallDriver(extension->lower, irp);
}

static VOID power_done(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state, PVOID context,
                       PIO_STATUS_BLOCK status) {
  (void)device;
  STEP(minor == IRP_MN_SET_POWER && state.DeviceState == PowerDeviceD0);
  STEP(status->Status == STATUS_SUCCESS);
  KeSetEvent(context, IO_NO_INCREMENT, FALSE);
}

static void ask_for_power(EXTENSION* extension) {
  KEVENT done;
  POWER_STATE state;
  state.DeviceState = PowerDeviceD0;
  KeInitializeEvent(&done, NotificationEvent, FALSE);
  STEP(PoRequestPowerIrp(extension->physical, IRP_MN_SET_POWER, state, power_done, &done, NULL) ==
       STATUS_PENDING);
  STEP(PoRequestPowerIrp(extension->physical, IRP_MN_POWER_SEQUENCE, state, NULL, NULL, NULL) ==
       STATUS_INVALID_PARAMETER_2);
  KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
}

static void look_around(PDEVICE_OBJECT device, EXTENSION* extension) {
  WCHAR text[32];
  ULONG size = 0;
  HANDLE key = NULL;
  PWSTR links = NULL;
  PDEVICE_OBJECT other;
  STEP(IoGetAttachedDevice(extension->physical) == device);
  other = IoGetAttachedDeviceReference(extension->physical);
  STEP(other == device);
  ObDereferenceObject(other);
  other = IoGetLowerDeviceObject(device);
  STEP(other == extension->lower);
  ObDereferenceObject(other);
  STEP(IoGetDeviceProperty(extension->physical, DevicePropertyEnumeratorName, sizeof text, text,
                           &size) == STATUS_SUCCESS);
  STEP(size == 10 && text[3] == L'T');
  STEP(IoGetDeviceProperty(device, DevicePropertyEnumeratorName, sizeof text, text, &size) ==
       STATUS_INVALID_DEVICE_REQUEST);
  STEP(IoOpenDeviceRegistryKey(extension->physical, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &key) ==
       STATUS_SUCCESS);
  ZwClose(key);
  STEP(IoGetDeviceInterfaces(&interface_class, extension->physical, 0, &links) == STATUS_SUCCESS);
  STEP(links[0] == L'\\' && links[extension->link.Length / 2 + 1] == 0);
  ExFreePool(links);
  IoInvalidateDeviceState(extension->physical);
}

static NTSTATUS start(PDEVICE_OBJECT device, PIRP irp) {
  EXTENSION* extension = device->DeviceExtension;
  POWER_STATE state;
  STEP(IoForwardIrpSynchronously(extension->lower, irp));
  STEP(irp->IoStatus.Status == STATUS_SUCCESS);
  state.DeviceState = PowerDeviceD0;
  PoSetPowerState(device, DevicePowerState, state);
  STEP(IoSetDeviceInterfaceState(&extension->link, TRUE) == STATUS_SUCCESS);
  STEP(IoSetDeviceInterfaceState(&extension->link, TRUE) == STATUS_OBJECT_NAME_EXISTS);
  ask_for_power(extension);
  look_around(device, extension);
  return finish(irp, irp->IoStatus.Status, 0);
}

static NTSTATUS remove_device(PDEVICE_OBJECT device, PIRP irp) {
  EXTENSION* extension = device->DeviceExtension;
  NTSTATUS status;
  IoReleaseRemoveLockAndWait(&extension->lock, irp);
  STEP(IoAcquireRemoveLock(&extension->lock, irp) == STATUS_DELETE_PENDING);
  IoSetDeviceInterfaceState(&extension->link, FALSE);
  RtlFreeUnicodeString(&extension->link);
  irp->IoStatus.Status = STATUS_SUCCESS;
  status = pass_down(device, irp);
#ifndef FORGETS_TO_DETACH
  IoDetachDevice(extension->lower);
#endif
#ifndef FORGETS_TO_DELETE
  IoDeleteDevice(device);
#endif
  return status;
}

static NTSTATUS on_pnp(PDEVICE_OBJECT device, PIRP irp) {
  EXTENSION* extension = device->DeviceExtension;
  UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;
  NTSTATUS status = IoAcquireRemoveLock(&extension->lock, irp);
  if (!NT_SUCCESS(status)) return finish(irp, status, 0);
  DbgPrint(minor == IRP_MN_START_DEVICE             ? "start"
           : minor == IRP_MN_QUERY_CAPABILITIES     ? "query capabilities"
           : minor == IRP_MN_QUERY_PNP_DEVICE_STATE ? "query state"
           : minor == IRP_MN_QUERY_REMOVE_DEVICE    ? "query remove"
           : minor == IRP_MN_REMOVE_DEVICE          ? "remove"
           : minor == IRP_MN_SURPRISE_REMOVAL       ? "surprise removal"
                                                    : "another request");
  if (minor == IRP_MN_REMOVE_DEVICE) return remove_device(device, irp);
  if (minor == IRP_MN_SURPRISE_REMOVAL)
    STEP(IoSetDeviceInterfaceState(&extension->link, FALSE) == STATUS_SUCCESS);
  if (minor == IRP_MN_QUERY_REMOVE_DEVICE || minor == IRP_MN_SURPRISE_REMOVAL)
    irp->IoStatus.Status = STATUS_SUCCESS;
  status = minor == IRP_MN_START_DEVICE ? start(device, irp) : pass_down(device, irp);
  IoReleaseRemoveLock(&extension->lock, irp);
  return status;
}

static NTSTATUS on_power(PDEVICE_OBJECT device, PIRP irp) {
  EXTENSION* extension = device->DeviceExtension;
  PoStartNextPowerIrp(irp);
  IoSkipCurrentIrpStackLocation(irp);
  return PoCallDriver(extension->lower, irp);
}

static NTSTATUS succeed(PDEVICE_OBJECT device, PIRP irp) {
  PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;
  STEP(IoGetRelatedDeviceObject(file) == device);
  return finish(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS control(PDEVICE_OBJECT device, PIRP irp) {
  EXTENSION* extension = device->DeviceExtension;
  *(ULONG*)irp->AssociatedIrp.SystemBuffer = (ULONG)extension->lock.Common.IoCount;
  return finish(irp, STATUS_SUCCESS, sizeof(ULONG));
}

static NTSTATUS add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT physical) {
  PDEVICE_OBJECT device;
  EXTENSION* extension;
  NTSTATUS status =
      IoCreateDevice(driver, sizeof *extension, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
  if (!NT_SUCCESS(status)) return status;
  extension = device->DeviceExtension;
  extension->physical = physical;
  IoInitializeRemoveLock(&extension->lock, 'pnPD', 0, 0);
  extension->lower = IoAttachDeviceToDeviceStack(device, physical);
  STEP(extension->lower == physical);
  STEP(device->StackSize == physical->StackSize + 1);
  status = IoRegisterDeviceInterface(physical, &interface_class, NULL, &extension->link);
  STEP(status == STATUS_SUCCESS);
  STEP(IoRegisterDeviceInterface(device, &interface_class, NULL, &extension->link) ==
       STATUS_INVALID_DEVICE_REQUEST);
  device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
  DbgPrint("added");
  return status;
}

static VOID unload(PDRIVER_OBJECT driver) {
  STEP(driver->DeviceObject == NULL);
  DbgPrint("unload");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path) {
  (void)registry_path;
  driver->DriverExtension->AddDevice = add_device;
  driver->DriverUnload = unload;
  driver->MajorFunction[IRP_MJ_PNP] = on_pnp;
  driver->MajorFunction[IRP_MJ_POWER] = on_power;
  driver->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = pass_down;
  driver->MajorFunction[IRP_MJ_CREATE] = succeed;
  driver->MajorFunction[IRP_MJ_CLEANUP] = succeed;
  driver->MajorFunction[IRP_MJ_CLOSE] = succeed;
  driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
  return STATUS_SUCCESS;
}
