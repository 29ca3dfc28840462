// SPDX-License-Identifier: Apache-2.0
// The weight a filter gets when it leaves the choice to the engine (E-10). Windows does not publish
// its computation; the rule known is "more specific, higher".
#pragma once

#include <cstdint>
#include <span>

#include "wfp/engine/layers.h"
#include "wfp/engine/objects.h"
#include "wfp/engine/variants.h"

namespace drydock::wfp {

// In [0, 2^60). Sum over the fields that are restricted: importance of the field times precision of
// its most precise condition, so another condition never lowers it. Under the variant, their
// number.
[[nodiscard]] std::uint64_t automatic_weight(const Layer& layer,
                                             std::span<const FilterCondition> conditions,
                                             Variants::AutoWeight rule);

// `requested` as it is (UINT64), with its four bits on top of the automatic weight (UINT8), or
// automatic (EMPTY). Precondition: a legal weight.
[[nodiscard]] std::uint64_t effective_weight(const Value& requested, const Layer& layer,
                                             std::span<const FilterCondition> conditions,
                                             Variants::AutoWeight rule = {});

}  // namespace drydock::wfp
