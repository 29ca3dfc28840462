// SPDX-License-Identifier: Apache-2.0
// Runs the case that a request names, and answers with what it told.
#include "seh_driver.h"

#include "seh_cases.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD unload;
static DRIVER_DISPATCH open_close, control;

PDRIVER_OBJECT seh_driver_object;  // for cases that send requests

static char* answer;
static ULONG answer_size, used;

static void put(const char* text) {
  while (*text != 0 && used < answer_size) answer[used++] = *text++;
}

void mark(const char* word) {
  if (used != 0) put("; ");
  put(word);
}

void mark_number(const char* word, ULONG64 number) {
  char digits[17];
  int at = 16;
  digits[at] = 0;
  do {
    digits[--at] = "0123456789abcdef"[number % 16];
    number /= 16;
  } while (number != 0);
  mark(word);
  put(" ");
  put(digits + at);
}

void raise_status(NTSTATUS status) {
  ExRaiseStatus(status);
}

static BOOLEAN equal(const char* a, const char* b, ULONG size) {
  ULONG i = 0;
  for (; i < size && a[i] != 0; ++i) {
    if (a[i] != b[i]) return FALSE;
  }
  return i == size && a[i] == 0;
}

static const SEH_CASE* find_case(const char* name, ULONG size) {
  const SEH_CASE* tables[] = {seh_cases, seh_finally_cases, seh_async_cases, seh_frame_cases,
                              seh_kernel_cases};
  for (int i = 0; i < 5; ++i) {
    for (const SEH_CASE* row = tables[i]; row->name != NULL; ++row) {
      if (equal(row->name, name, size)) return row;
    }
  }
  return NULL;
}

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR information) {
  irp->IoStatus.Status = status;
  irp->IoStatus.Information = information;
  IoCompleteRequest(irp, IO_NO_INCREMENT);
  return status;
}

static NTSTATUS open_close(PDEVICE_OBJECT device, PIRP irp) {
  (void)device;
  return complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS control(PDEVICE_OBJECT device, PIRP irp) {
  (void)device;
  const PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
  const ULONG name_size = location->Parameters.DeviceIoControl.InputBufferLength;
  char name[128];
  if (name_size > sizeof name) return complete(irp, STATUS_INVALID_PARAMETER, 0);
  for (ULONG i = 0; i < name_size; ++i) name[i] = ((const char*)irp->AssociatedIrp.SystemBuffer)[i];
  const SEH_CASE* found = find_case(name, name_size);
  if (found == NULL) return complete(irp, STATUS_NOT_FOUND, 0);
  answer = irp->AssociatedIrp.SystemBuffer;
  answer_size = location->Parameters.DeviceIoControl.OutputBufferLength;
  used = 0;
  found->run();
  return complete(irp, STATUS_SUCCESS, used);
}

static void unload(PDRIVER_OBJECT driver) {
  UNICODE_STRING link;
  RtlInitUnicodeString(&link, L"\\??\\Seh");
  IoDeleteSymbolicLink(&link);
  IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path) {
  (void)registry_path;
  UNICODE_STRING name, link;
  PDEVICE_OBJECT device;
  RtlInitUnicodeString(&name, L"\\Device\\Seh");
  RtlInitUnicodeString(&link, L"\\??\\Seh");
  seh_driver_object = driver;
  driver->DriverUnload = unload;
  driver->MajorFunction[IRP_MJ_CREATE] = open_close;
  driver->MajorFunction[IRP_MJ_CLOSE] = open_close;
  driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
  const NTSTATUS status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
  if (!NT_SUCCESS(status)) return status;
  return IoCreateSymbolicLink(&link, &name);
}
