// SPDX-License-Identifier: Apache-2.0
// Doubly and singly linked lists. Like the list code of a real build, a damaged list stops the
// machine with int 29h, code 3.
#pragma once

#include "../ntdef.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FAST_FAIL_LEGACY_GS_VIOLATION 0
#define FAST_FAIL_VTGUARD_CHECK_FAILURE 1
#define FAST_FAIL_STACK_COOKIE_CHECK_FAILURE 2
#define FAST_FAIL_CORRUPT_LIST_ENTRY 3
#define FAST_FAIL_INVALID_ARG 5
#define FAST_FAIL_GS_COOKIE_INIT 6
#define FAST_FAIL_FATAL_APP_EXIT 7
#define FAST_FAIL_RANGE_CHECK_FAILURE 8
#define FAST_FAIL_UNSAFE_REGISTRY_ACCESS 9
#define FAST_FAIL_GUARD_ICALL_CHECK_FAILURE 10
#define FAST_FAIL_INVALID_REFERENCE_COUNT 14
#define FAST_FAIL_INVALID_BALANCED_TREE 29
#define FAST_FAIL_INCORRECT_STACK 4
#define FAST_FAIL_GUARD_SS_FAILURE 44

#ifdef WDK_DRIVER
FORCEINLINE DECLSPEC_NORETURN void RtlFailFast(ULONG code) {
  __asm__ volatile("int $0x29" : : "c"(code) : "memory");
  __builtin_unreachable();
}
#else
// Lists the host walks belong to the driver; a damaged one must not bring the host down silently.
FORCEINLINE DECLSPEC_NORETURN void RtlFailFast(ULONG code) {
  (void)code;
  __builtin_trap();
}
#endif

FORCEINLINE void InitializeListHead(PLIST_ENTRY head) {
  head->Flink = head->Blink = head;
}

FORCEINLINE BOOLEAN IsListEmpty(const LIST_ENTRY* head) {
  return (BOOLEAN)(head->Flink == head);
}

FORCEINLINE BOOLEAN RemoveEntryList(PLIST_ENTRY entry) {
  PLIST_ENTRY next = entry->Flink;
  PLIST_ENTRY previous = entry->Blink;
  if (next->Blink != entry || previous->Flink != entry) {
    RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
  }
  previous->Flink = next;
  next->Blink = previous;
  return (BOOLEAN)(next == previous);
}

FORCEINLINE PLIST_ENTRY RemoveHeadList(PLIST_ENTRY head) {
  PLIST_ENTRY entry = head->Flink;
  RemoveEntryList(entry);
  return entry;
}

FORCEINLINE PLIST_ENTRY RemoveTailList(PLIST_ENTRY head) {
  PLIST_ENTRY entry = head->Blink;
  RemoveEntryList(entry);
  return entry;
}

FORCEINLINE void InsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry) {
  PLIST_ENTRY last = head->Blink;
  if (last->Flink != head) {
    RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
  }
  entry->Flink = head;
  entry->Blink = last;
  last->Flink = entry;
  head->Blink = entry;
}

FORCEINLINE void InsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry) {
  PLIST_ENTRY first = head->Flink;
  if (first->Blink != head) {
    RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
  }
  entry->Flink = first;
  entry->Blink = head;
  first->Blink = entry;
  head->Flink = entry;
}

FORCEINLINE void AppendTailList(PLIST_ENTRY head, PLIST_ENTRY to_append) {
  PLIST_ENTRY end = head->Blink;
  end->Flink = to_append;
  head->Blink = to_append->Blink;
  to_append->Blink->Flink = head;
  to_append->Blink = end;
}

FORCEINLINE void PushEntryList(PSINGLE_LIST_ENTRY head, PSINGLE_LIST_ENTRY entry) {
  entry->Next = head->Next;
  head->Next = entry;
}

FORCEINLINE PSINGLE_LIST_ENTRY PopEntryList(PSINGLE_LIST_ENTRY head) {
  PSINGLE_LIST_ENTRY first = head->Next;
  if (first != NULL) {
    head->Next = first->Next;
  }
  return first;
}

#ifdef __cplusplus
}
#endif
