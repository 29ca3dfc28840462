// SPDX-License-Identifier: Apache-2.0
// IRQL-01: the symbolic link is deleted under a spin lock, at DISPATCH_LEVEL. IoDeleteSymbolicLink
// is for PASSIVE_LEVEL.
#include "common.h"

namespace {

KSPIN_LOCK lock;
BOOLEAN has_link;

void delete_link() {
  KIRQL irql;
  KeAcquireSpinLock(&lock, &irql);
  const BOOLEAN had_link = has_link;
  has_link = FALSE;
#ifndef FIXED
  if (had_link) IoDeleteSymbolicLink(&link_name);
#endif
  KeReleaseSpinLock(&lock, irql);
#ifdef FIXED
  if (had_link) IoDeleteSymbolicLink(&link_name);
#endif
}

void NTAPI unload(PDRIVER_OBJECT) {
  delete_link();
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  KeInitializeSpinLock(&lock);
  NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) return status;
  status = IoCreateSymbolicLink(&link_name, &device_name);
  has_link = NT_SUCCESS(status);
  if (!has_link) take_down();
  return status;
}
