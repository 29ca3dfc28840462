// SPDX-License-Identifier: Apache-2.0
#include "net/packet.h"

#include <gtest/gtest.h>

#include "net/build_packet.h"

namespace drydock::net {
namespace {

using namespace testing;

// "protocol ip+transport+payload source:port > destination:port", or the fault.
std::string read(const Bytes& bytes) {
  const auto packet = parse_packet(bytes);
  if (!packet) return std::string(to_string(packet.error()));
  return std::to_string(static_cast<int>(packet->protocol)) + " " +
         std::to_string(packet->ip_header_size) + "+" +
         std::to_string(packet->transport_header_size) + "+" +
         std::to_string(packet->payload_size()) + " " + packet->source.text() + ":" +
         std::to_string(packet->source_port) + " > " + packet->destination.text() + ":" +
         std::to_string(packet->destination_port);
}

const Place a4 = at("192.0.2.10", 1000), b4 = at("192.0.2.20", 80);
const Place a6 = at("2001:db8::10", 1000), b6 = at("2001:db8::20", 80);

Bytes with_extensions(const Bytes& packet, std::uint8_t first, const Bytes& extensions) {
  Bytes result(packet.begin(), packet.begin() + 40);
  result[6] = first;
  result.insert(result.end(), extensions.begin(), extensions.end());
  result.insert(result.end(), packet.begin() + 40, packet.end());
  set16(result, 4, static_cast<std::uint16_t>(result.size() - 40));
  return result;
}

TEST(Packet, headers_of_all_protocols_are_measured) {
  EXPECT_EQ(read(tcp_packet(a4, b4, tcp::syn, 1, 0, "abc")),
            "6 20+20+3 192.0.2.10:1000 > 192.0.2.20:80");
  EXPECT_EQ(read(udp_packet(a6, b6, "abcd")), "17 40+8+4 2001:db8::10:1000 > 2001:db8::20:80");
  EXPECT_EQ(read(icmp_packet(a4, b4, 8, 0, 7, {1, 2})), "1 20+8+2 192.0.2.10:0 > 192.0.2.20:0");
  EXPECT_EQ(read(icmp_packet(a6, b6, 128, 0, 7, {})), "58 40+8+0 2001:db8::10:0 > 2001:db8::20:0");
  EXPECT_EQ(read(ip_packet(a4.address, b4.address, Protocol{47}, {1, 2, 3}, -1)),
            "47 20+0+3 192.0.2.10:0 > 192.0.2.20:0");
}

TEST(Packet, ipv4_options_and_link_padding_are_left_out) {
  Bytes packet = udp_packet(a4, b4, "abcd");
  packet[0] = 0x46;
  packet.insert(packet.begin() + 20, {1, 1, 1, 0});
  set16(packet, 2, static_cast<std::uint16_t>(packet.size()));
  packet.insert(packet.end(), 10, 0xee);
  EXPECT_EQ(read(packet), "17 24+8+4 192.0.2.10:1000 > 192.0.2.20:80");
}

TEST(Packet, ipv6_extension_headers_belong_to_the_ip_header) {
  const Bytes hop_by_hop_then_options = {60, 0, 1, 4, 0, 0, 0, 0, 17, 0, 1, 4, 0, 0, 0, 0};
  EXPECT_EQ(read(with_extensions(udp_packet(a6, b6, "x"), 0, hop_by_hop_then_options)),
            "17 56+8+1 2001:db8::10:1000 > 2001:db8::20:80");
}

TEST(Packet, lengths_that_leave_the_packet_are_faults) {
  Bytes short_header = tcp_packet(a4, b4, tcp::ack, 1, 1);
  short_header[0] = 0x44;
  Bytes long_total = tcp_packet(a4, b4, tcp::ack, 1, 1);
  long_total[3] += 1;
  Bytes wide_tcp = tcp_packet(a4, b4, tcp::ack, 1, 1);
  wide_tcp[32] = 0xf0;
  Bytes long_udp = udp_packet(a6, b6, "x");
  long_udp[45] += 1;
  EXPECT_EQ(read({}), "shorter than an IP header");
  EXPECT_EQ(read(Bytes(19, 0x45)), "shorter than an IP header");
  EXPECT_EQ(read(Bytes(40, 0x12)), "neither IPv4 nor IPv6");
  EXPECT_EQ(read(short_header), "IP header length out of bounds");
  EXPECT_EQ(read(long_total), "IP length out of bounds");
  EXPECT_EQ(read(wide_tcp), "malformed transport header");
  EXPECT_EQ(read(long_udp), "malformed transport header");
  EXPECT_EQ(read(with_extensions(udp_packet(a6, b6, ""), 0, {17, 9, 0, 0, 0, 0, 0, 0})),
            "malformed IPv6 extension header");
}

TEST(Packet, fragments_tell_their_place_and_only_the_first_has_a_transport_header) {
  const auto fragments = fragments_of(udp_packet(a4, b4, std::string(40, 'x')), 24);
  ASSERT_EQ(fragments.size(), 2u);
  const auto first = parse_packet(fragments[0]), second = parse_packet(fragments[1]);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(std::tuple(first->is_fragment, first->more_fragments, first->fragment_offset,
                       first->transport_header_size, first->source_port),
            std::tuple(true, true, 0u, 8, 1000));
  EXPECT_EQ(std::tuple(second->is_fragment, second->more_fragments, second->fragment_offset,
                       second->transport_header_size, second->source_port),
            std::tuple(true, false, 24u, 0, 0));
}

TEST(Packet, checksums_are_verified_for_every_protocol_and_one_changed_bit_is_noticed) {
  for (Bytes packet : {tcp_packet(a4, b4, tcp::syn, 1, 0, "odd"), udp_packet(a4, b4, "even"),
                       icmp_packet(a4, b4, 8, 0, 1, {1}), tcp_packet(a6, b6, tcp::syn, 1, 0),
                       udp_packet(a6, b6, "odd"), icmp_packet(a6, b6, 128, 0, 1, {})}) {
    const auto parsed = *parse_packet(packet);
    EXPECT_TRUE(ip_checksum_is_right(packet, parsed) &&
                transport_checksum_is_right(packet, parsed));
    packet[parsed.ip_header_size] ^= 1;
    EXPECT_FALSE(transport_checksum_is_right(packet, parsed));
    packet[1] ^= 1;
    EXPECT_EQ(ip_checksum_is_right(packet, parsed), parsed.version == IpVersion::v6);
  }
}

TEST(Packet, a_quoted_packet_may_end_behind_its_ports) {
  Bytes packet = tcp_packet(a4, b4, tcp::syn, 1, 0, "payload");
  packet.resize(28);
  const auto quoted = parse_quoted_packet(packet);
  ASSERT_TRUE(quoted);
  EXPECT_EQ(std::tuple(quoted->source_port, quoted->destination_port, quoted->total_size),
            std::tuple(1000, 80, 28u));
  packet.resize(27);
  EXPECT_FALSE(parse_quoted_packet(packet));
}

TEST(IpAddress, text_form_type_and_host_order_agree) {
  EXPECT_EQ(at("192.0.2.10").address.v4(), 0xc000020au);
  EXPECT_EQ(IpAddress::from_v4(0xc000020a).text(), "192.0.2.10");
  EXPECT_EQ(at("ff02::1").address.type(), AddressType::multicast);
  EXPECT_EQ(at("224.0.0.251").address.type(), AddressType::multicast);
  EXPECT_EQ(at("255.255.255.255").address.type(), AddressType::broadcast);
  EXPECT_EQ(at("::").address.type(), AddressType::unspecified);
  EXPECT_EQ(at("2001:db8::1").address.type(), AddressType::unicast);
  EXPECT_TRUE(at("::1").address.is_loopback() && at("127.9.9.9").address.is_loopback());
  EXPECT_FALSE(IpAddress::parse("192.0.2.256"));
}

}  // namespace
}  // namespace drydock::net
