// SPDX-License-Identifier: Apache-2.0
// Every layer and every field of the facts: there, added to, and decided by.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "layer_facts.h"
#include "security.h"
#include "world.h"

namespace drydock::wfp::test {
namespace {

DataType type_named(const std::string& name) {
  static const std::map<std::string, DataType> types{
      {"FWP_UINT8", DataType::uint8},
      {"FWP_UINT16", DataType::uint16},
      {"FWP_UINT32", DataType::uint32},
      {"FWP_UINT64", DataType::uint64},
      {"FWP_BYTE_ARRAY16_TYPE", DataType::byte_array16},
      {"FWP_BYTE_ARRAY6_TYPE", DataType::byte_array6},
      {"FWP_BYTE_BLOB_TYPE", DataType::byte_blob},
      {"FWP_SID", DataType::sid},
      {"FWP_SECURITY_DESCRIPTOR_TYPE", DataType::security_descriptor},
      {"FWP_TOKEN_INFORMATION_TYPE", DataType::token_information},
      {"FWP_TOKEN_ACCESS_INFORMATION_TYPE", DataType::token_access_information},
      {"FWP_V4_ADDR_MASK", DataType::v4_addr_mask},
      {"FWP_V6_ADDR_MASK", DataType::v6_addr_mask},
  };
  return types.at(name);
}

FieldKind kind_named(const std::string& name) {
  static const std::map<std::string, FieldKind> kinds{{"FWPM_FIELD_RAW_DATA", FieldKind::raw},
                                                      {"FWPM_FIELD_IP_ADDRESS", FieldKind::address},
                                                      {"FWPM_FIELD_FLAGS", FieldKind::flags}};
  return kinds.at(name);
}

// What the run-time field shows: one of two different values, in memory of its own.
class Shown {
 public:
  Shown(DataType type, std::uint8_t which)
      : number_(which), bytes_{1, 1, 0, 0, 0, 0, 0, 5, which}, blob_{9, bytes_.data()} {
    view_.type = type;
    switch (type) {
      case DataType::uint8:
        view_.uint8 = which;
        break;
      case DataType::uint16:
        view_.uint16 = which;
        break;
      case DataType::uint32:
        view_.uint32 = which;
        break;
      case DataType::uint64:
        view_.uint64 = &number_;
        break;
      case DataType::byte_array16:
      case DataType::byte_array6:
      case DataType::sid:
        if (type == DataType::byte_array6) bytes_[5] = which;
        view_.bytes = bytes_.data();
        break;
      case DataType::token_information:
        view_.token_information = bytes_.data();
        break;
      default:
        view_.blob = &blob_;
    }
  }
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;

  [[nodiscard]] const ValueView& view() const { return view_; }
  // Is this the token that the first of two shows?
  static bool is_first(const ValueView& token) {
    const auto* bytes = token.type == DataType::token_information
                            ? static_cast<const std::uint8_t*>(token.token_information)
                            : bytes_of(token).data();
    return bytes[8] == 1;
  }

 private:
  std::uint64_t number_;
  std::array<std::uint8_t, 16> bytes_;
  BlobView blob_;
  ValueView view_;
};

// A condition of this type that the first of the two shown values fulfils and the second does not.
Value condition_value(DataType type, const ValueView& shown) {
  std::array<std::uint8_t, 16> address{};
  switch (type) {
    case DataType::security_descriptor:
      return {.type = type, .bytes = marked_descriptor(1)};
    case DataType::v4_addr_mask:
      return Value::v4_mask(1, 0xffffffff);
    case DataType::v6_addr_mask:
      std::copy_n(bytes_of(shown).begin(), 16, address.begin());
      return Value::v6_mask(address, 128);
    default:
      return Value::copy_of(shown);
  }
}

// Takes the place of an access check: lets the first shown token pass.
struct Judge : ScriptedInvoker {
  std::optional<bool> token_passes(std::span<const std::uint8_t>, const ValueView& token) override {
    return Shown::is_first(token);
  }
};

// The types that a condition on the field may have: the field's own unless it is a token, what goes
// with an address of that size, and whom to let pass instead of who it is.
std::set<DataType> condition_types(const Field& field) {
  switch (field.type) {
    case DataType::token_information:
    case DataType::token_access_information:
      return {DataType::security_descriptor};
    case DataType::sid:
      return {field.type, DataType::security_descriptor};
    case DataType::uint32:
      if (field.kind == FieldKind::address) return {field.type, DataType::v4_addr_mask};
      return {field.type};
    case DataType::byte_array16:
      if (field.kind == FieldKind::address) return {field.type, DataType::v6_addr_mask};
      return {field.type};
    default:
      return {field.type};
  }
}

std::map<std::string, std::string> guid_facts() {
  std::ifstream file(DRYDOCK_SOURCE_DIR "/tests/wdk/facts/wfp_guids.tsv");
  std::map<std::string, std::string> guids;
  for (std::string line; std::getline(file, line);) {
    const auto cells = split(line, '\t');
    if (cells.size() == 2) guids[cells[0]] = cells[1];
  }
  return guids;
}

// Two layers have no public name; the facts give their key in its place.
std::string key_in_facts(const LayerFact& fact, const std::map<std::string, std::string>& guids) {
  const auto found = guids.find(fact.layer_key_name);
  return found == guids.end() ? fact.layer_key_name.substr(0, 36) : found->second;
}

TEST(LayerWalk, layers_and_conditions_have_the_keys_of_the_facts) {
  const auto guids = guid_facts();
  for (const LayerFact& fact : layer_facts()) {
    const Layer& layer = *find_layer(static_cast<LayerId>(fact.number));
    EXPECT_EQ(to_string(layer.key), key_in_facts(fact, guids)) << fact.layer;
    if (!fact.has_field()) continue;
    EXPECT_EQ(to_string(layer.fields[std::stoul(fact.index)].condition->key),
              guids.at(fact.condition))
        << fact.condition;
  }
}

TEST(LayerWalk, the_engine_has_exactly_the_layers_and_fields_of_the_facts) {
  std::map<unsigned, std::size_t> fields;
  for (const LayerFact& fact : layer_facts()) {
    const Layer* layer = find_layer(static_cast<LayerId>(fact.number));
    ASSERT_NE(layer, nullptr) << fact.layer;
    EXPECT_EQ(layer->name, fact.layer);
    EXPECT_EQ(layer->family == Family::ipv4, fact.family == "v4") << fact.layer;
    EXPECT_EQ(layer->family == Family::ipv6, fact.family == "v6") << fact.layer;
    EXPECT_EQ(layer->discard, fact.discard_twin == "is-discard") << fact.layer;
    EXPECT_EQ(layer->discard_twin.has_value(), fact.discard_twin == "yes") << fact.layer;
    fields[fact.number] += fact.has_field() ? 1 : 0;
    if (!fact.has_field()) continue;
    const auto index = std::stoul(fact.index);
    ASSERT_LT(index, layer->fields.size()) << fact.field;
    EXPECT_EQ(layer->fields[index].condition->name, fact.condition) << fact.field;
    EXPECT_EQ(layer->fields[index].type, type_named(fact.type)) << fact.field;
    EXPECT_EQ(layer->fields[index].kind, kind_named(fact.field_type)) << fact.field;
  }
  EXPECT_EQ(fields.size(), layers().size());
  for (const auto& [number, count] : fields) {
    EXPECT_EQ(find_layer(static_cast<LayerId>(number))->fields.size(), count) << number;
  }
}

TEST(LayerWalk, a_filter_without_conditions_decides_at_every_layer) {
  Engine engine;
  const SessionId session = engine.open_session({});
  ScriptedInvoker invoker;
  for (const Layer& layer : layers()) {
    const auto id = engine.add_filter(session, filter_spec(Action::block, layer.id));
    ASSERT_TRUE(id) << layer.name << ": " << name(id.error());
    const std::vector<ValueView> nothing(layer.fields.size());
    EXPECT_EQ(engine.classify(layer.id, nothing, invoker),
              (Decision{.action = Action::block, .filter = *id, .hard = true}))
        << layer.name;
  }
}

TEST(LayerWalk, every_field_of_every_layer_takes_each_of_its_types_and_decides_by_it) {
  Judge judge;
  for (const Layer& layer : layers()) {
    for (std::size_t i = 0; i < layer.fields.size(); ++i) {
      const Field& field = layer.fields[i];
      const Shown first(field.type, 1);
      const Shown second(field.type, 2);
      for (const DataType type : condition_types(field)) {
        Engine engine;
        FilterSpec spec = filter_spec(Action::block, layer.id);
        spec.conditions = {
            {.field = field.condition->key, .value = condition_value(type, first.view())}};
        const auto added = engine.add_filter(engine.open_session({}), spec);
        ASSERT_TRUE(added) << layer.name << " " << field.condition->name << ": "
                           << name(added.error());
        std::vector<ValueView> values(layer.fields.size());
        const auto decision = [&](const ValueView& value) {
          values[i] = value;
          return engine.classify(layer.id, values, judge).action;
        };
        EXPECT_EQ((std::vector{decision(first.view()), decision(second.view()), decision({})}),
                  (std::vector{Action::block, Action::permit, Action::permit}))
            << layer.name << " " << field.condition->name;
      }
    }
  }
}

TEST(LayerWalk, a_field_refuses_every_type_that_is_not_one_of_its_own) {
  for (const Layer& layer : layers()) {
    for (const Field& field : layer.fields) {
      const auto allowed = condition_types(field);
      for (const DataType type : {DataType::uint8,
                                  DataType::uint16,
                                  DataType::uint32,
                                  DataType::uint64,
                                  DataType::int8,
                                  DataType::int16,
                                  DataType::int32,
                                  DataType::int64,
                                  DataType::float32,
                                  DataType::double64,
                                  DataType::byte_array16,
                                  DataType::byte_array6,
                                  DataType::byte_blob,
                                  DataType::sid,
                                  DataType::security_descriptor,
                                  DataType::token_information,
                                  DataType::token_access_information,
                                  DataType::unicode_string,
                                  DataType::v4_addr_mask,
                                  DataType::v6_addr_mask}) {
        const FilterCondition condition{.field = {}, .value = {.type = type}};
        EXPECT_EQ(check_condition(field, condition) == FwpStatus::type_mismatch,
                  !allowed.contains(type))
            << layer.name << " " << field.condition->name << " "
            << static_cast<std::uint32_t>(type);
      }
    }
  }
}

// The documentation names types that the field itself does not have: an address of the other
// family, UINT16 for a UINT32. The engine follows the field (section 6), but each documented list
// must hold one that it takes.
TEST(LayerWalk, every_documented_list_of_types_holds_one_that_the_engine_takes) {
  std::set<std::string> exceptions;
  for (const LayerFact& fact : layer_facts()) {
    if (!fact.has_field() || fact.condition_types.empty()) continue;
    const Layer& layer = *find_layer(static_cast<LayerId>(fact.number));
    const auto allowed = condition_types(layer.fields[std::stoul(fact.index)]);
    bool fits = false;
    for (const std::string& type : split(fact.condition_types, '|')) {
      fits |= allowed.contains(type_named(type));
    }
    if (!fits) exceptions.insert(fact.condition);
  }
  EXPECT_EQ(exceptions, (std::set<std::string>{"FWPM_CONDITION_VSWITCH_TENANT_NETWORK_ID"}));
}

}  // namespace
}  // namespace drydock::wfp::test
