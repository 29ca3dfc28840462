// SPDX-License-Identifier: Apache-2.0
#include "net/host/socket_steps.h"

#include <utility>

#include "net/layer_entry.h"

namespace drydock::net {

namespace {

bool is_about_the_socket(StepKind kind) {
  return kind == StepKind::ale_bind_redirect || kind == StepKind::ale_resource_assignment ||
         kind == StepKind::ale_auth_listen || kind == StepKind::ale_resource_release;
}

}  // namespace

Step operation_step(StepKind kind, const Socket& socket, const HostInterfaces& interfaces,
                    Nanoseconds now) {
  Step step;
  step.kind = kind;
  step.time = now;
  step.direction = step.flow_direction = socket.direction;
  step.version = socket.version;
  step.protocol = socket.protocol;
  step.local = socket.local.address;
  step.local_port = socket.local.port;
  step.remote = IpAddress::unspecified(socket.version);
  step.endpoint = socket.endpoint;
  step.parent_endpoint = socket.parent;
  step.process = socket.process;
  step.loopback = socket.loopback;
  step.interface_index =
      interfaces.index(socket.loopback, socket.local.address, socket.remote.address);
  if (is_about_the_socket(kind)) {
    step.wildcard_bind = socket.local.address.is_unspecified();
    step.implicit_bind = socket.implicit;
    return step;
  }
  if (socket.flow == FlowId::none) return step;
  own_step(step, socket);
  step.remote = socket.remote.address;
  step.remote_port = socket.remote.port;
  return step;
}

Step packet_step(StepKind kind, const HostPacket& packet, const HostInterfaces& interfaces,
                 Nanoseconds now) {
  const ParsedPacket& header = packet.header;
  Step step;
  step.kind = kind;
  step.time = now;
  step.direction = step.flow_direction = packet.direction;
  step.version = header.version;
  step.protocol = header.protocol;
  step.local = packet.local().address;
  step.remote = packet.remote().address;
  step.local_port = header.is_icmp() ? header.icmp_type : packet.local().port;
  step.remote_port = header.is_icmp() ? header.icmp_code : packet.remote().port;
  step.icmp_type = header.icmp_type;
  step.icmp_code = header.icmp_code;
  step.tcp_flags = header.tcp_flags;
  step.loopback = packet.loopback;
  step.link = packet.loopback ? Link::none : Link::made_up;
  step.interface_index = interfaces.index(packet.loopback, step.local, step.remote);
  put_packet(step, {packet.bytes, 0, header.total_size}, header);
  if (packet.carried == nullptr) return step;
  step.link = Link::none;  // it enters above the frames
  step.injected = {packet.carried, &packet.carried->mark};
  if (packet.carried->interface_index != 0) step.interface_index = packet.carried->interface_index;
  return step;
}

void own_step(Step& step, const Socket& socket) {
  step.flow = socket.flow;
  step.flow_direction = socket.direction;
  step.endpoint = socket.endpoint;
  step.parent_endpoint = socket.parent;
  step.process = socket.process;
  step.redirected = socket.redirected;
}

void own_step(Step& step, const Socket& socket, const DatagramFlow& flow) {
  own_step(step, socket);
  step.flow = flow.flow;
  step.flow_direction = flow.direction;
}

Step stream_step(const Socket& socket, Direction direction, PacketBytes data, bool fin,
                 const HostInterfaces& interfaces, Nanoseconds now) {
  Step step = operation_step(StepKind::stream, socket, interfaces, now);
  step.direction = direction;
  step.stream_offset = direction == Direction::outbound ? socket.sent : socket.heard;
  step.stream_disconnect = fin;
  if (data == nullptr) return step;
  const std::size_t size = data->size();
  step.packet = {std::move(data), 0, size};
  step.data_size = size;
  return step;
}

}  // namespace drydock::net
