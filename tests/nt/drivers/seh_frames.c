// SPDX-License-Identifier: Apache-2.0
// Frames that clang does not make but others do (seh_frames_asm.S), and unwinding by hand.
#include "seh_cases.h"

#ifndef __clang__
#define __try
#define __finally
#endif

// --- a language handler of the driver's own

EXCEPTION_DISPOSITION own_handler(PEXCEPTION_RECORD record, PVOID frame, PCONTEXT context,
                                  PDISPATCHER_CONTEXT dispatcher) {
  (void)context;
  const BOOLEAN unwinding = (record->ExceptionFlags & EXCEPTION_UNWINDING) != 0;
  mark(unwinding ? "own handler unwinds" : "own handler is asked");
  if (unwinding) {
    mark_number("flags", record->ExceptionFlags);
    return ExceptionContinueSearch;
  }
  const ULONG64 target = dispatcher->ImageBase + *(const DWORD*)dispatcher->HandlerData;
  RtlUnwindEx(frame, (PVOID)target, record, (PVOID)0x77, dispatcher->ContextRecord,
              dispatcher->HistoryTable);
  mark("not reached");
  return ExceptionContinueSearch;
}

static NOINLINE void read_with_finally(void) {
  __try {
    read_int(BAD_ADDRESS);
  } __finally {
    mark("finally");
  }
}

void read_below_own_handler(void) {
  read_with_finally();
}

#ifdef __clang__

extern void leave_by_local_unwind(void);
extern void leave_two_scopes_by_local_unwind(void);
extern void guarded_by_forwarding_handler(void);
extern void frame_in_r13(void);
extern void faults_in_prologue(volatile int* address);
extern void faults_in_chained_part(volatile int* address);
extern void keeps_xmm6(volatile int* address);
extern void guarded_by_own_handler(void);

static NOINLINE ULONG64 registers_around(void (*function)(volatile int*)) {
  ULONG64 a = (ULONG64)function, b = a * 3, c = a * 5, d = a * 7;
  __try {
    function(BAD_ADDRESS);
    mark("not reached");
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
  return b + c + d - a * 15;
}

static void fault_in_a_prologue_asks_no_handler_of_that_function(void) {
  mark_number("registers off by", registers_around(faults_in_prologue));
}

static void fault_in_a_chained_part_of_a_function(void) {
  mark_number("registers off by", registers_around(faults_in_chained_part));
}

static void saved_vector_register_is_restored(void) {
  keeps_xmm6(BAD_ADDRESS);
}

// --- by hand

static NOINLINE void unwind_once(void) {
  CONTEXT context;
  ULONG64 base = 0, frame = 0;
  PVOID data = NULL;
  PVOID header = NULL;
  const ULONG64 caller = (ULONG64)__builtin_return_address(0);
  RtlCaptureContext(&context);
  PRUNTIME_FUNCTION row = RtlLookupFunctionEntry(context.Rip, &base, NULL);
  mark(row != NULL && base + row->BeginAddress == (ULONG64)&unwind_once ? "own row" : "other row");
  RtlPcToFileHeader((PVOID)context.Rip, &header);
  mark((ULONG64)header == base ? "own image" : "other image");
  RtlVirtualUnwind(0, base, context.Rip, row, &context, &data, &frame, NULL);
  mark(context.Rip == caller ? "caller" : "elsewhere");
}

static void frames_can_be_walked_by_hand(void) {
  unwind_once();
  mark("back");
}

static void restored_context_runs_on_from_its_capture(void) {
  CONTEXT context;
  volatile int passes = 0;
  RtlCaptureContext(&context);
  if (++passes < 3) RtlRestoreContext(&context, NULL);
  mark_number("passes", (ULONG64)passes);
}

#define CASE(name) {#name, name}
const SEH_CASE seh_frame_cases[] = {
    CASE(leave_by_local_unwind),
    CASE(leave_two_scopes_by_local_unwind),
    CASE(guarded_by_forwarding_handler),
    CASE(frame_in_r13),
    CASE(fault_in_a_prologue_asks_no_handler_of_that_function),
    CASE(fault_in_a_chained_part_of_a_function),
    CASE(saved_vector_register_is_restored),
    CASE(guarded_by_own_handler),
    CASE(frames_can_be_walked_by_hand),
    CASE(restored_context_runs_on_from_its_capture),
    {0},
};

#else
const SEH_CASE seh_frame_cases[] = {{0}};
#endif
