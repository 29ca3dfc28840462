// SPDX-License-Identifier: Apache-2.0
// An address and a port: where one end of a conversation is.
#pragma once

#include <compare>
#include <cstdint>

#include "net/packet.h"

namespace drydock::net {

struct SocketPlace {
  IpAddress address;
  std::uint16_t port = 0;  // host order

  auto operator<=>(const SocketPlace&) const = default;
};

}  // namespace drydock::net
