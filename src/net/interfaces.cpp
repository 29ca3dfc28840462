// SPDX-License-Identifier: Apache-2.0
#include "net/interfaces.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace drydock::net {

std::expected<NetworkAddress, std::string> NetworkAddress::parse(const std::string& text) {
  const auto wrong = [&] {
    return std::unexpected(fmt::format(
        "'{}' is no address with a prefix length: expected one as 192.0.2.10/24", text));
  };
  const auto slash = text.find('/');
  if (slash == std::string::npos) return wrong();
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return wrong();
  const char* begin = text.data() + slash + 1;
  const char* end = text.data() + text.size();
  unsigned length = 0;
  const auto [stopped, error] = std::from_chars(begin, end, length);
  const unsigned most = address->version == IpVersion::v4 ? 32 : 128;
  if (error != std::errc{} || stopped != end || length > most) return wrong();
  return NetworkAddress{*address, static_cast<std::uint8_t>(length)};
}

bool NetworkAddress::covers(const IpAddress& other) const {
  if (other.version != address.version) return false;
  const std::size_t whole = length / 8;
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + whole, other.bytes.begin()))
    return false;
  const unsigned rest = length % 8;
  if (rest == 0) return true;
  const unsigned mask = 0xffU << (8 - rest);
  return ((address.bytes[whole] ^ other.bytes[whole]) & mask) == 0;
}

std::uint32_t interface_towards(std::span<const HostInterface> interfaces,
                                std::span<const Route> routes, const IpAddress& remote) {
  std::uint32_t found = 0;
  int best = -1;
  const auto consider = [&](const NetworkAddress& network, std::uint32_t index) {
    if (network.length <= best || !network.covers(remote)) return;
    best = network.length;
    found = index;
  };
  for (const HostInterface& each : interfaces) {
    for (const NetworkAddress& network : each.addresses) consider(network, each.index);
  }
  for (const Route& route : routes) consider(route.to, route.interface_index);
  return found;
}

}  // namespace drydock::net
