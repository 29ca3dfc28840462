// SPDX-License-Identifier: Apache-2.0
// How a run ends when nothing takes an exception.
#pragma once

#include <ntddk.h>

#include "nt/exceptions.h"

namespace drydock::nt {

// The bug check of an exception without handler, with the running fiber's stack:
// SYSTEM_THREAD_EXCEPTION_NOT_HANDLED in a system thread, SYSTEM_SERVICE_EXCEPTION in an
// application's, KMODE_EXCEPTION_NOT_HANDLED at DISPATCH_LEVEL, where no thread's last handler is.
[[noreturn]] void stop_unhandled(const EXCEPTION_RECORD& record, Origin origin);

// The same for an unwinding that cannot reach its target; `why` is a clause.
[[noreturn]] void stop_lost(const EXCEPTION_RECORD& record, const char* why);

}  // namespace drydock::nt
