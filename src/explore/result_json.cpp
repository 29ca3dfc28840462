// SPDX-License-Identifier: Apache-2.0
#include "explore/result_json.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <stdexcept>

namespace drydock::explore {
namespace {

using nlohmann::json;
using scenario::DriverResult;
using scenario::FindingResult;
using scenario::FrameRef;
using scenario::LifeResult;
using scenario::RunResult;
using scenario::TrafficResult;

constexpr std::array severities = {verify::Severity::error, verify::Severity::warning,
                                   verify::Severity::note};
constexpr std::array outcomes = {verify::Outcome::clean, verify::Outcome::findings,
                                 verify::Outcome::inconclusive};

template <class Enum, std::size_t count>
Enum by_name(const std::array<Enum, count>& values, const char* (*name)(Enum),
             const std::string& text) {
  for (const Enum value : values) {
    if (text == name(value)) return value;
  }
  throw std::invalid_argument(fmt::format("'{}' is unknown", text));
}

std::vector<FrameRef> frames_from_json(const json& list) {
  std::vector<FrameRef> frames;
  for (const json& frame : list) {
    frames.push_back({frame.at("module").get<std::string>(), frame.at("rva").get<std::uint64_t>(),
                      frame.at("faulted").get<bool>()});
  }
  return frames;
}

json finding_to_json(const FindingResult& finding) {
  return {{"rule", finding.rule},
          {"driver", finding.driver},
          {"severity", verify::severity_name(finding.severity)},
          {"what", finding.what},
          {"accepted", finding.accepted},
          {"times", finding.times},
          {"load_number", finding.load_number},
          {"subject", finding.subject},
          {"acquired_at", to_json(finding.acquired_at)},
          {"found_at", to_json(finding.found_at)},
          {"consequences", finding.consequences}};
}

FindingResult finding_from_json(const json& object) {
  FindingResult finding;
  finding.rule = object.at("rule").get<std::string>();
  finding.driver = object.at("driver").get<std::string>();
  finding.severity =
      by_name(severities, verify::severity_name, object.at("severity").get<std::string>());
  finding.what = object.at("what").get<std::string>();
  finding.accepted = object.at("accepted").get<std::string>();
  finding.times = object.at("times").get<std::uint32_t>();
  finding.load_number = object.at("load_number").get<std::uint32_t>();
  finding.subject = object.at("subject").get<std::string>();
  finding.acquired_at = frames_from_json(object.at("acquired_at"));
  finding.found_at = frames_from_json(object.at("found_at"));
  finding.consequences = object.at("consequences").get<std::vector<std::string>>();
  return finding;
}

json life_to_json(const LifeResult& life) {
  return {{"driver", life.driver},
          {"load_number", life.load_number},
          {"entry_status", life.entry_status},
          {"unload_called", life.unload_called},
          {"unload_returned", life.unload_returned}};
}

LifeResult life_from_json(const json& object) {
  return {.driver = object.at("driver").get<std::string>(),
          .load_number = object.at("load_number").get<std::uint32_t>(),
          .entry_status = object.at("entry_status").get<std::uint32_t>(),
          .unload_called = object.at("unload_called").get<bool>(),
          .unload_returned = object.at("unload_returned").get<bool>()};
}

json driver_to_json(const DriverResult& driver) {
  return {{"name", driver.name},
          {"framework", driver.framework},
          {"outcome", verify::outcome_name(driver.outcome)},
          {"why_inconclusive", driver.why_inconclusive}};
}

DriverResult driver_from_json(const json& object) {
  return {
      .name = object.at("name").get<std::string>(),
      .framework = object.at("framework").get<std::string>(),
      .outcome = by_name(outcomes, verify::outcome_name, object.at("outcome").get<std::string>()),
      .why_inconclusive = object.at("why_inconclusive").get<std::string>()};
}

json traffic_to_json(const TrafficResult& traffic) {
  json stats = json::object();
  for (const auto& [verdict, count] : traffic.stats) stats[verdict] = {count.packets, count.bytes};
  return {{"pcapng", json::binary(traffic.pcapng)}, {"stats", std::move(stats)}};
}

TrafficResult traffic_from_json(const json& object) {
  TrafficResult traffic;
  traffic.pcapng = object.at("pcapng").get_binary();
  for (const auto& [verdict, count] : object.at("stats").items()) {
    traffic.stats[verdict] = {count.at(0).get<std::uint64_t>(), count.at(1).get<std::uint64_t>()};
  }
  return traffic;
}

RunResult read_result(const json& object) {
  RunResult result;
  result.driver = object.at("driver").get<std::string>();
  result.framework = object.at("framework").get<std::string>();
  for (const json& driver : object.at("drivers"))
    result.drivers.push_back(driver_from_json(driver));
  result.outcome = by_name(outcomes, verify::outcome_name, object.at("outcome").get<std::string>());
  result.why_inconclusive = object.at("why_inconclusive").get<std::string>();
  result.internal_fault = object.at("internal_fault").get<std::string>();
  result.bug_check = object.at("bug_check").get<std::string>();
  for (const json& finding : object.at("findings")) {
    result.findings.push_back(finding_from_json(finding));
  }
  result.unused_acceptances = object.at("unused_acceptances").get<std::vector<std::string>>();
  for (const json& life : object.at("lives")) result.lives.push_back(life_from_json(life));
  result.counters = object.at("counters").get<std::map<std::string, std::uint64_t>>();
  result.unattached_callouts = object.at("unattached_callouts").get<std::vector<std::string>>();
  if (object.contains("traffic")) {
    for (const json& traffic : object.at("traffic")) {
      result.traffic.push_back(traffic_from_json(traffic));
    }
  }
  if (object.contains("store")) result.store = object.at("store").get<std::string>();
  const auto hash = parse_hash(object.at("trace_hash").get<std::string>());
  if (!hash) throw std::invalid_argument(hash.error().message);
  result.trace_hash = *hash;
  result.events = object.at("events").get<std::uint64_t>();
  result.virtual_time = object.at("virtual_time_100ns").get<std::int64_t>();
  return result;
}

}  // namespace

json to_json(const std::vector<FrameRef>& frames) {
  json list = json::array();
  for (const FrameRef& frame : frames)
    list.push_back({{"module", frame.module}, {"rva", frame.rva}, {"faulted", frame.faulted}});
  return list;
}

json to_json(const RunResult& result) {
  json findings = json::array();
  for (const FindingResult& finding : result.findings) findings.push_back(finding_to_json(finding));
  json lives = json::array();
  for (const LifeResult& life : result.lives) lives.push_back(life_to_json(life));
  json drivers = json::array();
  for (const DriverResult& driver : result.drivers) drivers.push_back(driver_to_json(driver));
  json object = {{"driver", result.driver},
                 {"framework", result.framework},
                 {"drivers", std::move(drivers)},
                 {"outcome", verify::outcome_name(result.outcome)},
                 {"why_inconclusive", result.why_inconclusive},
                 {"internal_fault", result.internal_fault},
                 {"bug_check", result.bug_check},
                 {"findings", std::move(findings)},
                 {"unused_acceptances", result.unused_acceptances},
                 {"lives", std::move(lives)},
                 {"counters", result.counters},
                 {"unattached_callouts", result.unattached_callouts},
                 {"trace_hash", hash_text(result.trace_hash)},
                 {"events", result.events},
                 {"virtual_time_100ns", result.virtual_time}};
  for (const TrafficResult& traffic : result.traffic) {
    object["traffic"].push_back(traffic_to_json(traffic));
  }
  if (result.store) object["store"] = *result.store;
  return object;
}

Result<RunResult> result_from_json(const json& json) {
  try {
    return read_result(json);
  } catch (const std::exception& problem) {
    return failure(fmt::format("not a run's result: {}", problem.what()));
  }
}

std::string hash_text(std::uint64_t hash) {
  return fmt::format("{:016x}", hash);
}

Result<std::uint64_t> parse_hash(const std::string& text) {
  std::uint64_t hash = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, hash, 16);
  if (text.size() != 16 || error != std::errc{} || stopped != end)
    return failure(fmt::format("'{}' is not 16 hexadecimal digits", text));
  return hash;
}

}  // namespace drydock::explore
