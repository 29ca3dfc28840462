// SPDX-License-Identifier: Apache-2.0
// TCP packets made from others: headers of one, other numbers and payload, lengths and checksums
// right.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "net/packet.h"

namespace drydock::net {

struct TcpChange {
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint8_t flags = 0;
  std::span<const std::uint8_t> payload;
};

// `like`: an IP packet with a TCP header, of which `header` is the reading. Options stay.
std::vector<std::uint8_t> tcp_packet_like(std::span<const std::uint8_t> like,
                                          const ParsedPacket& header, const TcpChange& change);

// The reset that answers `packet` (RFC 9293, 3.10.7.1), `header` being its reading; empty when that
// is no TCP or a reset itself.
std::vector<std::uint8_t> reset_for(std::span<const std::uint8_t> packet,
                                    const ParsedPacket& header);

// Sets the IPv4 header checksum and the checksum of TCP, UDP, ICMP or ICMPv6 anew. Nothing for
// fragments beyond their header. Bytes behind the IP packet do not count.
void set_checksums(std::span<std::uint8_t> packet, const ParsedPacket& header);

}  // namespace drydock::net
