// SPDX-License-Identifier: Apache-2.0
// The frame of every probe: runs its cases and says that it came to their end.
#include "probe.h"

#include <ntstrsafe.h>

DRIVER_INITIALIZE DriverEntry;

PDRIVER_OBJECT probe_driver;
PUNICODE_STRING probe_service;
PROBE_CASE* probe_end;

VOID probe_differs(PCSTR what, LONGLONG is, LONGLONG should_be) {
  static CHAR text[400];
  RtlStringCbPrintfA(text, sizeof(text), "%s is 0x%I64x, not 0x%I64x", what, is, should_be);
  DbgPrint(text);
}

static VOID NTAPI unload(PDRIVER_OBJECT driver) {
  (void)driver;
  if (probe_end != NULL) probe_end();
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING service) {
  PROBE_CASE* const* next;
  probe_driver = driver;
  probe_service = service;
  driver->DriverUnload = unload;
  for (next = probe_cases; *next != NULL; ++next) (*next)();
  DbgPrint("done");
  return STATUS_SUCCESS;
}
