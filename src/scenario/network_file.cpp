// SPDX-License-Identifier: Apache-2.0
#include "scenario/network_file.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "scenario/byte_text.h"
#include "scenario/place_text.h"

namespace drydock::scenario {

namespace {

constexpr std::int64_t most_bytes = 1 << 20;
constexpr std::uint32_t most_of_datagram = 1400;
constexpr std::int64_t most_rounds = 1'000'000;
constexpr std::int64_t an_hour = 3'600'000;
constexpr std::int64_t usual_delay = 100;  // milliseconds

struct Behaviour {
  const char* name;
  net::FarBehaviour does;
};
constexpr std::array<Behaviour, 5> behaviours = {{{"answers", net::FarBehaviour::answers},
                                                  {"echoes", net::FarBehaviour::echoes},
                                                  {"discards", net::FarBehaviour::discards},
                                                  {"refuses", net::FarBehaviour::refuses},
                                                  {"silent", net::FarBehaviour::silent}}};

net::Protocol read_protocol(Section& section) {
  const auto text = section.value<std::string>("protocol", "a text").value_or("tcp");
  if (text == "tcp") return net::Protocol::tcp;
  if (text == "udp") return net::Protocol::udp;
  throw section.wrong("'protocol' must be \"tcp\" or \"udp\"", *section.find("protocol"));
}

net::FarBehaviour read_behaviour(Section& section) {
  const auto text = section.value<std::string>("does", "a text").value_or("answers");
  const auto* found = std::ranges::find(behaviours, text, &Behaviour::name);
  if (found != behaviours.end()) return found->does;
  throw section.wrong(
      "'does' must be \"answers\", \"echoes\", \"discards\", \"refuses\" or \"silent\"",
      *section.find("does"));
}

net::FarServer read_server(const toml::node& node) {
  Section section(node, "[[server]]");
  net::FarServer server;
  server.protocol = read_protocol(section);
  server.address = read_address(section, "address");
  server.port = static_cast<std::uint16_t>(section.number("port", 1, 65535).value_or(0));
  server.does = read_behaviour(section);
  if (const auto size = section.number("answer", 1, most_bytes))
    server.answer = static_cast<std::uint32_t>(*size);
  section.refuse_others();
  if (server.protocol == net::Protocol::udp && server.answer > most_of_datagram)
    throw section.wrong("answers with more than the 1400 bytes that one datagram holds");
  return server;
}

std::vector<std::uint8_t> read_words(Section& section) {
  const auto text = section.value<std::string>("says", "a text of bytes").value_or("\"hello\"");
  const auto parsed = ByteText::parse(text);
  if (!parsed)
    throw section.wrong(fmt::format("'says': {}", parsed.error().message), *section.find("says"));
  if (!parsed->names().empty())
    throw section.wrong("'says': a client has no memory", *section.find("says"));
  std::vector<std::uint8_t> words;
  std::ranges::transform(parsed->bytes([](const std::string&) { return 0; }),
                         std::back_inserter(words),
                         [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
  return words;
}

net::FarClient read_client(const toml::node& node) {
  Section section(node, "[[client]]");
  net::FarClient client;
  client.protocol = read_protocol(section);
  if (!section.has("to")) throw section.missing("to");
  client.to = read_place(section, "to");
  const bool v4 = client.to.address.version == net::IpVersion::v4;
  client.address = read_address(section, "address")
                       .value_or(*net::IpAddress::parse(v4 ? "192.0.2.30" : "2001:db8::30"));
  if (client.address.version != client.to.address.version)
    throw section.wrong("has 'address' and 'to' of different families");
  client.says = read_words(section);
  if (client.protocol == net::Protocol::udp && client.says.size() > most_of_datagram)
    throw section.wrong("says more than the 1400 bytes that one datagram holds");
  client.begins =
      machine::milliseconds(section.number("after_ms", 0, an_hour).value_or(usual_delay));
  client.rounds = static_cast<std::uint32_t>(section.number("rounds", 1, most_rounds).value_or(1));
  client.connections =
      static_cast<std::uint32_t>(section.number("connections", 1, most_rounds).value_or(1));
  section.refuse_others();
  return client;
}

const toml::array& list_of(const toml::node& node, const char* name) {
  const auto* list = node.as_array();
  if (list == nullptr)
    throw Wrong(node.source(), fmt::format("[[{}]] must be written with two brackets", name));
  return *list;
}

}  // namespace

void read_servers(const toml::node& node, net::FarNetworkOptions& far) {
  for (const toml::node& server : list_of(node, "server"))
    far.servers.push_back(read_server(server));
}

void read_clients(const toml::node& node, net::FarNetworkOptions& far) {
  for (const toml::node& client : list_of(node, "client"))
    far.clients.push_back(read_client(client));
}

}  // namespace drydock::scenario
