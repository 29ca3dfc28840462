// SPDX-License-Identifier: Apache-2.0
// Commands about drivers: load, unload, attach what they leave to others to attach.
#include <fmt/format.h>

#include <algorithm>

#include "nt/names.h"
#include "remote/session_parts.h"
#include "scenario/attach.h"
#include "scenario/plan_builder.h"
#include "scenario/registry_text.h"

namespace drydock::remote {

using nlohmann::json;

namespace {

void set_registry(nt::Registry& registry, const json& values, const std::string& service) {
  for (const json& value : values) {
    const auto data = bytes_of(value.at("data"));
    const scenario::RegistryText text{.driver = {},
                                      .key = nt::widen(value.at("key").get<std::string>()),
                                      .name = nt::widen(value.at("name").get<std::string>()),
                                      .type = value.at("type").get<std::uint32_t>(),
                                      .data = {data.begin(), data.end()}};
    registry.set(scenario::key_path(text, service), text.name, text.type, text.data);
  }
}

}  // namespace

Result<json> Session::load(const json& command) {
  const auto name = command.at("name").get<std::string>();
  const auto service = command.at("service").get<std::string>();
  auto found =
      std::ranges::find_if(drivers_, [&](const auto& each) { return each->input.name == name; });
  if (found != drivers_.end() && !(*found)->gone)
    return failure(fmt::format("{}: it is loaded already; give a second one another name", name));
  auto file = world_.kernel.loader.store().cache.open(bytes_of(command.at("content")), name);
  if (!file) return std::unexpected(file.error());
  set_registry(world_.kernel.registry, command.at("registry"), service);
  const auto id = world_.kernel.io.load(**file, service);
  if (!id) return std::unexpected(id.error());

  if (found == drivers_.end()) found = drivers_.insert(found, std::make_unique<Driver>());
  Driver& driver = **found;
  driver.input = {.path = {}, .name = name, .service = service, .content = {}};
  driver.file = *file;
  driver.started = driver.gone = false;
  driver.lives.push_back(lives_.size());
  lives_.push_back({.driver = *id,
                    .name = name,
                    .part = static_cast<std::uint32_t>(found - drivers_.begin()),
                    .load_number = static_cast<std::uint32_t>(driver.lives.size()),
                    .entry_status = static_cast<std::uint32_t>(STATUS_PENDING),
                    .start_fails = command.at("start_fails").get<bool>(),
                    .stop_status = {}});
  spawn("start of " + name, [this, &driver, id = *id, life = driver.lives.back()] {
    const NTSTATUS status = world_.kernel.io.wait_started(id);
    lives_[life].entry_status = static_cast<std::uint32_t>(status);
    lives_[life].device_status =
        static_cast<std::uint32_t>(world_.kernel.io.driver(id).device_status);
    lives_[life].framework = world_.framework.bound_version(id).has_value();
    driver.started = true;
    driver.gone = !NT_SUCCESS(status);
  });
  wait([&] { return driver.started; }, patience_of(command), "DriverEntry to return");
  return json{{"driver", found - drivers_.begin()},
              {"status", lives_[driver.lives.back()].entry_status}};
}

// Returns when the request has been made, not when the driver is gone.
Result<json> Session::request_unload(const json& command) {
  Driver& driver = part_of(drivers_, command.at("driver"));
  verify::Life& life = lives_[driver.lives.back()];
  const NTSTATUS status = world_.kernel.io.request_unload(life.driver);
  if (!life.stop_status) life.stop_status = static_cast<std::uint32_t>(status);
  if (status == STATUS_SUCCESS || status == STATUS_PENDING) {
    spawn("end of " + driver.input.name,
          [this, &driver, id = life.driver] { driver.gone = world_.kernel.io.wait_gone(id); });
  }
  return json{{"status", static_cast<std::uint32_t>(status)}};
}

Result<json> Session::wait_gone(const json& command) {
  const Driver& driver = part_of(drivers_, command.at("driver"));
  return json{{"gone", wait([&] { return driver.gone; }, patience_of(command), "a driver to go")}};
}

Result<json> Session::attach(const json& command) {
  scenario::Plan plan;
  const auto what = command.at("what").get<std::string>();
  if (what == "all") {
    plan.attach_all = true;
  } else {
    const auto attachment = scenario::parse_attachment(what);
    if (!attachment) return std::unexpected(attachment.error());
    if (!scenario::is_registered(world_, attachment->callout))
      return failure(fmt::format("{}: no driver has registered a callout with this key",
                                 to_string(attachment->callout)));
    plan.attachments.push_back(*attachment);
  }
  scenario::attach(world_, plan, true, unattached_);
  return json::object();
}

// Empty when there is no such value.
Result<json> Session::registry(const json& command) {
  const Driver& driver = part_of(drivers_, command.at("driver"));
  const scenario::RegistryText place{.driver = {},
                                     .key = nt::widen(command.at("key").get<std::string>()),
                                     .name = nt::widen(command.at("name").get<std::string>()),
                                     .data = {}};
  const auto* value =
      world_.kernel.registry.find(scenario::key_path(place, driver.input.service), place.name);
  if (value == nullptr) return json::object();
  return json{{"type", value->type}, {"data", to_json(value->data)}};
}

}  // namespace drydock::remote
