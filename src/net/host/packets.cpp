// SPDX-License-Identifier: Apache-2.0
#include "net/host/packets.h"

#include <algorithm>
#include <array>

#include "net/tcp_packet.h"

namespace drydock::net {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t usual_hops = 128;  // of Windows
constexpr std::size_t v6_minimum_mtu = 1280;

void put16(Bytes& bytes, std::size_t value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

void put32(Bytes& bytes, std::uint32_t value) {
  put16(bytes, value >> 16);
  put16(bytes, value & 0xffff);
}

void append(Bytes& bytes, std::span<const std::uint8_t> more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

void put_v4_header(Bytes& packet, Protocol protocol, std::size_t payload) {
  append(packet, std::array<std::uint8_t, 2>{0x45, 0});
  put16(packet, 20 + payload);
  put32(packet, 0x4000);  // must not be fragmented
  append(packet, std::array<std::uint8_t, 4>{usual_hops, static_cast<std::uint8_t>(protocol)});
}

void put_v6_header(Bytes& packet, Protocol protocol, std::size_t payload) {
  put32(packet, 0x60000000);
  put16(packet, payload);
  append(packet, std::array<std::uint8_t, 2>{static_cast<std::uint8_t>(protocol), usual_hops});
}

}  // namespace

Bytes make_ip_packet(const IpAddress& from, const IpAddress& to, Protocol protocol,
                     std::span<const std::uint8_t> transport) {
  const bool v4 = from.version == IpVersion::v4;
  const std::size_t width = v4 ? 4 : 16;
  Bytes packet;
  packet.reserve(40 + transport.size());
  (v4 ? put_v4_header : put_v6_header)(packet, protocol, transport.size());
  append(packet, std::span(from.bytes).first(width));
  append(packet, std::span(to.bytes).first(width));
  append(packet, transport);
  if (const auto header = parse_packet(packet)) set_checksums(packet, *header);
  return packet;
}

Bytes make_tcp_packet(const SocketPlace& from, const SocketPlace& to, const TcpSegment& segment) {
  Bytes bytes;
  put16(bytes, from.port);
  put16(bytes, to.port);
  put32(bytes, segment.sequence);
  put32(bytes, segment.acknowledgement);
  const std::size_t window = (segment.flags & tcp::rst) != 0 ? 0 : 0xffff;
  append(bytes, std::array<std::uint8_t, 2>{0x50, segment.flags});
  put16(bytes, window);
  put32(bytes, 0);
  append(bytes, segment.payload);
  return make_ip_packet(from.address, to.address, Protocol::tcp, bytes);
}

Bytes make_udp_packet(const SocketPlace& from, const SocketPlace& to,
                      std::span<const std::uint8_t> payload) {
  Bytes bytes;
  put16(bytes, from.port);
  put16(bytes, to.port);
  put16(bytes, 8 + payload.size());
  put16(bytes, 0);
  append(bytes, payload);
  return make_ip_packet(from.address, to.address, Protocol::udp, bytes);
}

namespace {

struct IcmpKind {
  std::uint8_t type, code;
};

Bytes make_icmp_error(IcmpKind kind, std::span<const std::uint8_t> packet,
                      const ParsedPacket& header, const IpAddress& from) {
  const bool v4 = header.version == IpVersion::v4;
  constexpr std::size_t headers = 40 + 8;
  const std::size_t quoted = v4 ? header.ip_header_size + std::size_t{8} : v6_minimum_mtu - headers;
  Bytes message{kind.type, kind.code, 0, 0, 0, 0, 0, 0};
  append(message, packet.first(std::min<std::size_t>(header.total_size, quoted)));
  return make_ip_packet(from, header.source, v4 ? Protocol::icmp : Protocol::icmpv6, message);
}

}  // namespace

Bytes port_unreachable(std::span<const std::uint8_t> packet, const ParsedPacket& header) {
  const IcmpKind kind = header.version == IpVersion::v4 ? IcmpKind{3, 3} : IcmpKind{1, 4};
  return make_icmp_error(kind, packet, header, header.destination);
}

Bytes time_exceeded(std::span<const std::uint8_t> packet, const ParsedPacket& header,
                    const IpAddress& router) {
  const IcmpKind kind = header.version == IpVersion::v4 ? IcmpKind{11, 0} : IcmpKind{3, 0};
  return make_icmp_error(kind, packet, header, router);
}

}  // namespace drydock::net
