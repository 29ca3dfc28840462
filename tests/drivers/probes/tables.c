// SPDX-License-Identifier: Apache-2.0
// AVL tables, security identifiers and lists, addresses as text.
#include "probe.h"

#include <ip2string.h>

static RTL_AVL_TABLE table;
static LONG allocated;

static RTL_GENERIC_COMPARE_RESULTS NTAPI compare(PRTL_AVL_TABLE which, PVOID a, PVOID b) {
  const int x = *(int*)a;
  const int y = *(int*)b;
  EXPECT(which == &table && which->TableContext == &allocated);
  return x < y ? GenericLessThan : x > y ? GenericGreaterThan : GenericEqual;
}

static PVOID NTAPI allocate(PRTL_AVL_TABLE which, CLONG size) {
  (void)which;
  ++allocated;
  return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, 'elbT');
}

static VOID NTAPI release(PRTL_AVL_TABLE which, PVOID node) {
  (void)which;
  --allocated;
  ExFreePoolWithTag(node, 'elbT');
}

static BOOLEAN insert(int value) {
  BOOLEAN is_new = FALSE;
  int* element = RtlInsertElementGenericTableAvl(&table, &value, sizeof(value), &is_new);
  EXPECT(element != NULL && element != &value && *element == value);
  return is_new;
}

static VOID full_lookup_tells_where_to_insert(VOID) {
  int value = 6;
  BOOLEAN is_new = FALSE;
  PVOID place = NULL;
  TABLE_SEARCH_RESULT result = TableEmptyTree;
  int* found;
  EXPECT(RtlLookupElementGenericTableFullAvl(&table, &value, &place, &result) == NULL);
  EXPECT(place != NULL && (result == TableInsertAsLeft || result == TableInsertAsRight));
  found =
      RtlInsertElementGenericTableFullAvl(&table, &value, sizeof(value), &is_new, place, result);
  EXPECT(found != NULL && *found == 6 && is_new);
  EXPECT(RtlLookupElementGenericTableFullAvl(&table, &value, &place, &result) == found);
  EXPECT_IS(TableFoundNode, result);
}

static VOID table_keeps_its_elements_in_order(VOID) {
  static const int order[] = {5, 1, 9, 3, 7};
  int value;
  int expected = 1;
  ULONG i;
  int* at;
  PVOID restart = NULL;
  RtlInitializeGenericTableAvl(&table, compare, allocate, release, &allocated);
  EXPECT(RtlIsGenericTableEmptyAvl(&table));
  EXPECT(RtlEnumerateGenericTableAvl(&table, TRUE) == NULL);
  for (i = 0; i < 5; ++i) EXPECT(insert(order[i]));
  EXPECT(!insert(9));
  EXPECT_IS(5, RtlNumberGenericTableElementsAvl(&table));
  EXPECT(!RtlIsGenericTableEmptyAvl(&table));
  for (at = RtlEnumerateGenericTableAvl(&table, TRUE); at != NULL;
       at = RtlEnumerateGenericTableAvl(&table, FALSE), expected += 2)
    EXPECT_IS(expected, *at);
  EXPECT_IS(11, expected);
  full_lookup_tells_where_to_insert();
  at = RtlGetElementGenericTableAvl(&table, 3);
  EXPECT(at != NULL && *at == 6);
  EXPECT(RtlGetElementGenericTableAvl(&table, 6) == NULL);
  value = 3;
  at = RtlLookupElementGenericTableAvl(&table, &value);
  EXPECT(at != NULL && *at == 3);
  EXPECT(RtlDeleteElementGenericTableAvl(&table, &value));
  EXPECT(!RtlDeleteElementGenericTableAvl(&table, &value));
  EXPECT(RtlLookupElementGenericTableAvl(&table, &value) == NULL);
  EXPECT_IS(5, allocated);
  while ((at = RtlEnumerateGenericTableWithoutSplayingAvl(&table, &restart)) != NULL) {
    value = *at;
    EXPECT(RtlDeleteElementGenericTableAvl(&table, &value));
    restart = NULL;
  }
  EXPECT_IS(0, allocated);
  EXPECT(RtlIsGenericTableEmptyAvl(&table));
}

static SID system_sid = {1, 1, {{0, 0, 0, 0, 0, 5}}, {18}};
static SID everyone = {1, 1, {{0, 0, 0, 0, 0, 1}}, {0}};

static VOID identifiers_are_measured_copied_and_compared(VOID) {
  SID copy;
  EXPECT(RtlValidSid(&system_sid));
  EXPECT_IS(12, RtlLengthSid(&system_sid));
  EXPECT_IS(STATUS_BUFFER_TOO_SMALL, RtlCopySid(11, &copy, &system_sid));
  EXPECT_IS(STATUS_SUCCESS, RtlCopySid(sizeof(copy), &copy, &system_sid));
  EXPECT(RtlEqualSid(&copy, &system_sid) && !RtlEqualSid(&copy, &everyone));
  copy.Revision = 2;
  EXPECT(!RtlValidSid(&copy));
}

static VOID lists_take_entries_while_there_is_room(VOID) {
  static ULONG memory[12];
  PACL acl = (PACL)memory;
  SECURITY_DESCRIPTOR descriptor;
  EXPECT_IS(STATUS_BUFFER_TOO_SMALL, RtlCreateAcl(acl, 4, ACL_REVISION));
  EXPECT_IS(STATUS_INVALID_PARAMETER, RtlCreateAcl(acl, sizeof(memory), 9));
  EXPECT_IS(STATUS_SUCCESS, RtlCreateAcl(acl, sizeof(memory), ACL_REVISION));
  EXPECT_IS(STATUS_SUCCESS, RtlAddAccessAllowedAce(acl, ACL_REVISION, 0x1f, &system_sid));
  EXPECT_IS(STATUS_SUCCESS, RtlAddAccessAllowedAceEx(acl, ACL_REVISION, 3, 1, &everyone));
  EXPECT_IS(STATUS_ALLOTTED_SPACE_EXCEEDED,
            RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, &everyone));
  EXPECT_IS(2, acl->AceCount);
  EXPECT_IS(0x00140000, memory[2]);  // allowed, no flags, 20 bytes
  EXPECT_IS(0x1f, memory[3]);
  EXPECT_IS(0x00140300, memory[7]);
  EXPECT_IS(STATUS_UNKNOWN_REVISION, RtlCreateSecurityDescriptor(&descriptor, 2));
  EXPECT_IS(STATUS_SUCCESS, RtlCreateSecurityDescriptor(&descriptor, 1));
  EXPECT_IS(STATUS_SUCCESS, RtlSetDaclSecurityDescriptor(&descriptor, TRUE, acl, FALSE));
  EXPECT(descriptor.Dacl == acl && descriptor.Control == 4);
  EXPECT_IS(STATUS_SUCCESS, RtlSetDaclSecurityDescriptor(&descriptor, FALSE, NULL, FALSE));
  EXPECT(descriptor.Control == 0);
}

static VOID generic_rights_become_specific_ones(VOID) {
  GENERIC_MAPPING mapping = {1, 2, 4, 8};
  ACCESS_MASK mask = GENERIC_READ | GENERIC_EXECUTE | 0x10000;
  RtlMapGenericMask(&mask, &mapping);
  EXPECT_IS(0x10005, mask);
}

static VOID addresses_are_written_and_read(VOID) {
  IN_ADDR v4;
  IN6_ADDR v6;
  CHAR narrow[46];
  WCHAR wide[46];
  PCSTR narrow_end = NULL;
  PCWSTR wide_end = NULL;
  static const char v6_text[] = "2001:db8::1";
  static const WCHAR v6_wide[] = L"::ffff:192.0.2.1%4";
  EXPECT_IS(STATUS_SUCCESS, RtlIpv4StringToAddressA("192.0.2.7:80", TRUE, &narrow_end, &v4));
  EXPECT(*narrow_end == ':');
  EXPECT(RtlIpv4AddressToStringA(&v4, narrow) == narrow + 9);
  EXPECT_TEXT("192.0.2.7", 10, narrow);
  EXPECT_IS(STATUS_INVALID_PARAMETER, RtlIpv4StringToAddressA("192.0.2", TRUE, &narrow_end, &v4));
  EXPECT_IS(STATUS_SUCCESS, RtlIpv4StringToAddressA("192.0.2", FALSE, &narrow_end, &v4));
  EXPECT_IS(STATUS_SUCCESS, RtlIpv6StringToAddressA(v6_text, &narrow_end, &v6));
  EXPECT(narrow_end == v6_text + 11);
  EXPECT(RtlIpv6AddressToStringA(&v6, narrow) == narrow + 11);
  EXPECT_TEXT(v6_text, 12, narrow);
  EXPECT_IS(STATUS_SUCCESS, RtlIpv6StringToAddressW(v6_wide, &wide_end, &v6));
  EXPECT(*wide_end == L'%');
  EXPECT(RtlIpv6AddressToStringW(&v6, wide) == wide + 16);
  EXPECT_TEXT(v6_wide, 32, wide);
  EXPECT_IS(STATUS_INVALID_PARAMETER, RtlIpv6StringToAddressW(L"1:2:x", &wide_end, &v6));
}

PROBE_CASE* const probe_cases[] = {
    table_keeps_its_elements_in_order,      identifiers_are_measured_copied_and_compared,
    lists_take_entries_while_there_is_room, generic_rights_become_specific_ones,
    addresses_are_written_and_read,         NULL,
};
