// SPDX-License-Identifier: Apache-2.0
// Commands about the sockets of applications, and about those whom they talk to.
#include <fmt/format.h>

#include <algorithm>

#include "remote/network_json.h"
#include "remote/session_parts.h"
#include "scenario/place_text.h"

namespace drydock::remote {

using nlohmann::json;
using scenario::SocketAnswer;
using scenario::SocketTable;

namespace {

// What a program does with a socket of its table.
struct SocketCall {
  std::string_view name;
  SocketAnswer (*play)(SocketTable& table, const std::string& on, const json& command);
};

net::SocketPlace place_of(const json& command) {
  return *scenario::parse_place(command.at("place").get<std::string>());
}

constexpr SocketCall socket_calls[] = {
    {"bind",
     [](SocketTable& table, const std::string& on, const json& command) {
       return table.play(scenario::BindSocket{on, place_of(command)});
     }},
    {"listen", [](SocketTable& table, const std::string& on,
                  const json&) { return table.play(scenario::ListenOn{on}); }},
    {"connect",
     [](SocketTable& table, const std::string& on, const json& command) {
       return table.play(scenario::ConnectSocket{on, place_of(command)});
     }},
    {"accept",
     [](SocketTable& table, const std::string& on, const json& command) {
       return table.play(scenario::AcceptFrom{on, command.at("as").get<std::string>()});
     }},
    {"send",
     [](SocketTable& table, const std::string& on, const json& command) {
       scenario::SendBytes send{.on = on, .bytes = {}, .to = {}};
       if (command.contains("place")) send.to = place_of(command);
       return table.play(send, bytes_of(command.at("bytes")));
     }},
    {"receive",
     [](SocketTable& table, const std::string& on, const json& command) {
       return table.play(scenario::ReceiveBytes{on, command.at("size").get<std::uint64_t>()});
     }},
    {"shut_down", [](SocketTable& table, const std::string& on,
                     const json&) { return table.play(scenario::ShutDown{on}); }},
    {"close", [](SocketTable& table, const std::string& on,
                 const json&) { return table.play(scenario::CloseSocket{on}); }},
    {"redirect_context",
     [](SocketTable& table, const std::string& on, const json&) {
       return table.play(scenario::QueryRedirectContext{on});
     }},
    {"hand_on_redirect_records",
     [](SocketTable& table, const std::string& on, const json& command) {
       return table.play(
           scenario::HandOnRedirectRecords{command.at("from").get<std::string>(), on});
     }},
};

std::string name_of(std::size_t socket) {
  return std::to_string(socket);
}

}  // namespace

Result<json> Session::open_socket(const json& command) {
  if (const auto found = running(command.at("process")); !found)
    return std::unexpected(found.error());
  const auto process = command.at("process").get<std::size_t>();
  sockets_.push_back(
      std::make_unique<Socket>(Socket{processes_.at(process).get(), tables_.at(process).get()}));
  const auto number = sockets_.size() - 1;
  sockets_.back()->table->play(
      scenario::MakeSocket{protocol_of(command.at("protocol")), name_of(number)});
  return json{{"socket", number}};
}

Result<json> Session::use_socket(const json& command) {
  const auto number = command.at("socket").get<std::size_t>();
  Socket& socket = *sockets_.at(number);
  const auto call_name = command.at("call").get<std::string>();
  const auto* call = std::ranges::find(socket_calls, call_name, &SocketCall::name);
  if (call == std::end(socket_calls)) return failure("the machine does not know what to do");
  if (socket.process->ended() || socket.closed)
    return failure(fmt::format("{}: the socket is closed", call_name));
  if (command.contains("place") && !scenario::parse_place(command.at("place").get<std::string>()))
    return failure(
        fmt::format("'{}' must be an address and a port, as 192.0.2.20:80 or "
                    "[2001:db8::20]:80",
                    command.at("place").get<std::string>()));
  socket.closed = call_name == "close";
  json arguments = command;
  arguments["as"] = name_of(sockets_.size());
  if (call_name == "accept")
    sockets_.push_back(std::make_unique<Socket>(Socket{socket.process, socket.table}));
  const std::size_t accepted = sockets_.size() - 1;

  const auto answer = std::make_shared<std::optional<SocketAnswer>>();
  socket.process->start_thread([this, &socket, call, answer, number, arguments] {
    *answer = call->play(*socket.table, name_of(number), arguments);
    tell();
  });
  if (!wait([&] { return answer->has_value(); }, patience_of(command), "a call of a socket"))
    return failure(fmt::format("{}: it has not come back after {} s of virtual time", call_name,
                               patience_of(command).ticks / machine::seconds(1).ticks));
  return json{{"status", static_cast<std::uint32_t>((*answer)->status)},
              {"bytes", to_json((*answer)->bytes)},
              {"accepted", accepted}};
}

Result<json> Session::add_client(const json& command) {
  auto client = client_of(command.at("client"));
  if (!client) return std::unexpected(client.error());
  world_.sockets->far.add(*std::move(client));
  return json::object();
}

Result<json> Session::wire(const json& /*command*/) {
  return json{{"pcapng", to_json(std::as_bytes(std::span(world_.sockets->host.pcapng())))}};
}

}  // namespace drydock::remote
