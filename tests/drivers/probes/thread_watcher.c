// SPDX-License-Identifier: Apache-2.0
// Says when threads of programs come and go.
#include "probe.h"

static VOID NTAPI thread_changed(HANDLE process, HANDLE thread, BOOLEAN create) {
  PETHREAD self = (PETHREAD)KeGetCurrentThread();
  EXPECT((ULONG_PTR)process != 4 && process == PsGetCurrentProcessId());
  EXPECT(thread == PsGetThreadId(self) && !PsIsSystemThread(self));
  EXPECT(PsGetThreadProcessId(self) == process);
  DbgPrint(create ? "starts" : "ends");
}

static VOID take_back(VOID) {
  EXPECT_IS(STATUS_SUCCESS, PsRemoveCreateThreadNotifyRoutine(thread_changed));
}

static VOID watch(VOID) {
  EXPECT_IS(STATUS_SUCCESS,
            PsSetCreateThreadNotifyRoutineEx(PsCreateThreadNotifyNonSystem, (PVOID)thread_changed));
  probe_end = take_back;
}

PROBE_CASE* const probe_cases[] = {watch, NULL};
