// SPDX-License-Identifier: Apache-2.0
// Policy beside a driver, and what a reboot leaves of it.
#include "scenario/policy.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/files.h"
#include "policy/json_policy.h"
#include "scenario/plan_builder.h"
#include "scenario/run.h"
#include "scenario/run_env.h"
#include "scenario/standard_capture.h"

namespace drydock::scenario {
namespace {

PolicyInput input(const std::string& name, const std::string& text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {.path = name, .content = {begin, begin + text.size()}};
}

PolicyInput rules(const std::string& filters, const std::string& more = "") {
  return input("rules.json", R"({"kind": "drydock policy", "schema": 1, )" + more +
                                 R"("filters": [)" + filters + "]}");
}

constexpr const char* block_all_connections =
    R"({"name": "no connections", "layer": "ALE_AUTH_CONNECT_V4", "weight": 1, "action": "BLOCK"})";

Inputs inputs_for(const std::string& driver) {
  Inputs inputs;
  inputs.driver.path = std::string(DRYDOCK_BINARY_DIR "/drivers/clang/") + driver;
  inputs.driver.name = driver;
  inputs.driver.service = driver.substr(0, driver.find('.'));
  inputs.driver.content = read_file(inputs.driver.path).value();
  inputs.captures = {standard_capture()};
  inputs.unload.restart = false;
  return inputs;
}

RunResult run_of(const Inputs& inputs) {
  const auto plan = build_plan(inputs);
  EXPECT_TRUE(plan) << plan.error().message;
  if (!plan) return {};
  machine::RoundRobin choices;
  auto result = run(test_environment(), *plan, choices);
  EXPECT_TRUE(result) << result.error().message;
  return result.value_or(RunResult{});
}

std::uint64_t counted(const RunResult& result, const std::string& name) {
  const auto found = result.counters.find(name);
  return found == result.counters.end() ? 0 : found->second;
}

std::string error_of(const Inputs& inputs) {
  const auto plan = build_plan(inputs);
  return plan ? "" : plan.error().message;
}

TEST(PolicyInRun, a_blocking_filter_beside_the_driver_changes_what_happens) {
  auto inputs = inputs_for("reference_wdm.sys");
  const auto alone = run_of(inputs);
  inputs.policies.push_back(rules(block_all_connections));
  const auto beside = run_of(inputs);
  EXPECT_EQ(alone.outcome, verify::Outcome::clean) << alone.why_inconclusive;
  EXPECT_EQ(beside.outcome, verify::Outcome::clean) << beside.why_inconclusive;
  EXPECT_EQ(counted(alone, "block FWPS_LAYER_ALE_AUTH_CONNECT_V4"), 0U);
  EXPECT_GT(counted(beside, "block FWPS_LAYER_ALE_AUTH_CONNECT_V4"), 0U);
  EXPECT_EQ(counted(alone, "flows blocked"), 0U);
  EXPECT_GT(counted(beside, "flows blocked"), 0U);
  EXPECT_NE(alone.trace_hash, beside.trace_hash);
}

TEST(PolicyInRun, equal_runs_with_policy_and_reboots_have_equal_traces) {
  auto inputs = inputs_for("reference_kmdf.sys");
  inputs.policies.push_back(rules(block_all_connections));
  inputs.reboots = 2;
  const auto first = run_of(inputs);
  const auto second = run_of(inputs);
  EXPECT_EQ(first.trace_hash, second.trace_hash);
  EXPECT_EQ(first.lives.size(), 3U);
  EXPECT_EQ(first.outcome, verify::Outcome::clean) << first.why_inconclusive;
}

TEST(PolicyInRun, a_driver_is_verified_beside_ten_thousand_filters) {
  std::string filters;
  for (int i = 0; i < 10000; ++i) {
    filters += fmt::format(
        R"({}{{"name": "rule {}", "layer": "ALE_AUTH_CONNECT_V4", "weight": {}, "action": "PERMIT",
           "conditions": [{{"field": "IP_REMOTE_ADDRESS", "value": "10.{}.{}.0/24"}}]}})",
        i == 0 ? "" : ",", i, i, i / 256, i % 256);
  }
  auto inputs = inputs_for("reference_wdm.sys");
  inputs.policies.push_back(rules(filters));
  const auto result = run_of(inputs);
  EXPECT_EQ(result.outcome, verify::Outcome::clean) << result.why_inconclusive;
  EXPECT_TRUE(result.findings.empty());
  EXPECT_TRUE(result.lives.at(0).unload_returned);
}

TEST(PolicyInRun, filters_of_windows_own_callouts_are_left_out_and_told_of) {
  auto inputs = inputs_for("reference_wdm.sys");
  const std::string callout = "FWPM_CALLOUT_WFP_TRANSPORT_LAYER_V4_SILENT_DROP";
  inputs.policies.push_back(rules(
      R"({"name": "silent", "layer": "OUTBOUND_TRANSPORT_V4", "action": "CALLOUT_TERMINATING",
          "callout": ")" +
          callout + "\"}",
      R"("callouts": [{"key": ")" + callout +
          R"(", "name": "c", "layer": "OUTBOUND_TRANSPORT_V4"}], )"));
  PolicyNotes notes;
  const auto plan = plan_policy(inputs, &notes);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(notes, (PolicyNotes{"rules.json: 1 filter of Windows' own callouts left out: the "
                                "simulated host has none of its components"}));
  EXPECT_EQ(counted(run_of(inputs), "block OUTBOUND_TRANSPORT_V4"), 0U);
}

TEST(PolicyInRun, a_policy_that_cannot_be_used_is_refused_before_anything_runs) {
  auto inputs = inputs_for("reference_wdm.sys");
  inputs.policies.push_back(rules(R"({"name": "a", "layer": "NO_SUCH", "action": "BLOCK"})"));
  EXPECT_EQ(error_of(inputs), "rules.json:1: 'NO_SUCH' is no filtering layer");
  inputs.policies = {
      rules("{\"name\": \"a\"\n, \"layer\": \"STREAM_V4\",\n \"sublayer\": "
            "\"22222222-0000-0000-0000-000000000002\", \"action\": \"BLOCK\"}")};
  EXPECT_EQ(error_of(inputs),
            "rules.json:1: filter 'a': STATUS_FWP_SUBLAYER_NOT_FOUND: the sublayer it names is not "
            "there");
}

TEST(Reboot, a_persistent_filter_that_the_driver_left_is_there_after_a_reboot) {
  auto inputs = inputs_for("fixed_unload_10.sys");
  inputs.store = input("s", R"({"kind": "drydock policy", "schema": 1})");
  inputs.reboots = 1;
  const auto result = run_of(inputs);
  EXPECT_EQ(result.outcome, verify::Outcome::clean) << result.why_inconclusive;
  ASSERT_EQ(result.lives.size(), 2U);
  ASSERT_TRUE(result.store);
  const auto kept = policy::read_json(*result.store, "s");
  ASSERT_TRUE(kept) << kept.error().message;
  ASSERT_EQ(kept->objects.filters.size(), 1U);
  EXPECT_EQ(to_string(kept->objects.filters[0].spec.key), "b2a1b7c4-3d0e-4a7f-8c11-60952e0f47aa");
}

TEST(Reboot, a_driver_that_does_not_start_after_a_reboot_is_found) {
  auto inputs = inputs_for("bug_unload_10.sys");
  inputs.reboots = 1;
  const auto result = run_of(inputs);
  EXPECT_EQ(result.outcome, verify::Outcome::findings) << result.why_inconclusive;
  ASSERT_FALSE(result.findings.empty());
  EXPECT_EQ(result.findings[0].rule, "UNLOAD-10");
  EXPECT_EQ(result.findings[0].load_number, 2U);
  EXPECT_EQ(result.lives.at(1).entry_status, 0xc0220009U);
}

// As JSON without the numbers that the engine would give next: each boot uses up some.
std::string filters_of(const std::string& store) {
  auto policy = policy::read_json(store, "s");
  EXPECT_TRUE(policy) << policy.error().message;
  if (!policy) return {};
  policy->objects.next_filter = policy->objects.next_callout = 0;
  policy->objects.next_provider_context = policy->objects.next_key = 0;
  return policy::write_json(policy->objects);
}

TEST(Reboot, what_a_store_holds_is_there_at_the_first_boot) {
  auto inputs = inputs_for("fixed_unload_10.sys");
  inputs.store = input("s", R"({"kind": "drydock policy", "schema": 1})");
  const std::string first = *run_of(inputs).store;
  inputs.store = input("s", first);
  const auto fixed = run_of(inputs);
  EXPECT_EQ(fixed.outcome, verify::Outcome::clean) << fixed.why_inconclusive;
  EXPECT_EQ(filters_of(*fixed.store), filters_of(first));
  auto broken = inputs_for("bug_unload_10.sys");
  broken.store = inputs.store;
  EXPECT_EQ(run_of(broken).lives.at(0).entry_status, 0xc0220009U);
}

TEST(Reboot, before_the_services_start_only_boot_time_filters_are_in_force) {
  const auto blocks_of = [](const char* flags, bool boot_start) {
    auto inputs = inputs_for("trivial_wdm.sys");
    inputs.boot_start = boot_start;
    inputs.store = rules(fmt::format(
        R"({{"name": "x", "layer": "ALE_AUTH_CONNECT_V4", "flags": ["{}"], "action": "BLOCK"}})",
        flags));
    return counted(run_of(inputs), "block FWPS_LAYER_ALE_AUTH_CONNECT_V4");
  };
  const auto always = blocks_of("PERSISTENT", false);
  const auto after_boot = blocks_of("PERSISTENT", true);
  const auto during_boot = blocks_of("BOOTTIME", true);
  EXPECT_EQ(blocks_of("BOOTTIME", false), 0U);
  EXPECT_GT(during_boot, 0U);
  EXPECT_GT(after_boot, 0U);
  // One flow lives when the services start, and is authorized again then.
  EXPECT_EQ(during_boot + after_boot, always + 1);
}

}  // namespace
}  // namespace drydock::scenario
