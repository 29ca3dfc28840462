// SPDX-License-Identifier: Apache-2.0
// A device whose control codes show each transfer method, a request that stays pending until it is
// cancelled, and a sections layout with code that is discarded after DriverEntry.
#include <ntddk.h>

#include "nt_toy.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD unload;
static DRIVER_DISPATCH succeed;
static DRIVER_DISPATCH control;
static DRIVER_CANCEL cancel;

static PIRP waiting;
static int loads;  // 1 in every life, if each begins with fresh data

static NTSTATUS finish(PIRP irp, NTSTATUS status, ULONG_PTR information) {
  irp->IoStatus.Status = status;
  irp->IoStatus.Information = information;
  IoCompleteRequest(irp, IO_NO_INCREMENT);
  return status;
}

static NTSTATUS succeed(PDEVICE_OBJECT device, PIRP irp) {
  (void)device;
  return finish(irp, STATUS_SUCCESS, 0);
}

static void cancel(PDEVICE_OBJECT device, PIRP irp) {
  (void)device;
  waiting = NULL;
  IoReleaseCancelSpinLock(irp->CancelIrql);
  finish(irp, STATUS_CANCELLED, 0);
}

static void invert(const UCHAR* from, UCHAR* to, ULONG size) {
  for (ULONG i = 0; i < size; ++i) to[i] = (UCHAR)~from[i];
}

// Whose thread this is, as the request and as the system say.
static ULONG describe_caller(PIRP irp) {
  PETHREAD thread = irp->Tail.Overlay.Thread;
  ULONG known = 0;
  if (thread == PsGetCurrentThread()) known |= 1;
  if (PsGetThreadId(thread) == PsGetCurrentThreadId()) known |= 2;
  if (irp->RequestorMode == UserMode) known |= 4;
  if (ExGetPreviousMode() == UserMode) known |= 8;
  return known;
}

static ULONG copy_name(PCUNICODE_STRING name, UCHAR* to, ULONG size) {
  const UCHAR* from = (const UCHAR*)name->Buffer;
  if (name->Length > size) return 0;
  for (USHORT i = 0; i < name->Length; ++i) to[i] = from[i];
  return from == NULL ? 1 : name->Length;
}

static NTSTATUS control(PDEVICE_OBJECT device, PIRP irp) {
  PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
  ULONG size = location->Parameters.DeviceIoControl.OutputBufferLength;
  UCHAR* buffer = irp->AssociatedIrp.SystemBuffer;
  ++*(ULONG*)device->DeviceExtension;
  switch (location->Parameters.DeviceIoControl.IoControlCode) {
    case TOY_INVERT_BUFFERED:
      invert(buffer, buffer, size);
      return finish(irp, STATUS_SUCCESS, size);
    case TOY_INVERT_DIRECT:
      invert(buffer, MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority), size);
      return finish(irp, STATUS_SUCCESS, size);
    case TOY_INVERT_NEITHER:
      invert(location->Parameters.DeviceIoControl.Type3InputBuffer, irp->UserBuffer, size);
      return finish(irp, STATUS_SUCCESS, size);
    case TOY_LOADS:
      *(int*)buffer = loads;
      return finish(irp, STATUS_SUCCESS, sizeof loads);
    case TOY_CALLER:
      *(ULONG*)buffer = describe_caller(irp);
      return finish(irp, STATUS_SUCCESS, sizeof(ULONG));
    case TOY_FILE_NAME:
      return finish(irp, STATUS_SUCCESS, copy_name(&location->FileObject->FileName, buffer, size));
    case TOY_WAIT:
      IoMarkIrpPending(irp);
      waiting = irp;
      (void)IoSetCancelRoutine(irp, cancel);
      return STATUS_PENDING;
    default:
      return finish(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
  }
}

// What it is opened for.
static NTSTATUS create(PDEVICE_OBJECT device, PIRP irp) {
  const IO_SECURITY_CONTEXT* security =
      IoGetCurrentIrpStackLocation(irp)->Parameters.Create.SecurityContext;
  const BOOLEAN reads = (security->DesiredAccess & FILE_READ_DATA) != 0;
  (void)device;
  return finish(irp, reads ? STATUS_SUCCESS : STATUS_ACCESS_DENIED, 0);
}

static void unload(PDRIVER_OBJECT driver) {
  UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Toy");
  IoDeleteSymbolicLink(&link);
  IoDeleteDevice(driver->DeviceObject);
}

__attribute__((section("INIT"))) NTSTATUS DriverEntry(PDRIVER_OBJECT driver,
                                                      PUNICODE_STRING registry_path) {
  UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Toy");
  UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Toy");
  PDEVICE_OBJECT device;
  NTSTATUS status;
  (void)registry_path;
  ++loads;
  status = IoCreateDevice(driver, sizeof(ULONG), &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
  if (!NT_SUCCESS(status)) return status;
  status = IoCreateSymbolicLink(&link, &name);
  if (!NT_SUCCESS(status)) {
    IoDeleteDevice(device);
    return status;
  }
  driver->MajorFunction[IRP_MJ_CREATE] = create;
  driver->MajorFunction[IRP_MJ_CLEANUP] = succeed;
  driver->MajorFunction[IRP_MJ_CLOSE] = succeed;
  driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
  driver->DriverUnload = unload;
  return STATUS_SUCCESS;
}
