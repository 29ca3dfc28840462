// SPDX-License-Identifier: Apache-2.0
#include "explore/inputs_json.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/files.h"
#include "base/sha256.h"
#include "scenario/standard_capture.h"

namespace drydock::explore {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using scenario::CaptureInput;
using scenario::DriverInput;
using scenario::Inputs;
using scenario::LiveInput;
using scenario::PolicyInput;
using scenario::UnloadPlan;
using Bytes = std::vector<std::byte>;

void put_content(json& object, const Bytes& content, Contents contents) {
  if (contents == Contents::hashes) {
    object["sha256"] = sha256(content);
    return;
  }
  const auto* begin = reinterpret_cast<const std::uint8_t*>(content.data());
  object["content"] = json::binary({begin, begin + content.size()});
}

Bytes get_content(const json& object) {
  if (!object.contains("content")) return {};
  const auto& binary = object.at("content").get_binary();
  const auto* begin = reinterpret_cast<const std::byte*>(binary.data());
  return {begin, begin + binary.size()};
}

json unload_to_json(const UnloadPlan& unload) {
  return {{"restart", unload.restart},
          {"at_once", unload.at_once},
          {"service_restarts", unload.service_restarts},
          {"rebalance", unload.rebalance},
          {"unplugged", unload.unplugged},
          {"earliest_step", unload.earliest_step},
          {"latest_step", unload.latest_step},
          {"steps_after_gone", unload.steps_after_gone}};
}

UnloadPlan unload_from_json(const json& object) {
  return {.restart = object.at("restart").get<bool>(),
          .at_once = object.at("at_once").get<bool>(),
          .earliest_step = object.at("earliest_step").get<std::uint32_t>(),
          .latest_step = object.at("latest_step").get<std::uint32_t>(),
          .steps_after_gone = object.at("steps_after_gone").get<std::uint32_t>(),
          .service_restarts = object.at("service_restarts").get<bool>(),
          .rebalance = object.value("rebalance", false),
          .unplugged = object.value("unplugged", false)};
}

json driver_to_json(const DriverInput& driver, Contents contents) {
  json object = {{"path", driver.path},
                 {"name", driver.name},
                 {"service", driver.service},
                 {"start_fails", driver.start_fails},
                 {"load_at", driver.load_at}};
  if (driver.unload_at) object["unload_at"] = *driver.unload_at;
  put_content(object, driver.content, contents);
  return object;
}

DriverInput driver_from_json(const json& object) {
  DriverInput driver{.path = object.at("path").get<std::string>(),
                     .name = object.at("name").get<std::string>(),
                     .service = object.at("service").get<std::string>(),
                     .content = get_content(object),
                     .start_fails = object.at("start_fails").get<bool>(),
                     .load_at = object.at("load_at").get<std::uint64_t>()};
  if (object.contains("unload_at")) driver.unload_at = object.at("unload_at").get<std::uint64_t>();
  return driver;
}

CaptureInput capture_from_json(const json& object) {
  return {.path = object.at("path").get<std::string>(),
          .local_addresses = object.at("local").get<std::vector<std::string>>(),
          .content = get_content(object)};
}

// Its files are the worker's own.
json live_to_json(const LiveInput& live) {
  return {{"local", live.local_addresses},
          {"unload_after", live.unload_after},
          {"seconds", live.seconds},
          {"keeps_packets", live.keeps_packets}};
}

LiveInput live_from_json(const json& object) {
  return {.local_addresses = object.at("local").get<std::vector<std::string>>(),
          .unload_after = object.at("unload_after").get<std::uint32_t>(),
          .seconds = object.at("seconds").get<std::uint32_t>(),
          .keeps_packets = object.value("keeps_packets", true)};
}

PolicyInput policy_from_json(const json& object) {
  return {.path = object.at("path").get<std::string>(), .content = get_content(object)};
}

// A store changes with every run that keeps something: what it held goes along as it is.
json store_to_json(const PolicyInput& store) {
  return {{"path", store.path},
          {"policy",
           std::string(reinterpret_cast<const char*>(store.content.data()), store.content.size())}};
}

PolicyInput store_from_json(const json& object) {
  const auto text = object.at("policy").get<std::string>();
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {.path = object.at("path").get<std::string>(), .content = {begin, begin + text.size()}};
}

void read_policies(const json& object, Inputs& inputs) {
  for (const json& policy : object.at("policies"))
    inputs.policies.push_back(policy_from_json(policy));
  inputs.skip_unknown_policy = object.at("skip_unknown_policy").get<bool>();
  if (object.contains("store")) inputs.store = store_from_json(object.at("store"));
  inputs.reboots = object.at("reboots").get<std::uint32_t>();
  inputs.boot_start = object.at("boot_start").get<bool>();
}

json policies_to_json(const Inputs& inputs, Contents contents) {
  json policies = json::array();
  for (const PolicyInput& policy : inputs.policies) {
    json object = {{"path", policy.path}};
    put_content(object, policy.content, contents);
    policies.push_back(std::move(object));
  }
  return policies;
}

Inputs read_inputs(const json& object) {
  Inputs inputs;
  inputs.driver = driver_from_json(object.at("driver"));
  for (const json& driver : object.value("beside", json::array()))
    inputs.beside.push_back(driver_from_json(driver));
  for (const json& capture : object.at("captures")) {
    inputs.captures.push_back(capture_from_json(capture));
  }
  inputs.attachments = object.at("attachments").get<std::vector<std::string>>();
  inputs.attach_all = object.at("attach_all").get<bool>();
  read_policies(object, inputs);
  if (object.contains("scenario")) {
    const json& scenario = object.at("scenario");
    inputs.scenario = {scenario.at("path").get<std::string>(),
                       scenario.at("text").get<std::string>()};
  }
  inputs.unload = unload_from_json(object.at("unload"));
  inputs.variants = object.at("variants").get<std::vector<std::string>>();
  inputs.processors = object.at("processors").get<machine::CpuId>();
  inputs.seed = object.at("seed").get<std::uint64_t>();
  inputs.record_traffic = object.value("record_traffic", false);
  if (object.contains("live")) inputs.live = live_from_json(object.at("live"));
  return inputs;
}

Result<Bytes> read_same_file(const std::string& path, const json& described,
                             const std::string& folder) {
  const fs::path beside = fs::path(folder) / fs::path(path).filename();
  std::error_code ignored;
  const bool moved = !fs::exists(path, ignored) && fs::exists(beside, ignored);
  auto content = read_file(moved ? beside : fs::path(path));
  if (!content) return content;
  if (sha256(*content) != described.at("sha256").get<std::string>()) {
    return failure(fmt::format("{}: not the file that was recorded (its SHA-256 differs)",
                               moved ? beside.string() : path));
  }
  return content;
}

Result<void> load_capture(CaptureInput& capture, const json& described, const std::string& folder) {
  if (capture.path != scenario::standard_capture_name) {
    auto content = read_same_file(capture.path, described, folder);
    if (!content) return std::unexpected(content.error());
    capture.content = std::move(*content);
    return {};
  }
  capture.content = scenario::standard_capture().content;
  if (sha256(capture.content) != described.at("sha256").get<std::string>())
    return failure("recorded with other standard traffic, by another version of drydock");
  return {};
}

}  // namespace

json to_json(const Inputs& inputs, Contents contents) {
  json captures = json::array();
  for (const CaptureInput& capture : inputs.captures) {
    json object = {{"path", capture.path}, {"local", capture.local_addresses}};
    put_content(object, capture.content, contents);
    captures.push_back(std::move(object));
  }
  json object = {{"driver", driver_to_json(inputs.driver, contents)},
                 {"captures", std::move(captures)},
                 {"attachments", inputs.attachments},
                 {"attach_all", inputs.attach_all},
                 {"policies", policies_to_json(inputs, contents)},
                 {"skip_unknown_policy", inputs.skip_unknown_policy},
                 {"reboots", inputs.reboots},
                 {"boot_start", inputs.boot_start},
                 {"unload", unload_to_json(inputs.unload)},
                 {"variants", inputs.variants},
                 {"processors", inputs.processors},
                 {"seed", inputs.seed}};
  for (const DriverInput& driver : inputs.beside)
    object["beside"].push_back(driver_to_json(driver, contents));
  if (inputs.record_traffic) object["record_traffic"] = true;
  if (inputs.scenario)
    object["scenario"] = {{"path", inputs.scenario->path}, {"text", inputs.scenario->text}};
  if (inputs.live) object["live"] = live_to_json(*inputs.live);
  if (inputs.store) object["store"] = store_to_json(*inputs.store);
  return object;
}

Result<Inputs> inputs_from_json(const json& json) {
  try {
    return read_inputs(json);
  } catch (const nlohmann::json::exception& problem) {
    return failure(fmt::format("inputs: {}", problem.what()));
  }
}

Result<void> load_contents(Inputs& inputs, const json& described, const std::string& folder,
                           const std::string& driver) {
  try {
    if (!driver.empty()) inputs.driver.path = driver;
    auto content = read_same_file(inputs.driver.path, described.at("driver"), folder);
    if (!content) return std::unexpected(content.error());
    inputs.driver.content = std::move(*content);
    for (std::size_t i = 0; i < inputs.beside.size(); ++i) {
      auto other = read_same_file(inputs.beside[i].path, described.at("beside").at(i), folder);
      if (!other) return std::unexpected(other.error());
      inputs.beside[i].content = std::move(*other);
    }
    for (std::size_t i = 0; i < inputs.captures.size(); ++i) {
      auto loaded = load_capture(inputs.captures[i], described.at("captures").at(i), folder);
      if (!loaded) return loaded;
    }
    for (std::size_t i = 0; i < inputs.policies.size(); ++i) {
      auto policy = read_same_file(inputs.policies[i].path, described.at("policies").at(i), folder);
      if (!policy) return std::unexpected(policy.error());
      inputs.policies[i].content = std::move(*policy);
    }
    return {};
  } catch (const nlohmann::json::exception& problem) {
    return failure(fmt::format("inputs: {}", problem.what()));
  }
}

}  // namespace drydock::explore
