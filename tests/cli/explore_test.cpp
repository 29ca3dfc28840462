// SPDX-License-Identifier: Apache-2.0
// Whole lives of real drivers through the program: verify, explore, replay.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/program.h"

namespace drydock::cli {
namespace {

using testing::drydock;
using testing::read_all;

std::string driver(const std::string& name) {
  return DRYDOCK_BINARY_DIR "/drivers/clang/" + name + ".sys";
}

std::string scratch(const std::string& name) {
  return ::testing::TempDir() + "drydock_explore_" + name;
}

nlohmann::json take_json(const std::string& path) {
  const auto text = read_all(path);
  std::remove(path.c_str());
  return nlohmann::json::parse(text, nullptr, false);
}

TEST(Verify, a_correct_driver_is_clean_and_two_runs_are_one) {
  const auto json = scratch("clean.json");
  const auto first = drydock("verify --json " + json + " " + driver("reference_wdm"));
  const auto one = take_json(json);
  EXPECT_EQ(first.exit_code, 0) << first.out;
  EXPECT_TRUE(first.out.starts_with("CLEAN  reference_wdm.sys, WDM, ")) << first.out;
  EXPECT_EQ(first.err, "");
  EXPECT_EQ(one["outcome"], "CLEAN");
  EXPECT_GT(one["counters"]["classifyFn FWPS_LAYER_ALE_AUTH_CONNECT_V4"], 0);
  const auto second = drydock("verify --twice --json " + json + " " + driver("reference_wdm"));
  EXPECT_EQ(second.exit_code, 0) << second.out;
  EXPECT_EQ(take_json(json)["trace_hash"], one["trace_hash"]);
}

TEST(Verify, a_seed_is_another_schedule_and_always_the_same) {
  const auto json = scratch("seed.json");
  const auto hash = [&](const std::string& options) {
    EXPECT_EQ(
        drydock("verify " + options + " --json " + json + " " + driver("reference_kmdf")).exit_code,
        0);
    return take_json(json)["trace_hash"];
  };
  EXPECT_EQ(hash("--seed 5"), hash("--seed 5"));
  EXPECT_NE(hash("--seed 5"), hash("--seed 6"));
  EXPECT_NE(hash("--seed 5"), hash(""));
}

TEST(Verify, a_finding_names_its_rule_source_line_and_command) {
  const auto outcome = drydock("verify " + driver("bug_pool_01"));
  EXPECT_EQ(outcome.exit_code, 1);
  for (const auto& part :
       {std::string("FINDINGS (1)  bug_pool_01.sys, WDM, "), std::string("\nPOOL-01  "),
        std::string("DriverEntry  drivers/bugs/pool_01.cpp:"),
        "\n  again     drydock verify " + driver("bug_pool_01") + "\n"})
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part << "\n" << outcome.out;
}

TEST(Verify, a_capture_of_ones_own_takes_the_place_of_the_standard_traffic) {
  const auto json = scratch("capture.json");
  const auto outcome =
      drydock("verify --capture " DRYDOCK_SOURCE_DIR "/data/dns.pcap --local 192.0.2.10 --json " +
              json + " " + driver("reference_wdm"));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  const auto document = take_json(json);
  EXPECT_EQ(document["traffic"][0]["capture"], DRYDOCK_SOURCE_DIR "/data/dns.pcap");
  EXPECT_FALSE(document["counters"].contains("classifyFn FWPS_LAYER_ALE_AUTH_CONNECT_V6"));
}

// One that is right and one with the race of unloading, in one machine.
std::string two_drivers(const std::string& other, const std::string& more = "") {
  const auto path = scratch("two_drivers.toml");
  std::ofstream(path) << "[[driver]]\nfile = \"" << driver("reference_kmdf")
                      << "\"\n[[driver]]\nfile = \"" << driver(other) << "\"\n"
                      << more;
  return path;
}

TEST(Verify, two_drivers_have_a_verdict_each_and_the_worst_decides) {
  const auto scenario = two_drivers("bug_pool_01");
  const auto json = scratch("two.json");
  const auto outcome = drydock("verify --scenario " + scenario + " --json " + json);
  const auto document = take_json(json);
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out << outcome.err;
  EXPECT_TRUE(outcome.out.starts_with("FINDINGS (1)  2 drivers, ")) << outcome.out;
  for (const auto* part :
       {"\n  CLEAN         reference_kmdf.sys, KMDF 1.", "\n  FINDINGS (1)  bug_pool_01.sys, WDM\n",
        "\n  driver    bug_pool_01.sys\n", "DriverEntry  drivers/bugs/pool_01.cpp:"})
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part << "\n" << outcome.out;
  EXPECT_EQ(document["drivers"][0]["outcome"], "CLEAN");
  EXPECT_EQ(document["drivers"][1]["outcome"], "FINDINGS");
  EXPECT_EQ(document["drivers"][1]["framework"], "WDM");
  EXPECT_EQ(document["findings"][0]["driver"], "bug_pool_01.sys");
  EXPECT_EQ(document["lives"][0]["driver"], "reference_kmdf.sys");
  EXPECT_EQ(document["exit_code"], 1);
}

TEST(Explore, finds_a_race_beside_another_driver_and_replays_it_to_the_byte) {
  const auto replay = scratch("two.replay");
  const auto found = drydock("explore --runs 100000 --seed 1 --out " + replay + " --scenario " +
                             two_drivers("bug_b01"));
  EXPECT_EQ(found.exit_code, 1) << found.out << found.err;
  const auto again = drydock("replay " + replay);
  std::remove(replay.c_str());
  EXPECT_EQ(again.exit_code, 1) << again.out << again.err;
  EXPECT_NE(again.out.find("\n  driver    bug_b01.sys\n"), std::string::npos) << again.out;
}

// The race of microsoft/Windows-driver-samples issue 242.
TEST(Explore, finds_the_unload_race_from_any_seed_and_replays_it_to_the_byte) {
  const auto replay = scratch("b01.replay");
  const auto json = scratch("b01.json");
  for (int seed = 1; seed <= 10; ++seed) {
    const auto found = drydock(fmt::format("explore --runs 100000 --seed {} --out {} --json {} {}",
                                           seed, replay, json, driver("bug_b01")));
    EXPECT_EQ(found.exit_code, 1) << "seed " << seed << "\n" << found.out;
    const auto first = take_json(json);
    EXPECT_EQ(first["findings"][0]["rule"], "POOL-03") << found.out;
    EXPECT_EQ(first["again"], "drydock replay " + replay);
    for (int time = 0; time < 2; ++time) {
      const auto again = drydock(fmt::format("replay {} --json {}", replay, json));
      EXPECT_EQ(again.exit_code, 1) << again.out;
      const auto second = take_json(json);
      EXPECT_EQ(second["trace_hash"], first["trace_hash"]);
      EXPECT_EQ(second["findings"], first["findings"]);
    }
    std::remove(replay.c_str());
  }
}

TEST(Explore, correct_drivers_survive_and_every_schedule_is_the_same_twice) {
  for (const char* name : {"fixed_b01", "reference_wdm", "reference_kmdf"}) {
    const auto outcome = drydock("explore --twice --runs 300 " + driver(name));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
    EXPECT_NE(outcome.out.find("\n  No finding in 300 schedules ("), std::string::npos)
        << outcome.out;
  }
}

TEST(Replay, choices_that_another_run_would_ask_for_are_no_replay) {
  const auto path = scratch("changed.replay");
  ASSERT_EQ(drydock("explore --runs 100000 --out " + path + " " + driver("bug_b01")).exit_code, 1);
  auto file = nlohmann::json::parse(read_all(path));
  file["inputs"]["processors"] = 1;
  const auto write = [&] { std::ofstream(path) << file.dump(); };
  write();
  const auto same_tool = drydock("replay " + path);
  EXPECT_EQ(same_tool.exit_code, 70) << same_tool.out;
  EXPECT_TRUE(same_tool.out.starts_with("FAULT OF DRYDOCK  bug_b01.sys")) << same_tool.out;
  EXPECT_NE(same_tool.err.find("Please report it"), std::string::npos);
  file["tool"] = "drydock 0.0.1";
  write();
  const auto other_tool = drydock("replay " + path);
  EXPECT_EQ(other_tool.exit_code, 3) << other_tool.out;
  EXPECT_NE(other_tool.out.find("This is not the recorded run, which was made by drydock 0.0.1"),
            std::string::npos)
      << other_tool.out;
  std::remove(path.c_str());
}

void expect_survival_of_100_000_schedules(const std::string& name) {
  const auto outcome = drydock("explore --runs 100000 " + driver(name));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_NE(outcome.out.find("\n  No finding in 100000 schedules ("), std::string::npos)
      << outcome.out;
}

TEST(LongExplore, the_fixed_race_survives_100_000_schedules) {
  expect_survival_of_100_000_schedules("fixed_b01");
}

TEST(LongExplore, the_wdm_reference_driver_survives_100_000_schedules) {
  expect_survival_of_100_000_schedules("reference_wdm");
}

TEST(LongExplore, the_kmdf_reference_driver_survives_100_000_schedules) {
  expect_survival_of_100_000_schedules("reference_kmdf");
}

}  // namespace
}  // namespace drydock::cli
