// SPDX-License-Identifier: Apache-2.0
#include "explore/twice.h"

#include <fmt/format.h>

#include "explore/recording.h"
#include "explore/result_json.h"

namespace drydock::explore {
namespace {

struct Run {
  scenario::RunResult result;
  Recorded recorded;
};

Result<Run> run_once(const RunFunction& run, const MakeChoices& make_choices) {
  const auto choices = make_choices();
  Recording recording(*choices);
  auto result = run(recording);
  if (!result) return std::unexpected(result.error());
  return Run{std::move(*result), recording.recorded()};
}

std::string difference(const Run& first, const Run& second) {
  if (first.recorded != second.recorded) {
    return fmt::format("{} questions were asked, then {}, or others, by the same schedule",
                       first.recorded.questions, second.recorded.questions);
  }
  if (first.result.trace_hash != second.result.trace_hash) {
    return fmt::format("two runs of one schedule have the trace hashes {:016x} and {:016x}",
                       first.result.trace_hash, second.result.trace_hash);
  }
  if (to_json(first.result) != to_json(second.result)) {
    return "two runs of one schedule have equal traces and different results";
  }
  return {};
}

}  // namespace

Result<scenario::RunResult> run_twice(const RunFunction& run, const MakeChoices& make_choices) {
  auto first = run_once(run, make_choices);
  if (!first) return std::unexpected(first.error());
  const auto second = run_once(run, make_choices);
  if (!second) return std::unexpected(second.error());
  const auto found = difference(*first, *second);
  if (!found.empty()) first->result.internal_fault = "not deterministic: " + found;
  return std::move(first->result);
}

}  // namespace drydock::explore
