// SPDX-License-Identifier: Apache-2.0
// Io*: IRPs as drivers see them.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/io_exports.h"
#include "nt/io_manager.h"

namespace drydock::nt {

namespace {

PIRP allocate_irp(CCHAR stack_size, BOOLEAN) {
  return service<IoManager>().allocate_irp(stack_size);
}

void free_irp(PIRP irp) {
  service<IoManager>().free_irp(irp);
}

NTSTATUS call_next_driver(PDEVICE_OBJECT device, PIRP irp) {
  return service<IoManager>().call_driver(device, irp);
}

void complete_request(PIRP irp, CCHAR) {
  service<IoManager>().complete(irp);
}

BOOLEAN cancel_irp(PIRP irp) {
  return service<IoManager>().cancel(irp) ? TRUE : FALSE;
}

void acquire_cancel_lock(PKIRQL irql) {
  *irql = service<IoManager>().acquire_cancel_lock();
}

void release_cancel_lock(KIRQL irql) {
  service<IoManager>().release_cancel_lock(irql);
}

ULONG requestor_id(PIRP irp) {
  return service<IoManager>().requestor(irp);
}

BOOLEAN is_32bit(PIRP) {
  return FALSE;
}

NTSTATUS invalid_device_request(PDEVICE_OBJECT, PIRP irp) {
  irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
  irp->IoStatus.Information = 0;
  service<IoManager>().complete(irp);
  return STATUS_INVALID_DEVICE_REQUEST;
}

// Known by its address to the I/O manager, which does what it stands for; nobody else has it.
NTSTATUS catch_irp(PDEVICE_OBJECT, PIRP, PVOID) {
  return STATUS_MORE_PROCESSING_REQUIRED;
}

}  // namespace

Exports request_exports() {
  static const std::array rows = {
      kernel_row<"IoAllocateIrp", decltype(::IoAllocateIrp), allocate_irp,
                 up_to_dispatch_or_null>(),
      kernel_row<"IoFreeIrp", decltype(::IoFreeIrp), free_irp, up_to_dispatch>(),
      kernel_row<"IofCallDriver", decltype(::IofCallDriver), call_next_driver,
                 up_to_dispatch_raises>(),
      kernel_row<"IofCompleteRequest", decltype(::IofCompleteRequest), complete_request,
                 up_to_dispatch>(),
      kernel_row<"IoCancelIrp", decltype(::IoCancelIrp), cancel_irp, up_to_dispatch>(),
      kernel_row<"IoAcquireCancelSpinLock", decltype(::IoAcquireCancelSpinLock),
                 acquire_cancel_lock, up_to_dispatch>(),
      kernel_row<"IoReleaseCancelSpinLock", decltype(::IoReleaseCancelSpinLock),
                 release_cancel_lock, up_to_dispatch>(),
      kernel_row<"IoGetRequestorProcessId", decltype(::IoGetRequestorProcessId), requestor_id,
                 up_to_dispatch_quiet>(),
      kernel_row<"IoIs32bitProcess", decltype(::IoIs32bitProcess), is_32bit,
                 up_to_dispatch_quiet>(),
  };
  return rows;
}

Exports internal_exports() {
  static const std::array rows = {
      &ledger::export_row<"iomgr", "InvalidDeviceRequest", DRIVER_DISPATCH, invalid_device_request,
                          up_to_dispatch>(),
      &ledger::export_row<"iomgr", "CatchIrp", IO_COMPLETION_ROUTINE, catch_irp, up_to_dispatch>(),
  };
  return rows;
}

}  // namespace drydock::nt
