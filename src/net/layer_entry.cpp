// SPDX-License-Identifier: Apache-2.0
#include "net/layer_entry.h"

namespace drydock::net {

LayerEntry entry_of(StepKind kind, Direction direction, const ParsedPacket& header) {
  const LayerEntry at_transport{header.ip_header_size, header.ip_header_size,
                                header.transport_header_size};
  switch (kind) {
    case StepKind::outbound_ippacket:
    case StepKind::ip_forward:
    case StepKind::ip_forward_discard:
      return {0, header.ip_header_size, header.transport_header_size};
    case StepKind::inbound_ippacket:
    case StepKind::inbound_ippacket_discard:
      return at_transport;
    case StepKind::inbound_transport:
      if (header.is_icmp()) return at_transport;
      break;
    default:
      break;
  }
  if (direction == Direction::outbound)
    return {header.ip_header_size, 0, header.transport_header_size};
  return {header.payload_offset(), header.ip_header_size, header.transport_header_size};
}

void put_packet(Step& step, const PacketView& packet, const ParsedPacket& header) {
  if (step.kind == StepKind::ale_connect_redirect) return;
  if (step.kind == StepKind::ale_auth_connect && step.protocol == Protocol::tcp) return;
  const LayerEntry entry = entry_of(step.kind, step.direction, header);
  step.packet = packet;
  step.data_offset = entry.data_offset;
  step.data_size = packet.size - entry.data_offset;
  step.ip_header_size = entry.ip_header_size;
  step.transport_header_size = entry.transport_header_size;
}

// What comes in has left its MAC header behind at the ETHERNET layer, not before.
void enter_frame_layer(Step& step, const EthernetHeader& header, std::size_t frame_size) {
  step.data_offset = step.kind == StepKind::inbound_mac_frame_ethernet ? header.size : 0;
  step.data_size = frame_size - step.data_offset;
  step.ip_header_size = step.transport_header_size = 0;
}

}  // namespace drydock::net
