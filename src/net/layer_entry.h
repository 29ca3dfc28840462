// SPDX-License-Identifier: Apache-2.0
// Where a packet's data begin when it enters a layer, and which of its headers are there then
// (engine section 7a).
#pragma once

#include <cstddef>
#include <cstdint>

#include "net/mac_frame.h"
#include "net/packet.h"
#include "net/step.h"

namespace drydock::net {

struct LayerEntry {
  std::size_t data_offset = 0;
  std::uint32_t ip_header_size = 0;  // above OUTBOUND_IPPACKET what goes out has no IP header yet
  std::uint32_t transport_header_size = 0;
};

LayerEntry entry_of(StepKind kind, Direction direction, const ParsedPacket& header);

// Puts the packet into the step, whose kind and direction are there. Bind, listen, redirect and the
// connect of TCP have none.
void put_packet(Step& step, const PacketView& packet, const ParsedPacket& header);

// Where a frame begins at its MAC layer.
void enter_frame_layer(Step& step, const EthernetHeader& header, std::size_t frame_size);

}  // namespace drydock::net
