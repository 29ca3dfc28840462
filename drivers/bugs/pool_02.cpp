// SPDX-License-Identifier: Apache-2.0
// POOL-02: the settings are freed by the routine that resets them and by the unload routine.
#include "common.h"

namespace {

struct Settings {
  LONG verbose;
  char name[28];
};

Settings* settings;

void reset_settings() {
  release(settings);
#ifdef FIXED
  settings = nullptr;
#endif
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
  reset_settings();
  if (settings != nullptr) release(settings);
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  settings = static_cast<Settings*>(allocate(sizeof(Settings)));
  if (settings == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  const NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) release(settings);
  return status;
}
