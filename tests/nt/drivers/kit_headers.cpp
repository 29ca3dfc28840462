// SPDX-License-Identifier: Apache-2.0
// The kit's part of the C++ headers: both names of <new> in one file, and what <type_traits> takes
// away from a type.
#include <new.h>
#include <ntddk.h>

#include <new>
#ifdef __clang__  // asks the compiler by names that GCC has not
#include <type_traits>
#endif

extern "C" DRIVER_INITIALIZE DriverEntry;

#ifdef __clang__
static_assert(__is_same(std::remove_const_t<const int>, int));
static_assert(__is_same(std::remove_const_t<const volatile int>, volatile int));
static_assert(__is_same(std::remove_const<volatile int>::type, volatile int));
#endif

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT, PUNICODE_STRING) {
  alignas(int) char place[sizeof(int)];
  return *new (place) int(7) == 7 ? STATUS_CANCELLED : STATUS_INTERNAL_ERROR;
}
