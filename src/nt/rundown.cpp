// SPDX-License-Identifier: Apache-2.0
// Run-down protection: references that one caller can shut off and wait out. Bit 0 of Count says
// that running down has begun, the rest counts references in twos, as on Windows.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/locks.h"

namespace drydock::nt {

namespace {

constexpr ULONG_PTR running_down = 1;
constexpr ULONG_PTR reference = 2;

void initialize(PEX_RUNDOWN_REF rundown) {
  rundown->Count = 0;
}

BOOLEAN acquire(PEX_RUNDOWN_REF rundown) {
  if ((rundown->Count & running_down) != 0) return FALSE;
  rundown->Count = rundown->Count + reference;
  return TRUE;
}

void release(PEX_RUNDOWN_REF rundown) {
  rundown->Count = rundown->Count - reference;
  if (rundown->Count == running_down) service<Locks>().wake(rundown);
}

void wait_for_release(PEX_RUNDOWN_REF rundown) {
  rundown->Count = rundown->Count | running_down;
  while (rundown->Count != running_down) {
    service<Locks>().wait_for(rundown, LockType::rundown);
  }
}

void completed(PEX_RUNDOWN_REF rundown) {
  rundown->Count = running_down;
}

}  // namespace

Exports rundown_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"ExInitializeRundownProtection", decltype(::ExInitializeRundownProtection),
                 initialize, up_to_apc>(),
      kernel_row<"ExReInitializeRundownProtection", decltype(::ExReInitializeRundownProtection),
                 initialize, up_to_apc>(),
      kernel_row<"ExAcquireRundownProtection", decltype(::ExAcquireRundownProtection), acquire,
                 up_to_dispatch>(),
      kernel_row<"ExReleaseRundownProtection", decltype(::ExReleaseRundownProtection), release,
                 up_to_dispatch>(),
      kernel_row<"ExWaitForRundownProtectionRelease", decltype(::ExWaitForRundownProtectionRelease),
                 wait_for_release, up_to_apc>(),
      kernel_row<"ExRundownCompleted", decltype(::ExRundownCompleted), completed, up_to_apc>(),
  };
  return rows;
}

}  // namespace drydock::nt
