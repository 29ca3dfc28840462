// SPDX-License-Identifier: Apache-2.0
// A probe is a driver that calls a family of exports and says by DbgPrint which of its expectations
// did not hold. Its cases run in DriverEntry, in order, at PASSIVE_LEVEL.
#pragma once

#include <ntifs.h>

typedef VOID PROBE_CASE(VOID);
// Of the probe; ends with NULL.
extern PROBE_CASE* const probe_cases[];
extern PDRIVER_OBJECT probe_driver;
extern PUNICODE_STRING probe_service;
// Called at the unload when a case has set it.
extern PROBE_CASE* probe_end;

VOID probe_differs(PCSTR what, LONGLONG is, LONGLONG should_be);

#define PROBE_LITERAL(x) #x
#define PROBE_TEXT(x) PROBE_LITERAL(x)
#define PROBE_PLACE __FILE_NAME__ ":" PROBE_TEXT(__LINE__) ": "

#define EXPECT(condition)                                           \
  do {                                                              \
    if (!(condition)) DbgPrint(PROBE_PLACE "not (" #condition ")"); \
  } while (0)
// For numbers: says what came instead.
#define EXPECT_IS(should_be, call)                                       \
  do {                                                                   \
    const LONGLONG probe_is = (LONGLONG)(call);                          \
    if (probe_is != (LONGLONG)(should_be))                               \
      probe_differs(PROBE_PLACE #call, probe_is, (LONGLONG)(should_be)); \
  } while (0)
#define EXPECT_TEXT(should_be, size, text) EXPECT(RtlCompareMemory(should_be, text, size) == (size))
