// SPDX-License-Identifier: Apache-2.0
// A .replay file: one run, to be had again to the byte. JSON; docs/replay.md describes it.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "explore/recording.h"
#include "scenario/inputs.h"
#include "scenario/run_result.h"

namespace drydock::explore {

struct ReplayFile {
  std::string tool;  // that recorded it: "drydock 0.1.0"
  scenario::Inputs inputs;
  Recorded recorded;
  std::uint64_t trace_hash = 0;    // what the run must come to
  std::vector<std::string> rules;  // and what it finds, in the order found
};

std::string write_replay(const ReplayFile& replay);

// `text` is the file's, `path` its name: other files are looked for beside it too. `driver` takes
// the place of the recorded path when not empty. Errors, one line: not a replay file, of another
// version, damaged, or the driver or a capture is missing or changed.
Result<ReplayFile> read_replay(std::string_view text, const std::string& path,
                               const std::string& driver = {});

// The rules found, for ReplayFile::rules.
std::vector<std::string> rules_found(const scenario::RunResult& result);

}  // namespace drydock::explore
