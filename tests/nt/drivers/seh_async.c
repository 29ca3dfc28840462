// SPDX-License-Identifier: Apache-2.0
// Faults of the __try block's own instructions. Compiled with -fasync-exceptions: without it clang
// expects exceptions from calls only.
#include "seh_cases.h"

#ifdef __clang__

static void read_in_the_block(void) {
  volatile int value = 1;
  __try {
    value = *BAD_ADDRESS;
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
  mark_number("value", (ULONG64)value);
}

static void write_in_the_block_with_finally(void) {
  __try {
    __try {
      *BAD_ADDRESS = 1;
    } __finally {
      mark_number("finally", AbnormalTermination() != 0);
    }
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark("except");
  }
}

static void probe_loop_stops_at_the_bad_address(void) {
  volatile int good[2] = {1, 2};
  volatile int* addresses[] = {&good[0], &good[1], BAD_ADDRESS, &good[0]};
  volatile int i = 0;
  int total = 0;
  __try {
    for (; i < 4; ++i) total += *addresses[i];
    mark_number("not reached", (ULONG64)total);
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("stopped at", (ULONG64)i);
  }
}

static void division_in_the_block(void) {
  volatile int zero = 0, result = 5;
  __try {
    result = 10 / zero;
  } __except (GetExceptionCode() == STATUS_INTEGER_DIVIDE_BY_ZERO) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
  mark_number("result", (ULONG64)result);
}

#define CASE(name) {#name, name}
const SEH_CASE seh_async_cases[] = {
    CASE(read_in_the_block),
    CASE(write_in_the_block_with_finally),
    CASE(probe_loop_stops_at_the_bad_address),
    CASE(division_in_the_block),
    {0},
};

#else
const SEH_CASE seh_async_cases[] = {{0}};
#endif
