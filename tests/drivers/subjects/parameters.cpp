// SPDX-License-Identifier: Apache-2.0
// Starts only when the registry has what it needs: Parameters\Mode is 3, Parameters\Path a text
// that is not empty, and it has not been started more often than Parameters\Limit says. It counts
// its starts in Parameters\Starts.
#include <ntddk.h>

extern "C" DRIVER_INITIALIZE DriverEntry;

namespace {

struct Value {
  KEY_VALUE_PARTIAL_INFORMATION head;
  UCHAR more[256];
};

NTSTATUS read(HANDLE key, PCWSTR name, ULONG type, Value& value) {
  UNICODE_STRING text;
  RtlInitUnicodeString(&text, name);
  ULONG size = 0;
  const NTSTATUS status =
      ZwQueryValueKey(key, &text, KeyValuePartialInformation, &value, sizeof(value), &size);
  if (!NT_SUCCESS(status)) return status;
  return value.head.Type == type ? STATUS_SUCCESS : STATUS_OBJECT_TYPE_MISMATCH;
}

NTSTATUS read_number(HANDLE key, PCWSTR name, ULONG& number) {
  Value value;
  const NTSTATUS status = read(key, name, REG_DWORD, value);
  if (NT_SUCCESS(status)) number = *reinterpret_cast<ULONG*>(value.head.Data);
  return status;
}

NTSTATUS check(HANDLE key) {
  ULONG mode = 0;
  NTSTATUS status = read_number(key, L"Mode", mode);
  if (!NT_SUCCESS(status)) return status;
  Value path;
  status = read(key, L"Path", REG_SZ, path);
  if (!NT_SUCCESS(status)) return status;
  constexpr ULONG empty = sizeof(WCHAR);
  return mode == 3 && path.head.DataLength > empty ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

NTSTATUS count_start(HANDLE key) {
  ULONG starts = 0, limit = 0;
  (void)read_number(key, L"Starts", starts);
  NTSTATUS status = read_number(key, L"Limit", limit);
  if (!NT_SUCCESS(status)) return status;
  if (++starts > limit) return STATUS_INSUFFICIENT_RESOURCES;
  UNICODE_STRING name = RTL_CONSTANT_STRING(L"Starts");
  return ZwSetValueKey(key, &name, 0, REG_DWORD, &starts, sizeof(starts));
}

_Function_class_(DRIVER_UNLOAD) VOID NTAPI on_unload(PDRIVER_OBJECT) {}

NTSTATUS open_parameters(PUNICODE_STRING service, HANDLE* key) {
  OBJECT_ATTRIBUTES attributes;
  HANDLE parent = nullptr;
  InitializeObjectAttributes(&attributes, service, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
                             nullptr, nullptr);
  NTSTATUS status = ZwOpenKey(&parent, KEY_READ, &attributes);
  if (!NT_SUCCESS(status)) return status;
  UNICODE_STRING name = RTL_CONSTANT_STRING(L"Parameters");
  InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, parent,
                             nullptr);
  status = ZwOpenKey(key, KEY_READ | KEY_SET_VALUE, &attributes);
  ZwClose(parent);
  return status;
}

}  // namespace

extern "C" NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING service) {
  driver->DriverUnload = on_unload;
  HANDLE key = nullptr;
  NTSTATUS status = open_parameters(service, &key);
  if (!NT_SUCCESS(status)) return status;
  status = check(key);
  if (NT_SUCCESS(status)) status = count_start(key);
  ZwClose(key);
  return status;
}
