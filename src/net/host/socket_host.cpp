// SPDX-License-Identifier: Apache-2.0
// Tables, binding and closing: what sockets of all protocols share.
#include "net/host/socket_host.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "net/host/packets.h"
#include "net/host/socket_status.h"

namespace drydock::net {

namespace {

constexpr int raw_ip = 101;                            // LINKTYPE_RAW
constexpr std::uint64_t endpoints_per_lane = 1 << 20;  // more than any program has sockets
constexpr std::uint16_t first_dynamic_port = 49152;    // RFC 6335, and Windows
// Captures begin then: 2024-01-01.
constexpr Nanoseconds capture_start = std::chrono::seconds{1704067200};

}  // namespace

SocketHost::SocketHost(HostNetwork& network, Agenda& agenda, SocketHostOptions options)
    : network_(network),
      machine_(network.machine()),
      agenda_(agenda),
      host_(std::move(options.host)),
      interfaces_{host_},
      next_first_endpoint_(options.first_endpoint),
      random_(options.seed),
      system_(make_process(4, {"System"})),
      keeps_packets_(options.keeps_packets),
      seen_(raw_ip, capture_start) {
  network_.set_listener(this);
}

SocketHost::~SocketHost() {
  network_.set_listener(other_listener_);
  agenda_.close();
}

Nanoseconds SocketHost::now() const {
  return Nanoseconds{machine_.now().ticks * 100};
}

Step SocketHost::operation(StepKind kind, const Socket& socket) const {
  return operation_step(kind, socket, interfaces_, now());
}

Lane& SocketHost::lane_of(const Process& process) {
  std::unique_ptr<Lane>& lane = lanes_[process.id];
  if (lane == nullptr) {
    LaneOwner& owner = *this;
    lane = std::make_unique<Lane>(network_, agenda_, next_first_endpoint_, owner);
    next_first_endpoint_ += endpoints_per_lane;
  }
  return *lane;
}

Socket& SocketHost::add_socket(Process process, Protocol protocol, IpVersion version, Lane& lane) {
  Socket& socket = *sockets_.emplace_back(std::make_unique<Socket>());
  socket.id = SocketId{static_cast<std::uint32_t>(sockets_.size())};
  socket.protocol = protocol;
  socket.version = version;
  socket.process = std::move(process);
  socket.lane = &lane;
  socket.endpoint = lane.new_endpoint();
  socket.local.address = IpAddress::unspecified(version);
  socket.remote.address = IpAddress::unspecified(version);
  return socket;
}

SocketId SocketHost::open(Process process, Protocol protocol, IpVersion version) {
  Lane& lane = lane_of(process);
  return add_socket(std::move(process), protocol, version, lane).id;
}

void SocketHost::wait(Socket& socket, const char* why) {
  socket.changed.wait(machine_, why);
}

bool SocketHost::port_is_taken(const Socket& socket, const SocketPlace& place) const {
  const auto found = ports_.find({socket.protocol, socket.version, place.port});
  if (found == ports_.end()) return false;
  return std::ranges::any_of(found->second, [&](SocketId id) {
    const IpAddress& other = at(id).local.address;
    return other == place.address || other.is_unspecified() || place.address.is_unspecified();
  });
}

std::uint16_t SocketHost::free_port(const Socket& socket, const SocketPlace& place) {
  constexpr int all = 65536 - first_dynamic_port;
  for (int i = 0; i < all; ++i) {
    const std::uint16_t port = next_port_;
    next_port_ = port == 65535 ? first_dynamic_port : static_cast<std::uint16_t>(port + 1);
    const SocketPlace wanted{place.address, port};
    const bool held = socket.protocol == Protocol::tcp && waits_on_port(wanted);
    if (!held && !port_is_taken(socket, wanted)) return port;
  }
  return 0;
}

NTSTATUS SocketHost::bind(SocketId id, SocketPlace place, bool reuse) {
  Socket& socket = at(id);
  if (socket.closed) return STATUS_CANCELLED;
  if (socket.bound || place.address.version != socket.version) return STATUS_INVALID_PARAMETER;
  return bind_to(socket, place, reuse ? Binding::reusing : Binding::by_program);
}

NTSTATUS SocketHost::bind_to(Socket& socket, SocketPlace place, Binding how) {
  const auto here = [&](const SocketPlace& where) {
    return where.address.is_unspecified() || host_.owns(where.address);
  };
  if (!here(place)) return status_no_such_address;
  socket.implicit = how == Binding::implicit;
  socket.local = place;
  const auto fail = [&](NTSTATUS status) {
    socket.local = {IpAddress::unspecified(socket.version), 0};
    return status;
  };
  const Outcome redirection =
      socket.lane->perform({operation(StepKind::ale_bind_redirect, socket)}, socket.closed);
  if (redirection.request != nullptr) {
    const auto& request = *static_cast<const FWPS_BIND_REQUEST0*>(redirection.request);
    place = read_socket_address(request.localAddressAndPort);
    if (!here(place)) return fail(status_no_such_address);
  }
  if (place.port == 0) place.port = free_port(socket, place);
  const bool held = how != Binding::reusing && socket.protocol == Protocol::tcp;
  if (place.port == 0 || port_is_taken(socket, place) || (held && waits_on_port(place)))
    return fail(STATUS_ADDRESS_ALREADY_EXISTS);
  socket.local = place;
  ports_[{socket.protocol, socket.version, place.port}].push_back(socket.id);
  socket.bound = true;
  const Outcome assigned =
      socket.lane->perform({operation(StepKind::ale_resource_assignment, socket)}, socket.closed);
  if (socket.closed) return STATUS_CANCELLED;
  if (assigned.goes_on) return STATUS_SUCCESS;
  give_port_back(socket);
  socket.bound = false;
  return fail(STATUS_ACCESS_DENIED);
}

void SocketHost::give_port_back(const Socket& socket) {
  const auto port = ports_.find({socket.protocol, socket.version, socket.local.port});
  if (port == ports_.end()) return;
  std::erase(port->second, socket.id);
  if (port->second.empty()) ports_.erase(port);
}

NTSTATUS SocketHost::bind_implicitly(Socket& socket) {
  if (socket.bound) return STATUS_SUCCESS;
  return bind_to(socket, {IpAddress::unspecified(socket.version), 0}, Binding::implicit);
}

NTSTATUS SocketHost::listen(SocketId id) {
  Socket& socket = at(id);
  if (socket.closed) return STATUS_CANCELLED;
  if (socket.protocol != Protocol::tcp || !socket.bound) return STATUS_INVALID_PARAMETER;
  const Outcome outcome =
      socket.lane->perform({operation(StepKind::ale_auth_listen, socket)}, socket.closed);
  if (!outcome.goes_on) return STATUS_ACCESS_DENIED;
  socket.listens = true;
  return STATUS_SUCCESS;
}

Accepted SocketHost::accept(SocketId id) {
  Socket& socket = at(id);
  if (!socket.listens) return {STATUS_INVALID_PARAMETER, SocketId::none};
  while (socket.backlog.empty() && !socket.closed) wait(socket, "somebody to connect");
  if (socket.closed) return {STATUS_CANCELLED, SocketId::none};
  const SocketId accepted = socket.backlog.front();
  socket.backlog.pop_front();
  return {STATUS_SUCCESS, accepted};
}

NTSTATUS SocketHost::connect(SocketId id, SocketPlace remote) {
  Socket& socket = at(id);
  if (socket.closed) return STATUS_CANCELLED;
  if (remote.address.version != socket.version || remote.port == 0) return STATUS_INVALID_PARAMETER;
  if (socket.protocol == Protocol::tcp) return connect_tcp(socket, remote);
  socket.remote = remote;
  return bind_implicitly(socket);
}

NTSTATUS SocketHost::send(SocketId id, std::span<const std::uint8_t> bytes) {
  Socket& socket = at(id);
  if (socket.closed) return STATUS_CANCELLED;
  if (socket.protocol != Protocol::tcp) return send_to(id, socket.remote, bytes);
  if (socket.why_over != 0) return socket.why_over;
  if (!socket.established || socket.finishing) return status_not_connected;
  if (bytes.empty()) return STATUS_SUCCESS;
  const auto data = std::make_shared<const std::vector<std::uint8_t>>(bytes.begin(), bytes.end());
  const Step step = stream_step(socket, Direction::outbound, data, false, interfaces_, now());
  socket.sent += bytes.size();
  socket.lane->play({step});
  return socket.why_over;
}

NTSTATUS SocketHost::shut_down(SocketId id) {
  Socket& socket = at(id);
  if (socket.protocol != Protocol::tcp || !socket.established) return status_not_connected;
  if (std::exchange(socket.finishing, true)) return STATUS_SUCCESS;
  socket.lane->play({stream_step(socket, Direction::outbound, nullptr, true, interfaces_, now())});
  return STATUS_SUCCESS;
}

Received SocketHost::receive(SocketId id, std::size_t most) {
  Socket& socket = at(id);
  const auto nothing = [&] {
    return socket.received.empty() && socket.datagrams.empty() && !socket.received_fin &&
           socket.why_over == 0 && !socket.closed;
  };
  if (socket.protocol == Protocol::tcp && socket.tcp == nullptr)
    return {status_not_connected, {}, {}};
  while (nothing()) wait(socket, "somebody to send");
  if (!socket.datagrams.empty()) {
    Datagram datagram = std::move(socket.datagrams.front());
    socket.datagrams.pop_front();
    keep_records(socket.heard_records, datagram.redirect_records);
    keep_records(datagram.redirect_records, nullptr);
    return {STATUS_SUCCESS, std::move(datagram.bytes), datagram.from};
  }
  if (!socket.received.empty()) {
    const auto end = socket.received.begin() +
                     static_cast<std::ptrdiff_t>(std::min(most, socket.received.size()));
    Received result{STATUS_SUCCESS, {socket.received.begin(), end}, socket.remote};
    socket.received.erase(socket.received.begin(), end);
    return result;
  }
  if (socket.closed) return {STATUS_CANCELLED, {}, {}};
  return {socket.received_fin ? STATUS_SUCCESS : socket.why_over, {}, socket.remote};
}

void SocketHost::close(SocketId id) {
  Socket& socket = at(id);
  if (std::exchange(socket.closed, true) || socket.ended) return;
  socket.changed.open(machine_);
  socket.lane->wake();
  if (socket.flow != FlowId::none) {
    if (!socket.established)
      return end_connection(socket, STATUS_CONNECTION_ABORTED, FlowEnd::reset);
    shut_down(id);
    return;
  }
  while (!socket.backlog.empty()) {
    const SocketId waiting = socket.backlog.front();
    socket.backlog.pop_front();
    close(waiting);
  }
  if (socket.protocol != Protocol::tcp) return end_datagrams(socket);
  release(socket, {});
}

// Behind the ends of its flows: the closure of the endpoint, then the release of what it was
// bound to.
void SocketHost::release(Socket& socket, std::vector<Step> before) {
  if (std::exchange(socket.ended, true)) return;
  let_go_of_records(socket);
  give_port_back(socket);
  before.push_back(operation(StepKind::ale_endpoint_closure, socket));
  if (socket.bound) before.push_back(operation(StepKind::ale_resource_release, socket));
  socket.lane->play(std::move(before));
}

HostPacket SocketHost::outgoing(std::vector<std::uint8_t> bytes) const {
  HostPacket packet;
  packet.direction = Direction::outbound;
  if (const auto header = parse_packet(bytes)) packet.header = *header;
  packet.bytes = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
  packet.loopback = host_.owns(packet.header.destination);
  return packet;
}

// The verdict that captures and counts name, and what the driver is told that carried it.
std::string SocketHost::judge(const HostPacket& packet, const Outcome& outcome) {
  if (packet.carried != nullptr && !outcome.goes_on)
    packet.carried->status =
        outcome.why.starts_with("absorb") ? STATUS_SUCCESS : STATUS_DATA_NOT_ACCEPTED;
  if (!outcome.goes_on) return outcome.why;
  return packet.carried != nullptr ? packet.carried->how : "permit";
}

// Behind the layers; what goes to this host itself comes back at once.
void SocketHost::put_on_wire(const HostPacket& packet, const Outcome& outcome) {
  const std::string verdict = judge(packet, outcome);
  tell(packet.bytes, outcome.goes_on && !outcome.why.empty() ? outcome.why : verdict);
  if (!outcome.goes_on) return;
  if (packet.loopback) return agenda_.soon([this, bytes = packet.bytes] { arrive(bytes); });
  if (far_ != nullptr)
    agenda_.after(wire_delay, [this, bytes = packet.bytes] { far_->arrive(bytes); });
}

// What goes round on the host has been told of when it was sent.
void SocketHost::tell_received(const HostPacket& packet, const Outcome& outcome) {
  const std::string verdict = judge(packet, outcome);
  if (!packet.loopback) tell(packet.bytes, verdict);
}

void SocketHost::tell(const PacketBytes& packet, const std::string& verdict) {
  const std::string& reason = verdict.empty() ? "block" : verdict;
  TrafficCount& count = stats_[reason];
  ++count.packets;
  count.bytes += packet->size();
  if (keeps_packets_) seen_.add(now(), *packet, reason);
}

std::uint64_t SocketHost::steps() const {
  std::uint64_t all = 0;
  for (const auto& [program, lane] : lanes_) all += lane->path().counts().steps;
  return all;
}

void SocketHost::fold_counts(ledger::Counters& counters) const {
  for (const auto& [program, lane] : lanes_) lane->path().fold_counts(counters);
}

}  // namespace drydock::net
