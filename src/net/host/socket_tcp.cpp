// SPDX-License-Identifier: Apache-2.0
// Connections of sockets: their handshake, data and end, each packet through its layers.
#include <array>
#include <utility>

#include "net/host/packets.h"
#include "net/host/socket_host.h"
#include "net/host/socket_status.h"
#include "net/tcp_packet.h"

namespace drydock::net {

namespace {

constexpr std::array sent_layers = {StepKind::outbound_transport, StepKind::outbound_ippacket};
constexpr machine::VirtualTime first_patience = machine::seconds(1);
constexpr std::uint32_t most_repeats = 5;
constexpr std::uint32_t most_syn_repeats = 3;

std::size_t most_payload(IpVersion version) {
  return version == IpVersion::v4 ? 1460 : 1440;  // of Ethernet
}

}  // namespace

NTSTATUS SocketHost::connect_tcp(Socket& socket, SocketPlace remote) {
  if (socket.flow != FlowId::none || socket.listens) return STATUS_INVALID_PARAMETER;
  if (const NTSTATUS status = bind_implicitly(socket); !NT_SUCCESS(status)) return status;
  socket.remote = remote;
  socket.loopback = host_.owns(remote.address);
  socket.flow = socket.lane->new_flow();
  socket.address_by_route = socket.local.address.is_unspecified();
  if (socket.address_by_route) socket.local.address = host_.source_for(remote.address);
  ask_for_redirection(socket);
  if (socket.closed) return STATUS_CANCELLED;
  const ConnectionKey key{socket.local, socket.remote};
  if (connections_.contains(key) || find_time_wait(key) != nullptr) {
    socket.flow = FlowId::none;
    return STATUS_ADDRESS_ALREADY_EXISTS;
  }
  connections_[key] = socket.id;
  flows_[{socket.lane, socket.flow}] = socket.id;
  const Outcome outcome =
      socket.lane->perform({operation(StepKind::ale_auth_connect, socket)}, socket.closed);
  if (!outcome.goes_on) {
    end_connection(socket, STATUS_ACCESS_DENIED, FlowEnd::reset);
    return socket.closed ? STATUS_CANCELLED : STATUS_ACCESS_DENIED;
  }
  socket.tcp = std::make_unique<TcpEnd>(random_.next32(), most_payload(socket.version));
  socket.tcp->connect();
  flush(socket);
  while (!socket.established && socket.why_over == 0 && !socket.closed)
    wait(socket, "a connection to be established");
  return socket.closed ? STATUS_CANCELLED : socket.why_over;
}

// One fiber at a time, so that segments leave in their order.
void SocketHost::flush(Socket& socket) {
  for (TcpSegment& segment : socket.tcp->take_segments())
    socket.to_send.push_back(std::move(segment));
  if (std::exchange(socket.sending, true)) return;
  while (!socket.to_send.empty()) {
    const TcpSegment segment = std::move(socket.to_send.front());
    socket.to_send.pop_front();
    send_segment(socket, segment);
  }
  socket.sending = false;
  watch(socket);
}

void SocketHost::send_segment(Socket& socket, const TcpSegment& segment) {
  const HostPacket packet = outgoing(make_tcp_packet(socket.local, socket.remote, segment));
  play_packet(*socket.lane, sent_layers, packet, &socket,
              [this, packet](const Outcome& outcome) { put_on_wire(packet, outcome); });
}

void SocketHost::watch(Socket& socket) {
  if (socket.timer || socket.ended || !socket.tcp->waits()) return;
  socket.timer = true;
  socket.acknowledged = socket.tcp->acknowledged();
  const machine::VirtualTime patience{first_patience.ticks << socket.repeats};
  agenda_.after(patience, [this, id = socket.id] { look_after(id); });
}

// What was lost is sent again, until there is no hope.
void SocketHost::look_after(SocketId id) {
  Socket& socket = at(id);
  socket.timer = false;
  if (socket.ended) return;
  const bool progress = socket.tcp->acknowledged() != socket.acknowledged || !socket.tcp->waits();
  if (progress) {
    socket.repeats = 0;
    return watch(socket);
  }
  const bool established = socket.tcp->state() == TcpState::established;
  if (++socket.repeats > (established ? most_repeats : most_syn_repeats))
    return end_connection(socket, STATUS_IO_TIMEOUT, FlowEnd::idle);
  socket.tcp->send_again();
  flush(socket);
}

// Behind the layers of the packet.
void SocketHost::hear(Socket& socket, const HostPacket& packet) {
  if (socket.tcp == nullptr || socket.ended) return;
  const TcpState before = socket.tcp->state();
  socket.tcp->hear(packet.header, std::span(*packet.bytes)
                                      .first(packet.header.total_size)
                                      .subspan(packet.header.payload_offset()));
  const TcpState after = socket.tcp->state();
  if (after == TcpState::reset) {
    return end_connection(socket,
                          socket.established ? STATUS_CONNECTION_RESET : STATUS_CONNECTION_REFUSED,
                          FlowEnd::reset);
  }
  if (after == TcpState::established && before != after) return establish(socket, packet);
  if (!socket.established) return flush(socket);
  pass_on(socket);
}

void SocketHost::establish(Socket& socket, const HostPacket& packet) {
  static constexpr std::array layers = {StepKind::ale_flow_established};
  play_packet(*socket.lane, layers, packet, &socket,
              [this, id = socket.id](const Outcome& outcome) {
                Socket& connection = at(id);
                if (!outcome.goes_on || connection.ended) return;  // flow_lost() has told
                connection.established = true;
                connection.changed.open(machine_);
                if (connection.listener != SocketId::none) {
                  Socket& listener = at(connection.listener);
                  if (listener.closed) return close(id);
                  listener.backlog.push_back(id);
                  listener.changed.open(machine_);
                }
                pass_on(connection);
              });
}

// What has come in order goes to the stream layer; what there is to say about it goes out.
void SocketHost::pass_on(Socket& socket) {
  std::vector<Step> steps;
  if (auto bytes = socket.tcp->take_received(); !bytes.empty()) {
    const std::size_t size = bytes.size();
    const auto data = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
    steps.push_back(stream_step(socket, Direction::inbound, data, false, interfaces_, now()));
    socket.heard += size;
  }
  if (socket.tcp->fin_received() && !std::exchange(socket.fin_shown, true))
    steps.push_back(stream_step(socket, Direction::inbound, nullptr, true, interfaces_, now()));
  if (!steps.empty()) socket.lane->play(std::move(steps));
  if (socket.ended) return;
  flush(socket);
  end_if_over(socket);
}

void SocketHost::end_if_over(Socket& socket) {
  if (socket.ended || !socket.tcp->over()) return;
  if (socket.tcp->closed_first()) enter_time_wait(socket);
  end_connection(socket, STATUS_SUCCESS, FlowEnd::closed);
}

void SocketHost::end_connection(Socket& socket, NTSTATUS why, FlowEnd how) {
  if (socket.ended) return;
  socket.why_over = why;
  connections_.erase({socket.local, socket.remote});
  socket.changed.open(machine_);
  Step end = operation(StepKind::flow_end, socket);
  end.end = how;
  release(socket, {end});
}

void SocketHost::accept_syn(Socket& listener, const HostPacket& syn) {
  static constexpr std::array layers = {StepKind::inbound_ippacket, StepKind::inbound_transport,
                                        StepKind::ale_auth_recv_accept};
  Socket& socket = add_socket(listener.process, Protocol::tcp, listener.version, *listener.lane);
  socket.parent = listener.endpoint;
  socket.listener = listener.id;
  socket.local = syn.local();
  socket.remote = syn.remote();
  socket.loopback = syn.loopback;
  socket.direction = Direction::inbound;
  socket.flow = socket.lane->new_flow();
  connections_[{socket.local, socket.remote}] = socket.id;
  flows_[{socket.lane, socket.flow}] = socket.id;
  inherit_records(socket);
  play_packet(*socket.lane, layers, syn, &socket, [this, id = socket.id, syn](const Outcome& out) {
    Socket& accepted = at(id);
    tell_received(syn, out);
    if (accepted.ended) return;
    if (is_undecided(out)) return forget_syn(accepted);
    if (!out.goes_on) return end_connection(accepted, STATUS_ACCESS_DENIED, FlowEnd::reset);
    accepted.tcp = std::make_unique<TcpEnd>(random_.next32(), most_payload(accepted.version));
    accepted.tcp->accept(syn.header);
    flush(accepted);
  });
}

// No layer has heard of the connection: it may still come, with the same packet or the next.
void SocketHost::forget_syn(Socket& accepted) {
  accepted.ended = true;
  let_go_of_records(accepted);
  connections_.erase({accepted.local, accepted.remote});
  flows_.erase({accepted.lane, accepted.flow});
}

// Nobody listens: a reset, unless a callout of the discard layer says no.
void SocketHost::refuse_segment(const HostPacket& packet) {
  static constexpr std::array layers = {StepKind::inbound_ippacket,
                                        StepKind::inbound_transport_discard};
  Lane& lane = lane_of(system_);
  play_packet(lane, layers, packet, nullptr, [this, packet](const Outcome& outcome) {
    tell_received(packet, outcome);
    if (!outcome.goes_on) return;
    auto reset = reset_for(*packet.bytes, packet.header);
    if (!reset.empty()) send_stray(nullptr, std::move(reset));
  });
}

// It goes through the layers, but no flow is left that it could belong to.
void SocketHost::send_stray(Socket* socket, std::vector<std::uint8_t> bytes) {
  const HostPacket packet = outgoing(std::move(bytes));
  Lane& lane = socket != nullptr ? *socket->lane : lane_of(system_);
  play_packet(lane, sent_layers, packet, nullptr,
              [this, packet](const Outcome& outcome) { put_on_wire(packet, outcome); });
}

Socket* SocketHost::of_flow(const Lane& lane, FlowId flow) {
  const auto found = flows_.find({&lane, flow});
  return found == flows_.end() ? nullptr : &at(found->second);
}

void SocketHost::bytes_leave(Lane& lane, FlowId flow, Direction direction,
                             std::span<const std::uint8_t> bytes) {
  Socket* socket = of_flow(lane, flow);
  if (socket == nullptr || socket->tcp == nullptr || socket->ended) return;
  if (direction == Direction::outbound) {
    socket->tcp->send(bytes);
    return flush(*socket);
  }
  if (!socket->closed) socket->received.insert(socket->received.end(), bytes.begin(), bytes.end());
  socket->changed.open(machine_);
}

void SocketHost::fin_leaves(Lane& lane, FlowId flow, Direction direction) {
  Socket* socket = of_flow(lane, flow);
  if (socket == nullptr || socket->tcp == nullptr) return;
  if (direction == Direction::inbound) {
    socket->received_fin = true;
    return socket->changed.open(machine_);
  }
  if (socket->ended) return;
  socket->tcp->finish();
  flush(*socket);
}

// A verdict has ended it: both ends are told, the far one by a reset.
void SocketHost::flow_lost(Lane& lane, FlowId flow) {
  Socket* socket = of_flow(lane, flow);
  if (socket == nullptr) return drop_datagrams(lane, flow);
  if (socket->tcp == nullptr || socket->ended) return;
  socket->tcp->abort();
  std::vector<TcpSegment> last = socket->tcp->take_segments();
  const auto reset = last.empty() ? std::vector<std::uint8_t>{}
                                  : make_tcp_packet(socket->local, socket->remote, last.back());
  end_connection(*socket, STATUS_CONNECTION_ABORTED, FlowEnd::reset);
  if (!reset.empty()) send_stray(socket, reset);
}

}  // namespace drydock::net
