// SPDX-License-Identifier: Apache-2.0
// Datagrams of sockets: one flow for each other end, until a minute without a word.
#include <algorithm>
#include <array>
#include <utility>

#include "net/host/packets.h"
#include "net/host/socket_host.h"
#include "net/host/socket_status.h"

namespace drydock::net {

namespace {

// What the length fields of the headers can say, less the headers that they count.
constexpr std::size_t most_datagram_v4 = 65535 - 20 - 8;
constexpr std::size_t most_datagram_v6 = 65535 - 8;

// Later ones do without the first two.
constexpr std::array first_datagram_layers = {
    StepKind::ale_auth_connect, StepKind::ale_flow_established, StepKind::datagram_data,
    StepKind::outbound_transport, StepKind::outbound_ippacket};

machine::VirtualTime ticks_of(Nanoseconds time) {
  return {time.count() / 100};
}

Nanoseconds patience_for(const DatagramFlow& flow) {
  const bool many = flow.remote.address.type() != AddressType::unicast;
  return flow.direction == Direction::outbound && many ? multicast_idle_timeout : idle_timeout;
}

}  // namespace

DatagramFlow& SocketHost::add_flow(Socket& socket, const SocketPlace& local,
                                   const SocketPlace& remote, Direction direction) {
  DatagramFlow& flow = socket.flows[remote];
  flow = {.flow = socket.lane->new_flow(),
          .local = local,
          .remote = remote,
          .direction = direction,
          .last_activity = now(),
          .loopback = host_.owns(remote.address)};
  datagram_flows_[{socket.lane, flow.flow}] = socket.id;
  watch_idle(socket.id, remote);
  return flow;
}

// Null when that flow is not there any more: callouts, and who closes the socket, come in between.
DatagramFlow* SocketHost::find_flow(Socket& socket, const SocketPlace& remote, FlowId flow) {
  const auto found = socket.flows.find(remote);
  return found == socket.flows.end() || found->second.flow != flow ? nullptr : &found->second;
}

// The flow to `remote`, or to where a callout has sent it. Packets begin behind the redirection.
// Null when it has ended meanwhile.
DatagramFlow* SocketHost::flow_to(Socket& socket, const SocketPlace& remote, bool& fresh) {
  const auto known = socket.flows.find(remote);
  fresh = known == socket.flows.end() || known->second.over;
  if (!fresh) return &known->second;
  SocketPlace local = socket.local;
  if (local.address.is_unspecified()) local.address = host_.source_for(remote.address);
  const DatagramFlow& begun = add_flow(socket, local, remote, Direction::outbound);
  Step step = operation(StepKind::ale_connect_redirect, socket);
  own_step(step, socket, begun);
  step.local = local.address;
  step.remote = remote.address;
  step.remote_port = remote.port;
  step.loopback = begun.loopback;
  step.redirect_records = reinterpret_cast<std::uint64_t>(socket.redirect_records);
  const FlowId id = begun.flow;
  const Outcome outcome = socket.lane->perform({step}, socket.closed);
  DatagramFlow* flow = find_flow(socket, remote, id);
  if (flow == nullptr || outcome.request == nullptr) return flow;
  const auto& request = *static_cast<const FWPS_CONNECT_REQUEST0*>(outcome.request);
  flow->redirect_records = outcome.records;
  flow->remote = read_socket_address(request.remoteAddressAndPort);
  flow->loopback = host_.owns(flow->remote.address);
  if (socket.local.address.is_unspecified())
    flow->local.address = host_.source_for(flow->remote.address);
  return flow;
}

NTSTATUS SocketHost::send_to(SocketId id, SocketPlace remote, std::span<const std::uint8_t> bytes) {
  Socket& socket = at(id);
  if (socket.closed) return STATUS_CANCELLED;
  if (socket.protocol != Protocol::udp || remote.port == 0 ||
      remote.address.version != socket.version)
    return STATUS_INVALID_PARAMETER;
  if (bytes.size() > (socket.version == IpVersion::v4 ? most_datagram_v4 : most_datagram_v6))
    return STATUS_INVALID_BUFFER_SIZE;
  if (const NTSTATUS status = bind_implicitly(socket); !NT_SUCCESS(status)) return status;
  const std::vector<std::uint8_t> payload(bytes.begin(), bytes.end());
  bool fresh = false;
  DatagramFlow* flow = flow_to(socket, remote, fresh);
  if (flow == nullptr) return STATUS_CANCELLED;
  flow->last_activity = now();
  const HostPacket packet = outgoing(make_udp_packet(flow->local, flow->remote, payload));
  std::vector<Step> steps;
  for (const StepKind kind : std::span(first_datagram_layers).subspan(fresh ? 0 : 2)) {
    steps.push_back(packet_step(kind, packet, interfaces_, now()));
    own_step(steps.back(), socket, *flow);
  }
  const FlowId which = flow->flow;
  socket.lane->play(std::move(steps),
                    [this, packet](const Outcome& outcome) { put_on_wire(packet, outcome); });
  flow = find_flow(socket, remote, which);
  return flow != nullptr && flow->over ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

void SocketHost::receive_datagram(Socket& socket, const HostPacket& packet) {
  static constexpr std::array layers = {StepKind::inbound_ippacket, StepKind::inbound_transport,
                                        StepKind::ale_auth_recv_accept,
                                        StepKind::ale_flow_established, StepKind::datagram_data};
  DatagramFlow* known = find_peer(socket, packet.remote());
  const bool fresh = known == nullptr;
  DatagramFlow& flow =
      fresh ? add_flow(socket, packet.local(), packet.remote(), Direction::inbound) : *known;
  flow.last_activity = now();
  std::vector<Step> steps;
  for (const StepKind kind : layers) {
    const bool deciding =
        kind == StepKind::ale_auth_recv_accept || kind == StepKind::ale_flow_established;
    if (deciding && !fresh) continue;
    steps.push_back(packet_step(kind, packet, interfaces_, now()));
    own_step(steps.back(), socket, flow);
    steps.back().ale_classify_required = fresh && kind == StepKind::inbound_transport;
  }
  const FlowId begun = fresh ? flow.flow : FlowId::none;
  socket.lane->play(std::move(steps),
                    [this, id = socket.id, packet, begun](const Outcome& outcome) {
                      tell_received(packet, outcome);
                      if (outcome.goes_on) return deliver_datagram(at(id), packet);
                      if (is_undecided(outcome)) forget_flow(at(id), packet.remote(), begun);
                    });
}

// Of those who talk to the socket now; null: `other` would be new.
DatagramFlow* SocketHost::find_peer(Socket& socket, const SocketPlace& other) {
  const auto known = std::ranges::find_if(
      socket.flows, [&](const auto& entry) { return entry.second.remote == other; });
  return known == socket.flows.end() || known->second.over ? nullptr : &known->second;
}

// The datagram that would have begun it has gone no further: the next one is the first.
void SocketHost::forget_flow(Socket& socket, const SocketPlace& remote, FlowId flow) {
  if (find_flow(socket, remote, flow) == nullptr) return;
  socket.flows.erase(remote);
  datagram_flows_.erase({socket.lane, flow});
}

// From the socket, to somebody whom its program does not talk to: a driver has sent it there.
void SocketHost::send_for_driver(Socket& socket, const HostPacket& packet) {
  DatagramFlow* known = find_peer(socket, packet.remote());
  const bool fresh = known == nullptr;
  DatagramFlow& flow =
      fresh ? add_flow(socket, packet.local(), packet.remote(), Direction::outbound) : *known;
  flow.last_activity = now();
  std::vector<Step> steps;
  for (const StepKind kind : std::span(first_datagram_layers).subspan(fresh ? 0 : 2)) {
    steps.push_back(packet_step(kind, packet, interfaces_, now()));
    own_step(steps.back(), socket, flow);
  }
  socket.lane->play(std::move(steps),
                    [this, packet](const Outcome& outcome) { put_on_wire(packet, outcome); });
}

void SocketHost::deliver_datagram(Socket& socket, const HostPacket& packet) {
  if (socket.closed) return;
  const auto payload = std::span(*packet.bytes)
                           .first(packet.header.total_size)
                           .subspan(packet.header.payload_offset());
  Datagram& datagram =
      socket.datagrams.emplace_back(Datagram{packet.remote(), {payload.begin(), payload.end()}});
  keep_records(datagram.redirect_records, records_of_sender(packet));
  socket.changed.open(machine_);
}

// Nobody has the port: an ICMP error, unless a callout of the discard layer says no.
void SocketHost::refuse_datagram(const HostPacket& packet) {
  static constexpr std::array layers = {StepKind::inbound_ippacket,
                                        StepKind::inbound_ippacket_discard};
  Lane& lane = lane_of(system_);
  play_packet(lane, layers, packet, nullptr, [this, packet](const Outcome& outcome) {
    tell_received(packet, outcome);
    const bool answers =
        outcome.goes_on && packet.header.destination.type() == AddressType::unicast;
    if (answers) send_icmp_error(port_unreachable(*packet.bytes, packet.header), packet);
  });
}

void SocketHost::send_icmp_error(std::vector<std::uint8_t> error, const HostPacket& about) {
  static constexpr std::array layers = {StepKind::outbound_icmp_error, StepKind::outbound_transport,
                                        StepKind::outbound_ippacket};
  const HostPacket packet = outgoing(std::move(error));
  const QuotedFlow quoted{about.header.protocol, about.local().address, about.remote().address,
                          about.local().port, about.remote().port};
  std::vector<Step> steps;
  for (const StepKind kind : layers) {
    steps.push_back(packet_step(kind, packet, interfaces_, now()));
    steps.back().process = system_;
    if (kind == StepKind::outbound_icmp_error) steps.back().quoted = quoted;
  }
  lane_of(system_).play(std::move(steps),
                        [this, packet](const Outcome& outcome) { put_on_wire(packet, outcome); });
}

void SocketHost::watch_idle(SocketId id, const SocketPlace& remote) {
  Socket& socket = at(id);
  const auto found = socket.flows.find(remote);
  if (found == socket.flows.end()) return;
  DatagramFlow& flow = found->second;
  const Nanoseconds due = flow.last_activity + patience_for(flow);
  if (now() < due) {
    return agenda_.at(ticks_of(due), [this, id, remote, which = flow.flow] {
      const auto still = at(id).flows.find(remote);
      if (still != at(id).flows.end() && still->second.flow == which) watch_idle(id, remote);
    });
  }
  end_datagram_flow(socket, remote, FlowEnd::idle);
}

Step SocketHost::end_of(const Socket& socket, const DatagramFlow& flow, FlowEnd how) const {
  Step step = operation(StepKind::flow_end, socket);
  own_step(step, socket, flow);
  step.local = flow.local.address;
  step.remote = flow.remote.address;
  step.remote_port = flow.remote.port;
  step.end = how;
  return step;
}

void SocketHost::end_datagram_flow(Socket& socket, const SocketPlace& remote, FlowEnd how) {
  const auto node = socket.flows.extract(remote);
  datagram_flows_.erase({socket.lane, node.mapped().flow});
  if (!node.mapped().over) socket.lane->play({end_of(socket, node.mapped(), how)});
}

void SocketHost::end_datagrams(Socket& socket) {
  std::vector<Step> steps;
  for (const auto& [remote, flow] : std::exchange(socket.flows, {})) {
    datagram_flows_.erase({socket.lane, flow.flow});
    if (!flow.over) steps.push_back(end_of(socket, flow, FlowEnd::endpoint_closed));
  }
  for (Datagram& unread : socket.datagrams) keep_records(unread.redirect_records, nullptr);
  release(socket, std::move(steps));
}

// The next datagram begins anew.
void SocketHost::drop_datagrams(const Lane& lane, FlowId flow) {
  const auto found = datagram_flows_.find({&lane, flow});
  if (found == datagram_flows_.end()) return;
  for (auto& [remote, known] : at(found->second).flows) {
    if (known.flow == flow) known.over = true;
  }
}

}  // namespace drydock::net
