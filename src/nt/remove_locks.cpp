// SPDX-License-Identifier: Apache-2.0
// Remove locks: who uses a device counts itself, and IRP_MN_REMOVE_DEVICE waits for the last. The
// count begins with one, the device's own.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/io_exports.h"
#include "nt/waits.h"

namespace drydock::nt {

namespace {

void initialize(PIO_REMOVE_LOCK lock, ULONG, ULONG, ULONG, ULONG) {
  lock->Common.Removed = FALSE;
  lock->Common.IoCount = 1;
  service<Waits>().initialize(lock->Common.RemoveEvent.Header,
                              DispatcherType::synchronization_event,
                              sizeof lock->Common.RemoveEvent, 0);
}

void drop(IO_REMOVE_LOCK_COMMON_BLOCK& block) {
  block.IoCount = block.IoCount - 1;
  if (block.IoCount == 0) service<Waits>().signal(block.RemoveEvent.Header, 1);
}

NTSTATUS acquire(PIO_REMOVE_LOCK lock, PVOID, PCSTR, ULONG, ULONG) {
  lock->Common.IoCount = lock->Common.IoCount + 1;
  if (lock->Common.Removed == FALSE) return STATUS_SUCCESS;
  drop(lock->Common);
  return STATUS_DELETE_PENDING;
}

void release(PIO_REMOVE_LOCK lock, PVOID, ULONG) {
  drop(lock->Common);
}

// The caller's own and the device's.
void release_and_wait(PIO_REMOVE_LOCK lock, PVOID, ULONG) {
  lock->Common.Removed = TRUE;
  drop(lock->Common);
  drop(lock->Common);
  PVOID const event = &lock->Common.RemoveEvent;
  service<Waits>().wait({&event, 1}, WaitAny, nullptr, "IoReleaseRemoveLockAndWait");
}

}  // namespace

Exports remove_lock_exports() {
  static const std::array rows = {
      kernel_row<"IoInitializeRemoveLockEx", decltype(::IoInitializeRemoveLockEx), initialize,
                 passive_only>(),
      kernel_row<"IoAcquireRemoveLockEx", decltype(::IoAcquireRemoveLockEx), acquire,
                 up_to_dispatch>(),
      kernel_row<"IoReleaseRemoveLockEx", decltype(::IoReleaseRemoveLockEx), release,
                 up_to_dispatch>(),
      kernel_row<"IoReleaseRemoveLockAndWaitEx", decltype(::IoReleaseRemoveLockAndWaitEx),
                 release_and_wait, passive_only>(),
  };
  return rows;
}

}  // namespace drydock::nt
