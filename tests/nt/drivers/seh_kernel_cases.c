// SPDX-License-Identifier: Apache-2.0
// What only the kernel has: IRQL, locks, probes, functions that raise, and what no handler gets.
#include "seh_cases.h"

#ifdef __clang__

#define OTHER_STATUS ((NTSTATUS)0xE0000001)

static NOINLINE LONG say_irql(const char* word, LONG disposition) {
  mark_number(word, KeGetCurrentIrql());
  return disposition;
}

static void handlers_run_at_the_irql_of_the_fault(void) {
  volatile int one = 1, zero = 0;
  const KIRQL old = KfRaiseIrql(DISPATCH_LEVEL);
  __try {
    mark_number("quotient", (ULONG64)divide(&one, &zero));
  } __except (say_irql("filter", EXCEPTION_EXECUTE_HANDLER)) {
    say_irql("except", 0);
  }
  KeLowerIrql(old);
  say_irql("after", 0);
}

static KSPIN_LOCK lock;

static void lock_is_released_in_finally(void) {
  volatile int one = 1, zero = 0;
  __try {
    const KIRQL old = KeAcquireSpinLockRaiseToDpc(&lock);
    __try {
      mark_number("quotient", (ULONG64)divide(&one, &zero));
    } __finally {
      KeReleaseSpinLock(&lock, old);
      say_irql("finally", 0);
    }
  } __except (say_irql("filter", EXCEPTION_EXECUTE_HANDLER)) {
    say_irql("except", 0);
  }
}

static NOINLINE LONG wait_in_filter(void) {
  LARGE_INTEGER interval = {.QuadPart = -10000};
  KeDelayExecutionThread(KernelMode, FALSE, &interval);
  DbgPrint("in the filter");
  mark("waited");
  return EXCEPTION_EXECUTE_HANDLER;
}

static void filter_may_wait(void) {
  __try {
    read_int(BAD_ADDRESS);
  } __except (wait_in_filter()) {
    mark("except");
  }
}

static void probe_of_a_kernel_address_raises(void) {
  int local = 0;
  __try {
    ProbeForRead(&local, sizeof local, 1);
    mark("not reached");
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

static void probe_looks_at_alignment(void) {
  __try {
    ProbeForRead((PVOID)0x10001, 8, 4);
    mark("not reached");
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

static void probe_for_read_does_not_touch_and_for_write_does(void) {
  __try {
    ProbeForRead((PVOID)0x10000, 8, 4);
    mark("read probed");
    ProbeForWrite((PVOID)0x10000, 8, 4);
    mark("not reached");
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

static void probe_of_nothing_is_always_fine(void) {
  ProbeForRead((PVOID)1, 0, 8);
  mark("probed");
}

static NOINLINE LONG say_parameters(PEXCEPTION_POINTERS pointers) {
  const EXCEPTION_RECORD* record = pointers->ExceptionRecord;
  for (ULONG i = 0; i < record->NumberParameters; ++i)
    mark_number("parameter", record->ExceptionInformation[i]);
  return EXCEPTION_EXECUTE_HANDLER;
}

static void copy_from_a_bad_user_address_raises(void) {
  char target[8];
  volatile SIZE_T size = sizeof target;
  __try {
    memmove(target, (const void*)0x20000, size);
    mark("not reached");
  } __except (say_parameters(GetExceptionInformation())) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

static void locking_of_a_bad_user_buffer_raises(void) {
  PMDL mdl = IoAllocateMdl((PVOID)0x30000, 100, FALSE, FALSE, NULL);
  __try {
    MmProbeAndLockPages(mdl, UserMode, IoWriteAccess);
    mark("not reached");
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
  IoFreeMdl(mdl);
}

static KMUTEX mutex;

static void release_of_a_free_mutex_raises(void) {
  KeInitializeMutex(&mutex, 0);
  __try {
    KeReleaseMutex(&mutex, FALSE);
    mark("not reached");
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

static void misalignment_and_violation_can_be_raised(void) {
  __try {
    ExRaiseDatatypeMisalignment();
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
  __try {
    ExRaiseAccessViolation();
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

// --- through kernel functions

static NTSTATUS raise_in_dispatch(PDEVICE_OBJECT device, PIRP irp) {
  (void)device;
  (void)irp;
  __try {
    mark("dispatch");
    raise_status(OTHER_STATUS);
  } __finally {
    mark("dispatch's finally");
  }
  return STATUS_SUCCESS;
}

extern PDRIVER_OBJECT seh_driver_object;

static void exception_passes_through_io_call_driver(void) {
  PDEVICE_OBJECT device = seh_driver_object->DeviceObject;
  seh_driver_object->MajorFunction[IRP_MJ_FLUSH_BUFFERS] = raise_in_dispatch;
  PIRP irp = IoAllocateIrp(device->StackSize, FALSE);
  IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
  __try {
    __try {
      IoCallDriver(device, irp);
      mark("not reached");
    } __finally {
      mark("caller's finally");
    }
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
  IoFreeIrp(irp);
}

static void kernel_function_faults_on_a_bad_address(void) {
  UNICODE_STRING text;
  __try {
    RtlInitUnicodeString(&text, (PCWSTR)16);
    mark("not reached");
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

// --- what no handler gets

static void page_fault_at_dispatch_level(void) {
  __try {
    KfRaiseIrql(DISPATCH_LEVEL);
    read_int(BAD_ADDRESS);
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark("wrong except");
  }
}

static void bad_kernel_address(void) {
  PVOID block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 'tseT');
  __try {
    ExFreePoolWithTag(block, 'tseT');
    read_int(block);
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark("wrong except");
  }
}

static NOINLINE void fail_fast(void) {
  RtlFailFast(3);
}

static void fast_fail(void) {
  __try {
    fail_fast();
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark("wrong except");
  }
}

static void nobody_handles_a_fault(void) {
  __try {
    read_int(BAD_ADDRESS);
  } __except (EXCEPTION_CONTINUE_SEARCH) {
    mark("wrong except");
  }
}

static void nobody_handles_a_status(void) {
  raise_status(STATUS_INSUFFICIENT_RESOURCES);
}

static void nobody_handles_a_division_at_dispatch_level(void) {
  volatile int one = 1, zero = 0;
  KfRaiseIrql(DISPATCH_LEVEL);
  mark_number("quotient", (ULONG64)divide(&one, &zero));
}

static NOINLINE LONG insist(void) {
  return EXCEPTION_CONTINUE_EXECUTION;
}

// Each refusal raises another exception, on top of the one before.
static void filter_insists_on_continuing(void) {
  __try {
    raise_status(OTHER_STATUS);
  } __except (insist()) {
    mark("wrong except");
  }
}

static void continuing_without_repair(void) {
  __try {
    read_int(BAD_ADDRESS);
  } __except (insist()) {
    mark("wrong except");
  }
}

static void allocation_that_must_not_fail_raises(void) {
  __try {
    PVOID block = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_RAISE_ON_FAILURE, 16, 'tseT');
    mark(block != NULL ? "block" : "wrong NULL");
    if (block != NULL) ExFreePoolWithTag(block, 'tseT');
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
  __try {
    PVOID block = ExAllocatePoolWithQuotaTag(NonPagedPoolNx, 16, 'tseT');
    mark(block != NULL ? "block" : "wrong NULL");
    if (block != NULL) ExFreePoolWithTag(block, 'tseT');
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
}

static LOOKASIDE_LIST_EX list;

static void lookaside_list_that_must_not_fail_raises(void) {
  PVOID entry;
  NTSTATUS status;
  do {
    status = ExInitializeLookasideListEx(&list, NULL, NULL, NonPagedPoolNx,
                                         EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL, 16, 'tseT', 0);
  } while (!NT_SUCCESS(status));
  __try {
    entry = ExAllocateFromLookasideListEx(&list);
    mark(entry != NULL ? "entry" : "wrong NULL");
    if (entry != NULL) ExFreeToLookasideListEx(&list, entry);
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    mark_number("except", (ULONG)GetExceptionCode());
  }
  ExDeleteLookasideListEx(&list);
}

// --- for the benchmark

static void a_thousand_raised_statuses(void) {
  for (volatile int i = 0; i < 1000; ++i) {
    __try {
      raise_status(OTHER_STATUS);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
    }
  }
}

static void a_thousand_faults(void) {
  for (volatile int i = 0; i < 1000; ++i) {
    __try {
      read_int(BAD_ADDRESS);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
    }
  }
}

#define CASE(name) {#name, name}
const SEH_CASE seh_kernel_cases[] = {
    CASE(a_thousand_raised_statuses),
    CASE(a_thousand_faults),
    CASE(handlers_run_at_the_irql_of_the_fault),
    CASE(lock_is_released_in_finally),
    CASE(filter_may_wait),
    CASE(probe_of_a_kernel_address_raises),
    CASE(probe_looks_at_alignment),
    CASE(probe_for_read_does_not_touch_and_for_write_does),
    CASE(probe_of_nothing_is_always_fine),
    CASE(copy_from_a_bad_user_address_raises),
    CASE(locking_of_a_bad_user_buffer_raises),
    CASE(release_of_a_free_mutex_raises),
    CASE(misalignment_and_violation_can_be_raised),
    CASE(exception_passes_through_io_call_driver),
    CASE(kernel_function_faults_on_a_bad_address),
    CASE(page_fault_at_dispatch_level),
    CASE(bad_kernel_address),
    CASE(fast_fail),
    CASE(nobody_handles_a_fault),
    CASE(nobody_handles_a_status),
    CASE(nobody_handles_a_division_at_dispatch_level),
    CASE(filter_insists_on_continuing),
    CASE(continuing_without_repair),
    CASE(allocation_that_must_not_fail_raises),
    CASE(lookaside_list_that_must_not_fail_raises),
    {0},
};

#else
const SEH_CASE seh_kernel_cases[] = {{0}};
#endif
