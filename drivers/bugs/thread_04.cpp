// SPDX-License-Identifier: Apache-2.0
// THREAD-04: the periodic timer is not cancelled.
#include "common.h"

namespace {

KTIMER timer;
KDPC tick_dpc;
LONG ticks;

void NTAPI tick(PKDPC, PVOID, PVOID, PVOID) {
  InterlockedIncrement(&ticks);
}

void start_timer() {
  KeInitializeTimer(&timer);
  KeInitializeDpc(&tick_dpc, tick, nullptr);
  LARGE_INTEGER due;
  due.QuadPart = -5'000 * millisecond;
  KeSetTimerEx(&timer, due, 5'000, &tick_dpc);
}

void NTAPI unload(PDRIVER_OBJECT) {
#ifdef FIXED
  KeCancelTimer(&timer);
  KeFlushQueuedDpcs();
#endif
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  const NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (NT_SUCCESS(status)) start_timer();
  return status;
}
