// SPDX-License-Identifier: Apache-2.0
#include "remote/machine_worker.h"

#include <fmt/format.h>

#include <exception>
#include <memory>

#include "explore/channel.h"
#include "explore/random.h"
#include "explore/sandbox.h"
#include "explore/worker.h"
#include "remote/network_json.h"
#include "remote/protocol.h"
#include "remote/session.h"
#include "scenario/inputs.h"
#include "scenario/plan_builder.h"

namespace drydock::remote {
namespace {

using nlohmann::json;

constexpr int channel = explore::worker_channel;

json error(const std::string& what) {
  return {{"error", what}};
}

json reply(const Result<json>& result) {
  return result ? json{{"answer", *result}} : error(result.error().message);
}

// As the first message describes it.
Result<scenario::Plan> plan_of(const json& wanted) {
  const auto version = wanted.at("version").get<int>();
  if (version != protocol_version)
    return failure(
        fmt::format("the drydock program speaks version {} where libdrydock speaks {}: "
                    "they come from different installations",
                    protocol_version, version));
  scenario::Inputs inputs;
  inputs.variants = wanted.at("variants").get<std::vector<std::string>>();
  inputs.processors = wanted.at("processors").get<machine::CpuId>();
  if (inputs.processors < 1 || inputs.processors > 64)
    return failure(fmt::format("{} processors: from 1 to 64 are possible", inputs.processors));
  if (wanted.contains("seed")) inputs.seed = wanted.at("seed").get<std::uint64_t>();
  for (const json& policy : wanted.at("policies")) {
    const auto content = bytes_of(policy.at("content"));
    inputs.policies.push_back(
        {policy.at("path").get<std::string>(), {content.begin(), content.end()}});
  }
  auto plan = scenario::build_plan(inputs);
  if (!plan) return plan;
  plan->network.emplace();
  for (const json& object : wanted.at("servers")) {
    auto server = server_of(object);
    if (!server) return std::unexpected(server.error());
    plan->network->far.servers.push_back(*std::move(server));
  }
  // The test decides how long it goes on.
  constexpr std::int64_t seconds_of_ten_centuries = 31'557'600'000;
  plan->time_limit = machine::seconds(seconds_of_ten_centuries);
  return plan;
}

std::unique_ptr<machine::Choices> choices_of(const json& wanted) {
  if (!wanted.contains("seed")) return std::make_unique<machine::RoundRobin>();
  return std::make_unique<explore::Random>(wanted.at("seed").get<std::uint64_t>());
}

json do_command(Session& session, const json& command) try {
  return reply(session.act(command));
} catch (const std::exception& fault) {
  return error(fmt::format("damaged command: {}", fault.what()));
}

// On a fiber of the machine, which stands still while it waits for a command. `hung_up`: nobody
// gives any more.
void take_commands(Session& session, bool& hung_up) {
  for (;;) {
    const auto command = explore::receive_message(channel);
    hung_up = !command || !explore::send_message(channel, do_command(session, *command));
    if (hung_up) return;
  }
}

json ask(Session& session, const json& command) try {
  const auto answer = session.ask(command);
  return answer ? reply(*answer) : json{{"stopped", session.why_stopped()}};
} catch (const std::exception& fault) {
  return error(fmt::format("damaged command: {}", fault.what()));
}

// The command under way never comes to its end; those that follow can only ask.
void answer_questions(Session& session) {
  auto sent = explore::send_message(channel, {{"stopped", session.why_stopped()}});
  while (sent) {
    const auto command = explore::receive_message(channel);
    if (!command) return;
    sent = explore::send_message(channel, ask(session, *command));
  }
}

void run(const json& wanted, const scenario::Plan& plan) {
  scenario::Environment environment;
  const auto choices = choices_of(wanted);
  Session session(environment, plan, *choices);
  bool hung_up = false;
  session.world().machine.spawn("remote control", machine::Irql::passive, [&] {
    const auto booted = session.boot();
    const json ready = booted ? json{{"answer", json::object()}} : error(booted.error().message);
    hung_up = !explore::send_message(channel, ready);
    if (!hung_up) take_commands(session, hung_up);
    session.world().machine.stop(machine::Stopped{"nobody drives the machine any more"});
  });
  session.world().machine.run();
  if (!hung_up) answer_questions(session);
}

}  // namespace

int run_machine() try {
  const auto wanted = explore::receive_message(channel);
  if (!wanted) return 1;
  const auto plan = plan_of(*wanted);
  if (!plan) return explore::send_message(channel, error(plan.error().message)) ? 0 : 1;
  if (const auto entered = explore::enter_sandbox(); !entered)
    return explore::send_message(channel, error(entered.error().message)) ? 0 : 1;
  run(*wanted, *plan);
  return 0;
} catch (const std::exception& fault) {
  (void)explore::send_message(channel, error(fault.what()));
  return 1;
}

}  // namespace drydock::remote
