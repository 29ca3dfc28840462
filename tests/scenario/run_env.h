// SPDX-License-Identifier: Apache-2.0
// The process's one Environment: simulated memory and signal handlers exist once.
#pragma once

#include "scenario/environment.h"

namespace drydock::scenario {

inline Environment& test_environment() {
  static Environment one;
  return one;
}

}  // namespace drydock::scenario
