// SPDX-License-Identifier: Apache-2.0
// The interfaces of the simulated host, what is behind each of them, and where a packet goes.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "net/packet.h"

namespace drydock::net {

// An address and how many of its leading bits name the network it is in.
struct NetworkAddress {
  IpAddress address;
  std::uint8_t length = 0;

  // "192.0.2.10/24", "2001:db8::10/64". The error says what was read.
  static std::expected<NetworkAddress, std::string> parse(const std::string& text);
  [[nodiscard]] bool covers(const IpAddress& other) const;
};

struct HostInterface {
  std::uint32_t index = 0;                // IF_INDEX; not 0
  std::vector<NetworkAddress> addresses;  // the host's own there
};

// A network that is not an interface's own.
struct Route {
  NetworkAddress to;
  std::uint32_t interface_index = 0;
};

// The interface that leads to `remote`: that of the longest prefix; of equal ones, an interface's
// own network, then the first route. 0: none does.
std::uint32_t interface_towards(std::span<const HostInterface> interfaces,
                                std::span<const Route> routes, const IpAddress& remote);

}  // namespace drydock::net
