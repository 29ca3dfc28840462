// SPDX-License-Identifier: Apache-2.0
#include "net/mac_frame.h"

#include <algorithm>

namespace drydock::net {

namespace {

constexpr std::uint16_t ethertype_ipv4 = 0x0800, ethertype_arp = 0x0806, ethertype_vlan = 0x8100,
                        ethertype_ipv6 = 0x86dd, ethertype_service_vlan = 0x88a8;
constexpr std::size_t addresses_size = 12, type_size = 2, tag_size = 4;
constexpr std::uint16_t vlan_id_bits = 0x0fff;

std::uint16_t read16(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

MacAddress address_at(std::span<const std::uint8_t> frame, std::size_t at) {
  MacAddress address;
  std::copy_n(frame.begin() + static_cast<std::ptrdiff_t>(at), address.size(), address.begin());
  return address;
}

}  // namespace

MacAddressType type_of(const MacAddress& address) {
  if (std::ranges::all_of(address, [](std::uint8_t byte) { return byte == 0xff; }))
    return MacAddressType::broadcast;
  return (address[0] & 1) != 0 ? MacAddressType::multicast : MacAddressType::unicast;
}

bool EthernetHeader::is_ip() const {
  return ether_type == ethertype_ipv4 || ether_type == ethertype_ipv6;
}

std::optional<EthernetHeader> parse_ethernet(std::span<const std::uint8_t> frame) {
  EthernetHeader header;
  std::size_t at = addresses_size;
  for (; at + type_size <= frame.size(); at += tag_size) {
    header.ether_type = read16(frame, at);
    const bool tagged =
        header.ether_type == ethertype_vlan || header.ether_type == ethertype_service_vlan;
    if (!tagged) break;
    if (at + tag_size > frame.size()) return std::nullopt;
    if (header.vlan == 0) header.vlan = read16(frame, at + type_size) & vlan_id_bits;
  }
  if (at + type_size > frame.size()) return std::nullopt;
  header.destination = address_at(frame, 0);
  header.source = address_at(frame, header.destination.size());
  header.size = at + type_size;
  return header;
}

MacAddress made_up_mac(std::uint32_t interface_index) {
  return {0x02,
          0x00,
          0x00,
          static_cast<std::uint8_t>(interface_index >> 16),
          static_cast<std::uint8_t>(interface_index >> 8),
          static_cast<std::uint8_t>(interface_index)};
}

// RFC 1112 and RFC 2464 say what multicast groups are called.
MacAddress made_up_mac(const IpAddress& host) {
  const bool v4 = host.version == IpVersion::v4;
  const std::uint8_t* last = host.bytes.data() + (v4 ? 0 : 12);
  switch (host.type()) {
    case AddressType::broadcast:
      return {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    case AddressType::multicast:
      if (v4)
        return {0x01, 0x00, 0x5e, static_cast<std::uint8_t>(last[1] & 0x7f), last[2], last[3]};
      return {0x33, 0x33, last[0], last[1], last[2], last[3]};
    default:
      return {0x02, 0x01, last[0], last[1], last[2], last[3]};
  }
}

std::vector<std::uint8_t> make_frame(std::span<const std::uint8_t> packet,
                                     const MacAddress& destination, const MacAddress& source) {
  std::vector<std::uint8_t> frame;
  frame.reserve(addresses_size + type_size + packet.size());
  frame.insert(frame.end(), destination.begin(), destination.end());
  frame.insert(frame.end(), source.begin(), source.end());
  const bool v6 = !packet.empty() && packet[0] >> 4 == 6;
  const std::uint16_t type = v6 ? ethertype_ipv6 : ethertype_ipv4;
  frame.push_back(static_cast<std::uint8_t>(type >> 8));
  frame.push_back(static_cast<std::uint8_t>(type));
  frame.insert(frame.end(), packet.begin(), packet.end());
  return frame;
}

std::optional<IpAddress> arp_sender(std::span<const std::uint8_t> frame,
                                    const EthernetHeader& header) {
  constexpr std::size_t sender_at = 14, arp_size = 28;
  if (header.ether_type != ethertype_arp || frame.size() < header.size + arp_size)
    return std::nullopt;
  const auto arp = frame.subspan(header.size);
  const bool ipv4_over_ethernet = read16(arp, 0) == 1 && read16(arp, 2) == ethertype_ipv4;
  if (!ipv4_over_ethernet) return std::nullopt;
  return IpAddress::from_v4(std::uint32_t{read16(arp, sender_at)} << 16 |
                            read16(arp, sender_at + 2));
}

}  // namespace drydock::net
