// SPDX-License-Identifier: Apache-2.0
// Structured exception handling as the compiler emits it, case by case. The same cases run as a
// driver here and, in development, as a Windows program under Wine.
#pragma once

#include <ntddk.h>

#define NOINLINE __declspec(noinline)

// One word of what a case tells; numbers in hexadecimal.
void mark(const char* word);
void mark_number(const char* word, ULONG64 number);

// Raises a status that cannot be continued from. Not declared so: clang puts the handlers of a call
// that does not return right behind it, where the call's own scope still reaches.
void raise_status(NTSTATUS status);

typedef struct _SEH_CASE {
  const char* name;
  void (*run)(void);
} SEH_CASE;

// Ends at a row without name.
extern const SEH_CASE seh_cases[];
extern const SEH_CASE seh_finally_cases[];
extern const SEH_CASE seh_async_cases[];
extern const SEH_CASE seh_frame_cases[];
// In the driver only.
extern const SEH_CASE seh_kernel_cases[];

// A user address where nothing is.
#define BAD_ADDRESS ((volatile int*)16)

// Called, so that the compiler expects them to raise.
int read_int(volatile int* address);
void write_int(volatile int* address);
int divide(volatile int* a, volatile int* b);
