// SPDX-License-Identifier: Apache-2.0
// Leaks a small block at its first load, the same block and a page at every later one: it knows by
// a key that it leaves in the registry.
#include "common.h"

namespace {

constinit UNICODE_STRING seen_before = RTL_CONSTANT_STRING(
    L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\second_leak\\Seen");

NTSTATUS is_second_load(bool& second) {
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, &seen_before, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE,
                             nullptr, nullptr);
  HANDLE key = nullptr;
  ULONG disposition = 0;
  const NTSTATUS status =
      ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, nullptr, 0, &disposition);
  if (!NT_SUCCESS(status)) return status;
  second = disposition == REG_OPENED_EXISTING_KEY;
  return ZwClose(key);
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  bool second = false;
  const NTSTATUS status = is_second_load(second);
  if (!NT_SUCCESS(status)) return status;
  allocate(32);
  if (second) allocate(4096);
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
}
