// SPDX-License-Identifier: Apache-2.0
#include "net/socket_place.h"

#include <fmt/format.h>

namespace drydock::net {

std::string to_string(const SocketPlace& place) {
  if (place.address.version == IpVersion::v4)
    return fmt::format("{}:{}", place.address.text(), place.port);
  return fmt::format("[{}]:{}", place.address.text(), place.port);
}

}  // namespace drydock::net
