// SPDX-License-Identifier: Apache-2.0
// What an enumeration asks for (FWPM_..._ENUM_TEMPLATE0) and which objects fit. A template that
// says nothing fits everything.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "wfp/engine/objects.h"
#include "wfp/engine/status.h"

namespace drydock::wfp {

struct ProviderContextTemplate {
  std::optional<Guid> provider = {};
  std::optional<std::uint32_t> type = {};  // FWPM_PROVIDER_CONTEXT_TYPE
};

struct SubLayerTemplate {
  std::optional<Guid> provider = {};
};

struct CalloutTemplate {
  std::optional<Guid> provider = {};
  std::optional<Guid> layer = {};
};

// FWP_FILTER_ENUM_FLAG_...
namespace filter_enum_flag {
inline constexpr std::uint32_t best_terminating_match = 0x1;
inline constexpr std::uint32_t sorted = 0x2;
inline constexpr std::uint32_t boot_time_only = 0x4;
inline constexpr std::uint32_t include_boot_time = 0x8;
inline constexpr std::uint32_t include_disabled = 0x10;
inline constexpr std::uint32_t all = 0x3f;
}  // namespace filter_enum_flag

struct FilterTemplate {
  // FWP_FILTER_ENUM_TYPE: filters that contain the conditions, or that overlap with them.
  enum class Type : std::uint32_t { fully_contained, overlapping };

  std::optional<Guid> provider = {};
  std::optional<Guid> layer = {};  // conditions need one
  Type type = Type::overlapping;
  std::uint32_t flags = 0;  // filter_enum_flag
  std::optional<ProviderContextTemplate> provider_context = {};
  std::vector<FilterCondition> conditions = {};
  std::uint32_t action_mask = 0xffffffff;  // some bit of it is in the filter's action; all: any
  std::optional<Guid> callout = {};
};

// NEVER_MATCH for no action at all; LAYER_NOT_FOUND; INVALID_FLAGS; INVALID_ENUMERATOR for an
// unknown type; DUPLICATE_CONDITION for a condition that comes twice; what check_condition() says
// of one.
FwpStatus check_template(const FilterTemplate& wanted);

[[nodiscard]] bool fits(const ProviderContextTemplate& wanted, const ProviderContext& context);
[[nodiscard]] bool fits(const SubLayerTemplate& wanted, const SubLayer& sublayer);
[[nodiscard]] bool fits(const CalloutTemplate& wanted, const CalloutObject& callout);
// The template must have passed check_template().
[[nodiscard]] bool fits(const FilterTemplate& wanted, const Filter& filter);

// The order in which a layer evaluates its filters: sublayer weight, then filter weight, high
// first; ties by key and id (E-5, default).
[[nodiscard]] bool evaluated_before(const Filter& a, const Filter& b);

}  // namespace drydock::wfp
