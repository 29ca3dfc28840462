// SPDX-License-Identifier: Apache-2.0
// LOCK-01: the unload routine saves its statistics under a mutex, and returns with it when there is
// nothing to save.
#include "common.h"

namespace {

KGUARDED_MUTEX lock;
LONG unsaved;

void save_statistics() {
  KeAcquireGuardedMutex(&lock);
#ifdef FIXED
  if (unsaved != 0) DbgPrint("statistics: %d\n", unsaved);
#else
  if (unsaved == 0) return;
  DbgPrint("statistics: %d\n", unsaved);
#endif
  KeReleaseGuardedMutex(&lock);
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
  save_statistics();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  KeInitializeGuardedMutex(&lock);
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
}
