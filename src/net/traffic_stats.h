// SPDX-License-Identifier: Apache-2.0
// How much traffic got which verdict.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace drydock::net {

struct TrafficCount {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;

  friend bool operator==(const TrafficCount&, const TrafficCount&) = default;
};
using TrafficStats = std::map<std::string, TrafficCount>;  // by verdict: "permit", "block ..."

}  // namespace drydock::net
