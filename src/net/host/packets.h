// SPDX-License-Identifier: Apache-2.0
// IP packets that simulated ends send: headers, lengths and checksums right.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "net/host/tcp_end.h"
#include "net/packet.h"
#include "net/socket_place.h"

namespace drydock::net {

// Without header fields of its own beyond addresses and protocol; never fragmented.
std::vector<std::uint8_t> make_ip_packet(const IpAddress& from, const IpAddress& to,
                                         Protocol protocol,
                                         std::span<const std::uint8_t> transport);
std::vector<std::uint8_t> make_tcp_packet(const SocketPlace& from, const SocketPlace& to,
                                          const TcpSegment& segment);
std::vector<std::uint8_t> make_udp_packet(const SocketPlace& from, const SocketPlace& to,
                                          std::span<const std::uint8_t> payload);
// "Time exceeded", about `packet`, which had no hop left, from an address of the router's.
std::vector<std::uint8_t> time_exceeded(std::span<const std::uint8_t> packet,
                                        const ParsedPacket& header, const IpAddress& router);
// "Port unreachable", about `packet`, from whom it was sent to.
std::vector<std::uint8_t> port_unreachable(std::span<const std::uint8_t> packet,
                                           const ParsedPacket& header);

}  // namespace drydock::net
