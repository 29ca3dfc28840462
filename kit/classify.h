// SPDX-License-Identifier: Apache-2.0
// What a classify function answers. PASSIVE_LEVEL to DISPATCH_LEVEL.
#pragma once

#include "wdk.h"

namespace kit {

// Without the right to write, somebody before us has decided for good.
inline bool may_decide(const FWPS_CLASSIFY_OUT0& out) {
  return (out.rights & FWPS_RIGHT_ACTION_WRITE) != 0;
}

inline void permit(const FWPS_FILTER1& filter, FWPS_CLASSIFY_OUT0& out) {
  out.actionType = FWP_ACTION_PERMIT;
  if ((filter.flags & FWPS_FILTER_FLAG_CLEAR_ACTION_RIGHT) != 0) {
    out.rights &= ~FWPS_RIGHT_ACTION_WRITE;
  }
}

// Drops without a trace: the packet is ours now.
inline void absorb(FWPS_CLASSIFY_OUT0& out) {
  out.actionType = FWP_ACTION_BLOCK;
  out.flags |= FWPS_CLASSIFY_OUT_FLAG_ABSORB;
  out.rights &= ~FWPS_RIGHT_ACTION_WRITE;
}

// Seen, nothing decided.
inline void pass_on(FWPS_CLASSIFY_OUT0& out) {
  if (may_decide(out)) out.actionType = FWP_ACTION_CONTINUE;
}

}  // namespace kit
