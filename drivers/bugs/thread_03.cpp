// SPDX-License-Identifier: Apache-2.0
// THREAD-03: the last DPC is queued to another processor, and nobody waits until it has run there.
#include "common.h"

namespace {

KDPC report;
LONG reports;

void NTAPI write_report(PKDPC, PVOID, PVOID, PVOID) {
  InterlockedIncrement(&reports);
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
  KeInsertQueueDpc(&report, nullptr, nullptr);
#ifdef FIXED
  KeFlushQueuedDpcs();
#endif
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  KeInitializeDpc(&report, write_report, nullptr);
  KeSetTargetProcessorDpc(&report, 1);
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
}
