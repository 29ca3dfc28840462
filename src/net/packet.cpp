// SPDX-License-Identifier: Apache-2.0
// Reads IPv4 and IPv6 headers, extension headers and transport headers; every length is checked
// before it is used.
#include "net/packet.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>

namespace drydock::net {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t ipv4_minimum_header = 20;
constexpr std::size_t ipv6_header = 40;
constexpr std::size_t icmp_header = 8;
constexpr std::size_t icmpv6_minimum_header = 4;
constexpr std::size_t udp_header = 8;
constexpr std::size_t tcp_minimum_header = 20;

std::uint16_t read16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

std::uint32_t read32(Bytes bytes, std::size_t at) {
  return std::uint32_t{read16(bytes, at)} << 16 | read16(bytes, at + 2);
}

IpAddress read_v6(Bytes bytes, std::size_t at) {
  std::array<std::uint8_t, 16> address;
  std::copy_n(bytes.begin() + at, 16, address.begin());
  return IpAddress::from_v6(address);
}

// A quoted packet is cut short by the router that quotes it; a packet of its own must be whole.
enum class Extent { whole, quoted };

using Fault = std::optional<PacketFault>;

Fault read_ipv4(Bytes bytes, Extent extent, ParsedPacket& packet) {
  if (bytes.size() < ipv4_minimum_header) return PacketFault::too_short;
  const std::size_t header = std::size_t{bytes[0]} % 16 * 4;
  if (header < ipv4_minimum_header || header > bytes.size()) return PacketFault::bad_header_length;
  const std::size_t total = read16(bytes, 2);
  if (total < header) return PacketFault::bad_total_length;
  if (total > bytes.size() && extent == Extent::whole) return PacketFault::bad_total_length;
  packet.version = IpVersion::v4;
  packet.total_size = static_cast<std::uint32_t>(std::min(total, bytes.size()));
  packet.ip_header_size = static_cast<std::uint32_t>(header);
  packet.hop_limit = bytes[8];
  packet.protocol = Protocol{bytes[9]};
  packet.source = IpAddress::from_v4(read32(bytes, 12));
  packet.destination = IpAddress::from_v4(read32(bytes, 16));
  packet.more_fragments = (bytes[6] & 0x20) != 0;
  packet.fragment_offset = (read16(bytes, 6) & 0x1fffu) * 8;
  packet.fragment_id = read16(bytes, 4);
  packet.is_fragment = packet.more_fragments || packet.fragment_offset != 0;
  return std::nullopt;
}

constexpr std::uint8_t hop_by_hop = 0, routing = 43, fragment = 44, authentication = 51,
                       destination_options = 60, mobility = 135, host_identity = 139, shim6 = 140;

bool is_extension(std::uint8_t next) {
  constexpr std::uint8_t all[] = {hop_by_hop,          routing,  fragment,      authentication,
                                  destination_options, mobility, host_identity, shim6};
  return std::ranges::find(all, next) != std::end(all);
}

std::size_t extension_size(std::uint8_t kind, std::uint8_t length_field) {
  if (kind == fragment) return 8;
  if (kind == authentication) return (std::size_t{length_field} + 2) * 4;
  return (std::size_t{length_field} + 1) * 8;
}

void read_fragment_header(Bytes bytes, std::size_t at, ParsedPacket& packet) {
  const std::uint16_t field = read16(bytes, at + 2);
  packet.fragment_offset = field & 0xfff8u;
  packet.more_fragments = (field & 1) != 0;
  packet.fragment_id = read32(bytes, at + 4);
  packet.fragment_header_offset = static_cast<std::uint32_t>(at);
  packet.is_fragment = packet.more_fragments || packet.fragment_offset != 0;
}

// Walks from the fixed header to the first header that is no extension. Behind the fragment header
// of a fragment that is not the first, nothing is a header any more.
Fault walk_extensions(Bytes bytes, std::uint8_t next, ParsedPacket& packet) {
  std::size_t at = ipv6_header;
  std::size_t link = 6;
  while (is_extension(next)) {
    if (packet.total_size - at < 8) return PacketFault::bad_extension_header;
    const std::size_t size = extension_size(next, bytes[at + 1]);
    if (packet.total_size - at < size) return PacketFault::bad_extension_header;
    const bool was_fragment = next == fragment;
    if (was_fragment && packet.fragment_header_offset != 0)
      return PacketFault::bad_extension_header;
    if (was_fragment) {
      read_fragment_header(bytes, at, packet);
      packet.fragment_link_offset = static_cast<std::uint32_t>(link);
    }
    next = bytes[at];
    link = at;
    at += size;
    if (was_fragment && packet.fragment_offset != 0) break;
  }
  packet.protocol = Protocol{next};
  packet.ip_header_size = static_cast<std::uint32_t>(at);
  return std::nullopt;
}

Fault read_ipv6(Bytes bytes, Extent extent, ParsedPacket& packet) {
  if (bytes.size() < ipv6_header) return PacketFault::too_short;
  const std::size_t total =
      ipv6_header + read16(bytes, 4);  // a jumbogram's 0 means no payload here
  if (total > bytes.size() && extent == Extent::whole) return PacketFault::bad_total_length;
  packet.version = IpVersion::v6;
  packet.total_size = static_cast<std::uint32_t>(std::min(total, bytes.size()));
  packet.hop_limit = bytes[7];
  packet.source = read_v6(bytes, 8);
  packet.destination = read_v6(bytes, 24);
  return walk_extensions(bytes.first(packet.total_size), bytes[6], packet);
}

Fault check_fragment(const ParsedPacket& packet) {
  const std::size_t size = packet.total_size - packet.ip_header_size;
  if (packet.more_fragments && (size == 0 || size % 8 != 0)) return PacketFault::bad_fragment;
  if (packet.fragment_offset + size > 65535) return PacketFault::bad_fragment;
  return std::nullopt;
}

Fault read_tcp(Bytes header, Extent extent, ParsedPacket& packet) {
  if (extent == Extent::quoted && header.size() >= 8 && header.size() < tcp_minimum_header) {
    packet.tcp_sequence = read32(header, 4);
    packet.transport_header_size = static_cast<std::uint16_t>(header.size());
  } else {
    if (header.size() < tcp_minimum_header) return PacketFault::bad_transport_header;
    const std::size_t size = std::size_t{header[12]} / 16 * 4;
    if (size < tcp_minimum_header) return PacketFault::bad_transport_header;
    if (size > header.size() && extent == Extent::whole) return PacketFault::bad_transport_header;
    packet.transport_header_size = static_cast<std::uint16_t>(std::min(size, header.size()));
    packet.tcp_sequence = read32(header, 4);
    packet.tcp_acknowledgement = read32(header, 8);
    packet.tcp_flags = header[13];
  }
  packet.source_port = read16(header, 0);
  packet.destination_port = read16(header, 2);
  return std::nullopt;
}

Fault read_udp(Bytes header, Extent extent, ParsedPacket& packet) {
  if (header.size() < udp_header) return PacketFault::bad_transport_header;
  const std::size_t length = read16(header, 4);
  const bool fits = length >= udp_header && length <= header.size();
  if (!fits && extent == Extent::whole && !packet.is_fragment)
    return PacketFault::bad_transport_header;
  packet.transport_header_size = udp_header;
  packet.source_port = read16(header, 0);
  packet.destination_port = read16(header, 2);
  return std::nullopt;
}

Fault read_icmp(Bytes header, ParsedPacket& packet) {
  const std::size_t least = packet.protocol == Protocol::icmp ? icmp_header : icmpv6_minimum_header;
  if (header.size() < least) return PacketFault::bad_transport_header;
  packet.icmp_type = header[0];
  packet.icmp_code = header[1];
  packet.transport_header_size = static_cast<std::uint16_t>(std::min(header.size(), icmp_header));
  if (packet.is_echo() && header.size() >= icmp_header) packet.icmp_id = read16(header, 4);
  return std::nullopt;
}

// A first fragment may end inside a long TCP header; Windows drops such a packet and so do we.
Fault read_transport(Bytes bytes, Extent extent, ParsedPacket& packet) {
  if (packet.fragment_offset != 0) return std::nullopt;
  const Bytes header = bytes.first(packet.total_size).subspan(packet.ip_header_size);
  switch (packet.protocol) {
    case Protocol::tcp:
      return read_tcp(header, extent, packet);
    case Protocol::udp:
      return read_udp(header, extent, packet);
    case Protocol::icmp:
    case Protocol::icmpv6:
      return read_icmp(header, packet);
  }
  return std::nullopt;
}

std::expected<ParsedPacket, PacketFault> parse(Bytes bytes, Extent extent) {
  if (bytes.empty()) return std::unexpected(PacketFault::too_short);
  ParsedPacket packet;
  Fault fault = PacketFault::unknown_version;
  if (bytes[0] >> 4 == 4) fault = read_ipv4(bytes, extent, packet);
  if (bytes[0] >> 4 == 6) fault = read_ipv6(bytes, extent, packet);
  if (!fault && packet.is_fragment && extent == Extent::whole) fault = check_fragment(packet);
  if (!fault) fault = read_transport(bytes, extent, packet);
  if (fault) return std::unexpected(*fault);
  return packet;
}

std::uint32_t pseudo_header_sum(Bytes bytes, const ParsedPacket& packet, std::size_t length) {
  const Bytes addresses =
      packet.version == IpVersion::v4 ? bytes.subspan(12, 8) : bytes.subspan(8, 32);
  return ones_complement_sum(addresses) + static_cast<std::uint32_t>(length) +
         static_cast<std::uint32_t>(packet.protocol);
}

}  // namespace

IpAddress IpAddress::from_v4(std::uint32_t host_order) {
  IpAddress address;
  for (unsigned i = 0; i < 4; ++i) {
    address.bytes[i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
  }
  return address;
}

IpAddress IpAddress::from_v6(const std::array<std::uint8_t, 16>& network_order) {
  return {IpVersion::v6, network_order};
}

IpAddress IpAddress::unspecified(IpVersion version) {
  return {version, {}};
}

std::expected<IpAddress, std::string> IpAddress::parse(const std::string& text) {
  IpAddress address;
  if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) return address;
  address = unspecified(IpVersion::v6);
  if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) return address;
  return std::unexpected("'" + text + "' is not an IPv4 or IPv6 address");
}

std::uint32_t IpAddress::v4() const {
  return read32(bytes, 0);
}

bool IpAddress::is_unspecified() const {
  return *this == unspecified(version);
}

bool IpAddress::is_loopback() const {
  if (version == IpVersion::v4) return bytes[0] == 127;
  IpAddress one = unspecified(IpVersion::v6);
  one.bytes[15] = 1;
  return *this == one;
}

AddressType IpAddress::type() const {
  if (is_unspecified()) return AddressType::unspecified;
  if (version == IpVersion::v6) {
    return bytes[0] == 0xff ? AddressType::multicast : AddressType::unicast;
  }
  if (v4() == 0xffffffff) return AddressType::broadcast;
  return bytes[0] >> 4 == 0xe ? AddressType::multicast : AddressType::unicast;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(version == IpVersion::v4 ? AF_INET : AF_INET6, bytes.data(), buffer.data(),
            buffer.size());
  return buffer.data();
}

std::string_view to_string(PacketFault fault) {
  switch (fault) {
    case PacketFault::too_short:
      return "shorter than an IP header";
    case PacketFault::unknown_version:
      return "neither IPv4 nor IPv6";
    case PacketFault::bad_header_length:
      return "IP header length out of bounds";
    case PacketFault::bad_total_length:
      return "IP length out of bounds";
    case PacketFault::bad_extension_header:
      return "malformed IPv6 extension header";
    case PacketFault::bad_fragment:
      return "malformed fragment";
    case PacketFault::bad_transport_header:
      return "malformed transport header";
  }
  return "unknown fault";
}

bool ParsedPacket::is_icmp() const {
  return protocol == (version == IpVersion::v4 ? Protocol::icmp : Protocol::icmpv6);
}

bool ParsedPacket::is_icmp_error() const {
  if (!is_icmp() || transport_header_size == 0) return false;
  if (version == IpVersion::v6) return icmp_type < 128;
  constexpr std::uint8_t errors[] = {3, 4, 5, 11, 12};
  return std::ranges::find(errors, icmp_type) != std::end(errors);
}

bool ParsedPacket::is_echo() const {
  if (!is_icmp()) return false;
  return version == IpVersion::v4 ? icmp_type == 8 || icmp_type == 0
                                  : icmp_type == 128 || icmp_type == 129;
}

std::expected<ParsedPacket, PacketFault> parse_packet(std::span<const std::uint8_t> bytes) {
  return parse(bytes, Extent::whole);
}

std::expected<ParsedPacket, PacketFault> parse_quoted_packet(std::span<const std::uint8_t> bytes) {
  return parse(bytes, Extent::quoted);
}

std::uint16_t ones_complement_sum(std::span<const std::uint8_t> bytes, std::uint32_t initial) {
  std::uint64_t sum = initial;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum += read16(bytes, i);
  if (bytes.size() % 2 != 0) sum += std::uint64_t{bytes.back()} << 8;
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

bool ip_checksum_is_right(std::span<const std::uint8_t> bytes, const ParsedPacket& packet) {
  return packet.version == IpVersion::v6 ||
         ones_complement_sum(bytes.first(packet.ip_header_size)) == 0xffff;
}

bool transport_checksum_is_right(std::span<const std::uint8_t> bytes, const ParsedPacket& packet) {
  if (packet.is_fragment) return true;
  std::size_t length = packet.total_size - packet.ip_header_size;
  const Bytes transport = bytes.subspan(packet.ip_header_size, length);
  switch (packet.protocol) {
    case Protocol::icmp:
      return ones_complement_sum(transport) == 0xffff;
    case Protocol::udp: {
      if (packet.version == IpVersion::v4 && read16(transport, 6) == 0) return true;
      length = read16(transport, 4);
      break;
    }
    case Protocol::tcp:
    case Protocol::icmpv6:
      break;
    default:
      return true;
  }
  return ones_complement_sum(transport.first(length), pseudo_header_sum(bytes, packet, length)) ==
         0xffff;
}

}  // namespace drydock::net
