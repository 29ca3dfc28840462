// SPDX-License-Identifier: Apache-2.0
// What the engine manages: what a client asks for (...Spec) and what then exists (immutable, shared
// with whoever still looks at it).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/guid.h"
#include "wfp/engine/layer_id.h"
#include "wfp/engine/value.h"

namespace drydock::wfp {

enum class SessionId : std::uint64_t { none = 0 };
enum class FilterId : std::uint64_t { none = 0 };
enum class CalloutId : std::uint32_t { none = 0 };

enum class ObjectKind : std::uint8_t { provider, provider_context, sublayer, callout, filter };

// Longer-lived is greater; an object may refer only to what lives at least as long.
enum class Lifetime : std::uint8_t {
  dynamic_session,  // until its session closes
  until_stop,       // "static": until the base filtering engine stops
  persistent,       // boot-time filters count as persistent here
  built_in,         // always there
};

// FWP_ACTION_TYPE.
enum class Action : std::uint32_t {
  unset = 0,  // a classifyOut nobody wrote to
  block = 0x1001,
  permit = 0x1002,
  callout_terminating = 0x5003,
  callout_inspection = 0x6004,
  callout_unknown = 0x4005,
  continue_ = 0x2006,
  none = 0x0007,
  none_no_match = 0x0008,
};

[[nodiscard]] constexpr bool names_callout(Action action) {
  return (static_cast<std::uint32_t>(action) & 0x4000) != 0;
}

// FWPM_FILTER_FLAG_...
namespace filter_flag {
inline constexpr std::uint32_t persistent = 0x1;
inline constexpr std::uint32_t boot_time = 0x2;
inline constexpr std::uint32_t has_provider_context = 0x4;
inline constexpr std::uint32_t clear_action_right = 0x8;
inline constexpr std::uint32_t permit_if_callout_unregistered = 0x10;
inline constexpr std::uint32_t disabled = 0x20;  // told, never asked for
inline constexpr std::uint32_t indexed = 0x40;
inline constexpr std::uint32_t all = 0x7fff;
}  // namespace filter_flag

// FWPM_PROVIDER_FLAG_PERSISTENT, FWPM_SUBLAYER_FLAG_PERSISTENT; provider contexts likewise.
inline constexpr std::uint32_t persistent_flag = 0x1;
inline constexpr std::uint32_t provider_disabled_flag = 0x10;  // told, never asked for
inline constexpr std::uint32_t context_downlevel_flag = 0x2;
// FWPM_CALLOUT_FLAG_...
inline constexpr std::uint32_t callout_persistent_flag = 0x10000;
inline constexpr std::uint32_t callout_uses_provider_context_flag = 0x20000;
inline constexpr std::uint32_t callout_registered_flag = 0x40000;   // told, never asked for
inline constexpr std::uint32_t callout_registration_flags = 0x7ff;  // FWP_CALLOUT_FLAG_...

// FWPM_DISPLAY_DATA0; `name` without value is the NULL pointer that every add refuses.
struct DisplayData {
  std::optional<std::u16string> name = {};
  std::u16string description = {};
};

// In each spec a zero key lets the engine make one, and `provider` without value names none.
// `security` is a self-relative security descriptor; empty: the default one.
struct ProviderSpec {
  Guid key = {};
  DisplayData display = {};
  std::uint32_t flags = 0;
  std::vector<std::uint8_t> data = {};
  std::u16string service_name = {};
  std::vector<std::uint8_t> security = {};
};

struct ProviderContextSpec {
  Guid key = {};
  DisplayData display = {};
  std::uint32_t flags = 0;
  std::optional<Guid> provider = {};
  std::uint32_t type = 8;               // FWPM_PROVIDER_CONTEXT_TYPE; 8 is FWPM_GENERAL_CONTEXT
  std::vector<std::uint8_t> data = {};  // of a general context
  std::vector<std::uint8_t> provider_data = {};
  std::vector<std::uint8_t> security = {};
};

struct SubLayerSpec {
  Guid key = {};
  DisplayData display = {};
  std::uint32_t flags = 0;
  std::optional<Guid> provider = {};
  std::uint16_t weight = 0;
  std::vector<std::uint8_t> provider_data = {};
  std::vector<std::uint8_t> security = {};
};

struct CalloutSpec {
  Guid key = {};
  DisplayData display = {};
  std::uint32_t flags = 0;
  std::optional<Guid> provider = {};
  Guid layer = {};
  std::vector<std::uint8_t> provider_data = {};
  std::vector<std::uint8_t> security = {};
};

struct FilterCondition {
  Guid field = {};  // FWPM_CONDITION_...
  MatchType match = MatchType::equal;
  Value value = {};
};

struct FilterSpec {
  Guid key = {};
  DisplayData display = {};
  std::uint32_t flags = 0;  // filter_flag
  std::optional<Guid> provider = {};
  std::vector<std::uint8_t> provider_data = {};
  Guid layer = {};
  Guid sublayer = {};  // zero: the layer's default
  Value weight = {};   // UINT64, UINT8 0..15, or EMPTY
  std::vector<FilterCondition> conditions = {};
  Action action = Action::block;
  Guid callout = {};              // when the action names one
  std::uint64_t raw_context = 0;  // without has_provider_context
  Guid provider_context = {};     // with it
  std::vector<std::uint8_t> security = {};
};

// What every managed object has.
struct ObjectHead {
  std::uint64_t serial = 0;           // order of creation over all kinds
  SessionId owner = SessionId::none;  // of a dynamic object
  Lifetime lifetime = Lifetime::until_stop;
};

struct Provider : ObjectHead {
  ProviderSpec spec = {};
};

struct ProviderContext : ObjectHead {
  ProviderContextSpec spec = {};
  std::uint64_t id = 0;
};

struct SubLayer : ObjectHead {
  SubLayerSpec spec = {};
};

// The management half of a callout. Its functions are registered elsewhere, under the same key and
// number.
struct CalloutObject : ObjectHead {
  CalloutSpec spec = {};
  CalloutId id = CalloutId::none;
  LayerId layer{};
};

// Where the kernel layer keeps what it derives from a filter (the structure a driver sees), so that
// a classify finds it without a search.
struct FilterAttachment {
  FilterAttachment() = default;
  FilterAttachment(const FilterAttachment&) = delete;
  FilterAttachment& operator=(const FilterAttachment&) = delete;
  virtual ~FilterAttachment() = default;
};

struct CompiledFilter;

struct Filter : ObjectHead, std::enable_shared_from_this<Filter> {
  FilterSpec spec = {};  // key and sublayer filled in
  FilterId id = FilterId::none;
  LayerId layer{};
  std::uint16_t sublayer_weight = 0;
  std::uint64_t weight = 0;  // effective
  CalloutId callout_id = CalloutId::none;
  std::shared_ptr<const ProviderContext> provider_context;
  bool callout_sees_provider_context = false;  // FWPM_CALLOUT_FLAG_USES_PROVIDER_CONTEXT
  std::uint64_t context = 0;  // starts as raw_context; a callout's add notification may set it
  mutable std::unique_ptr<FilterAttachment> attachment;
  mutable CompiledFilter* compiled = nullptr;  // its layer's LayerFilters keeps it, while it counts
};

}  // namespace drydock::wfp
