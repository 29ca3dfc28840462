// SPDX-License-Identifier: Apache-2.0
// What the host tells of its sockets: those that are bound, and its TCP connections.
#include <algorithm>

#include "net/host_network.h"

namespace drydock::net {

namespace {

wfp::AleEndpoint endpoint_of(std::uint64_t id, Protocol protocol, const SocketPlace& local,
                             const Program* program) {
  wfp::AleEndpoint endpoint;
  endpoint.id = id;
  endpoint.v4 = local.address.version == IpVersion::v4;
  endpoint.local = local.address.bytes;
  endpoint.local_port = local.port;
  endpoint.protocol = static_cast<std::uint8_t>(protocol);
  if (program == nullptr) return endpoint;
  for (const char c : program->path + '\0') {
    endpoint.app_id.push_back(static_cast<std::uint8_t>(c));  // device paths of ours are ASCII
    endpoint.app_id.push_back(0);
  }
  return endpoint;
}

}  // namespace

std::vector<wfp::AleEndpoint> HostNetwork::endpoints() const {
  std::vector<wfp::AleEndpoint> found;
  for (const auto& [id, socket] : conversations_.bound())
    found.push_back(
        endpoint_of(id, socket.protocol, {socket.local, socket.port}, socket.program.get()));
  for (const auto& [conversation, flow] : conversations_.flows()) {
    if (conversation.protocol != Protocol::tcp || flow.endpoint == EndpointId::none) continue;
    wfp::AleEndpoint& added = found.emplace_back(endpoint_of(
        flow.first_endpoint + static_cast<std::uint64_t>(flow.endpoint), conversation.protocol,
        {conversation.local, conversation.local_port}, flow.program.get()));
    added.remote = conversation.remote.bytes;
    added.remote_port = conversation.remote_port;
  }
  std::ranges::sort(found, {}, &wfp::AleEndpoint::id);
  return found;
}

}  // namespace drydock::net
