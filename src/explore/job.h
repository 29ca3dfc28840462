// SPDX-License-Identifier: Apache-2.0
// What a supervisor asks of a worker, and what it gets back.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>

#include "base/error.h"
#include "explore/campaign.h"
#include "explore/recording.h"
#include "scenario/inputs.h"
#include "scenario/run_result.h"

namespace drydock::explore {

struct RunPlain {};  // round robin, every other question answered as expected
struct RunSchedule {
  std::uint64_t seed = 0;  // of the random schedule
};
struct RunRecorded {
  Recorded recorded;
};
using Work = std::variant<RunPlain, RunSchedule, RunRecorded, CampaignOptions>;

struct Job {
  scenario::Inputs inputs;
  Work work;
  bool twice = false;  // RunPlain and RunSchedule: two times, compared
};

// The work was done. What is not asked for is empty.
struct Done {
  scenario::RunResult result;
  Recorded recorded;                      // RunSchedule
  std::optional<std::string> divergence;  // RunRecorded: where the run left the recording
  CampaignReport campaign;                // CampaignOptions; its result is in `result`
};
struct Refused {  // the inputs cannot be used
  std::string why;
};
struct Faulted {  // Drydock's mistake
  std::string what;
};
using Report = std::variant<Done, Refused, Faulted>;

nlohmann::json to_json(const Job& job);
Result<Job> job_from_json(const nlohmann::json& json);
nlohmann::json to_json(const Report& report);
Result<Report> report_from_json(const nlohmann::json& json);

}  // namespace drydock::explore
