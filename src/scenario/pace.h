// SPDX-License-Identifier: Apache-2.0
// When the packets of a capture are played. Those that lie closer together than a burst are played
// side by side: what interleaves on a real machine must be able to interleave here, where time
// passes only when nobody has anything to do.
#pragma once

#include <chrono>

#include "machine/types.h"
#include "net/capture.h"

namespace drydock::scenario {

inline constexpr auto burst = std::chrono::milliseconds{200};

// From the beginning of the traffic to the burst that a packet belongs to.
constexpr machine::VirtualTime burst_of(net::Nanoseconds time) {
  return machine::milliseconds(time / burst * burst.count());
}

}  // namespace drydock::scenario
