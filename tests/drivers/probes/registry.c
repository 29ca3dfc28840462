// SPDX-License-Identifier: Apache-2.0
// RtlQueryRegistryValues and its neighbours.
#include "probe.h"

static PCWSTR const key = L"\\Registry\\Machine\\Software\\Probe";
static ULONG seen;

static NTSTATUS NTAPI see(PWSTR name, ULONG type, PVOID data, ULONG size, PVOID context,
                          PVOID entry_context) {
  EXPECT(context == &seen && entry_context == (PVOID)(ULONG_PTR)7);
  EXPECT(name[0] == L'N' || name[0] == L'T' || name[0] == L'D');
  if (type == REG_DWORD) EXPECT_IS(4, size);
  if (type == REG_SZ) EXPECT_TEXT(L"text", size, data);
  ++seen;
  return STATUS_SUCCESS;
}

static NTSTATUS query(RTL_QUERY_REGISTRY_TABLE* rows) {
  return RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, key, rows, &seen, NULL);
}

static VOID values_are_written_checked_and_deleted(VOID) {
  ULONG number = 0x1234;
  EXPECT_IS(STATUS_OBJECT_NAME_NOT_FOUND, RtlCheckRegistryKey(RTL_REGISTRY_ABSOLUTE, (PWSTR)key));
  EXPECT_IS(STATUS_OBJECT_NAME_NOT_FOUND,
            RtlCreateRegistryKey(RTL_REGISTRY_ABSOLUTE, L"\\Registry\\Machine\\Software\\No\\Key"));
  EXPECT_IS(STATUS_SUCCESS, RtlCreateRegistryKey(RTL_REGISTRY_ABSOLUTE, (PWSTR)key));
  EXPECT_IS(STATUS_SUCCESS, RtlCheckRegistryKey(RTL_REGISTRY_ABSOLUTE, (PWSTR)key));
  EXPECT_IS(STATUS_SUCCESS, RtlWriteRegistryValue(RTL_REGISTRY_ABSOLUTE, key, L"Number", REG_DWORD,
                                                  &number, sizeof(number)));
  EXPECT_IS(STATUS_SUCCESS,
            RtlWriteRegistryValue(RTL_REGISTRY_ABSOLUTE, key, L"Text", REG_SZ, (PVOID)L"text", 10));
  EXPECT_IS(STATUS_SUCCESS, RtlWriteRegistryValue(RTL_REGISTRY_ABSOLUTE, key, L"Doomed", REG_DWORD,
                                                  &number, sizeof(number)));
}

static VOID routine_is_called_for_each_value(VOID) {
  RTL_QUERY_REGISTRY_TABLE rows[3] = {{0}};
  rows[0].QueryRoutine = see;
  rows[0].EntryContext = (PVOID)(ULONG_PTR)7;
  EXPECT_IS(STATUS_SUCCESS, query(rows));
  EXPECT_IS(3, seen);
  rows[0].Name = L"number";
  EXPECT_IS(STATUS_SUCCESS, query(rows));
  EXPECT_IS(4, seen);
  rows[0].Name = L"Nowhere";
  EXPECT_IS(STATUS_SUCCESS, query(rows));
  rows[0].Flags = RTL_QUERY_REGISTRY_REQUIRED;
  EXPECT_IS(STATUS_OBJECT_NAME_NOT_FOUND, query(rows));
  EXPECT_IS(4, seen);
}

static VOID values_go_straight_into_the_drivers_memory(VOID) {
  RTL_QUERY_REGISTRY_TABLE rows[4] = {{0}};
  ULONG number = 0;
  ULONG fallback = 5;
  ULONG missing = 0;
  UNICODE_STRING text = {0, 0, NULL};
  rows[0].Flags = rows[1].Flags = rows[2].Flags = RTL_QUERY_REGISTRY_DIRECT;
  rows[0].Name = L"Number";
  rows[0].EntryContext = &number;
  rows[1].Name = L"Text";
  rows[1].EntryContext = &text;
  rows[2].Name = L"Missing";
  rows[2].EntryContext = &missing;
  rows[2].DefaultType = REG_DWORD;
  rows[2].DefaultData = &fallback;
  rows[2].DefaultLength = sizeof(fallback);
  EXPECT_IS(STATUS_SUCCESS, query(rows));
  EXPECT_IS(0x1234, number);
  EXPECT_IS(5, missing);
  EXPECT_IS(8, text.Length);
  EXPECT_TEXT(L"text", 10, text.Buffer);
  RtlFreeUnicodeString(&text);
}

// What drivers must say since Windows 8 of values that others may write.
static VOID type_is_checked_when_the_driver_says_which(VOID) {
  RTL_QUERY_REGISTRY_TABLE rows[2] = {{0}};
  ULONG number = 77;
  rows[0].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK;
  rows[0].Name = L"Number";
  rows[0].EntryContext = &number;
  rows[0].DefaultType = (REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) | REG_NONE;
  EXPECT_IS(STATUS_SUCCESS, query(rows));
  EXPECT_IS(0x1234, number);
  rows[0].DefaultType = (REG_SZ << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) | REG_NONE;
  EXPECT_IS(STATUS_OBJECT_TYPE_MISMATCH, query(rows));
  rows[0].Name = L"Missing";
  EXPECT_IS(STATUS_SUCCESS, query(rows));
  rows[0].Flags |= RTL_QUERY_REGISTRY_REQUIRED;
  EXPECT_IS(STATUS_OBJECT_NAME_NOT_FOUND, query(rows));
  EXPECT_IS(0x1234, number);
}

static PCWSTR const strings[] = {L"one", L"two", L"C:\\Windows\\x"};
static ULONG told;

static NTSTATUS NTAPI hear(PWSTR name, ULONG type, PVOID data, ULONG size, PVOID context,
                           PVOID entry_context) {
  UNICODE_STRING expected;
  (void)name;
  (void)context;
  (void)entry_context;
  RtlInitUnicodeString(&expected, strings[told++]);
  EXPECT_IS(REG_SZ, type);
  EXPECT_IS(expected.Length + sizeof(WCHAR), size);
  EXPECT_TEXT(expected.Buffer, size, data);
  return STATUS_SUCCESS;
}

static NTSTATUS NTAPI hear_whole(PWSTR name, ULONG type, PVOID data, ULONG size, PVOID context,
                                 PVOID entry_context) {
  (void)name;
  (void)data;
  (void)context;
  (void)entry_context;
  EXPECT_IS(REG_MULTI_SZ, type);
  EXPECT_IS(18, size);
  ++told;
  return STATUS_SUCCESS;
}

static VOID lists_of_strings_come_one_by_one_and_variables_expanded(VOID) {
  RTL_QUERY_REGISTRY_TABLE rows[2] = {{0}};
  EXPECT_IS(STATUS_SUCCESS, RtlWriteRegistryValue(RTL_REGISTRY_ABSOLUTE, key, L"List", REG_MULTI_SZ,
                                                  (PVOID)L"one\0two\0", 18));
  EXPECT_IS(STATUS_SUCCESS, RtlWriteRegistryValue(RTL_REGISTRY_ABSOLUTE, key, L"Path",
                                                  REG_EXPAND_SZ, (PVOID)L"%SystemRoot%\\x", 30));
  rows[0].QueryRoutine = hear;
  rows[0].Name = L"List";
  EXPECT_IS(STATUS_SUCCESS, query(rows));
  EXPECT_IS(2, told);
  rows[0].Name = L"Path";
  EXPECT_IS(STATUS_SUCCESS, query(rows));
  EXPECT_IS(3, told);
  rows[0].QueryRoutine = hear_whole;
  rows[0].Name = L"List";
  rows[0].Flags = RTL_QUERY_REGISTRY_NOEXPAND | RTL_QUERY_REGISTRY_DELETE;
  EXPECT_IS(STATUS_SUCCESS, query(rows));
  EXPECT_IS(4, told);
  told = 0;
  rows[0].QueryRoutine = hear;
  rows[0].Flags = 0;
  rows[0].DefaultType = REG_MULTI_SZ;
  rows[0].DefaultData = (PVOID)L"one\0two\0";
  EXPECT_IS(STATUS_SUCCESS, query(rows));
  EXPECT_IS(2, told);
  EXPECT_IS(STATUS_SUCCESS, RtlDeleteRegistryValue(RTL_REGISTRY_ABSOLUTE, key, L"Path"));
}

static VOID missing_text_is_replaced_by_the_default(VOID) {
  RTL_QUERY_REGISTRY_TABLE rows[2] = {{0}};
  UNICODE_STRING text = {0, 0, NULL};
  rows[0].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK;
  rows[0].Name = L"Missing";
  rows[0].EntryContext = &text;
  rows[0].DefaultType = (REG_SZ << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) | REG_SZ;
  rows[0].DefaultData = (PVOID)L"text";
  EXPECT_IS(STATUS_SUCCESS, query(rows));
  EXPECT_IS(8, text.Length);
  EXPECT_TEXT(L"text", 10, text.Buffer);
  RtlFreeUnicodeString(&text);
}

static VOID deleted_key_can_only_be_closed(VOID) {
  HANDLE handle = NULL;
  OBJECT_ATTRIBUTES attributes;
  UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\Software\\ProbeGone");
  ULONG number = 1;
  ULONG size = 0;
  InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                             NULL);
  EXPECT_IS(STATUS_SUCCESS, ZwCreateKey(&handle, KEY_ALL_ACCESS, &attributes, 0, NULL, 0, NULL));
  EXPECT_IS(STATUS_SUCCESS, ZwDeleteKey(handle));
  RtlInitUnicodeString(&name, L"Number");
  EXPECT_IS(STATUS_KEY_DELETED,
            ZwSetValueKey(handle, &name, 0, REG_DWORD, &number, sizeof(number)));
  EXPECT_IS(STATUS_KEY_DELETED,
            ZwQueryValueKey(handle, &name, KeyValuePartialInformation, &number, 4, &size));
  EXPECT_IS(STATUS_KEY_DELETED, ZwDeleteKey(handle));
  EXPECT_IS(STATUS_SUCCESS, ZwClose(handle));
  EXPECT_IS(
      STATUS_OBJECT_NAME_NOT_FOUND,
      RtlCheckRegistryKey(RTL_REGISTRY_ABSOLUTE, L"\\Registry\\Machine\\Software\\ProbeGone"));
}

static VOID value_goes_and_is_not_found_again(VOID) {
  HANDLE handle = NULL;
  OBJECT_ATTRIBUTES attributes;
  UNICODE_STRING name;
  RtlInitUnicodeString(&name, key);
  InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                             NULL);
  EXPECT_IS(STATUS_SUCCESS, RtlDeleteRegistryValue(RTL_REGISTRY_ABSOLUTE, key, L"Doomed"));
  EXPECT_IS(STATUS_OBJECT_NAME_NOT_FOUND,
            RtlDeleteRegistryValue(RTL_REGISTRY_ABSOLUTE, key, L"Doomed"));
  EXPECT_IS(STATUS_SUCCESS, ZwOpenKey(&handle, KEY_ALL_ACCESS, &attributes));
  RtlInitUnicodeString(&name, L"Number");
  EXPECT_IS(STATUS_SUCCESS, ZwDeleteValueKey(handle, &name));
  EXPECT_IS(STATUS_OBJECT_NAME_NOT_FOUND, ZwDeleteValueKey(handle, &name));
  EXPECT_IS(STATUS_SUCCESS, ZwClose(handle));
  EXPECT_IS(STATUS_INVALID_HANDLE, ZwDeleteValueKey(handle, &name));
}

PROBE_CASE* const probe_cases[] = {
    values_are_written_checked_and_deleted,
    routine_is_called_for_each_value,
    values_go_straight_into_the_drivers_memory,
    type_is_checked_when_the_driver_says_which,
    lists_of_strings_come_one_by_one_and_variables_expanded,
    missing_text_is_replaced_by_the_default,
    deleted_key_can_only_be_closed,
    value_goes_and_is_not_found_again,
    NULL,
};
