// SPDX-License-Identifier: Apache-2.0
// What C++ code refers to without saying so.
#include <ntddk.h>

// What a class with a pure virtual function refers to.
DECLSPEC_NORETURN void _purecall(void);
void _purecall(void) {
  RtlFailFast(FAST_FAIL_INVALID_ARG);
}

// The handler of functions with destructors in sources that guard instructions by __try. Kernel
// code is built without C++ unwinding: an exception passes such functions and destroys nothing.
EXCEPTION_ROUTINE __CxxFrameHandler3;
EXCEPTION_DISPOSITION __CxxFrameHandler3(PEXCEPTION_RECORD ExceptionRecord, PVOID EstablisherFrame,
                                         PCONTEXT ContextRecord, PVOID DispatcherContext) {
  (void)ExceptionRecord;
  (void)EstablisherFrame;
  (void)ContextRecord;
  (void)DispatcherContext;
  return ExceptionContinueSearch;
}
