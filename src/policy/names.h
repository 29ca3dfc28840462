// SPDX-License-Identifier: Apache-2.0
// The Windows names of what a policy is made of, both ways: names are what people search for, so
// policy files hold names and not numbers. A prefix such as FWPM_LAYER_ may be left out when
// reading, and case does not matter.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/guid.h"
#include "wfp/engine/layers.h"
#include "wfp/engine/objects.h"

namespace drydock::policy {

// --- keys that Windows itself uses ---

enum class KeyKind : std::uint8_t { provider, provider_context, sublayer, callout };

// "FWPM_SUBLAYER_UNIVERSAL", else the registry form.
std::string key_text(KeyKind kind, const Guid& key);
// A name or a GUID with or without braces.
std::optional<Guid> parse_key(KeyKind kind, std::string_view text);
// Is it one of the callouts that Windows registers itself?
bool is_windows_callout(const Guid& key);

// --- layers and fields ---

// "FWPM_LAYER_ALE_AUTH_CONNECT_V4", else the registry form.
std::string layer_text(const Guid& key);
// "FWPM_LAYER_..." of a layer that exists.
std::string layer_text(const wfp::Layer& layer);
// Null when there is no such layer.
const wfp::Layer* parse_layer(std::string_view text);

// "FWPM_CONDITION_IP_REMOTE_PORT", else the registry form.
std::string field_text(const Guid& key);
// Of the fields of `layer`. Null when it has no such field.
const wfp::Field* parse_field(const wfp::Layer& layer, std::string_view text);

// What every filter engine has from the beginning.
const std::set<Guid>& built_in_sublayers();

// --- numbers with names ---

std::string_view action_text(wfp::Action action);  // "BLOCK"; empty: a filter cannot have it
std::optional<wfp::Action> parse_action(std::string_view text);
std::string_view match_text(wfp::MatchType match);  // "EQUAL"
std::optional<wfp::MatchType> parse_match(std::string_view text);
std::string_view type_text(wfp::DataType type);  // "FWP_UINT32"
std::optional<wfp::DataType> parse_type(std::string_view text);
// FWPM_PROVIDER_CONTEXT_TYPE: "FWPM_GENERAL_CONTEXT"; empty for a number without a name.
std::string_view context_type_text(std::uint32_t type);
std::optional<std::uint32_t> parse_context_type(std::string_view text);

struct NamedBit {
  std::string_view name;
  std::uint32_t bit;
};

// A family of flags: "FWPM_FILTER_FLAG_" and its bits.
struct FlagNames {
  std::string_view prefix;
  std::span<const NamedBit> bits;
};
extern const FlagNames provider_flags;
extern const FlagNames provider_context_flags;
extern const FlagNames sublayer_flags;
extern const FlagNames callout_flags;
extern const FlagNames filter_flags;
extern const FlagNames condition_flags;  // values of FWPM_CONDITION_FLAGS

// Names without the prefix, "0x400" for bits without one.
std::vector<std::string> flag_texts(const FlagNames& names, std::uint32_t flags);
// A name with or without its prefix, or a number with 0x.
std::optional<std::uint32_t> parse_flag(const FlagNames& names, std::string_view text);

}  // namespace drydock::policy
