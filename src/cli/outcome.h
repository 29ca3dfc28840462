// SPDX-License-Identifier: Apache-2.0
// The end of every command that runs drivers: verdict to standard output, JSON to its file, exit
// code to the shell.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cli/command.h"
#include "explore/supervisor.h"
#include "report/verdict_text.h"
#include "scenario/inputs.h"
#include "scenario/run_result.h"

namespace drydock::cli {

// "drydock 0.1.0".
std::string tool_name();

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

int exit_code_of(const scenario::RunResult& result);

// Whether the files that the command is to write can be, before anything runs.
Result<void> check_outputs(const Options& options);

// Prints the verdict and writes --json; the exit code.
int conclude(const Options& options, const char* command, const scenario::Inputs& inputs,
             const scenario::RunResult& result, const report::VerdictContext& context);

// A worker's end as a result. A worker that died is a run without a verdict: whether the driver or
// Drydock was the cause cannot be known. Nothing for Refused, which is no run at all.
std::optional<scenario::RunResult> result_of(const explore::WorkerEnd& end,
                                             const std::string& driver,
                                             const std::string& framework);

}  // namespace drydock::cli
