// SPDX-License-Identifier: Apache-2.0
#include "remote/network_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "scenario/place_text.h"

namespace drydock::remote {

using nlohmann::json;

namespace {

// In the order of the library's enumeration.
constexpr std::array<net::FarBehaviour, 5> behaviours = {
    net::FarBehaviour::answers, net::FarBehaviour::echoes, net::FarBehaviour::discards,
    net::FarBehaviour::refuses, net::FarBehaviour::silent};

constexpr std::size_t most_of_datagram = 1400;

Result<net::IpAddress> address_of(const std::string& text) {
  const auto address = net::IpAddress::parse(text);
  if (!address) return failure(address.error());
  return *address;
}

}  // namespace

net::Protocol protocol_of(const json& name) {
  return name.get<std::string>() == "udp" ? net::Protocol::udp : net::Protocol::tcp;
}

Result<net::FarServer> server_of(const json& object) {
  net::FarServer server;
  server.protocol = protocol_of(object.at("protocol"));
  const auto text = object.at("address").get<std::string>();
  if (!text.empty()) {
    auto address = address_of(text);
    if (!address) return std::unexpected(address.error());
    server.address = *address;
  }
  server.port = object.at("port").get<std::uint16_t>();
  server.does = behaviours.at(object.at("does").get<std::size_t>());
  server.answer = object.at("answer").get<std::uint32_t>();
  if (server.protocol == net::Protocol::udp && server.answer > most_of_datagram)
    return failure("a server answers with more than the 1400 bytes that one datagram holds");
  return server;
}

Result<net::FarClient> client_of(const json& object) {
  net::FarClient client;
  client.protocol = protocol_of(object.at("protocol"));
  const auto to = object.at("to").get<std::string>();
  const auto place = scenario::parse_place(to);
  if (!place)
    return failure(
        fmt::format("'{}' must be an address and a port, as 192.0.2.10:80 or "
                    "[2001:db8::10]:80",
                    to));
  client.to = *place;
  const bool v4 = place->address.version == net::IpVersion::v4;
  const auto from = object.at("from").get<std::string>();
  auto address = address_of(!from.empty() ? from : v4 ? "192.0.2.30" : "2001:db8::30");
  if (!address) return std::unexpected(address.error());
  client.address = *address;
  if (client.address.version != client.to.address.version)
    return failure(fmt::format("'{}' and '{}' are of different families", from, to));
  client.says = object.at("says").get_binary();
  if (client.protocol == net::Protocol::udp && client.says.size() > most_of_datagram)
    return failure("a client says more than the 1400 bytes that one datagram holds");
  client.rounds = object.at("rounds").get<std::uint32_t>();
  client.connections = object.at("connections").get<std::uint32_t>();
  return client;
}

}  // namespace drydock::remote
