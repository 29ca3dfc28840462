// SPDX-License-Identifier: Apache-2.0
// The ALE endpoints of the host, as the FwpsAleEndpoint functions tell of them: sockets that are
// bound, listen or are connected. Whoever knows the sockets is asked.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace drydock::wfp {

struct AleEndpoint {
  std::uint64_t id = 0;  // transportEndpointHandle
  bool v4 = true;
  std::array<std::uint8_t, 16> local{}, remote{};  // network order; unspecified: all zero
  std::uint8_t protocol = 0;
  std::uint16_t local_port = 0, remote_port = 0;
  std::vector<std::uint8_t> app_id;  // UTF-16 with its terminator; empty: the stack's own
};

class EndpointSource {
 public:
  virtual ~EndpointSource() = default;
  // By id.
  [[nodiscard]] virtual std::vector<AleEndpoint> endpoints() const = 0;
};

}  // namespace drydock::wfp
