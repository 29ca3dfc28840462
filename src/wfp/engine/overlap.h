// SPDX-License-Identifier: Apache-2.0
// How the conditions of two filters relate: does one let in all that the other does, or something?
// Asked by enumerations; classification knows only single values.
#pragma once

#include <span>

#include "wfp/engine/layers.h"
#include "wfp/engine/objects.h"

namespace drydock::wfp {

using Conditions = std::span<const FilterCondition>;

// Both lists must have passed check_condition() for the layer. Numbers and addresses are compared
// as intervals; of byte strings, descriptors, flags and EMPTY only equality is known: two such
// conditions overlap unless both demand different values, and contain only what they equal.

// Whatever fulfils `inner` fulfils `outer`.
[[nodiscard]] bool contains(const Layer& layer, Conditions outer, Conditions inner);
// Something may fulfil both.
[[nodiscard]] bool overlap(const Layer& layer, Conditions first, Conditions second);

}  // namespace drydock::wfp
