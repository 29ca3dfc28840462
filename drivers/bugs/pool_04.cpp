// SPDX-License-Identifier: Apache-2.0
// POOL-04: room for the letters of a name, none for the zero behind them.
#include "common.h"

namespace {

constexpr char text[] = "drydock-bug-pool-04";
constexpr SIZE_T length = sizeof(text) - 1;

char* name;

NTSTATUS copy_name() {
#ifdef FIXED
  name = static_cast<char*>(allocate(length + 1));
#else
  name = static_cast<char*>(allocate(length));
#endif
  if (name == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  for (SIZE_T i = 0; i <= length; ++i) name[i] = text[i];
  return STATUS_SUCCESS;
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
  release(name);
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  NTSTATUS status = copy_name();
  if (!NT_SUCCESS(status)) return status;
  status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) release(name);
  return status;
}
