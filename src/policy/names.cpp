// SPDX-License-Identifier: Apache-2.0
#include "policy/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "wfp/engine/engine.h"

namespace drydock::policy {
namespace {

using wfp::Action;
using wfp::DataType;
using wfp::MatchType;

struct WellKnownKey {
  KeyKind kind;
  std::string_view name;
  Guid key;
};

constexpr WellKnownKey well_known_keys[] = {
#include "policy/well_known_keys.inc"
};

std::string_view prefix_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::provider:
      return "FWPM_PROVIDER_";
    case KeyKind::provider_context:
      return "FWPM_PROVIDER_CONTEXT_";
    case KeyKind::sublayer:
      return "FWPM_SUBLAYER_";
    case KeyKind::callout:
      return "FWPM_CALLOUT_";
  }
  return {};
}

constexpr char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::ranges::equal(a, b, {}, upper, upper);
}

std::string_view without(std::string_view prefix, std::string_view name) {
  return same_name(name.substr(0, prefix.size()), prefix) ? name.substr(prefix.size()) : name;
}

template <class T>
struct Named {
  T value;
  std::string_view name;
};

template <class T, std::size_t N>
std::string_view name_of(const Named<T> (&table)[N], T value) {
  const auto* row = std::ranges::find(table, value, &Named<T>::value);
  return row == std::end(table) ? std::string_view() : row->name;
}

template <class T, std::size_t N>
std::optional<T> value_of(const Named<T> (&table)[N], std::string_view prefix,
                          std::string_view name) {
  for (const Named<T>& row : table) {
    if (same_name(without(prefix, row.name), without(prefix, name))) return row.value;
  }
  return std::nullopt;
}

constexpr Named<Action> actions[] = {
    {Action::block, "BLOCK"},
    {Action::permit, "PERMIT"},
    {Action::callout_terminating, "CALLOUT_TERMINATING"},
    {Action::callout_inspection, "CALLOUT_INSPECTION"},
    {Action::callout_unknown, "CALLOUT_UNKNOWN"},
};

constexpr Named<MatchType> matches[] = {
    {MatchType::equal, "EQUAL"},
    {MatchType::greater, "GREATER"},
    {MatchType::less, "LESS"},
    {MatchType::greater_or_equal, "GREATER_OR_EQUAL"},
    {MatchType::less_or_equal, "LESS_OR_EQUAL"},
    {MatchType::range, "RANGE"},
    {MatchType::flags_all_set, "FLAGS_ALL_SET"},
    {MatchType::flags_any_set, "FLAGS_ANY_SET"},
    {MatchType::flags_none_set, "FLAGS_NONE_SET"},
    {MatchType::equal_case_insensitive, "EQUAL_CASE_INSENSITIVE"},
    {MatchType::not_equal, "NOT_EQUAL"},
    {MatchType::prefix, "PREFIX"},
    {MatchType::not_prefix, "NOT_PREFIX"},
};

constexpr Named<DataType> types[] = {
    {DataType::empty, "FWP_EMPTY"},
    {DataType::uint8, "FWP_UINT8"},
    {DataType::uint16, "FWP_UINT16"},
    {DataType::uint32, "FWP_UINT32"},
    {DataType::uint64, "FWP_UINT64"},
    {DataType::int8, "FWP_INT8"},
    {DataType::int16, "FWP_INT16"},
    {DataType::int32, "FWP_INT32"},
    {DataType::int64, "FWP_INT64"},
    {DataType::float32, "FWP_FLOAT"},
    {DataType::double64, "FWP_DOUBLE"},
    {DataType::byte_array16, "FWP_BYTE_ARRAY16_TYPE"},
    {DataType::byte_blob, "FWP_BYTE_BLOB_TYPE"},
    {DataType::sid, "FWP_SID"},
    {DataType::security_descriptor, "FWP_SECURITY_DESCRIPTOR_TYPE"},
    {DataType::token_information, "FWP_TOKEN_INFORMATION_TYPE"},
    {DataType::token_access_information, "FWP_TOKEN_ACCESS_INFORMATION_TYPE"},
    {DataType::unicode_string, "FWP_UNICODE_STRING_TYPE"},
    {DataType::byte_array6, "FWP_BYTE_ARRAY6_TYPE"},
    {DataType::v4_addr_mask, "FWP_V4_ADDR_MASK"},
    {DataType::v6_addr_mask, "FWP_V6_ADDR_MASK"},
    {DataType::range, "FWP_RANGE_TYPE"},
};

constexpr Named<std::uint32_t> context_types[] = {
    {0, "FWPM_IPSEC_KEYING_CONTEXT"},
    {1, "FWPM_IPSEC_IKE_QM_TRANSPORT_CONTEXT"},
    {2, "FWPM_IPSEC_IKE_QM_TUNNEL_CONTEXT"},
    {3, "FWPM_IPSEC_AUTHIP_QM_TRANSPORT_CONTEXT"},
    {4, "FWPM_IPSEC_AUTHIP_QM_TUNNEL_CONTEXT"},
    {5, "FWPM_IPSEC_IKE_MM_CONTEXT"},
    {6, "FWPM_IPSEC_AUTHIP_MM_CONTEXT"},
    {7, "FWPM_CLASSIFY_OPTIONS_CONTEXT"},
    {8, "FWPM_GENERAL_CONTEXT"},
    {9, "FWPM_IPSEC_IKEV2_QM_TUNNEL_CONTEXT"},
    {10, "FWPM_IPSEC_IKEV2_MM_CONTEXT"},
    {11, "FWPM_IPSEC_DOSP_CONTEXT"},
    {12, "FWPM_IPSEC_IKEV2_QM_TRANSPORT_CONTEXT"},
    {13, "FWPM_NETWORK_CONNECTION_POLICY_CONTEXT"},
};

constexpr NamedBit provider_bits[] = {{"PERSISTENT", 0x1}, {"DISABLED", 0x10}};
constexpr NamedBit provider_context_bits[] = {{"PERSISTENT", 0x1}, {"DOWNLEVEL", 0x2}};
constexpr NamedBit sublayer_bits[] = {{"PERSISTENT", 0x1}};
constexpr NamedBit callout_bits[] = {
    {"PERSISTENT", 0x10000}, {"USES_PROVIDER_CONTEXT", 0x20000}, {"REGISTERED", 0x40000}};
constexpr NamedBit filter_bits[] = {
    {"PERSISTENT", 0x1},
    {"BOOTTIME", 0x2},
    {"HAS_PROVIDER_CONTEXT", 0x4},
    {"CLEAR_ACTION_RIGHT", 0x8},
    {"PERMIT_IF_CALLOUT_UNREGISTERED", 0x10},
    {"DISABLED", 0x20},
    {"INDEXED", 0x40},
    {"HAS_SECURITY_REALM_PROVIDER_CONTEXT", 0x80},
    {"SYSTEMOS_ONLY", 0x100},
    {"GAMEOS_ONLY", 0x200},
    {"SILENT_MODE", 0x400},
    {"IPSEC_NO_ACQUIRE_INITIATE", 0x800},
    {"RESERVED0", 0x1000},
    {"RESERVED1", 0x2000},
    {"RESERVED2", 0x4000},
};
constexpr NamedBit condition_bits[] = {
    {"IS_LOOPBACK", 0x1},
    {"IS_IPSEC_SECURED", 0x2},
    {"IS_REAUTHORIZE", 0x4},
    {"IS_WILDCARD_BIND", 0x8},
    {"IS_RAW_ENDPOINT", 0x10},
    {"IS_FRAGMENT", 0x20},
    {"IS_FRAGMENT_GROUP", 0x40},
    {"IS_IPSEC_NATT_RECLASSIFY", 0x80},
    {"REQUIRES_ALE_CLASSIFY", 0x100},
    {"IS_IMPLICIT_BIND", 0x200},
    {"IS_REASSEMBLED", 0x400},
    {"IS_NAME_APP_SPECIFIED", 0x4000},
    {"IS_PROMISCUOUS", 0x8000},
    {"IS_AUTH_FW", 0x10000},
    {"IS_RECLASSIFY", 0x20000},
    {"IS_OUTBOUND_PASS_THRU", 0x40000},
    {"IS_INBOUND_PASS_THRU", 0x80000},
    {"IS_CONNECTION_REDIRECTED", 0x100000},
    {"IS_PROXY_CONNECTION", 0x200000},
    {"IS_APPCONTAINER_LOOPBACK", 0x400000},
    {"IS_NON_APPCONTAINER_LOOPBACK", 0x800000},
    {"IS_RESERVED", 0x1000000},
    {"IS_HONORING_POLICY_AUTHORIZE", 0x2000000},
};

constexpr std::string_view layer_prefix = "FWPM_LAYER_";
constexpr std::string_view run_time_layer_prefix = "FWPS_LAYER_";
constexpr std::string_view field_prefix = "FWPM_CONDITION_";

// Conditions by key: a condition belongs to many layers.
const std::map<Guid, std::string_view>& condition_names() {
  static const std::map<Guid, std::string_view> names = [] {
    std::map<Guid, std::string_view> all;
    for (const wfp::Layer& layer : wfp::layers()) {
      for (const wfp::Field& field : layer.fields)
        all.emplace(field.condition->key, field.condition->name);
    }
    return all;
  }();
  return names;
}

}  // namespace

const FlagNames provider_flags{"FWPM_PROVIDER_FLAG_", provider_bits};
const FlagNames provider_context_flags{"FWPM_PROVIDER_CONTEXT_FLAG_", provider_context_bits};
const FlagNames sublayer_flags{"FWPM_SUBLAYER_FLAG_", sublayer_bits};
const FlagNames callout_flags{"FWPM_CALLOUT_FLAG_", callout_bits};
const FlagNames filter_flags{"FWPM_FILTER_FLAG_", filter_bits};
const FlagNames condition_flags{"FWP_CONDITION_FLAG_", condition_bits};

std::string key_text(KeyKind kind, const Guid& key) {
  for (const WellKnownKey& row : well_known_keys) {
    if (row.kind == kind && row.key == key) return std::string(row.name);
  }
  return to_string(key);
}

std::optional<Guid> parse_key(KeyKind kind, std::string_view text) {
  if (auto key = parse_guid(text)) return key;
  const auto prefix = prefix_of(kind);
  for (const WellKnownKey& row : well_known_keys) {
    if (row.kind == kind && same_name(without(prefix, row.name), without(prefix, text)))
      return row.key;
  }
  return std::nullopt;
}

bool is_windows_callout(const Guid& key) {
  return std::ranges::any_of(well_known_keys, [&](const WellKnownKey& row) {
    return row.kind == KeyKind::callout && row.key == key;
  });
}

std::string layer_text(const wfp::Layer& layer) {
  return fmt::format("{}{}", layer_prefix, without(run_time_layer_prefix, layer.name));
}

std::string layer_text(const Guid& key) {
  const wfp::Layer* layer = wfp::find_layer(key);
  return layer == nullptr ? to_string(key) : layer_text(*layer);
}

const wfp::Layer* parse_layer(std::string_view text) {
  if (const auto key = parse_guid(text)) return wfp::find_layer(*key);
  const auto wanted = without(run_time_layer_prefix, without(layer_prefix, text));
  const auto all = wfp::layers();
  const auto found = std::ranges::find_if(all, [&](const wfp::Layer& layer) {
    return same_name(without(run_time_layer_prefix, layer.name), wanted);
  });
  return found == all.end() ? nullptr : &*found;
}

std::string field_text(const Guid& key) {
  const auto found = condition_names().find(key);
  return found == condition_names().end() ? to_string(key) : std::string(found->second);
}

const wfp::Field* parse_field(const wfp::Layer& layer, std::string_view text) {
  const auto key = parse_guid(text);
  const auto wanted = without(field_prefix, text);
  for (const wfp::Field& field : layer.fields) {
    const bool same = key ? field.condition->key == *key
                          : same_name(without(field_prefix, field.condition->name), wanted);
    if (same) return &field;
  }
  return nullptr;
}

std::string_view action_text(Action action) {
  return name_of(actions, action);
}
std::optional<Action> parse_action(std::string_view text) {
  return value_of(actions, "FWP_ACTION_", text);
}
std::string_view match_text(MatchType match) {
  return name_of(matches, match);
}
std::optional<MatchType> parse_match(std::string_view text) {
  return value_of(matches, "FWP_MATCH_", text);
}
std::string_view type_text(DataType type) {
  return name_of(types, type);
}
std::optional<DataType> parse_type(std::string_view text) {
  return value_of(types, "FWP_", text);
}
std::string_view context_type_text(std::uint32_t type) {
  return name_of(context_types, type);
}
std::optional<std::uint32_t> parse_context_type(std::string_view text) {
  return value_of(context_types, "FWPM_", text);
}

std::vector<std::string> flag_texts(const FlagNames& names, std::uint32_t flags) {
  std::vector<std::string> texts;
  for (const NamedBit& row : names.bits) {
    if ((flags & row.bit) == 0) continue;
    texts.emplace_back(row.name);
    flags &= ~row.bit;
  }
  if (flags != 0) texts.push_back(fmt::format("{:#x}", flags));
  return texts;
}

std::optional<std::uint32_t> parse_flag(const FlagNames& names, std::string_view text) {
  for (const NamedBit& row : names.bits) {
    if (same_name(row.name, without(names.prefix, text))) return row.bit;
  }
  if (!text.starts_with("0x") || text.size() < 3) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), number, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

const std::set<Guid>& built_in_sublayers() {
  static const std::set<Guid> keys = [] {
    const wfp::Engine engine;
    std::set<Guid> all;
    for (const auto& [key, entry] : engine.store().all<wfp::SubLayer>()) all.insert(key);
    return all;
  }();
  return keys;
}

}  // namespace drydock::policy
