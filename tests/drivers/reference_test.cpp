// SPDX-License-Identifier: Apache-2.0
// The drivers people copy must be beyond doubt: clean under every schedule, and clean because their
// callbacks ran, not because nothing happened.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "explore/random.h"
#include "net/tracker.h"
#include "scenario/run.h"
#include "scenario/run_env.h"

namespace drydock {
namespace {

scenario::Traffic recorded(const std::string& name) {
  const auto capture = net::read_capture_file(DRYDOCK_SOURCE_DIR "/data/" + name).value();
  scenario::Traffic traffic{.name = name,
                            .steps = net::steps_of(net::standard_local_host(), capture.packets),
                            .capture = nullptr};
  traffic.busiest_step = traffic.steps.size() / 2;
  return traffic;
}

scenario::Plan plan_for(const std::string& compiler, const std::string& driver) {
  scenario::Plan plan;
  plan.driver.path = DRYDOCK_BINARY_DIR "/drivers/" + compiler + "/" + driver + ".sys";
  plan.driver.name = driver + ".sys";
  plan.driver.service = driver;
  plan.driver.content = read_file(plan.driver.path).value();
  plan.traffic.push_back(recorded("standard.pcapng"));
  return plan;
}

// What was wrong with the run, or nothing.
std::string complaint(const Result<scenario::RunResult>& result) {
  if (!result) return result.error().message;
  std::string text = result->why_inconclusive + result->internal_fault + result->bug_check;
  for (const scenario::FindingResult& finding : result->findings) {
    text += fmt::format(" [{} {}]", finding.rule, finding.what);
  }
  if (result->lives.size() != 2 || !result->lives.back().unload_returned) text += " no second life";
  return text;
}

class ReferenceDriver : public ::testing::TestWithParam<std::tuple<const char*, const char*>> {
 protected:
  const scenario::Plan plan = plan_for(std::get<0>(GetParam()), std::get<1>(GetParam()));
};

TEST_P(ReferenceDriver, is_asked_at_every_layer_it_watches_and_absorbs_datagrams) {
  machine::RoundRobin choices;
  auto result = run(scenario::test_environment(), plan, choices);
  ASSERT_EQ(complaint(result), "");
  std::vector<std::string> layers = {"ALE_AUTH_CONNECT", "ALE_AUTH_RECV_ACCEPT",
                                     "ALE_FLOW_ESTABLISHED", "DATAGRAM_DATA"};
  if (plan.driver.service != "reference_wdm") layers.emplace_back("STREAM");
  for (const std::string& layer : layers) {
    for (const char* family : {"_V4", "_V6"}) {
      EXPECT_GT(result->counters["classifyFn FWPS_LAYER_" + layer + family], 0u) << layer << family;
    }
  }
  EXPECT_GT(result->counters["packets absorbed"], 0u);
}

TEST_P(ReferenceDriver, is_clean_under_random_schedules_and_unload_moments) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    explore::Random choices(seed);
    ASSERT_EQ(complaint(run(scenario::test_environment(), plan, choices)), "") << "seed " << seed;
  }
}

// A known source of crashes: stop, and start again at once.
TEST_P(ReferenceDriver, is_clean_when_it_comes_back_in_the_midst_of_the_same_traffic) {
  scenario::Plan again = plan;
  again.unload.at_once = true;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    explore::Random choices(seed);
    auto result = run(scenario::test_environment(), again, choices);
    ASSERT_EQ(complaint(result), "") << "seed " << seed;
    // Nothing is played twice, unless the first unload came at the end.
    EXPECT_GE(result->counters["steps"], plan.traffic.front().steps.size());
    EXPECT_LE(result->counters["steps"], 2 * plan.traffic.front().steps.size());
  }
  machine::RoundRobin choices;
  auto result = run(scenario::test_environment(), again, choices);
  ASSERT_EQ(complaint(result), "");
  EXPECT_EQ(result->counters["steps"], plan.traffic.front().steps.size());
}

TEST(Onlooker, sees_packets_and_streams_and_is_clean) {
  for (const char* compiler : {"clang", "mingw"}) {
    machine::RoundRobin choices;
    auto result = run(scenario::test_environment(), plan_for(compiler, "onlooker"), choices);
    ASSERT_EQ(complaint(result), "") << compiler;
    for (const char* layer : {"INBOUND_IPPACKET", "OUTBOUND_IPPACKET", "INBOUND_TRANSPORT",
                              "OUTBOUND_TRANSPORT", "STREAM"}) {
      for (const char* family : {"_V4", "_V6"}) {
        EXPECT_GT(result->counters[fmt::format("classifyFn FWPS_LAYER_{}{}", layer, family)], 0U)
            << layer << family;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ReferenceDriver,
                         ::testing::Combine(::testing::Values("clang", "mingw"),
                                            ::testing::Values("reference_wdm", "reference_kmdf",
                                                              "reference_kmdf19")),
                         [](const auto& test) {
                           return fmt::format("{}_{}", std::get<0>(test.param),
                                              std::get<1>(test.param));
                         });

}  // namespace
}  // namespace drydock
