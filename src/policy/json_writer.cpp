// SPDX-License-Identifier: Apache-2.0
// The writing half of json_policy.h.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "policy/json_policy.h"
#include "policy/names.h"
#include "policy/sddl.h"
#include "policy/text.h"
#include "policy/values.h"

namespace drydock::policy {
namespace {

using nlohmann::ordered_json;

ordered_json text_json(std::u16string_view text) {
  if (auto utf8 = to_utf8(text)) return *utf8;
  return {{"utf16", hex_text(bytes_of(text))}};
}

void put_display(ordered_json& json, const wfp::DisplayData& display) {
  json["name"] = text_json(display.name.value_or(u""));
  if (!display.description.empty()) json["description"] = text_json(display.description);
}

void put_flags(ordered_json& json, const FlagNames& names, std::uint32_t flags) {
  if (flags != 0) json["flags"] = flag_texts(names, flags);
}

void put_provider(ordered_json& json, const std::optional<Guid>& provider) {
  if (provider) json["provider"] = key_text(KeyKind::provider, *provider);
}

void put_bytes(ordered_json& json, const char* name, const std::vector<std::uint8_t>& bytes) {
  if (!bytes.empty()) json[name] = hex_text(bytes);
}

void put_security(ordered_json& json, const std::vector<std::uint8_t>& descriptor) {
  if (descriptor.empty()) return;
  if (auto text = sddl_text(descriptor)) {
    json["security"] = *text;
  } else {
    json["security"] = {{"hex", hex_text(descriptor)}};
  }
}

void put_id(ordered_json& json, std::uint64_t id) {
  if (id != 0) json["id"] = id;
}

// What all but filters begin with. A zero key is left to the engine.
template <class Spec>
ordered_json begun(KeyKind kind, const FlagNames& flags, const Spec& spec) {
  ordered_json json = ordered_json::object();
  if (!spec.key.is_zero()) json["key"] = key_text(kind, spec.key);
  put_display(json, spec.display);
  put_flags(json, flags, spec.flags);
  return json;
}

ordered_json to_json(const wfp::ProviderSpec& spec) {
  ordered_json json = begun(KeyKind::provider, provider_flags, spec);
  if (!spec.service_name.empty()) json["service"] = text_json(spec.service_name);
  put_bytes(json, "data", spec.data);
  put_security(json, spec.security);
  return json;
}

ordered_json to_json(const wfp::ObjectSet::ProviderContextRow& row) {
  const wfp::ProviderContextSpec& spec = row.spec;
  ordered_json json = begun(KeyKind::provider_context, provider_context_flags, spec);
  put_id(json, row.id);
  put_provider(json, spec.provider);
  const auto type = context_type_text(spec.type);
  json["type"] = type.empty() ? std::to_string(spec.type) : std::string(type);
  put_bytes(json, "data", spec.data);
  put_bytes(json, "provider_data", spec.provider_data);
  put_security(json, spec.security);
  return json;
}

ordered_json to_json(const wfp::SubLayerSpec& spec) {
  ordered_json json = begun(KeyKind::sublayer, sublayer_flags, spec);
  put_provider(json, spec.provider);
  json["weight"] = spec.weight;
  put_bytes(json, "provider_data", spec.provider_data);
  put_security(json, spec.security);
  return json;
}

ordered_json to_json(const wfp::ObjectSet::CalloutRow& row) {
  const wfp::CalloutSpec& spec = row.spec;
  ordered_json json = begun(KeyKind::callout, callout_flags, spec);
  put_id(json, std::to_underlying(row.id));
  put_provider(json, spec.provider);
  json["layer"] = layer_text(spec.layer);
  put_bytes(json, "provider_data", spec.provider_data);
  put_security(json, spec.security);
  return json;
}

ordered_json to_json(const wfp::FilterCondition& condition, const wfp::Field& field) {
  return {{"field", field.condition->name},
          {"match", match_text(condition.match)},
          {"value", value_to_json(field, condition.value)}};
}

void put_conditions(ordered_json& json, const wfp::FilterSpec& spec) {
  const wfp::Layer* layer = wfp::find_layer(spec.layer);
  if (layer == nullptr || spec.conditions.empty()) return;
  ordered_json list = ordered_json::array();
  for (const wfp::FilterCondition& condition : spec.conditions) {
    if (const auto index = field_index(*layer, condition.field))
      list.push_back(to_json(condition, layer->fields[*index]));
  }
  json["conditions"] = std::move(list);
}

void put_weight(ordered_json& json, const wfp::Value& weight) {
  if (weight.type == wfp::DataType::uint64) json["weight"] = weight.bits;
  if (weight.type == wfp::DataType::uint8) json["weight"] = {{"range", weight.bits}};
}

ordered_json to_json(const wfp::ObjectSet::FilterRow& row) {
  const wfp::FilterSpec& spec = row.spec;
  ordered_json json = ordered_json::object();
  if (!spec.key.is_zero()) json["key"] = to_string(spec.key);
  put_id(json, std::to_underlying(row.id));
  put_display(json, spec.display);
  put_flags(json, filter_flags, spec.flags);
  put_provider(json, spec.provider);
  put_bytes(json, "provider_data", spec.provider_data);
  json["layer"] = layer_text(spec.layer);
  if (!spec.sublayer.is_zero()) json["sublayer"] = key_text(KeyKind::sublayer, spec.sublayer);
  put_weight(json, spec.weight);
  if (row.weight) json["effective_weight"] = *row.weight;
  put_conditions(json, spec);
  json["action"] = action_text(spec.action);
  if (names_callout(spec.action)) json["callout"] = key_text(KeyKind::callout, spec.callout);
  if ((spec.flags & wfp::filter_flag::has_provider_context) != 0)
    json["provider_context"] = key_text(KeyKind::provider_context, spec.provider_context);
  if (spec.raw_context != 0) json["context"] = fmt::format("{:#x}", spec.raw_context);
  put_security(json, spec.security);
  return json;
}

template <class Row>
ordered_json all_of(const std::vector<Row>& rows) {
  ordered_json list = ordered_json::array();
  for (const Row& row : rows) list.push_back(to_json(row));
  return list;
}

void put_next(ordered_json& json, const wfp::ObjectSet& objects) {
  ordered_json next = ordered_json::object();
  const auto put = [&](const char* name, std::uint64_t number) {
    if (number != 0) next[name] = number;
  };
  put("filter", objects.next_filter);
  put("callout", objects.next_callout);
  put("provider_context", objects.next_provider_context);
  put("key", objects.next_key);
  if (!next.empty()) json["next"] = std::move(next);
}

void put_built_in_weights(ordered_json& json, const wfp::ObjectSet& objects) {
  if (objects.built_in_weights.empty()) return;
  ordered_json list = ordered_json::array();
  for (const auto& [sublayer, weight] : objects.built_in_weights)
    list.push_back({{"key", key_text(KeyKind::sublayer, sublayer)}, {"weight", weight}});
  json["built_in_sublayers"] = std::move(list);
}

}  // namespace

std::string write_json(const wfp::ObjectSet& objects) {
  ordered_json json = {{"kind", "drydock policy"}, {"schema", 1}};
  put_next(json, objects);
  json["providers"] = all_of(objects.providers);
  json["provider_contexts"] = all_of(objects.provider_contexts);
  put_built_in_weights(json, objects);
  json["sublayers"] = all_of(objects.sublayers);
  json["callouts"] = all_of(objects.callouts);
  json["filters"] = all_of(objects.filters);
  return json.dump(1, ' ') + "\n";
}

}  // namespace drydock::policy
