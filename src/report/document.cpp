// SPDX-License-Identifier: Apache-2.0
#include "report/document.h"

#include "base/sha256.h"
#include "base/status_names.h"
#include "explore/result_json.h"
#include "verify/rules.h"

namespace drydock::report {
namespace {

using nlohmann::ordered_json;
using scenario::FindingResult;
using scenario::FrameRef;
using scenario::RunResult;

ordered_json function_json(const image::SourceFrame& source) {
  ordered_json object = {{"function", source.function}};
  if (!source.file.empty()) object["file"] = source.file;
  if (source.line != 0) object["line"] = source.line;
  return object;
}

ordered_json stack_json(const std::vector<FrameRef>& stack, const Symbols& symbols) {
  ordered_json frames = ordered_json::array();
  for (const FrameRef& frame : stack) {
    ordered_json functions = ordered_json::array();
    for (const auto& source : symbols.at(frame)) functions.push_back(function_json(source));
    frames.push_back({{"module", frame.module}, {"rva", frame.rva}, {"functions", functions}});
  }
  return frames;
}

ordered_json finding_json(const FindingResult& finding, const Symbols& symbols) {
  ordered_json object = {{"rule", finding.rule},
                         {"driver", finding.driver},
                         {"severity", verify::severity_name(finding.severity)}};
  const verify::Rule* rule = verify::find_rule(finding.rule);
  if (rule != nullptr) object["title"] = rule->info.title;
  object["what"] = finding.what;
  if (!finding.accepted.empty()) object["accepted"] = finding.accepted;
  object["times"] = finding.times;
  object["load_number"] = finding.load_number;
  object["subject"] = finding.subject;
  object["acquired_at"] = stack_json(finding.acquired_at, symbols);
  object["found_at"] = stack_json(finding.found_at, symbols);
  object["consequences"] = finding.consequences;
  if (rule != nullptr) {
    object["windows"] = rule->info.windows;
    object["advice"] = rule->info.advice;
    object["evidence"] = rule->info.evidence;
  }
  return object;
}

ordered_json lives_json(const RunResult& result) {
  ordered_json lives = ordered_json::array();
  for (const auto& life : result.lives) {
    lives.push_back({{"driver", life.driver},
                     {"load_number", life.load_number},
                     {"entry_status", describe_status(life.entry_status)},
                     {"unload_called", life.unload_called},
                     {"unload_returned", life.unload_returned}});
  }
  return lives;
}

const scenario::DriverInput& driver_of(const scenario::Inputs& inputs, std::size_t index) {
  return index == 0 ? inputs.driver : inputs.beside[index - 1];
}

// Nothing is known of single drivers when the process that ran them was lost.
ordered_json drivers_json(const scenario::Inputs& inputs, const RunResult& result) {
  ordered_json drivers = ordered_json::array();
  for (std::size_t i = 0; i < inputs.beside.size() + 1; ++i) {
    const scenario::DriverInput& driver = driver_of(inputs, i);
    ordered_json object = {
        {"name", driver.name}, {"path", driver.path}, {"sha256", sha256(driver.content)}};
    if (i < result.drivers.size()) {
      object["framework"] = result.drivers[i].framework;
      object["outcome"] = verify::outcome_name(result.drivers[i].outcome);
      object["why_inconclusive"] = result.drivers[i].why_inconclusive;
    }
    drivers.push_back(std::move(object));
  }
  return drivers;
}

ordered_json traffic_json(const scenario::Inputs& inputs) {
  ordered_json traffic = ordered_json::array();
  for (const auto& capture : inputs.captures) {
    traffic.push_back({{"capture", capture.path},
                       {"local", capture.local_addresses},
                       {"sha256", sha256(capture.content)}});
  }
  return traffic;
}

ordered_json policies_json(const scenario::Inputs& inputs) {
  ordered_json policies = ordered_json::array();
  for (const auto& policy : inputs.policies)
    policies.push_back({{"policy", policy.path}, {"sha256", sha256(policy.content)}});
  return policies;
}

ordered_json search_json(const Search& search) {
  ordered_json object = {{"seed", search.seed},
                         {"schedules", search.schedules},
                         {"distinct", search.distinct},
                         {"inconclusive", search.inconclusive},
                         {"workers_lost", search.workers_lost}};
  if (search.run) object["found_in_schedule"] = *search.run;
  return object;
}

}  // namespace

ordered_json document(const scenario::Inputs& inputs, const RunResult& result,
                      const Symbols& symbols, const VerdictContext& verdict,
                      const DocumentContext& context) {
  ordered_json findings = ordered_json::array();
  for (const auto& finding : result.findings) findings.push_back(finding_json(finding, symbols));
  ordered_json document = {{"schema", document_schema},
                           {"tool", context.tool},
                           {"command", context.command},
                           {"driver",
                            {{"name", inputs.driver.name},
                             {"path", inputs.driver.path},
                             {"sha256", sha256(inputs.driver.content)},
                             {"framework", result.framework}}},
                           {"drivers", drivers_json(inputs, result)},
                           {"traffic", traffic_json(inputs)},
                           {"policies", policies_json(inputs)},
                           {"store", inputs.store ? inputs.store->path : ""},
                           {"reboots", inputs.reboots},
                           {"outcome", verify::outcome_name(result.outcome)},
                           {"exit_code", context.exit_code},
                           {"why_inconclusive", result.why_inconclusive},
                           {"internal_fault", result.internal_fault},
                           {"bug_check", result.bug_check},
                           {"findings", std::move(findings)},
                           {"unused_acceptances", result.unused_acceptances},
                           {"again", verdict.again},
                           {"lives", lives_json(result)},
                           {"counters", result.counters},
                           {"unattached_callouts", result.unattached_callouts}};
  if (verdict.search) document["search"] = search_json(*verdict.search);
  document["trace_hash"] = explore::hash_text(result.trace_hash);
  document["events"] = result.events;
  document["virtual_time_100ns"] = result.virtual_time;
  document["wall_seconds"] = verdict.seconds;
  return document;
}

std::string document_text(const ordered_json& document) {
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace drydock::report
