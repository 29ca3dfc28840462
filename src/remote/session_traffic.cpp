// SPDX-License-Identifier: Apache-2.0
// Commands about time, the filter engine's service and traffic.
#include <algorithm>

#include "remote/session_parts.h"
#include "scenario/pace.h"
#include "scenario/plan_builder.h"
#include "scenario/standard_capture.h"

namespace drydock::remote {

using nlohmann::json;

namespace {

// More than any capture has sockets.
constexpr std::uint64_t endpoints_per_capture = 1 << 20;

}  // namespace

Result<json> Session::advance(const json& command) {
  world_.machine.sleep_until(world_.machine.now() + patience_of(command));
  return json::object();
}

Result<json> Session::set_filter_engine(const json& command) {
  world_.wfp.management().set_bfe_state(command.at("running").get<bool>() ? FWPM_SERVICE_RUNNING
                                                                          : FWPM_SERVICE_STOPPED);
  return json::object();
}

// Begins at once and goes on while other commands are done; packets come out in their order.
Result<json> Session::play(const json& command) {
  const auto content = bytes_of(command.at("content"));
  scenario::CaptureInput input{.path = command.at("name").get<std::string>(),
                               .local_addresses = command.at("local"),
                               .content = {content.begin(), content.end()}};
  if (input.path.empty()) input = scenario::standard_capture();
  if (input.local_addresses.empty())
    input.local_addresses = scenario::standard_capture().local_addresses;
  auto read = scenario::read_traffic(input, true);
  if (!read) return std::unexpected(read.error());
  Traffic& traffic = *traffic_.emplace_back(std::make_unique<Traffic>());
  traffic.content = *std::move(read);
  traffic.record = std::make_unique<net::TrafficRecord>(*traffic.content.capture);
  // Of what is injected into their own connections sockets hear themselves.
  world_.sockets->host.set_other_listener(traffic.record.get());
  traffic.path = std::make_unique<net::HostPath>(
      world_.network, traffic_.size() * endpoints_per_capture, traffic.record.get());
  traffic.began = world_.machine.now();
  spawn("traffic", [this, &traffic] { play_steps(traffic); });
  return json{{"traffic", traffic_.size() - 1}, {"steps", traffic.content.steps.size()}};
}

void Session::play_steps(Traffic& traffic) {
  for (const net::Step& step : traffic.content.steps) {
    const auto due = traffic.began + scenario::burst_of(step.time);
    if (due > world_.machine.now()) world_.machine.sleep_until(due);
    traffic.path->play(step);
    ++traffic.steps;
    tell();
    world_.machine.switch_point();
  }
  traffic.over = true;
}

Result<json> Session::await_traffic(const json& command) {
  const Traffic& traffic = part_of(traffic_, command.at("traffic"));
  const auto step = command.at("step").get<std::uint64_t>();
  wait([&] { return traffic.over || traffic.steps >= step; }, patience_of(command),
       "the traffic to come so far");
  return json{{"over", traffic.over}, {"steps", traffic.steps}};
}

Result<json> Session::traffic_result(const json& command) {
  const Traffic& traffic = part_of(traffic_, command.at("traffic"));
  const auto pcapng = traffic.record->pcapng();
  return json{{"pcapng", to_json(std::as_bytes(std::span(pcapng)))}};
}

}  // namespace drydock::remote
