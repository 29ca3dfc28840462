// SPDX-License-Identifier: Apache-2.0
// A process in which driver code runs, seen from outside: started without anything of ours, and
// gone with its owner. Needs no library, for libdrydock is made of it too.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/error.h"

namespace drydock::explore {

// Descriptors are of the process that starts it; -1: none.
struct WorkerStart {
  std::string program;
  std::string command;  // its only argument
  int channel = -1;     // becomes worker_channel, and so on
  int progress = -1;
  int live_host = -1;
  int live_network = -1;
  bool dies_with_thread = true;  // that started it; else it has to see that the channel is closed
};

class WorkerProcess {
 public:
  // A program that cannot be executed ends at once with code 127.
  static Result<WorkerProcess> start(const WorkerStart& start);

  WorkerProcess(WorkerProcess&& other) noexcept;
  WorkerProcess& operator=(WorkerProcess&& other) noexcept;
  // Kills it and waits, if it is still there.
  ~WorkerProcess();

  void kill() const;
  // Of one that has no reason to live on: "was killed by SIGSEGV", or that it does all the same.
  std::string how_it_ended();

 private:
  explicit WorkerProcess(pid_t pid) : pid_(pid) {}
  void wait();
  void end();

  pid_t pid_ = -1;
  std::optional<int> status_;  // as of waitpid
};

}  // namespace drydock::explore
