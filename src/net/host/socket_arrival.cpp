// SPDX-License-Identifier: Apache-2.0
// Packets that come to the host: whose they are.
#include <array>
#include <utility>

#include "net/host/socket_host.h"
#include "net/tcp_packet.h"

namespace drydock::net {

namespace {

constexpr std::array received_layers = {StepKind::inbound_ippacket, StepKind::inbound_transport};

bool is_initial_syn(const ParsedPacket& header) {
  return (header.tcp_flags & (tcp::syn | tcp::ack | tcp::rst)) == tcp::syn;
}

std::optional<HostPacket> incoming(const PacketBytes& bytes, const LocalHost& host) {
  const auto header = parse_packet(*bytes);
  if (!header) return std::nullopt;
  return HostPacket{.bytes = bytes,
                    .header = *header,
                    .direction = Direction::inbound,
                    .loopback = host.owns(header->source)};
}

}  // namespace

void SocketHost::arrive(const PacketBytes& bytes) {
  const auto packet = incoming(bytes, host_);
  if (!packet) return;
  const IpAddress& to = packet->header.destination;
  if (!host_.owns(to) && to.type() == AddressType::unicast) return forward(*packet);
  switch (packet->header.protocol) {
    case Protocol::tcp:
      return arrive_tcp(*packet);
    case Protocol::udp:
      return arrive_udp(*packet);
    case Protocol::icmp:
    case Protocol::icmpv6:
      return arrive_icmp(*packet);
  }
}

Socket* SocketHost::find_connection(const HostPacket& packet) {
  const auto found = connections_.find({packet.local(), packet.remote()});
  return found == connections_.end() ? nullptr : &at(found->second);
}

// One that is bound to the very address before one for all of them.
Socket* SocketHost::find_port(Protocol protocol, const HostPacket& packet) {
  const auto found = ports_.find({protocol, packet.header.version, packet.local().port});
  if (found == ports_.end()) return nullptr;
  Socket* any = nullptr;
  for (const SocketId id : found->second) {
    Socket& socket = at(id);
    if (socket.local.address == packet.local().address) return &socket;
    if (socket.local.address.is_unspecified()) any = &socket;
  }
  return any;
}

void SocketHost::arrive_tcp(const HostPacket& packet) {
  if (Socket* socket = find_connection(packet)) {
    return play_packet(*socket->lane, received_layers, packet, socket,
                       [this, id = socket->id, packet](const Outcome& outcome) {
                         tell_received(packet, outcome);
                         if (outcome.goes_on) hear(at(id), packet);
                       });
  }
  const ConnectionKey key{packet.local(), packet.remote()};
  if (Socket* waiting = find_time_wait(key)) {
    if (!is_initial_syn(packet.header)) return answer_latecomer(*waiting, packet);
    time_waits_.erase(key);  // another connection between the same ends
  }
  Socket* listener = find_port(Protocol::tcp, packet);
  if (is_initial_syn(packet.header) && listener != nullptr && listener->listens)
    return accept_syn(*listener, packet);
  refuse_segment(packet);
}

void SocketHost::arrive_udp(const HostPacket& packet) {
  if (Socket* socket = find_port(Protocol::udp, packet)) return receive_datagram(*socket, packet);
  refuse_datagram(packet);
}

void SocketHost::arrive_icmp(const HostPacket& packet) {
  if (!packet.header.is_icmp_error()) return;
  static constexpr std::array layers = {StepKind::inbound_ippacket, StepKind::inbound_transport,
                                        StepKind::inbound_icmp_error};
  const auto about =
      parse_quoted_packet(std::span(*packet.bytes).subspan(packet.header.payload_offset()));
  if (!about) return;
  std::vector<Step> steps;
  for (const StepKind kind : layers) {
    steps.push_back(packet_step(kind, packet, interfaces_, now()));
    if (kind == StepKind::inbound_icmp_error)
      steps.back().quoted = QuotedFlow{about->protocol, about->source, about->destination,
                                       about->source_port, about->destination_port};
  }
  lane_of(system_).play(std::move(steps),
                        [this, packet](const Outcome& outcome) { tell_received(packet, outcome); });
}

void SocketHost::play_packet(Lane& lane, std::span<const StepKind> kinds, const HostPacket& packet,
                             const Socket* socket, Lane::Then then) {
  std::vector<Step> steps;
  for (const StepKind kind : kinds) {
    steps.push_back(packet_step(kind, packet, interfaces_, now()));
    if (socket != nullptr) own_step(steps.back(), *socket);
  }
  const bool decides = kinds.back() == StepKind::ale_auth_recv_accept;
  if (decides) steps[kinds.size() - 2].ale_classify_required = true;
  lane.play(std::move(steps), std::move(then));
}

// Of a packet that no flow has. The one that it was taken from may still be on its way to the first
// layers: what comes anew is played behind it.
bool SocketHost::begins_flow(const HostPacket& packet) {
  const bool here =
      host_.owns(packet.local().address) || packet.local().address.type() != AddressType::unicast;
  if (!here) return false;
  const Socket* socket = find_port(packet.header.protocol, packet);
  if (socket == nullptr) return false;
  return packet.header.protocol == Protocol::udp ||
         (socket->listens && is_initial_syn(packet.header));
}

bool SocketHost::takes_injected(InjectedPacket& injected) {
  HostPacket packet{
      .bytes = {},
      .header = injected.header,
      .direction = injected.direction,
      .loopback = host_.owns(injected.header.source) && host_.owns(injected.header.destination)};
  if (!begins_flow(packet)) return false;
  std::vector<std::uint8_t> bytes(injected.bytes.begin(), injected.bytes.end());
  if (injected.direction == Direction::outbound) set_checksums(bytes, injected.header);
  packet.bytes = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
  packet.carried = std::make_shared<Carried>(injected.mark, injected.how, injected.interface_index);
  agenda_.soon([this, packet = std::move(packet), done = std::move(injected.done)]() mutable {
    play_injected(packet);
    done(packet.carried->status);
  });
  return true;
}

// Like any other, but that its layers know it for injected.
void SocketHost::play_injected(const HostPacket& packet) {
  if (packet.direction == Direction::inbound) {
    return packet.header.protocol == Protocol::tcp ? arrive_tcp(packet) : arrive_udp(packet);
  }
  Socket* socket = find_port(Protocol::udp, packet);
  if (socket != nullptr && !socket->closed) return send_for_driver(*socket, packet);
  packet.carried->status = STATUS_DATA_NOT_ACCEPTED;  // the socket has closed meanwhile
}

// A packet that a driver has injected has been through its layers.
void SocketHost::packet_injected(std::span<const std::uint8_t> bytes, Direction direction,
                                 const std::string& how) {
  const auto copy = std::make_shared<const std::vector<std::uint8_t>>(bytes.begin(), bytes.end());
  if (other_listener_ != nullptr && !is_ours(*copy, direction))
    return other_listener_->packet_injected(bytes, direction, how);
  agenda_.soon([this, copy, direction, how] { take_injected(copy, direction, how); });
}

bool SocketHost::is_ours(std::span<const std::uint8_t> bytes, Direction direction) const {
  const auto header = parse_packet(bytes);
  if (!header) return false;
  const bool sent = direction == Direction::outbound;
  const SocketPlace source{header->source, header->source_port};
  const SocketPlace destination{header->destination, header->destination_port};
  const SocketPlace& local = sent ? source : destination;
  const SocketPlace& remote = sent ? destination : source;
  if (header->protocol == Protocol::tcp) return connections_.contains({local, remote});
  return ports_.contains({header->protocol, header->version, local.port});
}

void SocketHost::take_injected(const PacketBytes& bytes, Direction direction,
                               const std::string& how) {
  if (direction == Direction::outbound)
    return put_on_wire(outgoing(*bytes), {.goes_on = true, .why = how});
  tell(bytes, how);
  const auto packet = incoming(bytes, host_);
  if (!packet) return;
  if (packet->header.protocol == Protocol::udp) {
    if (Socket* socket = find_port(Protocol::udp, *packet)) deliver_datagram(*socket, *packet);
  } else if (packet->header.protocol == Protocol::tcp && !is_initial_syn(packet->header)) {
    if (Socket* socket = find_connection(*packet)) hear(*socket, *packet);
  }
}

}  // namespace drydock::net
