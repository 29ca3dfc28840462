// SPDX-License-Identifier: Apache-2.0
// Managed objects as plain values, to be kept outside of an engine: what survives a reboot, and
// what policy files hold. Engine::export_objects() makes one, Engine::import_objects() puts one in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "wfp/engine/objects.h"
#include "wfp/engine/status.h"

namespace drydock::wfp {

// Each list is in order of creation. An object refers to others by key only; to objects of this set
// or to built-in ones (or, on import, to what the engine holds already).
// On import a number of 0 asks for a new one, and a filter without weight gets the one that an
// add would have given it. Lifetimes follow from the flags: persistent and boot-time where they say
// so, else "until the engine stops".
struct ObjectSet {
  struct ProviderContextRow {
    ProviderContextSpec spec = {};
    std::uint64_t id = 0;
  };
  struct CalloutRow {
    CalloutSpec spec = {};
    CalloutId id = CalloutId::none;
  };
  struct FilterRow {
    FilterSpec spec = {};
    FilterId id = FilterId::none;
    std::optional<std::uint64_t> weight = {};  // effective
  };

  // What a Windows has given a sublayer of its own.
  struct BuiltInWeight {
    Guid sublayer = {};
    std::uint16_t weight = 0;

    friend bool operator==(const BuiltInWeight&, const BuiltInWeight&) = default;
  };

  std::vector<ProviderSpec> providers = {};
  std::vector<ProviderContextRow> provider_contexts = {};
  std::vector<SubLayerSpec> sublayers = {};
  std::vector<CalloutRow> callouts = {};
  std::vector<FilterRow> filters = {};
  // On import for those that have no filters yet; keys that are not built in do not count.
  std::vector<BuiltInWeight> built_in_weights = {};

  // Numbers are never used twice: the next ones that the exporting engine would have given.
  // 0: nothing known.
  std::uint64_t next_filter = 0;
  std::uint32_t next_callout = 0;
  std::uint64_t next_provider_context = 0;
  std::uint64_t next_key = 0;
};

// Why a set was not taken: its first object that an add would have refused.
struct ImportRefusal {
  ObjectKind kind = ObjectKind::provider;
  std::size_t index = 0;  // in that kind's list
  FwpStatus status = FwpStatus::success;
};

}  // namespace drydock::wfp
