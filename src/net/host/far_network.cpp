// SPDX-License-Identifier: Apache-2.0
#include "net/host/far_network.h"

#include <algorithm>
#include <utility>

#include "net/host/packets.h"
#include "net/tcp_packet.h"

namespace drydock::net {

using Bytes = std::vector<std::uint8_t>;

namespace {

constexpr std::size_t most_payload = 1440;  // fits both families on Ethernet
constexpr machine::VirtualTime first_patience = machine::seconds(1);
constexpr std::uint32_t most_repeats = 5;

std::span<const std::uint8_t> payload_of(const ParsedPacket& header,
                                         std::span<const std::uint8_t> bytes) {
  return bytes.first(header.total_size).subspan(header.payload_offset());
}

bool is_syn(const ParsedPacket& header) {
  return (header.tcp_flags & (tcp::syn | tcp::ack | tcp::rst)) == tcp::syn;
}

}  // namespace

FarNetwork::FarNetwork(Agenda& agenda, WireEnd& host, FarNetworkOptions options)
    : agenda_(agenda), host_(host), options_(std::move(options)), random_(options_.seed) {}

Bytes FarNetwork::made_up(std::size_t size) {
  Bytes bytes(size);
  std::ranges::generate(bytes,
                        [this] { return static_cast<std::uint8_t>('a' + random_.below(26)); });
  return bytes;
}

const FarServer& FarNetwork::server_for(Protocol protocol, const SocketPlace& place) const {
  const auto found = std::ranges::find_if(options_.servers, [&](const FarServer& server) {
    return server.protocol == protocol && (!server.address || *server.address == place.address) &&
           (server.port == 0 || server.port == place.port);
  });
  return found == options_.servers.end() ? anybody_ : *found;
}

void FarNetwork::send(Bytes packet) {
  auto shared = std::make_shared<const Bytes>(std::move(packet));
  agenda_.after(wire_delay, [this, shared = std::move(shared)] { host_.arrive(shared); });
}

void FarNetwork::start() {
  for (const FarClient& client : options_.clients)
    agenda_.after(client.begins, [this, &client] { begin(client, 1); });
}

void FarNetwork::add(FarClient client) {
  const FarClient& added = added_.emplace_back(std::move(client));
  agenda_.after(added.begins, [this, &added] { begin(added, 1); });
}

void FarNetwork::begin(const FarClient& client, std::uint32_t connection) {
  if (client.protocol == Protocol::tcp) return connect(client, connection);
  const SocketPlace from{client.address, next_port_++};
  senders_[{from, client.to}] = {&client, 1};
  say_datagram(client, from);
}

void FarNetwork::say_datagram(const FarClient& client, const SocketPlace& from) {
  send(make_udp_packet(from, client.to, client.says));
}

void FarNetwork::connect(const FarClient& client, std::uint32_t number) {
  const SocketPlace from{client.address, next_port_++};
  const auto [place, fresh] = connections_.insert_or_assign(
      Key{from, client.to},
      Connection{.ours = from, .theirs = client.to, .tcp = TcpEnd(random_.next32(), most_payload)});
  Connection& connection = place->second;
  connection.client = &client;
  connection.connection = number;
  connection.tcp.connect();
  flush(connection);
}

void FarNetwork::arrive(const PacketBytes& packet) {
  const auto header = parse_packet(*packet);
  if (!header || header->is_fragment) return;
  switch (header->protocol) {
    case Protocol::tcp:
      return hear_tcp(*header, *packet);
    case Protocol::udp:
      return hear_udp(*header, *packet);
    case Protocol::icmp:
    case Protocol::icmpv6:
      return;
  }
}

void FarNetwork::hear_udp(const ParsedPacket& header, std::span<const std::uint8_t> bytes) {
  const SocketPlace ours{header.destination, header.destination_port};
  const SocketPlace theirs{header.source, header.source_port};
  if (const auto sender = senders_.find({ours, theirs}); sender != senders_.end()) {
    if (sender->second.rounds++ < sender->second.client->rounds)
      say_datagram(*sender->second.client, ours);
    return;
  }
  const FarServer& server = server_for(Protocol::udp, ours);
  switch (server.does) {
    case FarBehaviour::answers:
      return send(make_udp_packet(ours, theirs, made_up(server.answer)));
    case FarBehaviour::echoes:
      return send(make_udp_packet(ours, theirs, payload_of(header, bytes)));
    case FarBehaviour::refuses:
      return send(port_unreachable(bytes, header));
    case FarBehaviour::discards:
    case FarBehaviour::silent:
      return;
  }
}

void FarNetwork::hear_tcp(const ParsedPacket& header, std::span<const std::uint8_t> bytes) {
  const Key key{{header.destination, header.destination_port}, {header.source, header.source_port}};
  const auto known = connections_.find(key);
  if (known == connections_.end()) {
    if (Connection* accepted = accept(header, bytes)) flush(*accepted);
    return;
  }
  Connection& connection = known->second;
  const TcpState before = connection.tcp.state();
  connection.tcp.hear(header, payload_of(header, bytes));
  answer(connection, before);
  flush(connection);
  if (connection.tcp.state() != TcpState::reset && !connection.tcp.over()) return;
  const FarClient* client = connection.client;
  const std::uint32_t number = connection.connection;
  connections_.erase(known);
  if (client != nullptr && number < client->connections) begin(*client, number + 1);
}

FarNetwork::Connection* FarNetwork::accept(const ParsedPacket& header,
                                           std::span<const std::uint8_t> bytes) {
  const SocketPlace ours{header.destination, header.destination_port};
  const SocketPlace theirs{header.source, header.source_port};
  const FarServer& server = server_for(Protocol::tcp, ours);
  if (server.does == FarBehaviour::silent) return nullptr;
  if (!is_syn(header) || server.does == FarBehaviour::refuses) {
    if (auto reset = reset_for(bytes, header); !reset.empty()) send(std::move(reset));
    return nullptr;
  }
  Connection& connection =
      connections_
          .insert_or_assign(
              Key{ours, theirs},
              Connection{
                  .ours = ours, .theirs = theirs, .tcp = TcpEnd(random_.next32(), most_payload)})
          .first->second;
  connection.server = &server;
  connection.tcp.accept(header);
  return &connection;
}

void FarNetwork::answer(Connection& connection, TcpState before) {
  const bool established =
      before != TcpState::established && connection.tcp.state() == TcpState::established;
  const Bytes heard = connection.tcp.take_received();
  if (connection.client != nullptr) {
    if (established || !heard.empty()) speak(connection);
  } else if (!heard.empty()) {
    if (connection.server->does == FarBehaviour::echoes) connection.tcp.send(heard);
    if (connection.server->does == FarBehaviour::answers)
      connection.tcp.send(made_up(connection.server->answer));
  }
  if (connection.tcp.fin_received()) connection.tcp.finish();
}

void FarNetwork::speak(Connection& connection) {
  const FarClient& client = *connection.client;
  if (connection.rounds++ < client.rounds) return connection.tcp.send(client.says);
  connection.tcp.finish();
}

void FarNetwork::flush(Connection& connection) {
  for (const TcpSegment& segment : connection.tcp.take_segments())
    send(make_tcp_packet(connection.ours, connection.theirs, segment));
  watch(connection);
}

void FarNetwork::watch(Connection& connection) {
  if (connection.timer || !connection.tcp.waits()) return;
  connection.timer = true;
  connection.acknowledged = connection.tcp.acknowledged();
  const Key key{connection.ours, connection.theirs};
  agenda_.after({first_patience.ticks << connection.repeats}, [this, key] { look_after(key); });
}

void FarNetwork::look_after(const Key& key) {
  const auto found = connections_.find(key);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  connection.timer = false;
  if (connection.tcp.acknowledged() != connection.acknowledged || !connection.tcp.waits()) {
    connection.repeats = 0;
    return watch(connection);
  }
  if (++connection.repeats > most_repeats || connection.tcp.state() == TcpState::reset) {
    connections_.erase(found);
    return;
  }
  connection.tcp.send_again();
  flush(connection);
}

}  // namespace drydock::net
