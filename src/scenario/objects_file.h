// SPDX-License-Identifier: Apache-2.0
// [[sublayer]], [[callout]] and [[filter]] of a scenario file: objects of somebody else's policy,
// in the words of docs/policy.md.
#pragma once

#include <toml++/toml.h>

#include <string>
#include <vector>

namespace drydock::scenario {

// Each table becomes a policy of one object, as JSON whose values stand on the lines that they have
// in the scenario: what is wrong with one is then told with its line there. Sublayers come first
// and filters last. Throws Wrong (toml_section.h).
std::vector<std::string> read_objects(const toml::table& root);

}  // namespace drydock::scenario
