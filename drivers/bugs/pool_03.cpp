// SPDX-License-Identifier: Apache-2.0
// POOL-03: the unload routine asks the settings whether to say good-bye after it has freed them.
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
  if (settings->verbose != 0) DbgPrint("good-bye\n");
  release(settings);
#else
  release(settings);
  if (settings->verbose != 0) DbgPrint("good-bye\n");
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
