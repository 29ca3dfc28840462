// SPDX-License-Identifier: Apache-2.0
// Everything that can be wrong with an object before it is added, in the documented-as-chosen order
// (E-1).
#pragma once

#include <span>

#include "wfp/engine/layers.h"
#include "wfp/engine/objects.h"
#include "wfp/engine/status.h"
#include "wfp/engine/store.h"

namespace drydock::wfp {

// Who adds, and how long the new object will live.
struct Adder {
  SessionId session = SessionId::none;
  Lifetime lifetime = Lifetime::until_stop;
  // It was there before, on some Windows: flags that only Windows sets may be on it, and what it
  // combines was accepted.
  bool recorded = false;
};

// All but the key (ALREADY_EXISTS), which is common to all kinds and comes last; `spec.sublayer`
// must be filled in already unless the layer is unknown.
FwpStatus check_filter(const FilterSpec& spec, const Adder& adder, const Store& store);

// Checks one condition against the field it names (section 6).
FwpStatus check_condition(const Field& field, const FilterCondition& condition);

// All but limits and the key. NULL_DISPLAY_NAME, INVALID_PARAMETER for text that cannot be shown,
// INVALID_SECURITY_DESCR, LAYER_NOT_FOUND,
// INVALID_ENUMERATOR, PROVIDER_NOT_FOUND, LIFETIME_MISMATCH, INVALID_FLAGS, in this order.
FwpStatus check_provider(const ProviderSpec& spec, const Adder& adder);
FwpStatus check_provider_context(const ProviderContextSpec& spec, const Adder& adder,
                                 const Store& store);
FwpStatus check_sublayer(const SubLayerSpec& spec, const Adder& adder, const Store& store);
FwpStatus check_callout(const CalloutSpec& spec, const Adder& adder, const Store& store);

// INVALID_SECURITY_DESCR unless it is a whole self-relative descriptor, or empty.
FwpStatus check_security(std::span<const std::uint8_t> descriptor);

}  // namespace drydock::wfp
