// SPDX-License-Identifier: Apache-2.0
// CALLOUT-02: the table of callouts is guarded by a fast mutex, and the unload routine unregisters
// under it: at APC_LEVEL. The call answers STATUS_NOT_SUPPORTED and does nothing.
#include "common.h"

namespace {

FAST_MUTEX table_lock;

void NTAPI unload(PDRIVER_OBJECT) {
  close_engine();
  ExAcquireFastMutex(&table_lock);
  const UINT32 id = callout_id;
#ifndef FIXED
  FwpsCalloutUnregisterById0(id);
#endif
  callout_id = 0;
  ExReleaseFastMutex(&table_lock);
#ifdef FIXED
  FwpsCalloutUnregisterById0(id);
#endif
  delete_device();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  ExInitializeFastMutex(&table_lock);
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
}
