// SPDX-License-Identifier: Apache-2.0
// Ethernet frames as the MAC layers show them: read from captures, or made up for traffic that
// has none.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "net/packet.h"

namespace drydock::net {

using MacAddress = std::array<std::uint8_t, 6>;

// DL_ADDRESS_TYPE numbers.
enum class MacAddressType : std::uint8_t { unicast = 0, multicast = 1, broadcast = 2 };
MacAddressType type_of(const MacAddress& address);

struct EthernetHeader {
  MacAddress destination{}, source{};
  std::uint16_t ether_type = 0;  // behind all VLAN tags; below 0x600 it is a length
  std::uint16_t vlan = 0;        // of the first tag; 0: none
  std::size_t size = 0;          // with its tags

  [[nodiscard]] bool is_ip() const;
};

// Nothing when the frame ends before its header does.
std::optional<EthernetHeader> parse_ethernet(std::span<const std::uint8_t> frame);

// What an interface, and a host behind it, are called in frames that are made up: locally
// administered addresses.
MacAddress made_up_mac(std::uint32_t interface_index);
MacAddress made_up_mac(const IpAddress& host);

// The frame that such a packet would travel in; `own` is the sender when it goes out.
std::vector<std::uint8_t> make_frame(std::span<const std::uint8_t> packet,
                                     const MacAddress& destination, const MacAddress& source);

// The sender's protocol address of an ARP request or reply over IPv4; nothing: it is no such frame.
std::optional<IpAddress> arp_sender(std::span<const std::uint8_t> frame,
                                    const EthernetHeader& header);

}  // namespace drydock::net
