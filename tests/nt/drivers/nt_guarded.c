// SPDX-License-Identifier: Apache-2.0
// Touches a bad address inside a __try block and means to go on; as NT_UNGUARDED without one. GCC
// has no such blocks.
#include <ntddk.h>

#if !defined(__clang__) || defined(NT_UNGUARDED)
#define __try
#define __except(filter) if (0)
#endif

DRIVER_INITIALIZE DriverEntry;

static __declspec(noinline) LONG touch(volatile LONG* address) {
  return *address;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path) {
  (void)driver;
  (void)registry_path;
  __try {
    return touch((volatile LONG*)16) == 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
  } __except (1) {
    return STATUS_ACCESS_VIOLATION;
  }
}
