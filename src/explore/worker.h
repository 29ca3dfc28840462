// SPDX-License-Identifier: Apache-2.0
// The process in which driver code runs: takes one job, does it inside the sandbox, reports, ends.
#pragma once

namespace drydock::explore {

// Where a worker finds what its supervisor left it.
inline constexpr int worker_channel = 3;
inline constexpr int worker_progress = 4;  // memory file that holds a Progress

// Real traffic, if there is any: what Watch::live_files says.
inline constexpr int worker_live_host = 5;
inline constexpr int worker_live_network = 6;

// The command that makes the program a worker; not for people.
inline constexpr const char* worker_command = "internal-worker";

// The process's exit code: 0 when the report is sent, whatever it says.
int run_worker();

}  // namespace drydock::explore
