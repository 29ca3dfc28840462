// SPDX-License-Identifier: Apache-2.0
// Connections that a callout sends somewhere else, and what a proxy is told of them (engine section
// 10).
#include "net/host/socket_host.h"

namespace drydock::net {

namespace {

wfp::Redirects& redirects_of(HostNetwork& network) {
  return network.operations().redirects();
}

}  // namespace

// Asks the layer where the connection goes. What a callout leaves as it was stays.
void SocketHost::ask_for_redirection(Socket& socket) {
  Step step = operation(StepKind::ale_connect_redirect, socket);
  step.redirect_records = reinterpret_cast<std::uint64_t>(socket.redirect_records);
  const Outcome outcome = socket.lane->perform({step}, socket.closed);
  if (outcome.request == nullptr) return;
  const auto& request = *static_cast<const FWPS_CONNECT_REQUEST0*>(outcome.request);
  const SocketPlace asked = socket.remote;
  const SocketPlace remote = read_socket_address(request.remoteAddressAndPort);
  const SocketPlace local = read_socket_address(request.localAddressAndPort);
  if (outcome.records != nullptr) set_redirect_records(socket.id, outcome.records);
  const bool local_changed = local != socket.local;
  socket.remote = remote;
  socket.redirected = remote != asked;
  socket.loopback = host_.owns(remote.address);
  if (local_changed) {
    socket.local = local;
  } else if (socket.address_by_route) {
    socket.local.address = host_.source_for(remote.address);
  }
}

// The sender's flow, when it is on this host and has been sent here by a callout.
HANDLE SocketHost::records_of_sender(const HostPacket& packet) {
  const auto bound = ports_.find({Protocol::udp, packet.header.version, packet.remote().port});
  if (bound == ports_.end()) return nullptr;
  for (const SocketId id : bound->second) {
    for (const auto& [asked, flow] : at(id).flows) {
      const bool sends = flow.remote == packet.local() && flow.local == packet.remote();
      if (sends && flow.redirect_records != nullptr) return flow.redirect_records;
    }
  }
  return nullptr;
}

// Of whoever is at the other end on this host.
void SocketHost::inherit_records(Socket& accepted) {
  const auto other = connections_.find({accepted.remote, accepted.local});
  if (other == connections_.end()) return;
  const Socket& connector = at(other->second);
  if (!connector.holds_records) return;
  accepted.redirect_records = connector.redirect_records;
  accepted.holds_records = true;
  redirects_of(network_).hold(accepted.redirect_records);
}

void SocketHost::let_go_of_records(Socket& socket) {
  if (std::exchange(socket.holds_records, false))
    redirects_of(network_).let_go(socket.redirect_records);
  keep_records(socket.heard_records, nullptr);
}

HANDLE SocketHost::redirect_records(SocketId id) const {
  const Socket& socket = at(id);
  return socket.protocol == Protocol::udp ? socket.heard_records : socket.redirect_records;
}

std::span<const std::byte> SocketHost::redirect_context(SocketId id) const {
  return redirects_of(network_).context(redirect_records(id));
}

void SocketHost::keep_records(HANDLE& kept, HANDLE records) {
  redirects_of(network_).hold(records);
  redirects_of(network_).let_go(std::exchange(kept, records));
}

// The program's own socket holds what it has been given by another one.
void SocketHost::set_redirect_records(SocketId id, HANDLE records) {
  Socket& socket = at(id);
  redirects_of(network_).hold(records);
  let_go_of_records(socket);
  socket.redirect_records = records;
  socket.holds_records = records != nullptr;
}

}  // namespace drydock::net
