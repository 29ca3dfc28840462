// SPDX-License-Identifier: Apache-2.0
// THREAD-05: a last entry for the log is written by a work item that nothing waits for. The unload
// routine runs in a system thread and could have written it itself.
#include "common.h"

namespace {

void NTAPI write_log(PVOID) {
  sleep(1'000);  // what a slow disk takes
}

#ifdef FIXED

void write_last_entry() {
  write_log(nullptr);
}

#else

WORK_QUEUE_ITEM item;

void write_last_entry() {
  ExInitializeWorkItem(&item, write_log, nullptr);
  ExQueueWorkItem(&item, DelayedWorkQueue);
}

#endif

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
  write_last_entry();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
}
