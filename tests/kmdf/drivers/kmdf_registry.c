// SPDX-License-Identifier: Apache-2.0
// The registry through the framework: keys of the driver, values of each type, what fails how.
#include <wdf.h>

#include "steps.h"

DRIVER_INITIALIZE DriverEntry;

DECLARE_CONST_UNICODE_STRING(number_name, L"Number");
DECLARE_CONST_UNICODE_STRING(text_name, L"Text");
DECLARE_CONST_UNICODE_STRING(list_name, L"List");
DECLARE_CONST_UNICODE_STRING(blob_name, L"Blob");
DECLARE_CONST_UNICODE_STRING(absent_name, L"Absent");

static void use_numbers(WDFKEY key) {
  ULONG number = 0;
  ULONG size = 0;
  ULONG type = 0;
  STEP(WdfRegistryQueryULong(key, &number_name, &number) == STATUS_SUCCESS);
  STEP(number == 7);  // the test has set it
  STEP(WdfRegistryAssignULong(key, &number_name, 8) == STATUS_SUCCESS);
  STEP(WdfRegistryQueryValue(key, &number_name, sizeof number, &number, &size, &type) ==
       STATUS_SUCCESS);
  STEP(number == 8 && size == sizeof number && type == REG_DWORD);
  STEP(WdfRegistryQueryValue(key, &number_name, 2, &number, &size, NULL) == STATUS_BUFFER_OVERFLOW);
  STEP(size == sizeof number);
  STEP(WdfRegistryQueryULong(key, &absent_name, &number) == STATUS_OBJECT_NAME_NOT_FOUND);
  STEP(WdfRegistryRemoveValue(key, &number_name) == STATUS_SUCCESS);
  STEP(WdfRegistryRemoveValue(key, &number_name) == STATUS_OBJECT_NAME_NOT_FOUND);
}

static void use_strings(WDFKEY key) {
  DECLARE_CONST_UNICODE_STRING(hello, L"hello");
  DECLARE_UNICODE_STRING_SIZE(answer, 16);
  DECLARE_UNICODE_STRING_SIZE(small, 4);
  WDFSTRING string;
  UNICODE_STRING seen;
  USHORT length = 0;
  ULONG number;
  STEP(WdfRegistryAssignUnicodeString(key, &text_name, &hello) == STATUS_SUCCESS);
  STEP(WdfRegistryQueryUnicodeString(key, &text_name, &length, &answer) == STATUS_SUCCESS);
  STEP(length == 12 && answer.Length == 10);
  STEP(RtlEqualUnicodeString(&hello, &answer, FALSE));
  STEP(WdfRegistryQueryUnicodeString(key, &text_name, &length, &small) == STATUS_BUFFER_OVERFLOW);
  STEP(WdfRegistryQueryUnicodeString(key, &text_name, &length, NULL) == STATUS_BUFFER_OVERFLOW);
  STEP(WdfRegistryQueryULong(key, &text_name, &number) == STATUS_OBJECT_TYPE_MISMATCH);
  STEP(WdfStringCreate(NULL, WDF_NO_OBJECT_ATTRIBUTES, &string) == STATUS_SUCCESS);
  STEP(WdfRegistryQueryString(key, &text_name, string) == STATUS_SUCCESS);
  WdfStringGetUnicodeString(string, &seen);
  STEP(RtlEqualUnicodeString(&hello, &seen, FALSE));
  STEP(WdfRegistryAssignString(key, &blob_name, string) == STATUS_SUCCESS);
  STEP(WdfRegistryQueryUnicodeString(key, &blob_name, NULL, &answer) == STATUS_SUCCESS);
  STEP(RtlEqualUnicodeString(&hello, &answer, FALSE));
  WdfObjectDelete(string);
}

static WDFSTRING add_string(WDFCOLLECTION strings, PCWSTR text) {
  UNICODE_STRING content;
  WDFSTRING string;
  RtlInitUnicodeString(&content, text);
  STEP(WdfStringCreate(&content, WDF_NO_OBJECT_ATTRIBUTES, &string) == STATUS_SUCCESS);
  STEP(WdfCollectionAdd(strings, string) == STATUS_SUCCESS);
  return string;
}

static void use_lists(WDFKEY key) {
  WDFCOLLECTION strings;
  WDFCOLLECTION read;
  UNICODE_STRING text;
  ULONG size = 0;
  STEP(WdfCollectionCreate(WDF_NO_OBJECT_ATTRIBUTES, &strings) == STATUS_SUCCESS);
  STEP(WdfCollectionCreate(WDF_NO_OBJECT_ATTRIBUTES, &read) == STATUS_SUCCESS);
  add_string(strings, L"one");
  add_string(strings, L"three");
  STEP(WdfRegistryAssignMultiString(key, &list_name, strings) == STATUS_SUCCESS);
  STEP(WdfRegistryQueryValue(key, &list_name, 0, NULL, &size, NULL) == STATUS_BUFFER_OVERFLOW);
  STEP(size == (3 + 1 + 5 + 1 + 1) * sizeof(WCHAR));
  STEP(WdfRegistryQueryMultiString(key, &list_name, WDF_NO_OBJECT_ATTRIBUTES, read) ==
       STATUS_SUCCESS);
  STEP(WdfCollectionGetCount(read) == 2);
  WdfStringGetUnicodeString(WdfCollectionGetLastItem(read), &text);
  STEP(text.Length == 5 * sizeof(WCHAR) && text.Buffer[0] == L't');
  STEP(WdfRegistryQueryMultiString(key, &text_name, WDF_NO_OBJECT_ATTRIBUTES, read) ==
       STATUS_OBJECT_TYPE_MISMATCH);
  STEP(WdfCollectionAdd(strings, key) == STATUS_SUCCESS);
  STEP(WdfRegistryAssignMultiString(key, &list_name, strings) == STATUS_INVALID_PARAMETER);
  WdfObjectDelete(strings);
}

static void use_memory(WDFKEY key) {
  UCHAR bytes[4] = {1, 2, 3, 4};
  WDFMEMORY_OFFSET middle = {1, 2};
  WDFMEMORY_OFFSET beyond = {3, 2};
  WDFMEMORY memory;
  WDFMEMORY read;
  ULONG type = 0;
  size_t size = 0;
  PUCHAR seen;
  STEP(WdfRegistryAssignValue(key, &blob_name, REG_BINARY, sizeof bytes, bytes) == STATUS_SUCCESS);
  STEP(WdfRegistryQueryMemory(key, &blob_name, NonPagedPoolNx, WDF_NO_OBJECT_ATTRIBUTES, &memory,
                              &type) == STATUS_SUCCESS);
  seen = WdfMemoryGetBuffer(memory, &size);
  STEP(type == REG_BINARY && size == sizeof bytes && seen[3] == 4);
  STEP(WdfRegistryAssignMemory(key, &blob_name, REG_BINARY, memory, &beyond) ==
       STATUS_BUFFER_TOO_SMALL);
  STEP(WdfRegistryAssignMemory(key, &blob_name, REG_BINARY, memory, &middle) == STATUS_SUCCESS);
  STEP(WdfRegistryQueryMemory(key, &blob_name, NonPagedPoolNx, WDF_NO_OBJECT_ATTRIBUTES, &read,
                              NULL) == STATUS_SUCCESS);
  seen = WdfMemoryGetBuffer(read, &size);
  STEP(size == 2 && seen[0] == 2 && seen[1] == 3);
  STEP(WdfRegistryQueryMemory(key, &absent_name, NonPagedPoolNx, WDF_NO_OBJECT_ATTRIBUTES, &read,
                              NULL) == STATUS_OBJECT_NAME_NOT_FOUND);
  WdfObjectDelete(memory);
}

// The key's handle is one that the kernel's own functions take.
static void use_handle(WDFKEY key) {
  UCHAR space[sizeof(KEY_VALUE_PARTIAL_INFORMATION) + 64];
  UNICODE_STRING name = text_name;
  ULONG length = 0;
  STEP(ZwQueryValueKey(WdfRegistryWdmGetHandle(key), &name, KeyValuePartialInformation, space,
                       sizeof space, &length) == STATUS_SUCCESS);
}

static void use_subkeys(WDFKEY key) {
  DECLARE_CONST_UNICODE_STRING(below, L"Below");
  DECLARE_CONST_UNICODE_STRING(deeper, L"Below\\Deeper");
  ULONG disposition = 0;
  WDFKEY first;
  WDFKEY second;
  STEP(WdfRegistryOpenKey(key, &below, KEY_READ, WDF_NO_OBJECT_ATTRIBUTES, &first) ==
       STATUS_OBJECT_NAME_NOT_FOUND);
  STEP(WdfRegistryCreateKey(key, &below, KEY_READ, 0, &disposition, WDF_NO_OBJECT_ATTRIBUTES,
                            &first) == STATUS_SUCCESS);
  STEP(disposition == 1);
  STEP(WdfRegistryCreateKey(key, &below, KEY_READ, 0, &disposition, WDF_NO_OBJECT_ATTRIBUTES,
                            &second) == STATUS_SUCCESS);
  STEP(disposition == 2);
  WdfRegistryClose(second);
  STEP(WdfRegistryCreateKey(key, &deeper, KEY_READ, 0, NULL, WDF_NO_OBJECT_ATTRIBUTES, &second) ==
       STATUS_SUCCESS);
  STEP(WdfRegistryRemoveKey(first) == STATUS_CANNOT_DELETE);
  STEP(WdfRegistryRemoveKey(second) == STATUS_SUCCESS);
  STEP(WdfRegistryRemoveKey(first) == STATUS_SUCCESS);
  STEP(WdfRegistryOpenKey(key, &below, KEY_READ, WDF_NO_OBJECT_ATTRIBUTES, &first) ==
       STATUS_OBJECT_NAME_NOT_FOUND);
}

static VOID evt_unload(WDFDRIVER driver) {
  (void)driver;
}

static WDFDEVICE make_device(WDFDRIVER driver) {
  DECLARE_CONST_UNICODE_STRING(descriptor, L"D:P(A;;GA;;;SY)");
  WDFDEVICE device = NULL;
  PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(driver, &descriptor);
  STEP(init != NULL);
  STEP(WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device) == STATUS_SUCCESS);
  return device;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver_object, PUNICODE_STRING registry_path) {
  WDF_DRIVER_CONFIG config;
  WDFDRIVER driver;
  WDFKEY parameters;
  WDFKEY absolute;
  WDFKEY none;
  WDF_DRIVER_CONFIG_INIT(&config, WDF_NO_EVENT_CALLBACK);
  config.DriverInitFlags = WdfDriverInitNonPnpDriver;
  config.EvtDriverUnload = evt_unload;
  STEP(WdfDriverCreate(driver_object, registry_path, WDF_NO_OBJECT_ATTRIBUTES, &config, &driver) ==
       STATUS_SUCCESS);
  STEP(WdfDriverOpenParametersRegistryKey(driver, KEY_READ, WDF_NO_OBJECT_ATTRIBUTES,
                                          &parameters) == STATUS_SUCCESS);
  use_numbers(parameters);
  use_strings(parameters);
  use_lists(parameters);
  use_memory(parameters);
  use_handle(parameters);
  use_subkeys(parameters);
  WdfRegistryClose(parameters);
  STEP(WdfRegistryOpenKey(NULL, registry_path, KEY_READ, WDF_NO_OBJECT_ATTRIBUTES, &absolute) ==
       STATUS_SUCCESS);
  STEP(WdfDeviceOpenRegistryKey(make_device(driver), PLUGPLAY_REGKEY_DEVICE, KEY_READ,
                                WDF_NO_OBJECT_ATTRIBUTES, &none) == STATUS_INVALID_DEVICE_REQUEST);
#if KMDF_VERSION_MINOR >= 25
  STEP(WdfDriverOpenPersistentStateRegistryKey(driver, KEY_READ, WDF_NO_OBJECT_ATTRIBUTES, &none) ==
       STATUS_SUCCESS);
#endif
  DbgPrint("done");
  return STATUS_SUCCESS;
}
