// SPDX-License-Identifier: Apache-2.0
// Relative times as waits and delays take them.
#pragma once

#include "wdk.h"

namespace kit {

constexpr LARGE_INTEGER milliseconds(LONGLONG count) {
  LARGE_INTEGER time = {};
  time.QuadPart = -count * 10'000;  // units of 100 ns, negative means from now
  return time;
}

_IRQL_requires_max_(APC_LEVEL) inline void sleep(LARGE_INTEGER time) {
  KeDelayExecutionThread(KernelMode, FALSE, &time);
}

}  // namespace kit
