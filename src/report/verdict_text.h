// SPDX-License-Identifier: Apache-2.0
// The verdict on a terminal: one screen that says what is wrong, where, what Windows would do, what
// to do, and what was exercised.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "report/symbols.h"
#include "scenario/run_result.h"

namespace drydock::report {

// What a search over schedules did before it came to the result shown.
struct Search {
  std::uint64_t seed = 0;
  std::uint64_t schedules = 0;                      // tried
  std::uint64_t distinct = 0;                       // different traces among them
  std::uint64_t inconclusive = 0;                   // without a verdict
  std::uint64_t workers_lost = 0;                   // schedules during which the worker died
  std::string how_lost = {};                        // of the first of those
  std::optional<std::uint64_t> run = std::nullopt;  // number of the schedule shown, from 0
};

struct VerdictContext {
  double seconds = 0;      // of wall time
  std::string again = {};  // command that runs it again; may be empty
  bool color = false;
  bool brief = false;  // without what was exercised
  bool whole = false;  // all frames and consequences, however many
  std::optional<Search> search = std::nullopt;
};

std::string verdict_text(const scenario::RunResult& result, const Symbols& symbols,
                         const VerdictContext& context);

}  // namespace drydock::report
