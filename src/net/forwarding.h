// SPDX-License-Identifier: Apache-2.0
// A packet that is for somebody else, while the host is a router: which interfaces it comes and
// goes by, and which layers see it.
//
// Where Windows leaves a question open, this is the answer:
// - IPFORWARD sees the packet as it came; a hop is taken from it behind that layer.
// - One without a hop left is seen at INBOUND_IPPACKET and IPFORWARD_DISCARD.
#pragma once

#include <optional>
#include <vector>

#include "net/step.h"
#include "net/tracker.h"

namespace drydock::net {

struct Forwarding {
  std::uint32_t from = 0, to = 0;  // interface indices
};

// Nothing when the host does not forward it: it is no router, no route leads there, or the packet
// stays on its side. `arrived`: the interface it came by; 0: the one that leads back to its source.
std::optional<Forwarding> forwarding_of(const LocalHost& host, const ParsedPacket& header,
                                        std::uint32_t arrived);

// Takes a hop from the packet and sets its header checksum; false when it has none left.
bool take_hop(std::span<std::uint8_t> packet, const ParsedPacket& header);

// INBOUND_IPPACKET, IPFORWARD, OUTBOUND_IPPACKET; nobody's flow.
std::vector<Step> forwarded_steps(const PacketView& packet, const ParsedPacket& header,
                                  const Forwarding& way, Nanoseconds now);

// IPFORWARD alone, of a packet for the host that came by another interface than its address's.
Step weak_host_step(const PacketView& packet, const ParsedPacket& header, const Forwarding& way,
                    Nanoseconds now);

}  // namespace drydock::net
