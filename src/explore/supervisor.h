// SPDX-License-Identifier: Apache-2.0
// Starts a worker, gives it one job, and outlives whatever a driver does to it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>

#include "explore/job.h"
#include "net/live_files.h"

namespace drydock::explore {

// The worker ended without a report.
struct Died {
  std::string how;        // "was killed by SIGSEGV", "made no progress for 60 s"
  std::uint64_t run = 0;  // which run of a campaign was under way
  bool hung = false;
};
using WorkerEnd = std::variant<Done, Refused, Faulted, Died>;

// A reading of the worker's progress page.
struct Snapshot {
  std::uint64_t run = 0;
  std::uint64_t finished = 0;
  std::uint64_t distinct = 0;
  std::uint64_t inconclusive = 0;
};

struct Watch {
  std::chrono::milliseconds run_limit = std::chrono::seconds(60);  // of wall time, for one run
  // Called about ten times a second, and once more when the worker has ended.
  std::function<void(const Snapshot&)> tick = [](const Snapshot&) {};
  // Real traffic: what the worker gets as worker_live_host and worker_live_network. Then the first
  // SIGINT or SIGTERM unloads the driver and ends the run, with its verdict; a second ends it all.
  net::LiveFiles live_files = {};
  // The program that becomes the worker.
  std::string program = "/proc/self/exe";
};

WorkerEnd supervise(const Job& job, const Watch& watch = {});

}  // namespace drydock::explore
