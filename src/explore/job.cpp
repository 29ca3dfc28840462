// SPDX-License-Identifier: Apache-2.0
#include "explore/job.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "explore/inputs_json.h"
#include "explore/recorded_json.h"
#include "explore/result_json.h"

namespace drydock::explore {
namespace {

using nlohmann::json;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

// Ours on both ends: what does not parse is damage, and one exception is as good as another.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::invalid_argument(result.error().message);
  return std::move(*result);
}

json campaign_to_json(const CampaignOptions& options) {
  return {{"work", "campaign"},   {"seed", options.seed},       {"first_run", options.first_run},
          {"runs", options.runs}, {"seconds", options.seconds}, {"twice", options.twice}};
}

json work_to_json(const Work& work) {
  return std::visit(
      Overloaded{[](const RunPlain&) -> json { return {{"work", "plain"}}; },
                 [](const RunSchedule& schedule) -> json {
                   return {{"work", "schedule"}, {"seed", schedule.seed}};
                 },
                 [](const RunRecorded& run) -> json {
                   return {{"work", "recorded"}, {"choices", to_json(run.recorded)}};
                 },
                 [](const CampaignOptions& options) -> json { return campaign_to_json(options); }},
      work);
}

Work work_from_json(const json& object) {
  const auto kind = object.at("work").get<std::string>();
  if (kind == "plain") return RunPlain{};
  if (kind == "schedule") return RunSchedule{object.at("seed").get<std::uint64_t>()};
  if (kind == "recorded") return RunRecorded{must(recorded_from_json(object.at("choices")))};
  return CampaignOptions{.seed = object.at("seed").get<std::uint64_t>(),
                         .first_run = object.at("first_run").get<std::uint64_t>(),
                         .runs = object.at("runs").get<std::uint64_t>(),
                         .seconds = object.at("seconds").get<double>(),
                         .twice = object.at("twice").get<bool>()};
}

json done_to_json(const Done& done) {
  json object = {{"report", "done"},
                 {"result", to_json(done.result)},
                 {"recorded", to_json(done.recorded)},
                 {"run", done.campaign.run},
                 {"found", done.campaign.found},
                 {"why_inconclusive", done.campaign.why_inconclusive}};
  if (done.divergence) object["divergence"] = *done.divergence;
  return object;
}

Done done_from_json(const json& object) {
  Done done;
  done.result = must(result_from_json(object.at("result")));
  done.recorded = must(recorded_from_json(object.at("recorded")));
  if (object.contains("divergence")) done.divergence = object.at("divergence").get<std::string>();
  done.campaign.run = object.at("run").get<std::uint64_t>();
  done.campaign.found = object.at("found").get<bool>();
  done.campaign.why_inconclusive = object.at("why_inconclusive").get<std::string>();
  return done;
}

Report read_report(const json& object) {
  const auto kind = object.at("report").get<std::string>();
  if (kind == "done") return done_from_json(object);
  if (kind == "refused") return Refused{object.at("why").get<std::string>()};
  return Faulted{object.at("what").get<std::string>()};
}

}  // namespace

json to_json(const Job& job) {
  json object = work_to_json(job.work);
  object["inputs"] = to_json(job.inputs, Contents::bytes);
  object["run_twice"] = job.twice;
  return object;
}

Result<Job> job_from_json(const json& json) {
  try {
    return Job{.inputs = must(inputs_from_json(json.at("inputs"))),
               .work = work_from_json(json),
               .twice = json.at("run_twice").get<bool>()};
  } catch (const std::exception& problem) {
    return failure(fmt::format("not a job: {}", problem.what()));
  }
}

json to_json(const Report& report) {
  return std::visit(Overloaded{[](const Done& done) -> json { return done_to_json(done); },
                               [](const Refused& refused) -> json {
                                 return {{"report", "refused"}, {"why", refused.why}};
                               },
                               [](const Faulted& faulted) -> json {
                                 return {{"report", "faulted"}, {"what", faulted.what}};
                               }},
                    report);
}

Result<Report> report_from_json(const json& json) {
  try {
    return read_report(json);
  } catch (const std::exception& problem) {
    return failure(fmt::format("not a report: {}", problem.what()));
  }
}

}  // namespace drydock::explore
