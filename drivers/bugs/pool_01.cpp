// SPDX-License-Identifier: Apache-2.0
// POOL-01: what DriverEntry allocates, nobody frees.
#include "common.h"

namespace {

struct Settings {
  LONG verbose;
  char name[28];
};

Settings* settings;

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
#ifdef FIXED
  release(settings);
#endif
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  settings = static_cast<Settings*>(allocate(sizeof(Settings)));
  if (settings == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  const NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) release(settings);
  return status;
}
