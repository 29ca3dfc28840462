// SPDX-License-Identifier: Apache-2.0
// Random stores and packets: the engine decides as the model does and calls the same callouts with
// the same rights.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "model.h"
#include "world.h"

namespace drydock::wfp::test {
namespace {

constexpr std::size_t stores = 3000;
constexpr std::size_t packets_per_store = 40;
constexpr LayerId layers_used[] = {LayerId::ale_auth_connect_v4, LayerId::inbound_transport_v6,
                                   LayerId::outbound_ippacket_v4};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  bool one_in(std::uint64_t chances) { return below(chances) == 0; }
  template <class T>
  const T& pick(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

 private:
  std::mt19937_64 engine_;
};

// Values come from a small pool, so that conditions and packets meet.
Value random_single(Dice& dice, DataType type) {
  if (is_integer(type)) {
    const std::uint64_t high = dice.one_in(3) ? 0x0a000000 : 0;
    const std::uint64_t number = high + dice.below(6);
    return Value::number(type, type == DataType::uint8    ? number & 0xff
                               : type == DataType::uint16 ? number & 0xffff
                                                          : number);
  }
  if (type == DataType::byte_array16) {
    std::array<std::uint8_t, 16> bytes{0x20, 0x01};
    bytes[2] = static_cast<std::uint8_t>(dice.below(3) << 6);
    bytes[15] = static_cast<std::uint8_t>(dice.below(3));
    return Value::array16(bytes);
  }
  std::vector<std::uint8_t> bytes(1 + dice.below(3));
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(dice.below(3));
  return {.type = type, .bytes = bytes};
}

Value random_condition_value(Dice& dice, const Field& field) {
  if (dice.one_in(12)) return {};
  if (field.kind == FieldKind::address && dice.one_in(2)) {
    const Value base = random_single(dice, field.type);
    if (field.type == DataType::uint32) {
      const auto prefix = static_cast<int>(dice.below(33));
      const auto mask = prefix == 0 ? 0U : ~0U << (32 - prefix);
      return Value::v4_mask(static_cast<std::uint32_t>(base.bits), mask);
    }
    std::array<std::uint8_t, 16> bytes{};
    std::copy(base.bytes.begin(), base.bytes.end(), bytes.begin());
    return Value::v6_mask(bytes, static_cast<std::uint8_t>(dice.below(130)));
  }
  if (dice.one_in(5)) {
    return Value::range(random_single(dice, field.type), random_single(dice, field.type));
  }
  return random_single(dice, field.type);
}

bool is_usable(const Field& field) {
  return is_integer(field.type) || field.type == DataType::byte_array16 ||
         field.type == DataType::byte_blob;
}

// A legal condition; the first few usable fields are enough.
FilterCondition random_condition(Dice& dice, const Layer& layer) {
  while (true) {
    const Field& field = layer.fields[dice.below(std::min<std::size_t>(layer.fields.size(), 9))];
    if (!is_usable(field)) continue;
    FilterCondition condition{.field = field.condition->key,
                              .match = static_cast<MatchType>(dice.below(13)),
                              .value = random_condition_value(dice, field)};
    if (check_condition(field, condition) == FwpStatus::success) return condition;
  }
}

// A packet's values, owned and as the engine wants them.
struct Packet {
  Packet(Dice& dice, const Layer& layer) : values(layer.fields.size()) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (is_usable(layer.fields[i]) && !dice.one_in(8)) {
        values[i] = random_single(dice, layer.fields[i].type);
      }
    }
    blobs.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) views.push_back(view_of(i));
  }

  ValueView view_of(std::size_t i) {
    ValueView view;
    view.type = values[i].type;
    view.raw = 0xcccccccccccccccc;  // what is beside a small number does not count
    switch (values[i].type) {
      case DataType::uint8:
        view.uint8 = static_cast<std::uint8_t>(values[i].bits);
        break;
      case DataType::uint16:
        view.uint16 = static_cast<std::uint16_t>(values[i].bits);
        break;
      case DataType::uint32:
        view.uint32 = static_cast<std::uint32_t>(values[i].bits);
        break;
      case DataType::uint64:
        view.uint64 = &values[i].bits;
        break;
      case DataType::byte_array16:
        view.bytes = values[i].bytes.data();
        break;
      default:
        blobs[i] = {static_cast<std::uint32_t>(values[i].bytes.size()), values[i].bytes.data()};
        view.blob = &blobs[i];
    }
    return view;
  }

  std::vector<Value> values;
  std::vector<BlobView> blobs;
  std::vector<ValueView> views;
};

Variants random_variants(Dice& dice) {
  Variants variants;
  if (dice.one_in(4)) variants.ties = Variants::Ties::descending;
  if (dice.one_in(4)) {
    variants.not_equal_in_group = Variants::NotEqualInGroup::and_with_others;
  }
  variants.stop_after_hard_block = dice.one_in(4);
  variants.callout_hard_permit_counts = !dice.one_in(4);
  variants.empty_satisfies_not_equal = !dice.one_in(4);
  variants.missing_callout_blocks_hard = dice.one_in(4);
  return variants;
}

class World {
 public:
  explicit World(std::uint64_t seed)
      : dice(seed),
        layer(*find_layer(layers_used[dice.below(std::size(layers_used))])),
        engine(random_variants(dice)) {
    for (std::uint32_t i = 0; i < 4; ++i) {
      engine.add_sublayer(session, sublayer_spec(i + 1, static_cast<std::uint16_t>(dice.below(3))));
      engine.add_callout(session, callout_spec(i + 1, layer.id));
    }
    if (dice.one_in(2)) missing = engine.find_callout_id(key(1));
    const std::size_t count = dice.below(12);
    while (filters().size() < count) add_filter();
    if (dice.one_in(3) && !filters().empty()) {
      engine.delete_filter(session, filters().front()->id);
    }
  }

  void add_filter() {
    FilterSpec spec = callout_filter(
        dice.pick<Action>({Action::block, Action::permit, Action::callout_terminating,
                           Action::callout_inspection, Action::callout_unknown}),
        static_cast<std::uint32_t>(1 + dice.below(4)), layer.id);
    spec.sublayer = key(static_cast<std::uint32_t>(1 + dice.below(4)));
    if (dice.one_in(3)) spec.flags |= filter_flag::clear_action_right;
    if (dice.one_in(10)) spec.flags |= filter_flag::disabled;
    if (dice.one_in(3) && spec.action != Action::callout_inspection) {
      spec.flags |= filter_flag::permit_if_callout_unregistered;
    }
    if (dice.one_in(2)) spec.weight = Value::number(DataType::uint8, dice.below(3));
    if (dice.one_in(3)) spec.weight = Value::number(DataType::uint64, dice.below(2));
    for (std::uint64_t n = dice.below(5); n > 0; --n) {
      spec.conditions.push_back(random_condition(dice, layer));
    }
    const FilterId id = engine.add_filter(session, std::move(spec)).value();
    script[id] = {.action = dice.pick<Action>({Action::block, Action::permit, Action::continue_,
                                               Action::none, Action::unset}),
                  .wrote = !dice.one_in(6),
                  .hard = dice.one_in(2),
                  .absorb = dice.one_in(2),
                  .skipped = dice.one_in(8)};
  }

  std::vector<const Filter*> filters() const {
    std::vector<const Filter*> result;
    for (const auto& [id, filter] : engine.store().filters_of(layer.id)) {
      result.push_back(filter.get());
    }
    return result;
  }

  Dice dice;
  const Layer& layer;
  Engine engine;
  SessionId session = engine.open_session({});
  std::optional<CalloutId> missing;
  std::map<FilterId, CalloutAnswer> script;
};

// Packets on which engine and model agree; stops at the first on which they do not.
std::size_t agreeing_packets(std::uint64_t seed, std::size_t& with_decision) {
  World world(seed);
  const auto script = [&](const Filter& filter) { return world.script.at(filter.id); };
  const auto registered = [&](CalloutId id) { return id != world.missing; };
  Model model(world.engine.variants(), script, registered);
  for (std::size_t n = 0; n < packets_per_store; ++n) {
    const Packet packet(world.dice, world.layer);
    ScriptedInvoker invoker;
    invoker.script = script;
    if (world.missing) invoker.missing = {*world.missing};
    const Decision decision = world.engine.classify(world.layer.id, packet.views, invoker);
    const ModelResult expected = model.classify(world.layer, world.filters(), packet.values);
    if (decision != expected.decision || invoker.called != expected.called ||
        invoker.rights_seen != expected.rights_seen) {
      return n;
    }
    with_decision += decision.filter != FilterId::none;
  }
  return packets_per_store;
}

// DRYDOCK_SEED chooses other stores.
TEST(Property, the_engine_decides_as_the_model_does) {
  const char* given = std::getenv("DRYDOCK_SEED");
  const std::uint64_t first = given ? std::strtoull(given, nullptr, 0) : 1;
  std::size_t with_decision = 0;
  for (std::uint64_t seed = first; seed < first + stores; ++seed) {
    ASSERT_EQ(agreeing_packets(seed, with_decision), packets_per_store) << "seed " << seed;
  }
  RecordProperty("first_seed", std::to_string(first));
  EXPECT_GT(with_decision, stores * packets_per_store / 3);  // the stores are not trivial
}

}  // namespace
}  // namespace drydock::wfp::test
