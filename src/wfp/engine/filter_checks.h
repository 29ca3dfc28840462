// SPDX-License-Identifier: Apache-2.0
// Everything that can be wrong with an object before it is added, in the documented-as-chosen order
// (E-1).
#pragma once

#include "wfp/engine/layers.h"
#include "wfp/engine/objects.h"
#include "wfp/engine/status.h"
#include "wfp/engine/store.h"

namespace drydock::wfp {

// Who adds, and how long the new object will live.
struct Adder {
  SessionId session = SessionId::none;
  Lifetime lifetime = Lifetime::until_stop;
};

// All but the key (ALREADY_EXISTS), which is common to all kinds and comes last; `spec.sublayer`
// must be filled in already unless the layer is unknown.
FwpStatus check_filter(const FilterSpec& spec, const Adder& adder, const Store& store);

// Checks one condition against the field it names (section 6).
FwpStatus check_condition(const Field& field, const FilterCondition& condition);

// NULL_DISPLAY_NAME, PROVIDER_NOT_FOUND, LIFETIME_MISMATCH: what every kind but filters is checked
// for first.
FwpStatus check_display(const DisplayData& display);
FwpStatus check_provider(const std::optional<Guid>& provider, const Adder& adder,
                         const Store& store);

}  // namespace drydock::wfp
