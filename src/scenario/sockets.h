// SPDX-License-Identifier: Apache-2.0
// The sockets of a run's processes, and the network that they lead to.
#pragma once

#include "net/host/agenda.h"
#include "net/host/far_network.h"
#include "net/host/socket_host.h"
#include "scenario/network_plan.h"

namespace drydock::scenario {

struct Sockets {
  Sockets(net::HostNetwork& network, const NetworkPlan& plan, std::uint64_t seed);

  net::Agenda agenda;
  net::SocketHost host;
  net::FarNetwork far;
};

}  // namespace drydock::scenario
