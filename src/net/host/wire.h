// SPDX-License-Identifier: Apache-2.0
// What lies between the simulated host and everybody else.
#pragma once

#include "machine/machine.h"
#include "net/capture.h"

namespace drydock::net {

// What a packet takes from one end to the other.
inline constexpr machine::VirtualTime wire_delay = machine::milliseconds(1);

// Where packets arrive. On the fiber of the agenda, at PASSIVE_LEVEL.
class WireEnd {
 public:
  virtual ~WireEnd() = default;
  virtual void arrive(const PacketBytes& packet) = 0;
};

}  // namespace drydock::net
