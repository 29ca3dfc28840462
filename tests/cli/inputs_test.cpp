// SPDX-License-Identifier: Apache-2.0
// Inputs that cannot be used: one line, exit code 2, nothing run and nothing written.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "cli/program.h"

namespace drydock::cli {
namespace {

using testing::drydock;
using testing::read_all;

const std::string driver = DRYDOCK_BINARY_DIR "/drivers/clang/bug_pool_01.sys";

struct Inputs : ::testing::Test {
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }

  [[nodiscard]] std::string put(const std::string& name, const std::string& content) const {
    std::ofstream(folder + name, std::ios::binary) << content;
    return folder + name;
  }
  // `line` is what comes after "drydock: ".
  void expect_refused(const std::string& arguments, const std::string& line) const {
    const auto before = entries();
    const auto outcome = drydock(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << arguments;
    EXPECT_EQ(outcome.out, "") << arguments;
    EXPECT_TRUE(outcome.err.starts_with("drydock: " + line)) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_EQ(entries(), before) << arguments;
  }
  [[nodiscard]] std::ptrdiff_t entries() const {
    return std::distance(std::filesystem::directory_iterator(folder),
                         std::filesystem::directory_iterator());
  }

  const std::string folder = ::testing::TempDir() + "drydock_inputs_" +
                             ::testing::UnitTest::GetInstance()->current_test_info()->name() + "/";
};

TEST_F(Inputs, a_driver_file_that_is_none_is_refused) {
  for (const auto& command : {std::string("verify "), "explore --out " + folder + "x.replay "}) {
    expect_refused(command + "/no/such.sys", "/no/such.sys: no such file\n");
    expect_refused(command + "two.toml",
                   "two.toml: a scenario is no driver: give it with --scenario, or behind one\n");
    expect_refused(command + folder, folder + ": not a regular file\n");
    expect_refused(command + put("empty.sys", ""), "empty.sys: truncated");
    expect_refused(command + put("text.sys", std::string(99, 'x')), "text.sys: not a PE file");
    const auto whole = read_all(driver);
    ASSERT_GT(whole.size(), 2000U);
    expect_refused(command + put("cut.sys", whole.substr(0, 1000)), "cut.sys: ");
  }
}

TEST_F(Inputs, a_capture_that_is_none_is_refused) {
  const auto with = [&](const std::string& path) {
    return "verify " + driver + " --json " + folder + "v.json --capture " + path;
  };
  expect_refused(with("/no/such.pcap"), "/no/such.pcap: no such file\n");
  const auto text = put("text.pcap", "this is no capture file, however long it may be");
  expect_refused(with(text), text + ": ");
  const auto whole = read_all(DRYDOCK_SOURCE_DIR "/data/dns.pcap");
  const auto cut = put("cut.pcap", whole.substr(0, whole.size() - 3));
  expect_refused(with(cut), cut + ": ");
  expect_refused(with(DRYDOCK_SOURCE_DIR "/data/dns.pcap --local 198.51.100.1"),
                 DRYDOCK_SOURCE_DIR "/data/dns.pcap: none of its ");
  expect_refused(with(DRYDOCK_SOURCE_DIR "/data/dns.pcap --local 192.0.2"), "");
}

TEST_F(Inputs, a_scenario_is_refused_with_the_line_of_its_mistake) {
  const auto expect = [&](const std::string& text, const std::string& line) {
    const auto path = put("s.toml", text);
    expect_refused("verify " + driver + " " + path, path + ":" + line);
  };
  expect("[machine]\nprocessors = 2\nspeed = 3\n",
         "3: unknown key 'speed' in [machine]; known are processors, seed, variants, reboots\n");
  expect("[network]\n",
         "1: unknown key 'network' in the scenario; known are driver, machine, "
         "registry, policy, store, traffic, host, process, server, client, at, unload, accept, "
         "expect, "
         "sublayer, callout, filter\n");
  expect("\n[machine]\nprocessors = 65\n",
         "3: 'processors' in [machine] must be a number from 1 to 64\n");
  expect("[machine]\nseed = \"x\"\n", "2: 'seed' in [machine] must be a number from 0\n");
  expect("[unload]\nrestart = 1\n", "2: 'restart' in [unload] must be true or false\n");
  expect("[expect]\nstart_fails = 1\n", "2: 'start_fails' in [expect] must be true or false\n");
  expect("[traffic]\ncapture = \"x\"\n", "1: [[traffic]] must be written with two brackets\n");
  expect("[[traffic]]\nlocal = [\"192.0.2.10\"]\n", "1: [[traffic]] needs 'capture'\n");
  expect("[[traffic]]\ncapture = \"x\"\nlocal = [1]\n",
         "3: 'local' in [[traffic]] must be a list of texts\n");
  expect("driver = 1\n", "1: [driver] must be a table\n");
  expect("[machine\n", "1: ");
}

TEST_F(Inputs, an_attachment_that_names_no_callout_or_layer_is_refused) {
  const auto command = "verify " + driver + " --attach ";
  const std::string key = "01234567-89ab-cdef-0123-456789abcdef";
  expect_refused(command + "x", "'x' is no attachment: expected KEY@LAYER");
  expect_refused(command + "x@STREAM_V4", "'x' is no callout key (a GUID)\n");
  expect_refused(command + key + "@STREAM", "'STREAM' is no filtering layer\n");
}

TEST_F(Inputs, a_replay_file_that_is_none_is_refused) {
  expect_refused("replay /no/such.replay", "/no/such.replay: no such file\n");
  const auto text = put("text.replay", "junk");
  expect_refused("replay " + text, text + ": not a replay file\n");
}

TEST_F(Inputs, live_traffic_needs_two_devices_and_an_end_behind_the_unload) {
  const std::string run = "run " + driver + " ";
  expect_refused(run,
                 "nothing to run: name a capture with --in, TUN devices with --tun, or a scenario "
                 "whose processes have sockets\n");
  expect_refused(run + "--tun wire0", "--tun: expected two devices, HOST,NETWORK\n");
  expect_refused(run + "--tun no-such-namespace/wire0,wire1",
                 "network namespace no-such-namespace: No such file or directory\n");
  expect_refused(run + "--tun wire0-with-too-long-a-name,wire1",
                 "'wire0-with-too-long-a-name' is no name of a TUN device\n");
  expect_refused(run + "--tun wire0,wire1 --unload-after 5 --seconds 2",
                 "--seconds: ends before --unload-after\n");
  const auto at_step = put("at.toml", "[[at]]\nstep = 3\nfilter_engine = \"stop\"\n");
  expect_refused(run + at_step + " --tun wire0,wire1",
                 at_step + ": [[at]] takes 'ms' with real traffic, whose steps nobody counts\n");
}

TEST_F(Inputs, an_unknown_rule_is_refused) {
  expect_refused("rules FLOW-99", "no rule 'FLOW-99'; 'drydock rules' lists them\n");
}

TEST_F(Inputs, output_that_cannot_be_written_is_refused_before_anything_runs) {
  const std::string missing = "/no/such/folder/x";
  const std::string line = missing + ": cannot be written: No such file or directory\n";
  const std::string capture = " --in " DRYDOCK_SOURCE_DIR "/data/dns.pcap";
  expect_refused("verify " + driver + " --json " + missing, line);
  expect_refused("explore --runs 1 " + driver + " --out " + missing, line);
  expect_refused("run " + driver + capture + " --out " + missing, line);
  expect_refused("verify " + driver + " --json " + folder,
                 folder + ": cannot be written: Is a directory\n");
}

}  // namespace
}  // namespace drydock::cli
