// SPDX-License-Identifier: Apache-2.0
// From what a user gives to a plan: scenario files, attachments, captures.
#include <gtest/gtest.h>

#include <set>
#include <span>

#include "scenario/plan_builder.h"
#include "scenario/scenario_file.h"
#include "scenario/standard_capture.h"
#include "wfp/engine/layer_id.h"

namespace drydock::scenario {
namespace {

TEST(ScenarioFile, everything_that_can_be_said_is_read) {
  const auto file = parse_scenario(R"([driver]
service = "foo"
start = "boot"
[machine]
processors = 4
seed = 9
variants = ["E-5:reversed", "X-8:hard"]
reboots = 2
[policy]
files = ["a.json", "b.xml"]
skip_unknown = true
[store]
path = "p.store"
[[traffic]]
capture = "a.pcap"
local = ["192.0.2.1", "::1"]
[[traffic]]
capture = "b.pcap"
[unload]
restart = false
at_once = true
service_restarts = true
rebalance = true
unplugged = true
[expect]
start_fails = true
)",
                                   "s.toml");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->service, "foo");
  EXPECT_EQ(file->processors, 4U);
  EXPECT_EQ(file->seed, 9U);
  EXPECT_EQ(file->reboots, 2U);
  EXPECT_EQ(file->boot_start, true);
  EXPECT_EQ(file->policies, (std::vector<std::string>{"a.json", "b.xml"}));
  EXPECT_EQ(file->skip_unknown_policy, true);
  EXPECT_EQ(file->store, "p.store");
  EXPECT_EQ(file->restart, false);
  EXPECT_EQ(file->restart_at_once, true);
  EXPECT_EQ(file->service_restarts, true);
  EXPECT_EQ(file->rebalance, true);
  EXPECT_EQ(file->unplugged, true);
  EXPECT_EQ(file->start_fails, true);
  EXPECT_EQ(file->variants, (std::vector<std::string>{"E-5:reversed", "X-8:hard"}));
  ASSERT_EQ(file->traffic.size(), 2U);
  EXPECT_EQ(file->traffic[0].capture, "a.pcap");
  EXPECT_EQ(file->traffic[0].local, (std::vector<std::string>{"192.0.2.1", "::1"}));
  EXPECT_TRUE(file->traffic[1].local.empty());
}

TEST(ScenarioFile, several_drivers_say_each_when_it_comes_and_goes) {
  const auto file = parse_scenario(R"([[driver]]
file = "dir/a.sys"
[[driver]]
file = "a.sys"
name = "again.sys"
service = "other"
load_at = 5
unload_at = 9
start_fails = true
[[process]]
driver = "again.sys"
)",
                                   "s.toml");
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_EQ(file->drivers.size(), 2U);
  EXPECT_EQ(file->drivers[0].file, "dir/a.sys");
  EXPECT_EQ(file->drivers[0].name, "a.sys");
  EXPECT_EQ(file->drivers[0].service, "a");
  EXPECT_EQ(file->drivers[0].load_at, 0U);
  EXPECT_FALSE(file->drivers[0].unload_at || file->drivers[0].start_fails);
  EXPECT_EQ(file->drivers[1].name, "again.sys");
  EXPECT_EQ(file->drivers[1].service, "other");
  EXPECT_EQ(file->drivers[1].load_at, 5U);
  EXPECT_EQ(file->drivers[1].unload_at, 9U);
  EXPECT_TRUE(file->drivers[1].start_fails);
  EXPECT_EQ(file->processes[0].driver, "again.sys");
}

std::string error_of(const std::string& text) {
  const auto file = parse_scenario(text, "s.toml");
  return file ? "no error" : file.error().message;
}

TEST(ScenarioFile, several_drivers_are_refused_with_the_line_of_the_mistake) {
  const std::string one = "[[driver]]\nfile = \"a.sys\"\n";
  EXPECT_EQ(error_of("[[driver]]\nname = \"a\"\n"), "s.toml:1: [[driver]] needs 'file'");
  EXPECT_EQ(
      error_of(one + one),
      "s.toml:3: [[driver]] has the name 'a.sys' of another one; give it a 'name' of its own");
  EXPECT_EQ(error_of(one + "load_at = 9\nunload_at = 8\n"),
            "s.toml:1: [[driver]] is unloaded before it is loaded");
  EXPECT_EQ(error_of(one + "[unload]\nat_once = true\n"),
            "s.toml:4: 'at_once' in [unload] is for one driver; name the file in two [[driver]]");
  EXPECT_EQ(error_of(one + "[expect]\nstart_fails = true\n"),
            "s.toml:4: 'start_fails' belongs into [[driver]], beside several drivers");
  EXPECT_EQ(error_of("[[process]]\ndriver = \"b.sys\"\n"),
            "s.toml:2: 'driver' in [[process]]: there is no [[driver]] 'b.sys'");
}

TEST(ScenarioFile, an_empty_file_says_nothing) {
  const auto file = parse_scenario("", "s.toml");
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->service || file->processors || file->seed || file->restart ||
               file->start_fails);
  EXPECT_TRUE(file->traffic.empty());
}

TEST(ScenarioFile, an_unknown_variant_is_an_error_of_its_line) {
  const auto file = parse_scenario("[machine]\nseed = 1\nvariants = [\"E-5:up\"]\n", "s.toml");
  ASSERT_FALSE(file);
  EXPECT_TRUE(file.error().message.starts_with("s.toml:3: 'E-5:up' is no variant; known are "))
      << file.error().message;
}

TEST(Plan, variants_reach_the_filtering_platform) {
  Inputs inputs;
  inputs.captures.push_back(standard_capture());
  inputs.variants = {"E-6:stop-at-hard-block", "notify-delete:drop"};
  const auto plan = build_plan(inputs);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_TRUE(plan->platform.engine.stop_after_hard_block);
  EXPECT_EQ(plan->platform.lifecycle.notify_delete, wfp::LifecycleVariants::NotifyDelete::dropped);
  inputs.variants = {"E-99:x"};
  EXPECT_FALSE(build_plan(inputs));
}

TEST(Attachment, layers_are_known_by_any_of_their_names) {
  const std::string key = "{01234567-89AB-cdef-0123-456789abcdef}";
  for (const char* layer : {"ALE_AUTH_CONNECT_V4", "ale_auth_connect_v4",
                            "FWPM_LAYER_ALE_AUTH_CONNECT_V4", "FWPS_LAYER_ALE_AUTH_CONNECT_V4"}) {
    const auto attachment = parse_attachment(key + "@" + layer);
    ASSERT_TRUE(attachment) << attachment.error().message;
    EXPECT_EQ(attachment->layer, static_cast<std::uint16_t>(wfp::LayerId::ale_auth_connect_v4));
    EXPECT_EQ(attachment->callout, parse_guid(key));
  }
}

net::Step step(net::StepKind kind, std::uint64_t flow) {
  net::Step step;
  step.kind = kind;
  step.flow = net::FlowId{flow};
  return step;
}

TEST(PlanBuilder, the_busiest_step_is_the_first_one_before_which_most_flows_live) {
  using enum net::StepKind;
  const std::vector steps = {step(ale_flow_established, 1),
                             step(stream, 1),
                             step(ale_flow_established, 2),
                             step(stream, 2),
                             step(flow_end, 1),
                             step(ale_flow_established, 3),
                             step(stream, 3)};
  EXPECT_EQ(busiest_step(steps), 3U);
  EXPECT_EQ(busiest_step({}), 0U);
  EXPECT_EQ(busiest_step(std::span(steps).first(1)), 0U);
}

TEST(PlanBuilder, the_standard_traffic_is_inside_the_program_and_has_flows_alive_at_once) {
  Inputs inputs;
  inputs.captures = {standard_capture()};
  const auto plan = build_plan(inputs);
  ASSERT_TRUE(plan) << plan.error().message;
  ASSERT_EQ(plan->traffic.size(), 1U);
  const auto& traffic = plan->traffic[0];
  EXPECT_GT(traffic.steps.size(), 1000U);
  std::set<net::FlowId> alive;
  for (std::size_t i = 0; i < traffic.busiest_step; ++i) {
    if (traffic.steps[i].kind == net::StepKind::ale_flow_established)
      alive.insert(traffic.steps[i].flow);
    if (traffic.steps[i].kind == net::StepKind::flow_end) alive.erase(traffic.steps[i].flow);
  }
  EXPECT_GE(alive.size(), 5U);
}

}  // namespace
}  // namespace drydock::scenario
