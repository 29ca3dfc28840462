// SPDX-License-Identifier: Apache-2.0
// Random stores and packets: the engine decides as the model does and calls the same callouts with
// the same rights, while filters come and go, also during a classification.
#include <gtest/gtest.h>

#include <cstdlib>

#include "model.h"
#include "random_store.h"
#include "wfp/engine/compatibility.h"

namespace drydock::wfp::test {
namespace {

constexpr std::size_t steps = 60;
constexpr std::size_t most_in_burst = 40;

// How many filters a world begins with, at most; beyond some thirty the engine keeps an index.
enum class Size : std::uint16_t { few = 12, many = 90, very_many = 500 };

class World {
 public:
  World(std::uint64_t seed, Size size)
      : dice(seed), layer(random_layer(dice)), engine(random_variants(dice)) {
    fields = random_fields(dice, layer);
    // With up to eight the index finds the first filter of each, with more it lists filters.
    const std::uint64_t sublayers = dice.one_in(2) ? 1 + dice.below(4) : 5 + dice.below(7);
    for (std::uint32_t i = 0; i < sublayers; ++i) {
      engine.add_sublayer(session, sublayer_spec(i + 1, static_cast<std::uint16_t>(dice.below(3))));
    }
    for (std::uint32_t i = 0; i < 4; ++i) {
      engine.add_callout(session, callout_spec(i + 1, layer.id));
    }
    sublayers_used = static_cast<std::uint32_t>(sublayers);
    plain_only = dice.one_in(3) || is_user_mode(layer.id);
    if (dice.one_in(2)) missing = engine.find_callout_id(key(1));
    const std::uint64_t count = dice.below(static_cast<std::uint64_t>(size));
    const bool at_once = dice.one_in(2);
    if (at_once) engine.begin(session, TransactionKind::read_write);
    for (std::uint64_t i = 0; i < count; ++i) add_filter();
    if (at_once) engine.commit(session);
  }

  void add_filter() {
    static const std::vector<Action> all{Action::block, Action::permit, Action::callout_terminating,
                                         Action::callout_inspection, Action::callout_unknown};
    static const std::vector<Action> plain{Action::block, Action::permit};
    FilterSpec spec = callout_filter(dice.pick(plain_only ? plain : all),
                                     static_cast<std::uint32_t>(1 + dice.below(4)), layer.id);
    spec.sublayer = key(static_cast<std::uint32_t>(1 + dice.below(sublayers_used)));
    if (dice.one_in(3)) spec.flags |= filter_flag::clear_action_right;
    if (dice.one_in(3) && spec.action != Action::callout_inspection) {
      spec.flags |= filter_flag::permit_if_callout_unregistered;
    }
    if (dice.one_in(2)) spec.weight = Value::number(DataType::uint8, dice.below(3));
    if (dice.one_in(3)) spec.weight = Value::number(DataType::uint64, dice.below(200));
    for (std::uint64_t n = dice.below(6); n > 0; --n) {
      spec.conditions.push_back(random_condition(dice, layer, fields));
    }
    const bool disabled = dice.one_in(10) && !engine.in_transaction(session);
    const FilterId id = disabled ? add_disabled(engine, std::move(spec))
                                 : engine.add_filter(session, std::move(spec)).value();
    script[id] = {.action = dice.pick<Action>({Action::block, Action::permit, Action::continue_,
                                               Action::none, Action::unset}),
                  .wrote = !dice.one_in(6),
                  .hard = dice.one_in(2),
                  .absorb = dice.one_in(2),
                  .skipped = dice.one_in(8)};
  }

  void delete_filter() {
    const auto& all = engine.store().filters_of(layer.id);
    if (all.empty()) return;
    auto chosen = all.begin();
    std::advance(chosen, static_cast<std::ptrdiff_t>(dice.below(all.size())));
    engine.delete_filter(session, FilterId{chosen->first});
  }

  void change() { dice.one_in(2) ? add_filter() : delete_filter(); }

  [[nodiscard]] std::vector<const Filter*> filters() const {
    std::vector<const Filter*> result;
    for (const auto& [id, filter] : engine.store().filters_of(layer.id)) {
      result.push_back(filter.get());
    }
    return result;
  }

  [[nodiscard]] ModelResult expected(const Packet& packet) const {
    Model model(
        engine.variants(), [&](const Filter& filter) { return script.at(filter.id); },
        [&](CalloutId id) { return id != missing; },
        [](const Value& descriptor, const Value& token) {
          return token_passes(mark_of(descriptor.bytes), token.bytes[0]);
        });
    return model.classify(layer, filters(), packet.values);
  }

  // Known for some pairs only.
  static std::optional<bool> token_passes(std::uint8_t descriptor, std::uint8_t token) {
    if (descriptor == 3) return std::nullopt;
    return descriptor <= token;
  }

  Dice dice;
  const Layer& layer;
  Engine engine;
  SessionId session = engine.open_session({});
  std::vector<std::size_t> fields;
  std::uint32_t sublayers_used = 4;
  bool plain_only = false;
  std::optional<CalloutId> missing;
  std::map<FilterId, CalloutAnswer> script;
};

// Does as the world says, and before the first answer whatever a test wants to happen then.
struct WorldInvoker : CalloutInvoker {
  explicit WorldInvoker(const World& asked) : world(asked) {}
  bool registered(CalloutId callout) override { return callout != world.missing; }
  CalloutAnswer invoke(const Filter& filter, ClassifyRights rights) override {
    called.push_back(filter.id);
    rights_seen.push_back(rights.write);
    const CalloutAnswer answer = world.script.at(filter.id);
    if (during) std::exchange(during, {})();
    return answer;
  }
  std::optional<bool> token_passes(std::span<const std::uint8_t> descriptor,
                                   const ValueView& token) override {
    const std::uint8_t* bytes =
        token.type == DataType::token_information ? token.bytes : token.blob->data;
    return World::token_passes(mark_of(descriptor), bytes[0]);
  }
  void begin_row(std::size_t row) override { rows.push_back(row); }

  const World& world;
  std::function<void()> during;
  std::vector<FilterId> called;
  std::vector<bool> rights_seen;
  std::vector<std::size_t> rows;
};

// Counts the cases that agree.
class Comparison {
 public:
  explicit Comparison(World& world) : world_(world) {}

  // One packet; nested: another one, and changes, while the first waits in a callout.
  bool one(bool nested) {
    const Packet packet(world_.dice, world_.layer, world_.fields);
    const ModelResult expected = world_.expected(packet);
    WorldInvoker invoker(world_);
    bool inner = true;
    if (nested) {
      invoker.during = [&] {
        for (std::uint64_t n = world_.dice.below(6); n > 0; --n) world_.change();
        inner = one(world_.dice.one_in(3));
        for (std::uint64_t n = world_.dice.below(3); n > 0; --n) world_.change();
      };
    }
    const Decision decision = world_.engine.classify(world_.layer.id, packet.views, invoker);
    ++cases;
    with_decision += decision.filter != FilterId::none;
    return inner && decision == expected.decision && invoker.called == expected.called &&
           invoker.rights_seen == expected.rights_seen;
  }

  // With a trace every filter is looked at; the answer is the same.
  bool traced() {
    const Packet packet(world_.dice, world_.layer, world_.fields);
    const ModelResult expected = world_.expected(packet);
    WorldInvoker invoker(world_);
    ClassifyTrace trace;
    const Decision decision =
        world_.engine.classify(world_.layer.id, packet.views, invoker, &trace);
    ++cases;
    with_decision += decision.filter != FilterId::none;
    return decision == expected.decision && invoker.called == expected.called;
  }

  bool burst() {
    std::vector<std::unique_ptr<Packet>> packets;
    std::vector<std::span<const ValueView>> rows;
    std::vector<Decision> expected;
    std::vector<FilterId> called;
    for (std::uint64_t n = world_.dice.below(most_in_burst); n > 0; --n) {
      packets.push_back(std::make_unique<Packet>(world_.dice, world_.layer, world_.fields));
      rows.emplace_back(packets.back()->views);
      const ModelResult one = world_.expected(*packets.back());
      expected.push_back(one.decision);
      called.insert(called.end(), one.called.begin(), one.called.end());
    }
    WorldInvoker invoker(world_);
    if (world_.dice.one_in(3)) {
      invoker.during = [&] {
        for (int n = 0; n < 3; ++n) world_.change();
      };
    }
    std::vector<Decision> decisions(rows.size());
    world_.engine.classify(world_.layer.id, rows, invoker, decisions);
    cases += rows.size();
    with_decision += static_cast<std::size_t>(std::ranges::count_if(
        decisions, [](const Decision& decision) { return decision.filter != FilterId::none; }));
    return decisions == expected && invoker.called == called &&
           std::ranges::is_sorted(invoker.rows);
  }

  bool step() {
    if (world_.dice.one_in(2)) world_.change();
    if (world_.dice.one_in(8)) return burst();
    if (world_.dice.one_in(8)) return traced();
    return one(world_.dice.one_in(4));
  }

  std::size_t cases = 0;
  std::size_t with_decision = 0;

 private:
  World& world_;
};

struct Totals {
  std::size_t cases = 0;
  std::size_t with_decision = 0;
};

void compare(std::uint64_t first, std::size_t worlds, Size size, Totals& totals) {
  for (std::uint64_t seed = first; seed < first + worlds; ++seed) {
    World world(seed, size);
    Comparison comparison(world);
    for (std::size_t n = 0; n < steps; ++n) {
      ASSERT_TRUE(comparison.step())
          << "seed " << seed << ", step " << n << ", layer " << world.layer.name;
    }
    totals.cases += comparison.cases;
    totals.with_decision += comparison.with_decision;
  }
}

// DRYDOCK_SEED chooses other worlds.
std::uint64_t first_seed() {
  const char* given = std::getenv("DRYDOCK_SEED");
  return given ? std::strtoull(given, nullptr, 0) : 1;
}

class Property : public testing::TestWithParam<Size> {
 protected:
  void check(std::size_t worlds) {
    Totals totals;
    ASSERT_NO_FATAL_FAILURE(compare(first_seed(), worlds, GetParam(), totals));
    std::printf("first seed %llu, %zu cases\n", static_cast<unsigned long long>(first_seed()),
                totals.cases);
    EXPECT_GT(totals.with_decision, totals.cases / 5);  // the stores are not trivial
  }
};

std::string name_of(const testing::TestParamInfo<Size>& info) {
  return info.param == Size::few ? "few" : info.param == Size::many ? "many" : "very_many";
}

using LongProperty = Property;

TEST_P(Property, the_engine_decides_as_the_model_does) {
  check(GetParam() == Size::few ? 300 : GetParam() == Size::many ? 60 : 10);
}
INSTANTIATE_TEST_SUITE_P(, Property, testing::Values(Size::few, Size::many, Size::very_many),
                         name_of);

TEST_P(LongProperty, the_engine_decides_as_the_model_does) {
  check(GetParam() == Size::few ? 10000 : GetParam() == Size::many ? 600 : 80);
}
INSTANTIATE_TEST_SUITE_P(Long, LongProperty,
                         testing::Values(Size::few, Size::many, Size::very_many), name_of);

}  // namespace
}  // namespace drydock::wfp::test
