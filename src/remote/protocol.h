// SPDX-License-Identifier: Apache-2.0
// How libdrydock and the process of a machine find each other. Messages are those of
// explore/channel.h. The first one says what machine is wanted, each other one is a command: "do"
// names it. The answer holds "answer", "error" (nothing was done), or "stopped".
#pragma once

namespace drydock::remote {

// Commands of the program; not for people.
inline constexpr const char* machine_command = "internal-machine";
inline constexpr const char* symbols_command = "internal-symbols";

// Changes with every change of a message: library and program come from one installation.
inline constexpr int protocol_version = 2;

}  // namespace drydock::remote
