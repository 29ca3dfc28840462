// SPDX-License-Identifier: Apache-2.0
#include "remote/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/status_names.h"
#include "remote/session_parts.h"
#include "scenario/policy.h"

namespace drydock::remote {

using nlohmann::json;

const Session::Command Session::commands[] = {
    {"load", &Session::load},
    {"request_unload", &Session::request_unload},
    {"wait_gone", &Session::wait_gone},
    {"attach", &Session::attach},
    {"registry", &Session::registry, true},
    {"start_process", &Session::start_process},
    {"end_process", &Session::end_process},
    {"open", &Session::open},
    {"close", &Session::close},
    {"start_request", &Session::start_request},
    {"await_request", &Session::await_request},
    {"cancel", &Session::cancel},
    {"allocate", &Session::allocate},
    {"read_memory", &Session::read_memory},
    {"write_memory", &Session::write_memory},
    {"open_socket", &Session::open_socket},
    {"use_socket", &Session::use_socket},
    {"add_client", &Session::add_client},
    {"wire", &Session::wire, true},
    {"advance", &Session::advance},
    {"set_filter_engine", &Session::set_filter_engine},
    {"play", &Session::play},
    {"await_traffic", &Session::await_traffic},
    {"traffic_result", &Session::traffic_result, true},
    {"ledger", &Session::ledger, true},
    {"findings", &Session::findings, true},
    {"verdict", &Session::verdict, true},
    {"position", &Session::position, true},
};

Session::Session(scenario::Environment& environment, const scenario::Plan& plan,
                 machine::Choices& choices)
    : plan_(plan), world_(environment, plan, choices) {
  no_traffic_.began = true;  // nobody waits for that
}

Session::~Session() = default;

const Session::Command* Session::find(const json& command) {
  const auto name = command.at("do").get<std::string>();
  const auto* found = std::ranges::find(commands, name, &Command::name);
  return found == std::end(commands) ? nullptr : found;
}

Result<void> Session::boot() {
  world_.wfp.management().set_bfe_state(FWPM_SERVICE_RUNNING);
  return scenario::add_policies(plan_.policy, world_.wfp.engine());
}

Result<json> Session::act(const json& command) {
  const Command* found = find(command);
  if (found == nullptr) return failure("the machine does not know what to do");
  if (over_ && !found->asks)
    return failure("the verdict has been given: the machine does nothing any more");
  return (this->*found->act)(command);
}

std::optional<Result<json>> Session::ask(const json& command) {
  const Command* found = find(command);
  if (found == nullptr || !found->asks) return std::nullopt;
  return (this->*found->act)(command);
}

std::string Session::why_stopped() const {
  const auto& stop = world_.machine.stopped();
  if (!stop) return "nothing in the machine can go on";
  if (const auto* check = std::get_if<machine::BugCheck>(&*stop))
    return fmt::format("{}: {}", describe_bugcheck(check->code), check->what);
  if (const auto* unknown = std::get_if<machine::Inconclusive>(&*stop)) return unknown->what;
  if (const auto* fault = std::get_if<machine::InternalFault>(&*stop))
    return "a fault of drydock itself: " + fault->what;
  return std::get<machine::Stopped>(*stop).why;
}

void Session::spawn(std::string name, std::move_only_function<void()> work) {
  world_.machine.spawn(std::move(name), machine::Irql::passive,
                       [this, work = std::move(work)]() mutable {
                         work();
                         tell();
                       });
}

machine::VirtualTime patience_of(const json& command) {
  constexpr machine::VirtualTime century = machine::seconds(3'155'760'000);
  return std::min<machine::VirtualTime>({command.at("patience").get<std::int64_t>()}, century);
}

std::span<const std::byte> bytes_of(const json& value) {
  return std::as_bytes(std::span(value.get_ref<const json::binary_t&>()));
}

json to_json(std::span<const std::byte> bytes) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
  return json::binary({begin, begin + bytes.size()});
}

}  // namespace drydock::remote
