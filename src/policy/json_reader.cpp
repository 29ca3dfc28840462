// SPDX-License-Identifier: Apache-2.0
// The reading half of json_policy.h.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <exception>

#include "policy/json_policy.h"
#include "policy/json_tree.h"
#include "policy/names.h"
#include "policy/sddl.h"
#include "policy/text.h"
#include "policy/values.h"

namespace drydock::policy {
namespace {

constexpr std::string_view kind = "drydock policy";
constexpr std::uint64_t schema = 1;

// Does not leave this file: read_json turns it into an Error.
class Wrong : public std::exception {
 public:
  Wrong(std::uint32_t line, std::string what) : line_(line), what_(std::move(what)) {}

  [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }
  [[nodiscard]] std::uint32_t line() const { return line_; }

 private:
  std::uint32_t line_;
  std::string what_;
};

// One object of the file: hands out its members, then refuses what nobody asked for.
class Object {
 public:
  Object(const JsonValue& value, std::string what) : line_(value.line), what_(std::move(what)) {
    members_ = value.as<JsonMembers>();
    if (members_ == nullptr) throw Wrong(line_, fmt::format("{} must be an object", what_));
  }

  [[nodiscard]] std::uint32_t line() const { return line_; }

  [[nodiscard]] const JsonValue* find(std::string_view name) {
    if (std::ranges::find(known_, name) == known_.end()) known_.push_back(name);
    for (const auto& [key, value] : *members_) {
      if (key == name) return &value;
    }
    return nullptr;
  }
  [[nodiscard]] const JsonValue& need(std::string_view name) {
    const JsonValue* value = find(name);
    if (value == nullptr) throw Wrong(line_, fmt::format("{} needs '{}'", what_, name));
    return *value;
  }
  template <class T>
  const T* value(std::string_view name, std::string_view expected) {
    const JsonValue* found = find(name);
    if (found == nullptr) return nullptr;
    const T* content = found->as<T>();
    if (content == nullptr) throw must_be(*found, name, expected);
    return content;
  }
  std::uint64_t number(std::string_view name, std::uint64_t most) {
    const auto expected = fmt::format("a number from 0 to {}", most);
    const auto* found = value<std::uint64_t>(name, expected);
    if (found == nullptr) return 0;
    if (*found > most) throw must_be(*find(name), name, expected);
    return *found;
  }
  Bytes bytes(std::string_view name) {
    const auto* text = value<std::string>(name, "hexadecimal digits");
    if (text == nullptr) return {};
    auto bytes = parse_hex(*text);
    if (!bytes) throw must_be(*find(name), name, "an even number of hexadecimal digits");
    return std::move(*bytes);
  }
  // A text, or {"utf16": hex} for what is no text.
  std::optional<std::u16string> text(std::string_view name) {
    const JsonValue* found = find(name);
    if (found == nullptr) return std::nullopt;
    std::optional<std::u16string> units;
    if (const auto* text = found->as<std::string>()) {
      units = to_utf16(*text);
    } else if (found->as<JsonMembers>() != nullptr) {
      Object raw(*found, fmt::format("'{}'", name));
      units = utf16_of(raw.bytes("utf16"));
      raw.refuse_others();
    }
    if (!units) throw must_be(*found, name, "a text");
    return units;
  }
  // A security descriptor as text, or {"hex": ...} for one that has no text.
  Bytes descriptor(std::string_view name) {
    const JsonValue* found = find(name);
    if (found == nullptr) return {};
    if (const auto* text = found->as<std::string>()) {
      auto bytes = parse_sddl(*text);
      if (!bytes) throw Wrong(found->line, bytes.error().message);
      return std::move(*bytes);
    }
    Object raw(*found, fmt::format("'{}'", name));
    auto bytes = raw.bytes("hex");
    raw.refuse_others();
    return bytes;
  }
  std::optional<Guid> key(std::string_view name, KeyKind key_kind) {
    const auto* text = value<std::string>(name, "a GUID or a name");
    if (text == nullptr) return std::nullopt;
    const auto key = parse_key(key_kind, *text);
    if (!key)
      throw Wrong(find(name)->line, fmt::format("'{}' is neither a GUID nor a known name", *text));
    return key;
  }
  Guid guid(std::string_view name) {
    const auto* text = value<std::string>(name, "a GUID");
    if (text == nullptr) return {};
    const auto guid = parse_guid(*text);
    if (!guid) throw must_be(*find(name), name, "a GUID");
    return *guid;
  }
  const wfp::Layer& layer(std::string_view name) {
    const JsonValue& found = need(name);
    const auto* text = found.as<std::string>();
    const wfp::Layer* layer = text == nullptr ? nullptr : parse_layer(*text);
    if (layer == nullptr)
      throw Wrong(found.line,
                  fmt::format("'{}' is no filtering layer", text == nullptr ? "" : *text));
    return *layer;
  }
  std::uint32_t flags(const FlagNames& names) {
    const auto* list = value<std::vector<JsonValue>>("flags", "a list of names");
    std::uint32_t flags = 0;
    if (list == nullptr) return flags;
    for (const JsonValue& element : *list) {
      const auto* text = element.as<std::string>();
      const auto flag = text == nullptr ? std::nullopt : parse_flag(names, *text);
      if (!flag)
        throw Wrong(element.line,
                    fmt::format("'{}' is no flag of {}", text == nullptr ? "" : *text, what_));
      flags |= *flag;
    }
    return flags;
  }
  void refuse_others() const {
    for (const auto& [key, value] : *members_) {
      if (std::ranges::find(known_, key) != known_.end()) continue;
      throw Wrong(value.line, fmt::format("unknown member '{}' in {}; known are {}", key, what_,
                                          fmt::join(known_, ", ")));
    }
  }
  [[nodiscard]] Wrong must_be(const JsonValue& value, std::string_view name,
                              std::string_view expected) const {
    return {value.line, fmt::format("'{}' of {} must be {}", name, what_, expected)};
  }

 private:
  const JsonMembers* members_;
  std::uint32_t line_;
  std::string what_;
  std::vector<std::string_view> known_;
};

wfp::DisplayData read_display(Object& object) {
  wfp::DisplayData display{.name = object.text("name")};
  if (!display.name) (void)object.need("name");
  display.description = object.text("description").value_or(u"");
  return display;
}

void read_row(Object& object, wfp::ProviderSpec& spec) {
  spec.key = object.key("key", KeyKind::provider).value_or(Guid{});
  spec.display = read_display(object);
  spec.flags = object.flags(provider_flags);
  spec.service_name = object.text("service").value_or(u"");
  spec.data = object.bytes("data");
  spec.security = object.descriptor("security");
}

void read_row(Object& object, wfp::ObjectSet::ProviderContextRow& row) {
  wfp::ProviderContextSpec& spec = row.spec;
  row.id = object.number("id", UINT64_MAX);
  spec.key = object.key("key", KeyKind::provider_context).value_or(Guid{});
  spec.display = read_display(object);
  spec.flags = object.flags(provider_context_flags);
  spec.provider = object.key("provider", KeyKind::provider);
  if (const auto* type = object.value<std::string>("type", "a name")) {
    const auto named = parse_context_type(*type);
    const std::optional<std::uint64_t> number = named ? *named : parse_number(*type);
    if (!number || *number > UINT32_MAX)
      throw Wrong(object.find("type")->line,
                  fmt::format("'{}' is no type of provider contexts", *type));
    spec.type = static_cast<std::uint32_t>(*number);
  }
  spec.data = object.bytes("data");
  spec.provider_data = object.bytes("provider_data");
  spec.security = object.descriptor("security");
}

void read_row(Object& object, wfp::SubLayerSpec& spec) {
  spec.key = object.key("key", KeyKind::sublayer).value_or(Guid{});
  spec.display = read_display(object);
  spec.flags = object.flags(sublayer_flags);
  spec.provider = object.key("provider", KeyKind::provider);
  spec.weight = static_cast<std::uint16_t>(object.number("weight", UINT16_MAX));
  spec.provider_data = object.bytes("provider_data");
  spec.security = object.descriptor("security");
}

void read_row(Object& object, wfp::ObjectSet::BuiltInWeight& row) {
  const auto key = object.key("key", KeyKind::sublayer);
  const JsonValue& place = object.need("key");
  if (!built_in_sublayers().contains(*key))
    throw Wrong(place.line, "no sublayer of Windows has this key");
  static_cast<void>(object.need("weight"));
  row = {*key, static_cast<std::uint16_t>(object.number("weight", UINT16_MAX))};
}

void read_row(Object& object, wfp::ObjectSet::CalloutRow& row) {
  wfp::CalloutSpec& spec = row.spec;
  row.id = wfp::CalloutId{static_cast<std::uint32_t>(object.number("id", UINT32_MAX))};
  spec.key = object.key("key", KeyKind::callout).value_or(Guid{});
  spec.display = read_display(object);
  spec.flags = object.flags(callout_flags);
  spec.provider = object.key("provider", KeyKind::provider);
  spec.layer = object.layer("layer").key;
  spec.provider_data = object.bytes("provider_data");
  spec.security = object.descriptor("security");
}

wfp::Value read_weight(Object& object) {
  const JsonValue* weight = object.find("weight");
  if (weight == nullptr) return {};
  if (const auto* number = weight->as<std::uint64_t>())
    return wfp::Value::number(wfp::DataType::uint64, *number);
  constexpr std::string_view expected =
      "a number, or {\"range\": 0 to 15}, or left out for an automatic weight";
  if (weight->as<JsonMembers>() == nullptr) throw object.must_be(*weight, "weight", expected);
  Object range(*weight, "'weight'");
  (void)range.need("range");
  const std::uint64_t number = range.number("range", 15);
  range.refuse_others();
  return wfp::Value::number(wfp::DataType::uint8, number);
}

wfp::FilterCondition read_condition(const JsonValue& json, const wfp::Layer& layer) {
  Object object(json, "a condition");
  const JsonValue& field_json = object.need("field");
  const auto* field_name = field_json.as<std::string>();
  const wfp::Field* field = field_name == nullptr ? nullptr : parse_field(layer, *field_name);
  if (field == nullptr) {
    throw Wrong(field_json.line, fmt::format("{} has no field '{}'", layer_text(layer),
                                             field_name == nullptr ? "" : *field_name));
  }
  wfp::FilterCondition condition{.field = field->condition->key};
  if (const auto* match_name = object.value<std::string>("match", "a match type")) {
    const auto match = parse_match(*match_name);
    if (!match)
      throw Wrong(object.find("match")->line, fmt::format("no match type '{}'", *match_name));
    condition.match = *match;
  }
  const JsonValue& value_json = object.need("value");
  auto value = value_from_json(*field, value_json);
  if (!value) throw Wrong(value_json.line, value.error().message);
  condition.value = std::move(*value);
  object.refuse_others();
  return condition;
}

void read_conditions(Object& object, const wfp::Layer& layer, wfp::FilterSpec& spec) {
  const auto* list = object.value<std::vector<JsonValue>>("conditions", "a list");
  if (list == nullptr) return;
  for (const JsonValue& json : *list) spec.conditions.push_back(read_condition(json, layer));
}

void read_action(Object& object, wfp::FilterSpec& spec) {
  const JsonValue& json = object.need("action");
  const auto* text = json.as<std::string>();
  const auto action = text == nullptr ? std::nullopt : parse_action(*text);
  if (!action) {
    throw Wrong(json.line, fmt::format("'{}' is no action of filters; those are BLOCK, PERMIT, "
                                       "CALLOUT_TERMINATING, CALLOUT_INSPECTION, CALLOUT_UNKNOWN",
                                       text == nullptr ? "" : *text));
  }
  spec.action = *action;
  const auto callout = object.key("callout", KeyKind::callout);
  if (callout.has_value() != names_callout(*action)) {
    throw Wrong(json.line, fmt::format("the action {} {}", action_text(*action),
                                       callout ? "takes no 'callout'" : "needs a 'callout'"));
  }
  spec.callout = callout.value_or(Guid{});
}

void read_context(Object& object, wfp::FilterSpec& spec) {
  if (const auto* text = object.value<std::string>("context", "a number as text")) {
    const auto number = parse_number(*text);
    if (!number) throw object.must_be(*object.find("context"), "context", "a number as text");
    spec.raw_context = *number;
  }
  const auto context = object.key("provider_context", KeyKind::provider_context);
  const bool wanted = (spec.flags & wfp::filter_flag::has_provider_context) != 0;
  if (context.has_value() != wanted)
    throw Wrong(object.line(), "'provider_context' and the flag HAS_PROVIDER_CONTEXT go together");
  spec.provider_context = context.value_or(Guid{});
}

void read_row(Object& object, wfp::ObjectSet::FilterRow& row) {
  wfp::FilterSpec& spec = row.spec;
  row.id = wfp::FilterId{object.number("id", UINT64_MAX)};
  spec.key = object.guid("key");
  spec.display = read_display(object);
  spec.flags = object.flags(filter_flags);
  spec.provider = object.key("provider", KeyKind::provider);
  spec.provider_data = object.bytes("provider_data");
  const wfp::Layer& layer = object.layer("layer");
  spec.layer = layer.key;
  spec.sublayer = object.key("sublayer", KeyKind::sublayer).value_or(Guid{});
  spec.weight = read_weight(object);
  if (object.find("effective_weight") != nullptr)
    row.weight = object.number("effective_weight", UINT64_MAX);
  read_conditions(object, layer, spec);
  read_action(object, spec);
  read_context(object, spec);
  spec.security = object.descriptor("security");
}

template <class Row>
void read_objects(Object& root, std::string_view member, const char* what, std::vector<Row>& rows,
                  std::vector<std::uint32_t>& lines) {
  const auto* list = root.value<std::vector<JsonValue>>(member, "a list");
  if (list == nullptr) return;
  rows.reserve(list->size());
  for (const JsonValue& json : *list) {
    Object object(json, what);
    lines.push_back(object.line());
    read_row(object, rows.emplace_back());
    object.refuse_others();
  }
}

// The next numbers that the engine which wrote this would have given.
void read_next(Object& root, wfp::ObjectSet& objects) {
  const JsonValue* json = root.find("next");
  if (json == nullptr) return;
  Object next(*json, "'next'");
  objects.next_filter = next.number("filter", UINT64_MAX);
  objects.next_callout = static_cast<std::uint32_t>(next.number("callout", UINT32_MAX));
  objects.next_provider_context = next.number("provider_context", UINT64_MAX);
  objects.next_key = next.number("key", UINT64_MAX);
  next.refuse_others();
}

void check_kind(Object& root) {
  const JsonValue& kind_json = root.need("kind");
  const auto* text = kind_json.as<std::string>();
  if (text == nullptr || *text != kind)
    throw Wrong(kind_json.line, fmt::format("'kind' must be \"{}\"", kind));
  const JsonValue& schema_json = root.need("schema");
  const auto* number = schema_json.as<std::uint64_t>();
  if (number == nullptr || *number != schema)
    throw Wrong(schema_json.line,
                fmt::format("this drydock reads policies of schema {} only", schema));
}

Policy read(const JsonValue& tree) {
  Object root(tree, "a policy");
  check_kind(root);
  Policy policy;
  auto& [providers, provider_contexts, sublayers, callouts, filters] = policy.lines;
  wfp::ObjectSet& objects = policy.objects;
  read_next(root, objects);
  read_objects(root, "providers", "a provider", objects.providers, providers);
  read_objects(root, "provider_contexts", "a provider context", objects.provider_contexts,
               provider_contexts);
  std::vector<std::uint32_t> weight_lines;
  read_objects(root, "built_in_sublayers", "a built-in sublayer", objects.built_in_weights,
               weight_lines);
  read_objects(root, "sublayers", "a sublayer", objects.sublayers, sublayers);
  read_objects(root, "callouts", "a callout", objects.callouts, callouts);
  read_objects(root, "filters", "a filter", objects.filters, filters);
  root.refuse_others();
  return policy;
}

}  // namespace

Result<Policy> read_json(std::string_view text, const std::string& name) {
  const auto tree = parse_json(text, name);
  if (!tree) return std::unexpected(tree.error());
  try {
    Policy policy = read(*tree);
    policy.name = name;
    return policy;
  } catch (const Wrong& wrong) {
    return failure(one_line(fmt::format("{}:{}: {}", name, wrong.line(), wrong.what())));
  }
}

}  // namespace drydock::policy
