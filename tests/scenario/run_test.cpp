// SPDX-License-Identifier: Apache-2.0
#include "scenario/run.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/files.h"
#include "scenario/plan_builder.h"
#include "scenario/run_env.h"
#include "scenario/standard_capture.h"

namespace drydock::scenario {
namespace {

Environment& environment() {
  return test_environment();
}

Plan plan_for(const std::string& name) {
  Plan plan;
  plan.driver.path = std::string(DRYDOCK_BINARY_DIR "/drivers/clang/") + name;
  plan.driver.name = name;
  plan.driver.service = name.substr(0, name.find('.'));
  plan.driver.content = read_file(plan.driver.path).value();
  return plan;
}

TEST(Run, driver_that_does_nothing_lives_twice_and_is_clean) {
  machine::RoundRobin choices;
  const auto result = run(environment(), plan_for("trivial_wdm.sys"), choices);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::clean)
      << result->why_inconclusive << result->internal_fault;
  EXPECT_EQ(result->framework, "WDM");
  ASSERT_EQ(result->lives.size(), 2u);
  EXPECT_TRUE(result->lives[1].unload_returned);
}

TEST(Run, equal_runs_have_equal_traces) {
  const Plan plan = plan_for("trivial_wdm.sys");
  std::uint64_t first = 0;
  for (int i = 0; i < 1000; ++i) {
    machine::RoundRobin choices;
    const auto result = run(environment(), plan, choices);
    ASSERT_TRUE(result);
    if (i == 0) first = result->trace_hash;
    ASSERT_EQ(result->trace_hash, first) << i;
  }
}

TEST(Run, exception_that_the_driver_handles_is_no_finding) {
  Plan plan = plan_for("nt_guarded.sys");
  plan.driver.start_fails = true;  // with the status that its handler returns
  machine::RoundRobin choices;
  const auto result = run(test_environment(), plan, choices);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::clean) << result->why_inconclusive;
  EXPECT_TRUE(result->findings.empty());
  EXPECT_EQ(result->lives.at(0).entry_status, 0xC0000005u);
}

// The DNS capture with its second half hours later.
CaptureInput capture_with_a_pause(std::uint32_t seconds) {
  constexpr std::size_t file_header = 24;
  constexpr std::size_t packet_header = 16;
  CaptureInput capture = standard_capture();
  capture.path = "pause.pcap";
  capture.content = read_file(DRYDOCK_SOURCE_DIR "/data/dns.pcap").value();
  const auto word = [&](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, capture.content.data() + at, sizeof value);
    return value;
  };
  for (std::size_t at = file_header; at < capture.content.size();
       at += packet_header + word(at + 8)) {
    const std::uint32_t late = word(at) + (at > capture.content.size() / 2 ? seconds : 0);
    std::memcpy(capture.content.data() + at, &late, sizeof late);
  }
  return capture;
}

TEST(Run, traffic_of_many_hours_is_played_to_its_end_in_both_lives) {
  constexpr std::uint32_t five_hours = 5 * 3600;
  Inputs inputs;
  inputs.driver = plan_for("trivial_wdm.sys").driver;
  inputs.captures = {capture_with_a_pause(five_hours)};
  const auto plan = build_plan(inputs);
  ASSERT_TRUE(plan) << plan.error().message;
  machine::RoundRobin choices;
  const auto result = run(environment(), *plan, choices);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::clean) << result->why_inconclusive;
  ASSERT_EQ(result->lives.size(), 2u);
  EXPECT_TRUE(result->lives[1].unload_returned);
  EXPECT_GT(result->virtual_time, 2 * machine::seconds(five_hours).ticks);
}

TEST(Run, that_does_not_come_to_its_end_is_not_clean) {
  Plan plan = plan_for("trivial_wdm.sys");
  plan.time_limit = machine::seconds(30);  // less than the time that is watched after the unload
  machine::RoundRobin choices;
  const auto result = run(environment(), plan, choices);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::inconclusive);
  EXPECT_EQ(result->why_inconclusive,
            "After 30 s of virtual time the run was not yet over: its time limit was reached.");
}

std::string key_of_bug_drivers = "6f4d2b10-1c5a-4e0b-9a37-520db1846ef3";

Plan plan_attached(const std::string& driver, const std::string& attachment) {
  Plan plan = plan_for(driver);
  plan.attachments.push_back(parse_attachment(attachment).value());
  return plan;
}

TEST(Attached, callout_that_the_driver_did_not_register_or_for_another_layer_is_inconclusive) {
  machine::RoundRobin choices;
  const auto unknown =
      run(environment(),
          plan_attached("fixed_callout_04.sys", "00000000-0000-0000-0000-000000000001@STREAM_V4"),
          choices);
  ASSERT_TRUE(unknown) << unknown.error().message;
  EXPECT_EQ(unknown->why_inconclusive,
            "Callout 00000000-0000-0000-0000-000000000001 cannot be attached: the driver has "
            "registered none with this key.");
  const auto elsewhere =
      run(environment(), plan_attached("fixed_callout_04.sys", key_of_bug_drivers + "@STREAM_V4"),
          choices);
  ASSERT_TRUE(elsewhere) << elsewhere.error().message;
  EXPECT_EQ(elsewhere->why_inconclusive,
            "Callout " + key_of_bug_drivers +
                " cannot be attached to FWPS_LAYER_STREAM_V4: STATUS_FWP_INCOMPATIBLE_LAYER "
                "(0xc0220014).");
}

}  // namespace
}  // namespace drydock::scenario
