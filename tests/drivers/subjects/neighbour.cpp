// SPDX-License-Identifier: Apache-2.0
// Two drivers that know of each other. The lender gives the address of a function to whoever asks
// its device; the borrower asks, and calls that function when it starts and when it unloads. The
// memory that the function allocates is the lender's, which frees it when it unloads.
#include <ntddk.h>

extern "C" DRIVER_INITIALIZE DriverEntry;

namespace {

using Lend = void (*)();

#ifdef LENDER

constexpr ULONG tag = 'dneL';

constinit UNICODE_STRING device_name = RTL_CONSTANT_STRING(L"\\Device\\DrydockLender");
PDEVICE_OBJECT device;

struct Loan {
  Loan* next;
};
Loan* loans;

void lend() {
  auto* loan = static_cast<Loan*>(ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(Loan), tag));
  if (loan == nullptr) return;
  loan->next = loans;
  loans = loan;
}

NTSTATUS complete(PIRP irp, NTSTATUS status) {
  irp->IoStatus.Status = status;
  irp->IoStatus.Information = 0;
  IoCompleteRequest(irp, IO_NO_INCREMENT);
  return status;
}

_Dispatch_type_(IRP_MJ_CREATE) _Dispatch_type_(IRP_MJ_CLOSE)
    _Dispatch_type_(IRP_MJ_CLEANUP) NTSTATUS NTAPI on_open_or_close(PDEVICE_OBJECT, PIRP irp) {
  return complete(irp, STATUS_SUCCESS);
}

_Dispatch_type_(IRP_MJ_INTERNAL_DEVICE_CONTROL) NTSTATUS NTAPI
    on_internal_control(PDEVICE_OBJECT, PIRP irp) {
  *static_cast<Lend*>(irp->UserBuffer) = lend;
  return complete(irp, STATUS_SUCCESS);
}

_Function_class_(DRIVER_UNLOAD) VOID NTAPI on_unload(PDRIVER_OBJECT) {
  while (loans != nullptr) {
    Loan* loan = loans;
    loans = loan->next;
    ExFreePoolWithTag(loan, tag);
  }
  IoDeleteDevice(device);
}

NTSTATUS start(PDRIVER_OBJECT driver) {
  driver->MajorFunction[IRP_MJ_CREATE] = on_open_or_close;
  driver->MajorFunction[IRP_MJ_CLEANUP] = on_open_or_close;
  driver->MajorFunction[IRP_MJ_CLOSE] = on_open_or_close;
  driver->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = on_internal_control;
  return IoCreateDevice(driver, 0, &device_name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}

#else

constinit UNICODE_STRING lender_name = RTL_CONSTANT_STRING(L"\\Device\\DrydockLender");
Lend borrowed;

_Function_class_(IO_COMPLETION_ROUTINE) NTSTATUS NTAPI keep_irp(PDEVICE_OBJECT, PIRP, PVOID) {
  return STATUS_MORE_PROCESSING_REQUIRED;
}

// The lender answers at once.
NTSTATUS ask(PDEVICE_OBJECT lender) {
  PIRP irp = IoAllocateIrp(lender->StackSize, FALSE);
  if (irp == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  irp->UserBuffer = &borrowed;
  IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
  IoSetCompletionRoutine(irp, keep_irp, nullptr, TRUE, TRUE, TRUE);
  const NTSTATUS status = IoCallDriver(lender, irp);
  IoFreeIrp(irp);
  return status;
}

_Function_class_(DRIVER_UNLOAD) VOID NTAPI on_unload(PDRIVER_OBJECT) {
  borrowed();
}

NTSTATUS start(PDRIVER_OBJECT) {
  PFILE_OBJECT file = nullptr;
  PDEVICE_OBJECT lender = nullptr;
  NTSTATUS status = IoGetDeviceObjectPointer(&lender_name, GENERIC_READ, &file, &lender);
  if (!NT_SUCCESS(status)) return status;
  status = ask(lender);
  ObDereferenceObject(file);
  if (NT_SUCCESS(status)) borrowed();
  return status;
}

#endif

}  // namespace

extern "C" NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  driver->DriverUnload = on_unload;
  return start(driver);
}
