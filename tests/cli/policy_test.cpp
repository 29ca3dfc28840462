// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/program.h"

namespace drydock::cli {
namespace {

using testing::drydock;
using testing::read_all;

const std::string data = DRYDOCK_SOURCE_DIR "/tests/policy/data/";

class PolicyCommand : public ::testing::Test {
 protected:
  PolicyCommand() { std::filesystem::create_directories(folder_); }
  ~PolicyCommand() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string file(const std::string& name, const std::string& content) const {
    std::ofstream(path(name)) << content;
    return path(name);
  }

  std::string folder_ = ::testing::TempDir() + "drydock_policy_" + std::to_string(getpid());
};

TEST_F(PolicyCommand, show_lists_the_filters_of_a_layer) {
  const auto shown = drydock("policy show " + data + "office_exported.json");
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_EQ(shown.err, "");
  EXPECT_EQ(shown.out,
            "1 filter, 0 callouts, 1 sublayer, 0 provider contexts, 1 provider\n"
            "\n"
            "FWPM_LAYER_ALE_AUTH_CONNECT_V4\n"
            "  sublayer 22222222-0000-0000-0000-000000000002 (weight 4000)\n"
            "    #65536  BLOCK  'no mail from the web server'\n"
            "            ALE_APP_ID is \\device\\harddiskvolume1\\web\\server.exe\n"
            "            IP_PROTOCOL is TCP\n"
            "            IP_REMOTE_ADDRESS is 10.0.0.0/8\n"
            "            IP_REMOTE_PORT is in 25-26\n"
            "            FLAGS has none of IS_LOOPBACK\n");
  const auto other = drydock("policy show --layer STREAM_V4 " + data + "office_exported.json");
  EXPECT_EQ(other.out, "1 filter, 0 callouts, 1 sublayer, 0 provider contexts, 1 provider\n");
}

TEST_F(PolicyCommand, export_writes_what_windows_had_as_json_that_reads_back_the_same) {
  const auto first = drydock("policy export -q " + data + "state.xml --out " + path("a.json"));
  EXPECT_EQ(first.exit_code, 0) << first.err;
  const auto second = drydock("policy export " + path("a.json") + " --out " + path("b.json"));
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(read_all(path("a.json")), read_all(data + "state_exported.json"));
  EXPECT_EQ(read_all(path("b.json")), read_all(path("a.json")));
}

TEST_F(PolicyCommand, import_keeps_what_is_persistent_in_a_store) {
  const auto imported =
      drydock("policy import -q " + data + "state.xml --store " + path("policy.store"));
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
  const auto shown = drydock("policy show -q " + path("policy.store"));
  EXPECT_EQ(shown.out, "2 filters, 1 callout, 1 sublayer, 0 provider contexts, 1 provider\n");
  const auto again =
      drydock("policy import -q " + data + "state.xml --store " + path("policy.store"));
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_NE(again.err.find("STATUS_FWP_ALREADY_EXISTS"), std::string::npos) << again.err;
  EXPECT_EQ(drydock("policy show -q " + path("policy.store")).out, shown.out);
}

TEST_F(PolicyCommand, what_cannot_be_used_exits_with_2_and_one_line) {
  const auto broken = file("broken.json", "{\"kind\": \"drydock policy\",\n \"schema\": 9}");
  for (const std::string& command :
       {std::string("show "), std::string("export "), "import --store " + path("s") + " "}) {
    const auto outcome = drydock(fmt::format("policy {}{}", command, broken));
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err,
              "drydock: " + broken + ":2: this drydock reads policies of schema 1 only\n");
  }
  EXPECT_FALSE(std::filesystem::exists(path("s")));
  EXPECT_EQ(drydock("policy show --layer NO_SUCH x.json").err,
            "drydock: 'NO_SUCH' is no filtering layer\n");
  EXPECT_EQ(drydock("policy show /no/such.json").err, "drydock: /no/such.json: no such file\n");
  EXPECT_EQ(drydock("policy").exit_code, 2);
}

TEST_F(PolicyCommand, explain_tells_of_a_connection_and_of_a_packet) {
  const std::string rules = data + "office_exported.json";
  const std::string connection = " --connection 'tcp out 192.0.2.10:1234 -> 10.1.2.3:25";
  const std::string app = R"( app=\device\harddiskvolume1\web\server.exe')";
  const auto blocked = drydock("policy explain -q " + rules + connection + app);
  EXPECT_EQ(blocked.exit_code, 0);
  EXPECT_EQ(
      blocked.out,
      "tcp out 192.0.2.10:1234 -> 10.1.2.3:25 app=\\device\\harddiskvolume1\\web\\server.exe: "
      "blocked at FWPM_LAYER_ALE_AUTH_CONNECT_V4: BLOCK by #65536 'no mail from the web "
      "server'\n");
  const auto one_layer = drydock("policy explain " + rules + connection + "' --layer " +
                                 "ALE_AUTH_CONNECT_V4 -v --json " + path("e.json"));
  EXPECT_EQ(one_layer.out,
            "tcp out 192.0.2.10:1234 -> 10.1.2.3:25: permitted at every layer; rests on what is "
            "not known here\n"
            "\n"
            "FWPM_LAYER_ALE_AUTH_CONNECT_V4 (out): PERMIT (no filter decided)\n"
            "  sublayer Office rules (weight 4000): does not decide\n"
            "    #65536 'no mail from the web server': needs ALE_APP_ID that is "
            "\\device\\harddiskvolume1\\web\\server.exe, but nothing is known of it\n"
            "  not known: 1 filter was taken not to match: nobody said what is in ALE_APP_ID\n");
  const auto json = read_all(path("e.json"));
  for (const char* part : {"\"outcome\": \"PERMIT\"", "\"inconclusive\": true",
                           "\"fate\": \"unclear\"", "\"schema\": 1"})
    EXPECT_NE(json.find(part), std::string::npos) << part << json;
  const auto packet = drydock("policy explain " + rules +
                              " --capture " DRYDOCK_SOURCE_DIR
                              "/data/http-v4.pcap --packet 3 --layer ALE_AUTH_CONNECT_V4");
  EXPECT_EQ(packet.exit_code, 0) << packet.err;
  EXPECT_NE(packet.out.find("packet 3 of "), std::string::npos) << packet.out;
}

TEST_F(PolicyCommand, explain_refuses_what_it_cannot_answer) {
  const std::string rules = data + "office_exported.json ";
  const struct {
    const char* arguments;
    const char* line;
  } cases[] = {
      {"", "say what to explain: --connection TEXT, or --capture FILE --packet N"},
      {"--connection 'udp out 1.1.1.1:1 -> 2.2.2.2:2' --layer STREAM_V4",
       "udp out 1.1.1.1:1 -> 2.2.2.2:2 does not meet FWPM_LAYER_STREAM_V4"},
      {"--connection 'udp out 1.1.1.1:1 -> 2.2.2.2:2' --field MOOD=1",
       "no layer has a field 'MOOD'"},
      {"--connection 'udp out 1.1.1.1:1 -> 2.2.2.2:2' --field IP_PROTOCOL",
       "--field IP_PROTOCOL: expected NAME=VALUE"},
      {"--connection 'udp out 1.1.1.1:1 -> 2.2.2.2:2' --field ALE_USER_ID=O:SY",
       "FWPM_CONDITION_ALE_USER_ID can only be compared with 'O:SY', not be it"},
      {"--connection 'udp out 1.1.1.1:1 -> 2.2.2.2:2' --callout x=permit",
       "'x' is no key of a callout"},
      {"--capture " DRYDOCK_SOURCE_DIR "/data/dns.pcap --packet 999",
       DRYDOCK_SOURCE_DIR "/data/dns.pcap: there is no packet 999: the capture has 16"},
  };
  for (const auto& [arguments, line] : cases) {
    const auto outcome = drydock("policy explain " + rules + arguments);
    EXPECT_EQ(outcome.exit_code, 2) << arguments;
    EXPECT_EQ(outcome.out, "") << arguments;
    EXPECT_EQ(outcome.err, "drydock: " + std::string(line) + "\n") << arguments;
  }
}

TEST_F(PolicyCommand, skip_unknown_says_what_it_left_out) {
  std::string xml = read_all(data + "filters.xml");
  xml.replace(xml.find("FWPM_LAYER_ALE_AUTH_CONNECT_V4"), 30, "FWPM_LAYER_SOMETHING_NEW");
  const auto outcome = drydock("policy show -q --skip-unknown " + file("new.xml", xml));
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "1 filter, 1 callout, 1 sublayer, 0 provider contexts, 1 provider\n");
  EXPECT_EQ(outcome.err, "drydock: skipped: " + path("new.xml") +
                             ":43: 'port 25' is left out: unknown layer "
                             "'FWPM_LAYER_SOMETHING_NEW'\n");
}

// The reference drivers are told of in the store by nobody: what is in it comes from the policy.
TEST_F(PolicyCommand, verify_keeps_persistent_objects_over_runs_and_refuses_a_damaged_store) {
  const std::string driver = DRYDOCK_BINARY_DIR "/drivers/clang/fixed_unload_10.sys";
  const std::string verify = "verify --no-restart " + driver + " --store " + path("s.store");
  const auto first = drydock(verify + " --reboots 1");
  EXPECT_EQ(first.exit_code, 0) << first.out << first.err;
  const auto kept = drydock("policy show " + path("s.store"));
  EXPECT_NE(kept.out.find("'Connections are permitted'"), std::string::npos) << kept.out;
  const auto broken = drydock("verify --no-restart " DRYDOCK_BINARY_DIR
                              "/drivers/clang/bug_unload_10.sys --store " +
                              path("s.store"));
  EXPECT_NE(broken.out.find("ALREADY_EXISTS"), std::string::npos) << broken.out;
  std::filesystem::resize_file(path("s.store"), 5000);
  const auto damaged = drydock(verify);
  EXPECT_EQ(damaged.exit_code, 2);
  EXPECT_EQ(damaged.err, "drydock: " + path("s.store") + ": damaged\n");
}

TEST_F(PolicyCommand, a_scenario_names_policy_and_store_relative_to_itself) {
  file("rules.json", R"({"kind": "drydock policy", "schema": 1, "filters": [
    {"key": "22222222-0000-0000-0000-000000000001", "name": "no connections",
     "layer": "ALE_AUTH_CONNECT_V4", "flags": ["PERSISTENT"], "action": "BLOCK"}]})");
  const auto scenario = file("s.toml",
                             "[policy]\nfiles = [\"rules.json\"]\n[store]\npath = "
                             "\"policy.store\"\n[machine]\nreboots = 1\n");
  const std::string verify =
      "verify " DRYDOCK_BINARY_DIR "/drivers/clang/reference_wdm.sys " + scenario;
  for (int run = 0; run < 2; ++run) {
    const auto outcome = drydock(verify + " --json " + path("v.json"));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    EXPECT_NE(read_all(path("v.json")).find("block FWPS_LAYER_ALE_AUTH_CONNECT_V4"),
              std::string::npos);
  }
  EXPECT_EQ(drydock("policy show -q " + path("policy.store")).out,
            "1 filter, 0 callouts, 0 sublayers, 0 provider contexts, 0 providers\n");
}

TEST_F(PolicyCommand, a_replay_brings_its_store_along_and_finds_its_policy) {
  const auto rules = file("rules.json", R"({"kind": "drydock policy", "schema": 1, "filters": [
    {"name": "no connections", "layer": "ALE_AUTH_CONNECT_V4", "action": "BLOCK"}]})");
  const auto explored = drydock("explore -q --runs 50 --seed 1 --policy " + rules + " --store " +
                                path("s.store") + " --reboots 1 --out " + path("x.replay") + " " +
                                DRYDOCK_BINARY_DIR "/drivers/clang/bug_unload_10.sys");
  EXPECT_EQ(explored.exit_code, 1) << explored.out << explored.err;
  EXPECT_FALSE(std::filesystem::exists(path("s.store"))) << "explore never writes a store";
  const auto again = drydock("replay " + path("x.replay"));
  EXPECT_EQ(again.exit_code, 1) << again.out << again.err;
  std::ofstream(rules, std::ios::app) << " ";
  const auto changed = drydock("replay " + path("x.replay"));
  EXPECT_EQ(changed.exit_code, 2);
  EXPECT_NE(changed.err.find("not the file that was recorded"), std::string::npos) << changed.err;
}

}  // namespace
}  // namespace drydock::cli
