// SPDX-License-Identifier: Apache-2.0
// __finally: when it runs, in which order, and what happens when it raises itself.
#include "seh_cases.h"

#ifdef __clang__

#define OTHER_STATUS ((NTSTATUS)0xE0000001)
#define ANOTHER_STATUS ((NTSTATUS)0xE0000002)

static NOINLINE LONG answer(const char* word, LONG disposition) {
  mark(word);
  return disposition;
}

// --- __finally

static void finally_without_exception(void) {
  __try {
    mark("try");
  } __finally {
    mark_number("finally", AbnormalTermination() != 0);
  }
  mark("after");
}

static void filters_run_before_finally_and_except_after(void) {
  __try {
    __try {
      read_int(BAD_ADDRESS);
      mark("not reached");
    } __finally {
      mark_number("finally", AbnormalTermination() != 0);
    }
    mark("not reached");
  } __except (answer("filter", EXCEPTION_EXECUTE_HANDLER)) {
    mark("except");
  }
}

static void finally_blocks_run_from_the_inside_out(void) {
  __try {
    __try {
      __try {
        __try {
          read_int(BAD_ADDRESS);
          mark("not reached");
        } __finally {
          mark("first");
        }
      } __finally {
        mark("second");
      }
    } __finally {
      mark("third");
    }
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark("except");
  }
}

static void finally_outside_of_the_taking_try_waits(void) {
  __try {
    __try {
      __try {
        read_int(BAD_ADDRESS);
        mark("not reached");
      } __finally {
        mark("inner finally");
      }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
      mark("except");
    }
    mark("goes on");
  } __finally {
    mark_number("outer finally", AbnormalTermination() != 0);
  }
}

static NOINLINE void recurse(int depth) {
  __try {
    if (depth == 0) read_int(BAD_ADDRESS);
    recurse(depth - 1);
    mark("not reached");
  } __finally {
    mark_number("f", (ULONG64)depth);
  }
}

static void finally_of_every_called_function_runs(void) {
  __try {
    recurse(5);
    mark("not reached");
  } __except (answer("filter", EXCEPTION_EXECUTE_HANDLER)) {
    mark("except");
  }
}

static void except_inside_finally_is_its_own(void) {
  __try {
    __try {
      raise_status(OTHER_STATUS);
      mark("not reached");
    } __finally {
      __try {
        read_int(BAD_ADDRESS);
        mark("not reached");
      } __except (EXCEPTION_EXECUTE_HANDLER) {
        mark_number("inside", (ULONG)GetExceptionCode());
      }
      mark("rest of finally");
    }
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("outside", (ULONG)GetExceptionCode());
  }
}

static NOINLINE void catches_inside(void) {
  __try {
    read_int(BAD_ADDRESS);
    mark("not reached");
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("inside", (ULONG)GetExceptionCode());
  }
}

static void finally_may_call_what_handles_exceptions(void) {
  __try {
    __try {
      raise_status(OTHER_STATUS);
      mark("not reached");
    } __finally {
      catches_inside();
      mark("rest of finally");
    }
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("outside", (ULONG)GetExceptionCode());
  }
}

static void exception_in_finally_replaces_the_first(void) {
  __try {
    __try {
      raise_status(OTHER_STATUS);
      mark("not reached");
    } __finally {
      mark("finally");
      raise_status(ANOTHER_STATUS);
      mark("not reached");
    }
  } __except (answer("filter", EXCEPTION_EXECUTE_HANDLER)) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

static NOINLINE void finally_raises(void) {
  __try {
    raise_status(OTHER_STATUS);
    mark("not reached");
  } __finally {
    mark("callee's finally");
    read_int(BAD_ADDRESS);
    mark("not reached");
  }
}

// The unwinding of the second exception meets that of the first and goes on for it.
static void collided_unwind_runs_each_finally_once(void) {
  __try {
    __try {
      __try {
        finally_raises();
        mark("not reached");
      } __finally {
        mark("caller's finally");
      }
    } __except (GetExceptionCode() == OTHER_STATUS ? EXCEPTION_EXECUTE_HANDLER
                                                   : EXCEPTION_CONTINUE_SEARCH) {
      mark("wrong except");
    }
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

static void finally_that_raises_inside_finally_that_raises(void) {
  __try {
    __try {
      __try {
        raise_status(OTHER_STATUS);
        mark("not reached");
      } __finally {
        mark("first");
        raise_status(ANOTHER_STATUS);
        mark("not reached");
      }
    } __finally {
      mark("second");
      read_int(BAD_ADDRESS);
      mark("not reached");
    }
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

// --- leaving __try without an exception

static NOINLINE int return_from_try(void) {
  __try {
    mark("try");
    return 3;
  } __finally {
    mark("finally");
  }
  return 4;
}

static void return_runs_finally(void) {
  mark_number("value", (ULONG64)return_from_try());
}

static void goto_runs_every_finally_on_its_way(void) {
  __try {
    __try {
      mark("try");
      goto out;
    } __finally {
      mark("inner finally");
    }
  } __finally {
    mark("outer finally");
  }
  mark("not reached");
out:
  mark("out");
}

static void break_and_continue_run_finally(void) {
  for (int i = 0; i < 3; ++i) {
    __try {
      if (i == 0) continue;
      if (i == 2) break;
      mark_number("try", (ULONG64)i);
    } __finally {
      mark_number("finally", (ULONG64)i);
    }
  }
}

static void leave_ends_the_block(void) {
  volatile int good = 42;
  __try {
    mark("try");
    if (good == 42) __leave;
    mark("not reached");
  } __finally {
    mark_number("finally", AbnormalTermination() != 0);
  }
}

#define CASE(name) {#name, name}
const SEH_CASE seh_finally_cases[] = {
    CASE(finally_without_exception),
    CASE(filters_run_before_finally_and_except_after),
    CASE(finally_blocks_run_from_the_inside_out),
    CASE(finally_outside_of_the_taking_try_waits),
    CASE(finally_of_every_called_function_runs),
    CASE(except_inside_finally_is_its_own),
    CASE(finally_may_call_what_handles_exceptions),
    CASE(exception_in_finally_replaces_the_first),
    CASE(collided_unwind_runs_each_finally_once),
    CASE(finally_that_raises_inside_finally_that_raises),
    CASE(return_runs_finally),
    CASE(goto_runs_every_finally_on_its_way),
    CASE(break_and_continue_run_finally),
    CASE(leave_ends_the_block),
    {0},
};

#else
const SEH_CASE seh_finally_cases[] = {{0}};
#endif
