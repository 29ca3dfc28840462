// SPDX-License-Identifier: Apache-2.0
// Sockets that a scenario file gives to processes: what can be said, what is refused, and what a
// driver's life among them is like.
#include <gtest/gtest.h>

#include "base/files.h"
#include "scenario/plan_builder.h"
#include "scenario/run.h"
#include "scenario/run_env.h"
#include "scenario/scenario_file.h"

namespace drydock::scenario {
namespace {

std::string error_of(const std::string& text) {
  const auto file = parse_scenario(text, "s.toml");
  return file ? "" : file.error().message;
}

std::string error_of_io(const std::string& operation) {
  return error_of("[[process]]\n[[process.io]]\n" + operation + "\n");
}

TEST(SocketOperations, are_refused_with_their_line_when_they_make_no_sense) {
  EXPECT_EQ(error_of_io("socket = \"icmp\""),
            "s.toml:3: 'socket' must be \"tcp\" or \"udp\" in [[process.io]]");
  EXPECT_EQ(error_of_io("connect = \"192.0.2.20:80\""),
            "s.toml:2: [[process.io]] has no 'on', and no socket has been made as 'socket'");
  EXPECT_EQ(error_of_io("accept = \"s\""),
            "s.toml:3: 'accept': there is no socket 's' so far in [[process.io]]");
  EXPECT_EQ(error_of_io("socket = \"tcp\"\n[[process.io]]\nconnect = \"192.0.2.20\""),
            "s.toml:5: 'connect' must be an address and a port, as 192.0.2.20:80 or "
            "[2001:db8::20]:80 in [[process.io]]");
  EXPECT_EQ(error_of_io("socket = \"tcp\"\n[[process.io]]\nsend = \"0g\""),
            "s.toml:5: 'send': '0g' are no hexadecimal digits in pairs in [[process.io]]");
  EXPECT_EQ(error_of("[[process]]\nuser = \"me\"\n"),
            "s.toml:2: 'user' must be a SID, as S-1-5-18 is one in [[process]]");
}

TEST(Peers, are_refused_with_their_line_when_they_make_no_sense) {
  EXPECT_EQ(error_of("[server]\n"), "s.toml:1: [[server]] must be written with two brackets");
  EXPECT_EQ(error_of("[[server]]\ndoes = \"sings\"\n"),
            "s.toml:2: 'does' must be \"answers\", \"echoes\", \"discards\", \"refuses\" or "
            "\"silent\" in [[server]]");
  EXPECT_EQ(error_of("[[server]]\nprotocol = \"icmp\"\n"),
            "s.toml:2: 'protocol' must be \"tcp\" or \"udp\" in [[server]]");
  EXPECT_EQ(error_of("[[server]]\nprotocol = \"udp\"\nanswer = 1401\n"),
            "s.toml:1: [[server]] answers with more than the 1400 bytes that one datagram holds");
  const std::string long_words(2 * 1401, '0');
  EXPECT_EQ(error_of("[[client]]\nto = \"192.0.2.10:80\"\nprotocol = \"udp\"\nsays = \"" +
                     long_words + "\"\n"),
            "s.toml:1: [[client]] says more than the 1400 bytes that one datagram holds");
  EXPECT_EQ(error_of("[[client]]\n"), "s.toml:1: [[client]] needs 'to'");
  EXPECT_EQ(error_of("[[client]]\nto = \"192.0.2.10:80\"\naddress = \"::5\"\n"),
            "s.toml:1: [[client]] has 'address' and 'to' of different families");
  EXPECT_EQ(error_of("[[client]]\nto = \"192.0.2.10:80\"\nport = 5\n"),
            "s.toml:3: unknown key 'port' in [[client]]; known are protocol, to, address, says, "
            "after_ms, rounds, connections");
}

const std::string browser = R"(traffic = []
[[process]]
[[process.io]]
socket = "tcp"
[[process.io]]
connect = "192.0.2.20:443"
[[process.io]]
send = '"question"'
[[process.io]]
receive = 200
[[process.io]]
close = "socket"
[[process.io]]
repeat = 50
last = 5
)";

DriverInput driver_named(const std::string& name) {
  DriverInput driver;
  driver.name = name + ".sys";
  driver.service = name;
  driver.content = read_file(DRYDOCK_BINARY_DIR "/drivers/clang/" + driver.name).value();
  return driver;
}

Result<RunResult> run_with(const std::string& scenario, const std::string& driver,
                           void (*change)(Inputs&) = nullptr) {
  Inputs inputs;
  inputs.driver = driver_named(driver);
  inputs.scenario = {"s.toml", scenario};
  if (change != nullptr) change(inputs);
  const auto plan = build_plan(inputs);
  if (!plan) return std::unexpected(plan.error());
  machine::RoundRobin choices;
  return run(test_environment(), *plan, choices);
}

TEST(SocketLives, go_on_while_the_driver_is_unloaded_and_loaded_again) {
  const auto result = run_with(browser, "reference_wdm");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::clean)
      << result->why_inconclusive << result->bug_check;
  EXPECT_EQ(result->lives.size(), 2U);
  EXPECT_EQ(result->counters.at("flows"), 100U);
  EXPECT_GT(result->counters.at("packets"), 1000U);
}

TEST(SocketLives, are_the_same_each_time) {
  const auto first = run_with(browser, "reference_kmdf");
  const auto second = run_with(browser, "reference_kmdf");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->trace_hash, second->trace_hash);
  EXPECT_EQ(first->events, second->events);
}

TEST(SocketLives, meet_a_driver_that_comes_back_at_once) {
  const auto result =
      run_with(browser, "reference_wdm", [](Inputs& inputs) { inputs.unload.at_once = true; });
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::clean)
      << result->why_inconclusive << result->bug_check;
  EXPECT_EQ(result->counters.at("flows"), 50U);
}

TEST(SocketLives, go_on_while_one_driver_of_two_leaves_and_the_other_comes) {
  const auto result = run_with(browser, "reference_wdm", [](Inputs& inputs) {
    inputs.driver.unload_at = 300;
    inputs.beside.push_back(driver_named("reference_kmdf"));
    inputs.beside[0].load_at = 200;
  });
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::clean)
      << result->why_inconclusive << result->bug_check;
  EXPECT_EQ(result->lives.size(), 4U);
  EXPECT_EQ(result->counters.at("flows"), 100U);
}

TEST(SocketLives, are_those_of_all_threads_of_a_process) {
  const auto result = run_with(R"(traffic = []
[[process]]
[[process.io]]
socket = "udp"
[[process.io]]
thread = "other"
socket = "tcp"
as = "page"
[[process.io]]
thread = "other"
connect = "192.0.2.20:443"
on = "page"
[[process.io]]
send = '"who is it"'
to = "192.0.2.20:4000"
[[process.io]]
receive = 100
)",
                               "reference_wdm");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::clean)
      << result->why_inconclusive << result->bug_check;
  EXPECT_EQ(result->counters.at("flows"), 4U);  // two in each life
}

TEST(SocketLives, do_not_wait_for_steps_of_captures_that_there_are_not) {
  const auto result = run_with(R"(traffic = []
[[process]]
[[process.io]]
socket = "tcp"
[[process.io]]
after_steps = 5
[[process.io]]
connect = "192.0.2.20:443"
)",
                               "reference_wdm");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::clean)
      << result->why_inconclusive << result->bug_check;
  EXPECT_EQ(result->counters.at("flows"), 2U);  // one in each life
}

TEST(SocketLives, are_written_as_a_capture_with_each_packets_verdict) {
  const auto result =
      run_with(browser, "reference_wdm", [](Inputs& inputs) { inputs.record_traffic = true; });
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->traffic.size(), 1U);
  const auto capture = net::read_capture(result->traffic[0].pcapng, "what was written");
  ASSERT_TRUE(capture) << capture.error().message;
  EXPECT_EQ(capture->packets.size(), result->traffic[0].stats.at("permit").packets);
  EXPECT_GT(capture->packets.size(), 500U);
}

TEST(SocketLives, find_a_driver_that_leaves_flow_contexts_behind) {
  const auto result = run_with(browser, "bug_flow_01");
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_FALSE(result->findings.empty());
  EXPECT_EQ(result->findings[0].rule, "FLOW-01");
}

TEST(SocketLives, an_answer_that_was_not_expected_names_its_line) {
  const auto result = run_with(R"(traffic = []
[[process]]
[[process.io]]
socket = "tcp"
[[process.io]]
connect = "192.0.2.20:443"
[[server]]
does = "refuses"
)",
                               "reference_wdm");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::inconclusive);
  EXPECT_TRUE(result->why_inconclusive.starts_with("s.toml:5: the answer was"))
      << result->why_inconclusive;
}

}  // namespace
}  // namespace drydock::scenario
