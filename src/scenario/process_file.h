// SPDX-License-Identifier: Apache-2.0
// The [[process]] sections of a scenario file and what their [[process.io]] say.
#pragma once

#include <toml++/toml.h>
#include <vector>

#include "scenario/operation.h"

namespace drydock::scenario {

// Throws what toml_section.h throws.
std::vector<ProcessText> read_process_list(const toml::node& node);

}  // namespace drydock::scenario
