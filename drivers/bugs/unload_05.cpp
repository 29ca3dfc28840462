// SPDX-License-Identifier: Apache-2.0
// UNLOAD-05: a report is due every ten milliseconds, and the unload routine sleeps that long.
// Then it deletes the timer without waiting for the callback, which is in the middle of the report.
#include "common.h"

namespace {

constexpr LONGLONG due = 10;
constexpr LONG lines = 200;

PEX_TIMER timer;
KSPIN_LOCK lock;
LONG written;

void NTAPI report(PEX_TIMER, PVOID) {
  for (LONG line = 0; line < lines; ++line) {
    KeAcquireSpinLockAtDpcLevel(&lock);
    ++written;
    KeReleaseSpinLockFromDpcLevel(&lock);
  }
  ExSetTimer(timer, -due * millisecond, 0, nullptr);  // without effect once it is being deleted
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
  ExSetTimer(timer, -due * millisecond, 0, nullptr);
  sleep(due);
#ifdef FIXED
  ExDeleteTimer(timer, TRUE, TRUE, nullptr);
#else
  ExDeleteTimer(timer, TRUE, FALSE, nullptr);
#endif
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  KeInitializeSpinLock(&lock);
  timer = ExAllocateTimer(report, nullptr, 0);
  if (timer == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  const NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) ExDeleteTimer(timer, TRUE, TRUE, nullptr);
  return status;
}
