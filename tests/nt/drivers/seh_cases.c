// SPDX-License-Identifier: Apache-2.0
// __try and __except in their forms: what runs, in which order, with which code and registers.
#include "seh_cases.h"

NOINLINE int read_int(volatile int* address) {
  return *address;
}

NOINLINE int divide(volatile int* a, volatile int* b) {
  return *a / *b;
}

NOINLINE void write_int(volatile int* address) {
  *address = 1;
}

#ifdef __clang__

#define OTHER_STATUS ((NTSTATUS)0xE0000001)

static NOINLINE LONG answer(const char* word, LONG disposition) {
  mark(word);
  return disposition;
}

// --- __except

static void except_takes_a_bad_read(void) {
  __try {
    read_int(BAD_ADDRESS);
    mark("not reached");
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
  mark("after");
}

static NOINLINE LONG describe(PEXCEPTION_POINTERS pointers) {
  const EXCEPTION_RECORD* record = pointers->ExceptionRecord;
  mark_number("code", (ULONG)record->ExceptionCode);
  mark_number("flags", record->ExceptionFlags);
  for (ULONG i = 0; i < record->NumberParameters; ++i)
    mark_number("parameter", record->ExceptionInformation[i]);
  mark((ULONG64)record->ExceptionAddress == pointers->ContextRecord->Rip ? "at rip" : "elsewhere");
  return EXCEPTION_EXECUTE_HANDLER;
}

static void filter_sees_a_read(void) {
  __try {
    read_int(BAD_ADDRESS);
  } __except (describe(GetExceptionInformation())) {
    mark("except");
  }
}

static void filter_sees_a_write(void) {
  __try {
    write_int(BAD_ADDRESS);
  } __except (describe(GetExceptionInformation())) {
    mark("except");
  }
}

static void filter_reads_the_code(void) {
  __try {
    raise_status(OTHER_STATUS);
  } __except (GetExceptionCode() == OTHER_STATUS ? EXCEPTION_EXECUTE_HANDLER
                                                 : EXCEPTION_CONTINUE_SEARCH) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

static void filter_changes_locals_of_its_function(void) {
  volatile int local = 1;
  __try {
    local = 2;
    read_int(BAD_ADDRESS);
  } __except (local += 40, EXCEPTION_EXECUTE_HANDLER) {
    mark_number("local", (ULONG64)local);
  }
}

static void search_goes_on_outwards(void) {
  __try {
    __try {
      read_int(BAD_ADDRESS);
    } __except (answer("inner filter", EXCEPTION_CONTINUE_SEARCH)) {
      mark("inner except");
    }
    mark("not reached");
  } __except (answer("outer filter", EXCEPTION_EXECUTE_HANDLER)) {
    mark("outer except");
  }
}

static void innermost_willing_handler_takes_it(void) {
  __try {
    __try {
      read_int(BAD_ADDRESS);
    } __except (answer("inner filter", EXCEPTION_EXECUTE_HANDLER)) {
      mark("inner except");
    }
    mark("goes on");
  } __except (answer("outer filter", EXCEPTION_EXECUTE_HANDLER)) {
    mark("outer except");
  }
}

static NOINLINE void reads_and_declines(void) {
  __try {
    read_int(BAD_ADDRESS);
  } __except (answer("callee's filter", EXCEPTION_CONTINUE_SEARCH)) {
    mark("callee's except");
  }
}

static void search_goes_on_in_the_caller(void) {
  __try {
    reads_and_declines();
  } __except (answer("caller's filter", EXCEPTION_EXECUTE_HANDLER)) {
    mark("caller's except");
  }
}

static void code_outside_of_try_is_not_guarded(void) {
  __try {
    __try {
      mark("try");
    } __except (EXCEPTION_EXECUTE_HANDLER) {
      mark("wrong except");
    }
    read_int(BAD_ADDRESS);
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark("except");
  }
}

static NOINLINE int value_of_except(void) {
  __try {
    return read_int(BAD_ADDRESS);
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    return 7;
  }
}

static void except_body_returns_a_value(void) {
  mark_number("value", (ULONG64)value_of_except());
}

static NOINLINE void raises_again(void) {
  __try {
    read_int(BAD_ADDRESS);
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("first", (ULONG)GetExceptionCode());
    raise_status(OTHER_STATUS);
  }
}

static void except_body_raises_anew(void) {
  __try {
    raises_again();
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("second", (ULONG)GetExceptionCode());
  }
}

static void except_body_faults_within_the_outer_try(void) {
  __try {
    __try {
      raise_status(OTHER_STATUS);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
      mark("inner except");
      read_int(BAD_ADDRESS);
    }
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("outer except", (ULONG)GetExceptionCode());
  }
}

static void a_thousand_exceptions_leave_nothing_behind(void) {
  volatile int caught = 0;
  for (int i = 0; i < 1000; ++i) {
    __try {
      if (i % 2 == 0) read_int(BAD_ADDRESS);
      raise_status(OTHER_STATUS);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
      ++caught;
    }
  }
  mark_number("caught", (ULONG64)caught);
}

// --- EXCEPTION_CONTINUE_EXECUTION

static int good = 42;

extern int read_through_rcx(volatile int* address);
extern const char read_through_rcx_end;

static NOINLINE LONG repair_rcx(PEXCEPTION_POINTERS pointers) {
  mark("repair");
  pointers->ContextRecord->Rcx = (ULONG64)&good;
  return EXCEPTION_CONTINUE_EXECUTION;
}

static void continuing_runs_the_instruction_again(void) {
  __try {
    mark_number("read", (ULONG64)read_through_rcx(BAD_ADDRESS));
  } __except (repair_rcx(GetExceptionInformation())) {
    mark("except");
  }
}

static NOINLINE LONG skip_instruction(PEXCEPTION_POINTERS pointers) {
  mark("skip");
  pointers->ContextRecord->Rax = 99;
  pointers->ContextRecord->Rip = (ULONG64)&read_through_rcx_end;
  return EXCEPTION_CONTINUE_EXECUTION;
}

static void continuing_may_go_elsewhere(void) {
  __try {
    mark_number("read", (ULONG64)read_through_rcx(BAD_ADDRESS));
  } __except (skip_instruction(GetExceptionInformation())) {
    mark("except");
  }
}

static NOINLINE void raise_continuable(NTSTATUS status, ULONG_PTR parameter) {
  EXCEPTION_RECORD record = {
      .ExceptionCode = status, .NumberParameters = 1, .ExceptionInformation = {parameter}};
  RtlRaiseException(&record);
  mark("came back");
}

static void raised_exception_is_continued_behind_the_call(void) {
  __try {
    raise_continuable(OTHER_STATUS, 5);
  } __except (answer("filter", EXCEPTION_CONTINUE_EXECUTION)) {
    mark("except");
  }
  mark("after");
}

static void raised_record_reaches_the_filter(void) {
  __try {
    raise_continuable(OTHER_STATUS, 5);
  } __except (describe(GetExceptionInformation())) {
    mark("except");
  }
}

static NOINLINE LONG continue_once(NTSTATUS code) {
  mark_number("filter", (ULONG)code);
  return code == OTHER_STATUS ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_EXECUTE_HANDLER;
}

static void what_cannot_be_continued_raises_another_exception(void) {
  __try {
    raise_status(OTHER_STATUS);
  } __except (continue_once(GetExceptionCode())) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

// --- exceptions in filters

static int filter_runs;

static NOINLINE LONG faulting_filter(void) {
  mark("filter");
  if (filter_runs++ == 0) read_int(BAD_ADDRESS);
  return EXCEPTION_CONTINUE_SEARCH;
}

static NOINLINE LONG outer_filter(PEXCEPTION_POINTERS pointers) {
  const EXCEPTION_RECORD* record = pointers->ExceptionRecord;
  mark_number("outer filter", (ULONG)record->ExceptionCode);
  return EXCEPTION_EXECUTE_HANDLER;
}

static void exception_in_a_filter_goes_outwards(void) {
  filter_runs = 0;
  __try {
    __try {
      raise_status(OTHER_STATUS);
    } __except (faulting_filter()) {
      mark("wrong except");
    }
  } __except (outer_filter(GetExceptionInformation())) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

static NOINLINE LONG careful_filter(void) {
  __try {
    read_int(BAD_ADDRESS);
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("in filter", (ULONG)GetExceptionCode());
  }
  return EXCEPTION_EXECUTE_HANDLER;
}

static void filter_may_handle_its_own_exceptions(void) {
  __try {
    raise_status(OTHER_STATUS);
  } __except (careful_filter()) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

static NOINLINE LONG filter_with_finally(void) {
  __try {
    read_int(BAD_ADDRESS);
  } __finally {
    mark("filter's finally");
  }
  return EXCEPTION_CONTINUE_SEARCH;
}

static NOINLINE void raises_with_finally(void) {
  __try {
    raise_status(OTHER_STATUS);
  } __finally {
    mark("first's finally");
  }
}

static LONG pass_other_status(NTSTATUS code) {
  mark_number("asked", (ULONG)code);
  return code == OTHER_STATUS ? filter_with_finally() : EXCEPTION_EXECUTE_HANDLER;
}

// Both the filter's frames and those of the first exception are unwound.
static void unwinding_leaves_filter_and_first_exception(void) {
  __try {
    raises_with_finally();
  } __except (pass_other_status(GetExceptionCode())) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

// --- registers and frames

static NOINLINE double scale(double value) {
  if (value > 3.0) read_int(BAD_ADDRESS);
  return value * 2.0;
}

static void floating_point_registers_survive(void) {
  volatile double seed = 1.5;
  const double a = seed + 1, b = seed + 2, c = seed * 3, d = seed * 5;
  double total = 0;
  for (int i = 0; i < 3; ++i) {
    __try {
      total += scale(a + i) + b;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
      total += c + d;
    }
  }
  mark_number("total", (ULONG64)(total * 100));
}

static NOINLINE ULONG64 busy(ULONG64 a, ULONG64 b, ULONG64 c, ULONG64 d) {
  ULONG64 x = a * 3, y = b * 5, z = c * 7, w = d * 11;
  for (int i = 0; i < 4; ++i) {
    x += y ^ (ULONG64)read_int(&good);
    y += z * x;
    z ^= w + y;
    w += x;
  }
  read_int(x + y + z + w == 0 ? &good : BAD_ADDRESS);
  return x + y + z + w;
}

static void integer_registers_survive(void) {
  ULONG64 a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
  for (int i = 0; i < 3; ++i) {
    __try {
      busy(a, b, c, d);
      e = 1000;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
      a += b;
      b += c;
      c += d;
      d += e;
      e += f;
      f += 1;
    }
  }
  mark_number("sum", a * 100000 + b * 10000 + c * 1000 + d * 100 + e * 10 + f);
}

static void function_with_variable_frame(void) {
  volatile int size = 100;
  volatile char* room = __builtin_alloca((size_t)size);
  room[0] = 11;
  __try {
    volatile char* more = __builtin_alloca((size_t)size * 2);
    more[0] = 1;
    read_int(BAD_ADDRESS);
  } __except (room[1] = 22, EXCEPTION_EXECUTE_HANDLER) {
    mark_number("room", (ULONG64)(room[0] + room[1]));
  }
}

static void function_with_frame_of_pages(void) {
  volatile char room[3 * 4096];
  room[0] = 1;
  room[sizeof room - 1] = 2;
  __try {
    read_int(BAD_ADDRESS);
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("room", (ULONG64)(room[0] + room[sizeof room - 1]));
  }
}

static NOINLINE int pass_on(int (*function)(volatile int*), volatile int* address) {
  return function(address) + 1;
}

static void frames_without_handlers_are_passed(void) {
  __try {
    mark_number("value", (ULONG64)pass_on(read_int, BAD_ADDRESS));
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark("except");
  }
}

// --- other faults

static void division_by_zero(void) {
  volatile int a = 1, b = 0;
  __try {
    mark_number("quotient", (ULONG64)divide(&a, &b));
  } __except (describe(GetExceptionInformation())) {
    mark("except");
  }
}

static void quotient_that_does_not_fit(void) {
  volatile int a = (int)0x80000000, b = -1;
  __try {
    mark_number("quotient", (ULONG64)divide(&a, &b));
  } __except (describe(GetExceptionInformation())) {
    mark("except");
  }
}

static NOINLINE void illegal(void) {
  __asm__ volatile("ud2");
}

static void illegal_instruction(void) {
  __try {
    illegal();
  } __except (describe(GetExceptionInformation())) {
    mark("except");
  }
}

static NOINLINE void stop_here(void) {
  __asm__ volatile("int3");
}

static void breakpoint(void) {
  __try {
    stop_here();
  } __except (describe(GetExceptionInformation())) {
    mark("except");
  }
}

static void address_that_cannot_be_one(void) {
  __try {
    read_int((volatile int*)0x8000000000000000);
  } __except (describe(GetExceptionInformation())) {
    mark("except");
  }
}

static void call_of_a_null_pointer(void) {
  int (*volatile nothing)(volatile int*) = NULL;
  __try {
    pass_on(nothing, BAD_ADDRESS);
  } __except (describe(GetExceptionInformation())) {
    mark("except");
  }
}

#define CASE(name) {#name, name}
const SEH_CASE seh_cases[] = {
    CASE(except_takes_a_bad_read),
    CASE(filter_sees_a_read),
    CASE(filter_sees_a_write),
    CASE(filter_reads_the_code),
    CASE(filter_changes_locals_of_its_function),
    CASE(search_goes_on_outwards),
    CASE(innermost_willing_handler_takes_it),
    CASE(search_goes_on_in_the_caller),
    CASE(code_outside_of_try_is_not_guarded),
    CASE(except_body_returns_a_value),
    CASE(except_body_raises_anew),
    CASE(except_body_faults_within_the_outer_try),
    CASE(a_thousand_exceptions_leave_nothing_behind),
    CASE(continuing_runs_the_instruction_again),
    CASE(continuing_may_go_elsewhere),
    CASE(raised_exception_is_continued_behind_the_call),
    CASE(raised_record_reaches_the_filter),
    CASE(what_cannot_be_continued_raises_another_exception),
    CASE(exception_in_a_filter_goes_outwards),
    CASE(filter_may_handle_its_own_exceptions),
    CASE(unwinding_leaves_filter_and_first_exception),
    CASE(floating_point_registers_survive),
    CASE(integer_registers_survive),
    CASE(function_with_variable_frame),
    CASE(function_with_frame_of_pages),
    CASE(frames_without_handlers_are_passed),
    CASE(division_by_zero),
    CASE(quotient_that_does_not_fit),
    CASE(illegal_instruction),
    CASE(breakpoint),
    CASE(address_that_cannot_be_one),
    CASE(call_of_a_null_pointer),
    {0},
};

#else
const SEH_CASE seh_cases[] = {{0}};  // GCC has no such blocks
#endif
