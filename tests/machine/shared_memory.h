// SPDX-License-Identifier: Apache-2.0
// Simulated memory has fixed addresses, so a test process reserves it once and every machine of it
// starts by a reset.
#pragma once

#include "machine/machine.h"

namespace drydock::machine {

inline Memory& shared_memory() {
  static Memory memory;
  return memory;
}

}  // namespace drydock::machine
