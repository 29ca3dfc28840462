// SPDX-License-Identifier: Apache-2.0
// The network of a run whose processes have sockets: who is out there, and how much is to be
// expected.
#pragma once

#include <cstdint>

#include "net/host/far_network.h"
#include "net/tracker.h"

namespace drydock::scenario {

struct NetworkPlan {
  net::LocalHost host = net::standard_local_host();
  net::FarNetworkOptions far;
  // About how many steps the processes and their peers will make: when to unload follows from it.
  std::uint64_t expected_steps = 0;
  bool keeps_packets = true;  // somebody will ask for the capture
};

}  // namespace drydock::scenario
