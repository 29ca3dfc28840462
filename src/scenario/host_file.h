// SPDX-License-Identifier: Apache-2.0
// [host] of a scenario file: the interfaces of the simulated host, and what it routes.
#pragma once

#include <toml++/toml.h>

#include "net/tracker.h"

namespace drydock::scenario {

// With the addresses of all interfaces. Throws Wrong (toml_section.h).
net::LocalHost read_host(const toml::node& node);

}  // namespace drydock::scenario
