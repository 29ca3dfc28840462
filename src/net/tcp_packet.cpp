// SPDX-License-Identifier: Apache-2.0
#include "net/tcp_packet.h"

#include <algorithm>

namespace drydock::net {
namespace {

void put16(std::span<std::uint8_t> bytes, std::size_t at, std::size_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

void put32(std::span<std::uint8_t> bytes, std::size_t at, std::uint32_t value) {
  put16(bytes, at, value >> 16);
  put16(bytes, at + 2, value & 0xffff);
}

constexpr std::size_t no_checksum = SIZE_MAX;

std::size_t checksum_offset(Protocol protocol) {
  switch (protocol) {
    case Protocol::tcp:
      return 16;
    case Protocol::udp:
      return 6;
    case Protocol::icmp:
    case Protocol::icmpv6:
      return 2;
  }
  return no_checksum;
}

// Addresses, length and protocol, as RFC 793 and RFC 8200 add them. ICMP for IPv4 has none.
std::uint32_t pseudo_header(const ParsedPacket& header, std::size_t size) {
  if (header.protocol == Protocol::icmp) return 0;
  const std::size_t width = header.version == IpVersion::v4 ? 4 : 16;
  std::uint32_t sum = ones_complement_sum(std::span(header.source.bytes).first(width));
  sum = ones_complement_sum(std::span(header.destination.bytes).first(width), sum);
  return sum + static_cast<std::uint32_t>(size >> 16) + static_cast<std::uint32_t>(size & 0xffff) +
         static_cast<std::uint32_t>(header.protocol);
}

// `packet` ends where the IP packet does; what `header` says of its length does not count.
void put_checksums(std::span<std::uint8_t> packet, const ParsedPacket& header) {
  if (header.version == IpVersion::v4) {
    put16(packet, 10, 0);
    const std::uint16_t sum = ones_complement_sum(packet.first(header.ip_header_size));
    put16(packet, 10, static_cast<std::uint16_t>(~sum));
  }
  const std::size_t field = checksum_offset(header.protocol);
  const auto transport = packet.subspan(header.ip_header_size);
  if (header.is_fragment || field == no_checksum || transport.size() < field + 2) return;
  put16(transport, field, 0);
  const std::uint32_t pseudo = pseudo_header(header, transport.size());
  auto sum = static_cast<std::uint16_t>(~ones_complement_sum(transport, pseudo));
  if (sum == 0 && header.protocol == Protocol::udp) sum = 0xffff;  // zero says that there is none
  put16(transport, field, sum);
}

}  // namespace

void set_checksums(std::span<std::uint8_t> packet, const ParsedPacket& header) {
  put_checksums(packet.first(header.total_size), header);
}

std::vector<std::uint8_t> tcp_packet_like(std::span<const std::uint8_t> like,
                                          const ParsedPacket& header, const TcpChange& change) {
  constexpr std::size_t v6_header = 40;
  std::vector<std::uint8_t> packet(
      like.begin(), like.begin() + static_cast<std::ptrdiff_t>(header.payload_offset()));
  packet.insert(packet.end(), change.payload.begin(), change.payload.end());
  const std::span bytes(packet);
  if (header.version == IpVersion::v4) {
    put16(bytes, 2, packet.size());
  } else {
    put16(bytes, 4, packet.size() - v6_header);
  }
  const auto segment = bytes.subspan(header.ip_header_size);
  put32(segment, 4, change.sequence);
  put32(segment, 8, change.acknowledgement);
  segment[13] = change.flags;
  put16(segment, 18, 0);  // no urgent data
  put_checksums(bytes, header);
  return packet;
}

std::vector<std::uint8_t> reset_for(std::span<const std::uint8_t> packet,
                                    const ParsedPacket& header) {
  constexpr std::size_t fixed_header = 20;
  const bool resets = (header.tcp_flags & tcp::rst) != 0;
  if (header.protocol != Protocol::tcp || header.is_fragment || resets) return {};
  const std::size_t ip = header.ip_header_size;
  std::vector<std::uint8_t> answer(packet.begin(),
                                   packet.begin() + static_cast<std::ptrdiff_t>(ip + fixed_header));
  const bool v4 = header.version == IpVersion::v4;
  const std::size_t width = v4 ? 4 : 16;
  const std::size_t source = v4 ? 12 : 8;
  const std::span bytes(answer);
  std::ranges::swap_ranges(bytes.subspan(source, width), bytes.subspan(source + width, width));
  const auto segment = bytes.subspan(ip);
  std::ranges::swap_ranges(segment.first(2), segment.subspan(2, 2));
  segment[12] = fixed_header / 4 << 4;
  put16(segment, 14, 0);  // window
  ParsedPacket reading = header;
  std::swap(reading.source, reading.destination);
  reading.transport_header_size = fixed_header;
  const bool acknowledges = (header.tcp_flags & tcp::ack) != 0;
  const auto length = static_cast<std::uint32_t>(header.payload_size()) +
                      ((header.tcp_flags & tcp::syn) != 0 ? 1 : 0) +
                      ((header.tcp_flags & tcp::fin) != 0 ? 1 : 0);
  const TcpChange change{
      .sequence = acknowledges ? header.tcp_acknowledgement : 0,
      .acknowledgement = acknowledges ? 0 : header.tcp_sequence + length,
      .flags = acknowledges ? tcp::rst : static_cast<std::uint8_t>(tcp::rst | tcp::ack),
      .payload = {}};
  return tcp_packet_like(answer, reading, change);
}

}  // namespace drydock::net
