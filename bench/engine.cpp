// SPDX-License-Identifier: Apache-2.0
// What one classification costs without any driver: filters of a connect layer, all of which match
// and call a callout that goes on.
#include <benchmark/benchmark.h>

#include "wfp/engine/engine.h"

namespace {

using namespace drydock;
using namespace drydock::wfp;

constexpr Guid callout_key{9, 0, 0, {}};

struct GoingOn : CalloutInvoker {
  bool registered(CalloutId) override { return true; }
  CalloutAnswer invoke(const Filter&, ClassifyRights) override {
    return {.action = Action::continue_, .wrote = true};
  }
};

// The first `count` unsigned fields of a layer, each equal to one.
std::vector<FilterCondition> conditions_on(const Layer& layer, std::size_t count) {
  std::vector<FilterCondition> conditions;
  for (const Field& field : layer.fields) {
    if (conditions.size() == count) break;
    if (field.type != DataType::uint16 && field.type != DataType::uint32) continue;
    conditions.push_back({.field = field.condition->key, .value = Value::number(field.type, 1)});
  }
  return conditions;
}

std::vector<ValueView> all_ones(const Layer& layer) {
  std::vector<ValueView> values;
  for (const Field& field : layer.fields) {
    ValueView one = ValueView::of(std::uint32_t{1});
    one.type = field.type;
    values.push_back(one);
  }
  return values;
}

void classify(benchmark::State& state) {
  const Layer& layer = *find_layer(LayerId::ale_auth_connect_v4);
  Engine engine;
  const SessionId session = engine.open_session({});
  engine.add_callout(session, {.key = callout_key, .display = {u"bench"}, .layer = layer.key});
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    FilterSpec spec;
    spec.display.name = u"bench";
    spec.layer = layer.key;
    spec.action = Action::callout_unknown;
    spec.callout = callout_key;
    spec.conditions = conditions_on(layer, static_cast<std::size_t>(state.range(1)));
    if (!engine.add_filter(session, spec)) return state.SkipWithError("filter not added");
  }
  const std::vector<ValueView> values = all_ones(layer);
  GoingOn invoker;
  for (auto _ : state) benchmark::DoNotOptimize(engine.classify(layer.id, values, invoker));
}
BENCHMARK(classify)->ArgNames({"filters", "conditions"})->ArgsProduct({{0, 1, 4, 16}, {0, 1, 3}});

void engine_from_nothing(benchmark::State& state) {
  for (auto _ : state) {
    Engine engine;
    benchmark::DoNotOptimize(&engine);
  }
}
BENCHMARK(engine_from_nothing);

}  // namespace
