// SPDX-License-Identifier: Apache-2.0
// The cases as a Windows program, for comparison in development (seh_program.sh): one line a case
// on standard output.
#include "seh_cases.h"

int _fltused = 0x9875;

typedef struct _STATUS_BLOCK {
  ULONG64 status;
  ULONG64 information;
} STATUS_BLOCK;

__declspec(dllimport) NTSTATUS NtWriteFile(HANDLE file, HANDLE event, PVOID routine, PVOID context,
                                           STATUS_BLOCK* status, const void* data, ULONG size,
                                           PVOID offset, PVOID key);
__declspec(dllimport) void RtlExitUserProcess(ULONG status);
__declspec(dllimport) void RtlRaiseStatus(NTSTATUS status);
__declspec(dllimport) unsigned char* RtlGetCurrentPeb(void);

static char line[4096];
static ULONG used;

static void put(const char* text) {
  while (*text != 0 && used < sizeof line) line[used++] = *text++;
}

void mark(const char* word) {
  put("; ");
  put(word);
}

void mark_number(const char* word, ULONG64 number) {
  char digits[17];
  int at = 16;
  digits[at] = 0;
  do {
    digits[--at] = "0123456789abcdef"[number % 16];
    number /= 16;
  } while (number != 0);
  mark(word);
  put(" ");
  put(digits + at);
}

void raise_status(NTSTATUS status) {
  RtlRaiseStatus(status);
}

static void flush(void) {
  unsigned char* parameters = *(unsigned char**)(RtlGetCurrentPeb() + 0x20);  // ProcessParameters
  HANDLE output = *(HANDLE*)(parameters + 0x28);                              // StandardOutput
  STATUS_BLOCK status;
  put("\n");
  NtWriteFile(output, NULL, NULL, NULL, &status, line, used, NULL, NULL);
  used = 0;
}

static void run_all(const SEH_CASE* cases) {
  for (; cases->name != NULL; ++cases) {
    put(cases->name);
    __try {
      cases->run();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
      mark_number("UNHANDLED", (ULONG)GetExceptionCode());
    }
    flush();
  }
}

void start(void) {
  run_all(seh_cases);
  run_all(seh_finally_cases);
  run_all(seh_async_cases);
  run_all(seh_frame_cases);
  RtlExitUserProcess(0);
}
