// SPDX-License-Identifier: Apache-2.0
#include "scenario/plan_builder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <set>

#include "net/tracker.h"
#include "scenario/policy.h"
#include "scenario/scenario_file.h"
#include "scenario/variants.h"
#include "wfp/engine/layers.h"

namespace drydock::scenario {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::toupper(x) == std::toupper(y); });
}

std::string_view without_prefix(std::string_view layer) {
  for (const std::string_view prefix : {"FWPS_LAYER_", "FWPM_LAYER_"}) {
    if (layer.size() > prefix.size() && same_name(layer.substr(0, prefix.size()), prefix))
      return layer.substr(prefix.size());
  }
  return layer;
}

const wfp::Layer* layer_by_name(std::string_view name) {
  const auto wanted = without_prefix(name);
  const auto all = wfp::layers();
  const auto found = std::ranges::find_if(
      all, [&](const wfp::Layer& layer) { return same_name(without_prefix(layer.name), wanted); });
  return found == all.end() ? nullptr : &*found;
}

Result<net::LocalHost> local_host(net::LocalHost host,
                                  const std::vector<std::string>& local_addresses) {
  host.addresses.clear();
  for (const std::string& text : local_addresses) {
    const auto address = net::IpAddress::parse(text);
    if (!address) return failure(address.error());
    host.addresses.push_back(*address);
  }
  return host;
}

// An hour for what the driver waits for, and all the time that the traffic takes in each life.
machine::VirtualTime time_limit_of(const Plan& plan) {
  net::Nanoseconds longest{};
  for (const Traffic& traffic : plan.traffic)
    longest = std::max(longest, traffic.steps.back().time);
  if (plan.live) return machine::seconds(3600) + plan.live->duration;
  const std::int64_t lives = plan.unload.restart ? 2 : 1;
  const auto traffic_seconds = std::chrono::ceil<std::chrono::seconds>(longest).count();
  return machine::seconds(3600 + lives * traffic_seconds);
}

// Of a driver by its name; 0 is the first, and the one meant by none.
std::uint32_t number_of(const std::string& driver, const Inputs& inputs) {
  const auto found = std::ranges::find(inputs.beside, driver, &DriverInput::name);
  return found == inputs.beside.end()
             ? 0
             : static_cast<std::uint32_t>(found - inputs.beside.begin()) + 1;
}

bool is_about_sockets(const Operation& operation) {
  return std::visit(
      []<class What>(const What&) {
        return requires(SocketTable table, What what) { table.play(what); } ||
               std::is_same_v<What, SendBytes>;
      },
      operation.what);
}

// What operations of sockets come to, repeated ones as often as they are.
std::uint64_t steps_of_sockets(const std::vector<Operation>& operations) {
  constexpr std::uint64_t steps_each = 6;  // a packet there and one back, more or less
  constexpr std::uint64_t endless = 100;   // repetitions that have no end
  std::uint64_t steps = 0;
  std::vector<std::uint64_t> each;
  for (const Operation& operation : operations) {
    std::uint64_t cost = is_about_sockets(operation) ? steps_each : 0;
    if (const auto* repeat = std::get_if<Repeat>(&operation.what)) {
      const std::uint64_t times = repeat->times.value_or(endless);
      for (std::size_t i = each.size() - repeat->last; i < each.size(); ++i)
        cost += each[i] * (times - 1);
    }
    each.push_back(cost);
    steps += cost;
  }
  return steps;
}

std::uint64_t steps_of_sockets(const ProcessText& process) {
  std::uint64_t steps = steps_of_sockets(process.operations);
  for (const auto& [name, operations] : process.threads) steps += steps_of_sockets(operations);
  return steps;
}

// None without sockets.
std::optional<NetworkPlan> plan_network(const ScenarioFile& file) {
  NetworkPlan network{.far = file.far};
  if (file.host) network.host = *file.host;
  for (const ProcessText& process : file.processes)
    network.expected_steps += steps_of_sockets(process);
  if (network.expected_steps == 0 && file.far.clients.empty()) return std::nullopt;
  constexpr std::uint64_t steps_of_round = 12;
  for (const net::FarClient& client : file.far.clients)
    network.expected_steps +=
        std::uint64_t{client.connections} * (client.rounds + 2) * steps_of_round;
  return network;
}

// What is left to be read of a scenario when options have been applied.
Result<void> read_scenario(const ScenarioInput& input, const Inputs& inputs, Plan& plan) {
  auto file = parse_scenario(input.text, input.path);
  if (!file) return std::unexpected(file.error());
  plan.network = plan_network(*file);
  for (ProcessText& process : file->processes) {
    const auto driver = number_of(process.driver, inputs);
    plan.processes.push_back(scripted(std::move(process), driver));
  }
  for (RegistryText& value : file->registry) {
    const auto driver = number_of(value.driver, inputs);
    const DriverInput& of = driver == 0 ? inputs.driver : inputs.beside[driver - 1];
    plan.registry.push_back(
        {key_path(value, of.service), std::move(value.name), value.type, std::move(value.data)});
  }
  if (file->host) plan.host = std::move(*file->host);
  plan.actions = std::move(file->actions);
  for (ScenarioAcceptance& accepted : file->accepted)
    plan.accepted.push_back(
        {std::move(accepted.rule), std::move(accepted.driver), std::move(accepted.reason)});
  return {};
}

Result<void> fits_real_traffic(const Inputs& inputs, const Plan& plan) {
  if (!inputs.beside.empty()) return failure("real traffic takes one driver");
  if (plan.network) {
    return failure(fmt::format("{}: sockets of processes and real traffic do not go together",
                               inputs.scenario->path));
  }
  if (std::ranges::any_of(plan.actions, &ActionPlan::at_step)) {
    return failure(fmt::format("{}: [[at]] takes 'ms' with real traffic, whose steps nobody counts",
                               inputs.scenario->path));
  }
  return {};
}

Result<LivePlan> plan_live(const LiveInput& input, const net::LocalHost& interfaces) {
  auto host = local_host(interfaces, input.local_addresses);
  if (!host) return std::unexpected(host.error());
  return LivePlan{.host = *std::move(host),
                  .files = input.files,
                  .unload_after = machine::seconds(input.unload_after),
                  .duration = machine::seconds(input.seconds)};
}

}  // namespace

Result<Traffic> read_traffic(const CaptureInput& input, bool keep,
                             const net::LocalHost& interfaces) {
  const auto host = local_host(interfaces, input.local_addresses);
  if (!host) return std::unexpected(host.error());
  const std::span content(reinterpret_cast<const std::uint8_t*>(input.content.data()),
                          input.content.size());
  auto capture = net::read_capture(content, input.path);
  if (!capture) return std::unexpected(capture.error());
  Traffic traffic{input.path, net::steps_of(*host, capture->packets), 0, nullptr};
  if (traffic.steps.empty()) {
    return failure(fmt::format(
        "{}: none of its {} packets is from or to the local addresses ({}); name them with --local",
        input.path, capture->packets.size(), fmt::join(input.local_addresses, ", ")));
  }
  traffic.busiest_step = busiest_step(traffic.steps);
  if (keep) traffic.capture = std::make_shared<const net::Capture>(*std::move(capture));
  return traffic;
}

Result<Attachment> parse_attachment(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos) {
    return failure(
        fmt::format("'{}' is no attachment: expected KEY@LAYER, as in "
                    "01234567-89ab-cdef-0123-456789abcdef@ALE_AUTH_CONNECT_V4",
                    text));
  }
  const auto key = parse_guid(text.substr(0, at));
  if (!key) return failure(fmt::format("'{}' is no callout key (a GUID)", text.substr(0, at)));
  const auto* layer = layer_by_name(text.substr(at + 1));
  if (layer == nullptr)
    return failure(fmt::format("'{}' is no filtering layer", text.substr(at + 1)));
  return Attachment{.callout = *key, .layer = static_cast<std::uint16_t>(layer->id)};
}

std::size_t busiest_step(std::span<const net::Step> steps) {
  std::set<net::FlowId> alive;
  std::size_t most = 0;
  std::size_t where = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (alive.size() > most) {
      most = alive.size();
      where = i;
    }
    if (steps[i].kind == net::StepKind::flow_end) {
      alive.erase(steps[i].flow);
    } else if (steps[i].kind == net::StepKind::ale_flow_established) {
      alive.insert(steps[i].flow);
    }
  }
  return where;
}

Result<Plan> build_plan(const Inputs& inputs) {
  Plan plan;
  plan.driver = inputs.driver;
  plan.beside = inputs.beside;
  plan.attach_all = inputs.attach_all;
  plan.unload = inputs.unload;
  plan.processors = inputs.processors;
  plan.seed = inputs.seed;
  const auto platform = options_with(inputs.variants);
  if (!platform) return std::unexpected(platform.error());
  plan.platform = *platform;
  plan.record_traffic = inputs.record_traffic;
  if (plan.record_traffic) {
    plan.lanes = 1;  // packets come out in the order in which they came in
    plan.unload.restart = false;
    plan.unload.earliest_step = plan.unload.latest_step = UINT32_MAX;
  }
  if (inputs.scenario) {
    if (auto read = read_scenario(*inputs.scenario, inputs, plan); !read)
      return std::unexpected(read.error());
  }
  if (plan.network) plan.network->keeps_packets = inputs.record_traffic;
  plan.boots = 1 + inputs.reboots;
  plan.boot_start = inputs.boot_start;
  auto policy = plan_policy(inputs);
  if (!policy) return std::unexpected(policy.error());
  plan.policy = std::move(*policy);
  for (const std::string& text : inputs.attachments) {
    const auto attachment = parse_attachment(text);
    if (!attachment) return std::unexpected(attachment.error());
    plan.attachments.push_back(*attachment);
  }
  for (const CaptureInput& capture : inputs.captures) {
    auto traffic = read_traffic(capture, inputs.record_traffic, plan.host);
    if (!traffic) return std::unexpected(traffic.error());
    plan.traffic.push_back(std::move(*traffic));
  }
  if (inputs.live) {
    if (auto fits = fits_real_traffic(inputs, plan); !fits) return std::unexpected(fits.error());
    auto live = plan_live(*inputs.live, plan.host);
    if (!live) return std::unexpected(live.error());
    plan.live = *std::move(live);
    plan.unload.restart = false;
    plan.call_limit = UINT64_MAX;
  }
  plan.time_limit = time_limit_of(plan);
  return plan;
}

}  // namespace drydock::scenario
