// SPDX-License-Identifier: Apache-2.0
#include "scenario/policy.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/file.h"
#include "policy/json_policy.h"
#include "policy/names.h"
#include "scenario/scenario_file.h"

namespace drydock::scenario {
namespace {

// Of what read_policy() gives, so that it needs no lines.
std::size_t leave_out_windows_callouts(wfp::ObjectSet& objects) {
  return std::erase_if(objects.filters, [](const wfp::ObjectSet::FilterRow& row) {
    return names_callout(row.spec.action) && policy::is_windows_callout(row.spec.callout);
  });
}

Result<wfp::ObjectSet> read(const PolicyInput& input, bool skip_unknown, PolicyNotes* notes) {
  auto file = policy::read_policy(input.content, input.path, skip_unknown);
  if (!file) return std::unexpected(file.error());
  const std::size_t left_out = leave_out_windows_callouts(file->policy.objects);
  if (notes != nullptr) {
    for (const auto& line : file->skipped) notes->push_back("skipped: " + line);
    for (const auto& line : file->notes) notes->push_back(fmt::format("{}: {}", input.path, line));
    if (left_out != 0) {
      notes->push_back(fmt::format(
          "{}: {} of Windows' own callouts left out: the simulated host has none of its components",
          input.path, left_out == 1 ? "1 filter" : fmt::format("{} filters", left_out)));
    }
  }
  return std::move(file->policy.objects);
}

// One object at a time, with its lines in the scenario.
Result<void> add_scenario_objects(const ScenarioInput& scenario, PolicyPlan& plan) {
  const auto file = parse_scenario(scenario.text, scenario.path);
  if (!file) return std::unexpected(file.error());
  for (const std::string& object : file->objects) {
    auto read = policy::read_json(object, scenario.path);
    if (!read) return std::unexpected(read.error());
    plan.added.push_back(std::move(read->objects));
  }
  return {};
}

template <class T, class Row, class KeyOf>
void drop_present(const wfp::Engine& engine, std::vector<Row>& rows, const KeyOf& key_of) {
  std::erase_if(rows, [&](const Row& row) {
    const Guid& key = key_of(row);
    return !key.is_zero() && engine.store().all<T>().find(key) != nullptr;
  });
}

// What the engine lacks, with new numbers where the file's are taken.
wfp::ObjectSet missing_from(const wfp::Engine& engine, wfp::ObjectSet objects) {
  const auto own_key = [](const auto& row) -> const Guid& { return row.key; };
  const auto spec_key = [](const auto& row) -> const Guid& { return row.spec.key; };
  drop_present<wfp::Provider>(engine, objects.providers, own_key);
  drop_present<wfp::ProviderContext>(engine, objects.provider_contexts, spec_key);
  drop_present<wfp::SubLayer>(engine, objects.sublayers, own_key);
  drop_present<wfp::CalloutObject>(engine, objects.callouts, spec_key);
  drop_present<wfp::Filter>(engine, objects.filters, spec_key);
  for (auto& row : objects.provider_contexts) {
    if (engine.store().provider_context(row.id)) row.id = 0;
  }
  for (auto& row : objects.callouts) {
    if (engine.store().callout(row.id)) row.id = wfp::CalloutId::none;
  }
  for (auto& row : objects.filters) {
    if (engine.store().filter(row.id)) row.id = wfp::FilterId::none;
  }
  return objects;
}

}  // namespace

Result<PolicyPlan> plan_policy(const Inputs& inputs, PolicyNotes* notes) {
  PolicyPlan plan{.stored = {}, .added = {}, .keep = inputs.store.has_value()};
  wfp::Engine engine;
  if (inputs.store) {
    auto stored = read(*inputs.store, false, notes);
    if (!stored) return std::unexpected(stored.error());
    plan.stored = std::move(*stored);
    if (!engine.import_objects(plan.stored)) return failure(inputs.store->path + ": damaged");
  }
  for (const PolicyInput& input : inputs.policies) {
    auto objects = read(input, inputs.skip_unknown_policy, notes);
    if (!objects) return std::unexpected(objects.error());
    plan.added.push_back(std::move(*objects));
  }
  if (inputs.scenario) {
    if (auto added = add_scenario_objects(*inputs.scenario, plan); !added)
      return std::unexpected(added.error());
  }
  if (auto added = add_policies(plan, engine); !added) return std::unexpected(added.error());
  return plan;
}

Result<void> add_policies(const PolicyPlan& plan, wfp::Engine& engine) {
  for (const wfp::ObjectSet& objects : plan.added) {
    const policy::Policy policy{
        .name = "policy", .objects = missing_from(engine, objects), .lines = {}};
    if (auto applied = policy::apply(policy, engine); !applied) return applied;
  }
  return {};
}

}  // namespace drydock::scenario
