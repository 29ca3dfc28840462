// SPDX-License-Identifier: Apache-2.0
// [registry] of a scenario file.
#pragma once

#include <toml++/toml.h>

#include <string>
#include <vector>

#include "scenario/registry_text.h"

namespace drydock::scenario {

// Adds what the section says of the driver's service key. Throws Wrong (toml_section.h).
void read_registry(const toml::node& node, const std::string& driver,
                   std::vector<RegistryText>& values);

}  // namespace drydock::scenario
