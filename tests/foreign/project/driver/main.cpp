// SPDX-License-Identifier: Apache-2.0
// Compiles only when the project file was evaluated for Release and x64, its messages were compiled, and headers
// outside of its folder are found.
#include <ntddk.h>

#include "..\shared\contract.h"
#include "notes.h"

#if !defined(FROM_PROPS) || !defined(ONLY_MAIN) || !defined(WORD_TWO) || defined(DBG)
#error the project's definitions are not those of Release
#endif
static_assert(FLAVOUR == 2);
static_assert(__cplusplus == 201703L);
static_assert(_WIN32_WINNT == 0x0601);
static_assert(NOTE_STARTED == NTSTATUS(0x40040003) && NOTE_FAILED == NTSTATUS(0xC0040004));
static_assert(NOTE_ELSEWHERE == NTSTATUS(0xC574000A) && FACILITY_IO_ERROR_CODE == 4);
static_assert(STATUS_SEVERITY_ERROR == 3 && NOTES_INCLUDED == 1);

// Up to C++17 Microsoft's compiler looks nothing up in a template that nobody uses.
template <class T>
T Unused(T&& value) {
  return std::no_such_function(value);
}

static NTSTATUS Print(const GUID* key, PUNICODE_STRING text) {
  return RtlStringFromGUID(*key, text);  // REFGUID is a reference in C++
}

EXTERN_C DRIVER_INITIALIZE DriverEntry;
#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#endif

EXTERN_C NTSTATUS DriverEntry(PDRIVER_OBJECT, PUNICODE_STRING) {
  UNICODE_STRING text = {};
  const GUID key = {};
  if (!NT_SUCCESS(Print(&key, &text))) return NOTE_FAILED;
  RtlFreeUnicodeString(&text);
  return Careful(1) == 1 ? NOTE_STARTED : NOTE_FAILED;
}
