// SPDX-License-Identifier: Apache-2.0
#include "scenario/sockets.h"

namespace drydock::scenario {

namespace {

// Behind all endpoints of captures.
constexpr std::uint64_t first_endpoint = std::uint64_t{1} << 36;

net::FarNetworkOptions seeded(net::FarNetworkOptions options, std::uint64_t seed) {
  options.seed = seed;
  return options;
}

}  // namespace

Sockets::Sockets(net::HostNetwork& network, const NetworkPlan& plan, std::uint64_t seed)
    : agenda(network.machine()),
      host(network, agenda,
           {.host = plan.host,
            .first_endpoint = first_endpoint,
            .seed = seed,
            .keeps_packets = plan.keeps_packets}),
      far(agenda, host, seeded(plan.far, seed)) {
  host.set_wire(far);
}

}  // namespace drydock::scenario
