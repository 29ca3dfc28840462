// SPDX-License-Identifier: Apache-2.0
// What a worker gives up before driver code runs: files, network, other processes.
#pragma once

#include "base/error.h"

namespace drydock::explore {

// For the rest of this process: reading and writing what is open, memory, signals, timers and
// clocks. Opening a file fails; any other system call ends the process with SIGSYS. Error: the
// kernel cannot filter system calls.
Result<void> enter_sandbox();

}  // namespace drydock::explore
