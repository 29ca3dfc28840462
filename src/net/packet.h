// SPDX-License-Identifier: Apache-2.0
// One IP packet read safely: where its headers end, who sends it to whom. Knows nothing of
// connections.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace drydock::net {

enum class IpVersion : std::uint8_t { v4 = 4, v6 = 6 };

// IANA protocol numbers that have a meaning here; any other number is a valid Protocol too.
enum class Protocol : std::uint8_t { icmp = 1, tcp = 6, udp = 17, icmpv6 = 58 };

// What a Windows host calls the type of an address (the NL_ADDRESS_TYPE numbers of the
// *_ADDRESS_TYPE fields).
enum class AddressType : std::uint8_t {
  unspecified = 0,
  unicast = 1,
  multicast = 3,
  broadcast = 4
};

struct IpAddress {
  IpVersion version = IpVersion::v4;
  std::array<std::uint8_t, 16> bytes{};  // network order; IPv4 in the first four, the rest zero

  // 192.0.2.10 is 0xc000020a: host order, as FWP fields hold IPv4 addresses.
  static IpAddress from_v4(std::uint32_t host_order);
  static IpAddress from_v6(const std::array<std::uint8_t, 16>& network_order);
  static IpAddress unspecified(IpVersion version);
  // Dotted or colon text; the error says what was read.
  static std::expected<IpAddress, std::string> parse(const std::string& text);

  std::uint32_t v4() const;  // host order; only for IPv4
  bool is_unspecified() const;
  bool is_loopback() const;
  // Directed broadcast is not recognised: it needs the interface's prefix.
  AddressType type() const;
  std::string text() const;

  auto operator<=>(const IpAddress&) const = default;
};

namespace tcp {
inline constexpr std::uint8_t fin = 0x01, syn = 0x02, rst = 0x04, push = 0x08, ack = 0x10;
}

// Why bytes are not a packet that a host's IP layer would take.
enum class PacketFault : std::uint8_t {
  too_short,
  unknown_version,
  bad_header_length,
  bad_total_length,
  bad_extension_header,
  bad_fragment,
  bad_transport_header,
};
std::string_view to_string(PacketFault fault);

// Offsets count from the first byte of the IP header. Ports and numbers are in host order.
struct ParsedPacket {
  IpVersion version = IpVersion::v4;
  IpAddress source;
  IpAddress destination;
  Protocol protocol = Protocol::udp;  // of the transport header, behind all extension headers
  std::uint8_t hop_limit = 0;
  std::uint32_t ip_header_size =
      0;  // with IPv4 options and IPv6 extension headers: the transport header's offset
  std::uint16_t transport_header_size =
      0;                         // 0 in a fragment that is not the first, and for unknown protocols
  std::uint32_t total_size = 0;  // of the IP packet; bytes behind it are link padding

  bool is_fragment = false;  // an IPv6 atomic fragment counts as a whole packet
  bool more_fragments = false;
  std::uint32_t fragment_id = 0;
  std::uint32_t fragment_offset = 0;         // bytes into the fragmentable part
  std::uint32_t fragment_header_offset = 0;  // IPv6: of the fragment header; 0 when there is none
  std::uint32_t fragment_link_offset =
      0;  // IPv6: of the next-header field that names the fragment header

  std::uint16_t source_port = 0;  // TCP and UDP
  std::uint16_t destination_port = 0;
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  std::uint16_t icmp_id = 0;  // of echo request and reply
  std::uint8_t tcp_flags = 0;
  std::uint32_t tcp_sequence = 0;
  std::uint32_t tcp_acknowledgement = 0;

  std::size_t payload_offset() const { return std::size_t{ip_header_size} + transport_header_size; }
  std::size_t payload_size() const { return total_size - payload_offset(); }
  bool is_icmp() const;
  bool is_icmp_error() const;  // quotes the packet that caused it
  bool is_echo() const;        // request or reply
};

// Reads an IPv4 or IPv6 packet that starts at bytes[0]. Never reads outside `bytes`; checksums are
// not looked at, because a capture made at the sender may hold packets whose checksums the adapter
// was to fill in.
std::expected<ParsedPacket, PacketFault> parse_packet(std::span<const std::uint8_t> bytes);

// The headers that an ICMP error quotes: `bytes` starts at the inner IP header and may end early,
// but has to hold the addresses and, for TCP and UDP, both ports. total_size and
// transport_header_size are what is there, not what was sent.
std::expected<ParsedPacket, PacketFault> parse_quoted_packet(std::span<const std::uint8_t> bytes);

// True when the IPv4 header checksum is right; IPv6 has none and is always right.
bool ip_checksum_is_right(std::span<const std::uint8_t> bytes, const ParsedPacket& packet);
// True when the TCP, UDP, ICMP or ICMPv6 checksum is right, or IPv4 UDP has none. Fragments and
// other protocols: true.
bool transport_checksum_is_right(std::span<const std::uint8_t> bytes, const ParsedPacket& packet);
// The ones' complement sum of RFC 1071 over `bytes` and `initial`, folded; not inverted.
std::uint16_t ones_complement_sum(std::span<const std::uint8_t> bytes, std::uint32_t initial = 0);

}  // namespace drydock::net
