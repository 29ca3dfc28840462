// SPDX-License-Identifier: Apache-2.0
// Numbers from text, by the kit's static library: what the kernel does not export.
#include <ntddk.h>

#define STEP(condition)                            \
  do {                                             \
    if (!(condition)) DbgPrint("not " #condition); \
  } while (0)

DRIVER_INITIALIZE DriverEntry;

static ULONG number(PCSZ text, ULONG base) {
  ULONG value = 0;
  STEP(RtlCharToInteger(text, base, &value) == STATUS_SUCCESS);
  return value;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path) {
  ULONG value;
  (void)driver;
  (void)registry_path;
  STEP(_atoi64("1234567890123456789") == 1234567890123456789LL);
  STEP(_atoi64("-9223372036854775808") == -9223372036854775807LL - 1);
  STEP(_atoi64("99999999999999999999") == 9223372036854775807LL);
  STEP(strtoul("4294967295", NULL, 10) == 4294967295UL);
  STEP(strtoul("99999999999999999999999", NULL, 10) == 4294967295UL);
  STEP(strtol("-2147483648", NULL, 10) == -2147483647L - 1);
  STEP(number("0x1F", 0) == 31);
  STEP(number("0o17", 0) == 15);
  STEP(number("0b101", 0) == 5);
  STEP(number("017", 0) == 17);
  STEP(number("0x1F", 16) == 0);
  STEP(number("1F", 16) == 31);
  STEP(number(" \t-12abc", 10) == (ULONG)-12);
  STEP(number("4294967297", 10) == 1);
  STEP(number("", 10) == 0);
  STEP(RtlCharToInteger("1", 7, &value) == STATUS_INVALID_PARAMETER);
  DbgPrint("done");
  return STATUS_CANCELLED;
}
