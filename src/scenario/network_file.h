// SPDX-License-Identifier: Apache-2.0
// [[server]] and [[client]] of a scenario file: who the machine's sockets talk to.
#pragma once

#include <toml++/toml.h>

#include "scenario/network_plan.h"

namespace drydock::scenario {

// Throw Wrong (toml_section.h).
void read_servers(const toml::node& node, net::FarNetworkOptions& far);
void read_clients(const toml::node& node, net::FarNetworkOptions& far);

}  // namespace drydock::scenario
