// SPDX-License-Identifier: Apache-2.0
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
    const auto outcome = drydock("policy " + command + broken);
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

}  // namespace
}  // namespace drydock::cli
