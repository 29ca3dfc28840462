// SPDX-License-Identifier: Apache-2.0
// What `drydock rules` prints: every rule in a line, or one rule in full.
#pragma once

#include <string>

#include "verify/finding.h"

namespace drydock::report {

std::string rules_text(bool color);
std::string rule_text(const verify::RuleInfo& rule, bool color);

}  // namespace drydock::report
