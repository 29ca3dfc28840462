// SPDX-License-Identifier: Apache-2.0
// What goes together in a filter: its action with its layer and sublayer, its provider context with
// its layer and callout. Windows documents the refusals but not their conditions; refused is what
// cannot mean anything, and nothing else (a choice of E-1).
#pragma once

#include "wfp/engine/layers.h"
#include "wfp/engine/objects.h"
#include "wfp/engine/status.h"

namespace drydock::wfp {

// Classified by services in user mode, which can call no driver.
[[nodiscard]] constexpr bool is_user_mode(LayerId layer) {
  return layer >= LayerId::ipsec_km_demux_v4;
}

// ACTION_INCOMPATIBLE_WITH_LAYER: a callout at a layer of user mode.
// ACTION_INCOMPATIBLE_WITH_SUBLAYER: the sublayer of RPC auditing forbids and calls nothing.
[[nodiscard]] FwpStatus check_action_fits(const FilterSpec& spec, const Layer& layer);

// `context` is what the filter refers to.
// CONTEXT_INCOMPATIBLE_WITH_LAYER: the policy of a keying module away from the layers that look it
// up, or some other context there.
// CONTEXT_INCOMPATIBLE_WITH_CALLOUT: IPsec policies and the like with a callout that is not one of
// Windows' own for them.
[[nodiscard]] FwpStatus check_context_fits(const FilterSpec& spec, const Layer& layer,
                                           const ProviderContextSpec& context);

// FWPM_PROVIDER_CONTEXT_TYPE.
inline constexpr std::uint32_t provider_context_types = 14;

}  // namespace drydock::wfp
