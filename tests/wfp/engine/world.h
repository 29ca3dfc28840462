// SPDX-License-Identifier: Apache-2.0
// What the engine's tests share: short specs, an observer and an invoker that do as they are told
// and remember what they were asked.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "wfp/engine/engine.h"

namespace drydock::wfp::test {

inline constexpr Guid key(std::uint32_t number) {
  return {number, 1, 2, {3}};
}
inline const DisplayData display{u"test", u""};

inline Guid layer_key(LayerId id) {
  return find_layer(id)->key;
}

inline Guid field_key(LayerId id, std::string_view condition) {
  for (const Field& field : find_layer(id)->fields) {
    if (field.condition->name == condition) return field.condition->key;
  }
  return {};
}

inline SubLayerSpec sublayer_spec(std::uint32_t number, std::uint16_t weight = 100) {
  return {.key = key(number), .display = display, .provider = {}, .weight = weight};
}

inline CalloutSpec callout_spec(std::uint32_t number,
                                LayerId layer = LayerId::ale_auth_connect_v4) {
  return {.key = key(number), .display = display, .provider = {}, .layer = layer_key(layer)};
}

inline FilterSpec filter_spec(Action action, LayerId layer = LayerId::ale_auth_connect_v4) {
  FilterSpec spec;
  spec.display = display;
  spec.layer = layer_key(layer);
  spec.action = action;
  return spec;
}

inline FilterSpec callout_filter(Action action, std::uint32_t callout,
                                 LayerId layer = LayerId::ale_auth_connect_v4) {
  FilterSpec spec = filter_spec(action, layer);
  spec.callout = key(callout);
  return spec;
}

// As a policy that was read from a Windows brings it: nobody can add one.
inline FilterId add_disabled(Engine& engine, FilterSpec spec) {
  spec.flags |= filter_flag::disabled;
  const FilterId id{engine.export_objects(Lifetime::built_in).next_filter};
  EXPECT_TRUE(engine.import_objects({.filters = {{.spec = std::move(spec), .id = id}}}));
  return id;
}

struct RecordingObserver : FilterObserver {
  FwpStatus filter_added(const Filter& filter, std::uint64_t& context) override {
    events.push_back("add " + std::to_string(static_cast<std::uint64_t>(filter.id) - base));
    if (set_context) context = set_context;
    if (on_add) on_add(filter);
    return refused.contains(filter.spec.raw_context) ? FwpStatus::in_use : FwpStatus::success;
  }
  void filter_committed(const Filter& filter) override {
    events.push_back("committed " + std::to_string(static_cast<std::uint64_t>(filter.id) - base));
  }
  void filter_deleted(const Filter& filter) override {
    events.push_back("delete " + std::to_string(static_cast<std::uint64_t>(filter.id) - base));
    if (on_delete) on_delete(filter);
  }

  // Events since the last call, without the "committed" ones.
  std::vector<std::string> take() {
    std::vector<std::string> result;
    for (const auto& event : std::exchange(events, {})) {
      if (!event.starts_with("committed")) result.push_back(event);
    }
    return result;
  }

  std::uint64_t base = 0x10000;  // numbers in events count from here
  std::vector<std::string> events;
  std::set<std::uint64_t> refused;  // raw contexts of filters to refuse
  std::uint64_t set_context = 0;
  std::function<void(const Filter&)> on_add;
  std::function<void(const Filter&)> on_delete;
};

struct ScriptedInvoker : CalloutInvoker {
  bool registered(CalloutId callout) override { return !missing.contains(callout); }
  CalloutAnswer invoke(const Filter& filter, ClassifyRights rights) override {
    called.push_back(filter.id);
    rights_seen.push_back(rights.write);
    return script ? script(filter) : CalloutAnswer{};
  }

  std::set<CalloutId> missing;
  std::function<CalloutAnswer(const Filter&)> script;
  std::vector<FilterId> called;
  std::vector<bool> rights_seen;
};

// What a test takes for granted: its failure is the test's.
template <class T>
void must(const FwpResult<T>& result) {
  EXPECT_TRUE(result) << name(result.error());
}

inline CalloutAnswer answers(Action action, bool hard = false, bool absorb = false) {
  return {.action = action, .wrote = true, .hard = hard, .absorb = absorb};
}

}  // namespace drydock::wfp::test
