// SPDX-License-Identifier: Apache-2.0
// drydock run: what goes in, what comes out.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "cli/program.h"
#include "net/build_packet.h"

namespace drydock::cli {
namespace {

using namespace net;
using namespace net::testing;
using cli::testing::drydock;
using cli::testing::Outcome;

const Place host = at("192.0.2.10", 49152), web = at("192.0.2.20", 80);

// The streams of the one connection, sent and received.
std::pair<std::string, std::string> streams_of(const Capture& capture) {
  std::pair<std::string, std::string> said;
  for (const Step& step : steps_of(standard_local_host(), capture.packets)) {
    if (step.kind != StepKind::stream) continue;
    EXPECT_EQ(step.stream_missed, 0U);
    std::string& text = step.direction == Direction::outbound ? said.first : said.second;
    text.append(step.data().begin(), step.data().end());
    if (step.stream_disconnect) text += '|';
  }
  return said;
}

struct Files {
  // Tests run side by side.
  std::string in = fmt::format("{}drydock_run_{}_in.pcap", ::testing::TempDir(), getpid());
  std::string out = fmt::format("{}drydock_run_{}_out.pcapng", ::testing::TempDir(), getpid());

  explicit Files(const std::vector<Bytes>& packets) {
    constexpr std::uint32_t raw_ip = 101;
    const Bytes file = pcap_file(raw_ip, packets);
    std::ofstream(in, std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()),
               static_cast<std::streamsize>(file.size()));
  }
  ~Files() {
    std::remove(in.c_str());
    std::remove(out.c_str());
  }
  [[nodiscard]] Outcome run(const std::string& driver, const std::string& more = "") const {
    return drydock("run -q " DRYDOCK_BINARY_DIR "/drivers/" + driver + " --in " + in + " --out " +
                   out + " " + more);
  }
  [[nodiscard]] Capture written() const {
    auto capture = read_capture_file(out);
    EXPECT_TRUE(capture) << capture.error().message;
    return capture ? *std::move(capture) : Capture{};
  }
};

std::vector<Bytes> talk() {
  return {tcp_packet(host, web, tcp::syn, 100, 0),
          tcp_packet(web, host, tcp::syn | tcp::ack, 500, 101),
          tcp_packet(host, web, tcp::ack, 101, 501),
          tcp_packet(host, web, tcp::ack | tcp::push, 101, 501, "a foo, f"),
          tcp_packet(host, web, tcp::ack | tcp::push, 109, 501, "oo"),
          tcp_packet(web, host, tcp::ack, 501, 111),
          tcp_packet(web, host, tcp::ack | tcp::push, 501, 111, "foofoo and of"),
          tcp_packet(host, web, tcp::ack, 111, 514),
          tcp_packet(host, web, tcp::fin | tcp::ack, 111, 514),
          tcp_packet(web, host, tcp::fin | tcp::ack, 514, 112),
          tcp_packet(host, web, tcp::ack, 112, 515)};
}

class BothCompilers : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Run, BothCompilers, ::testing::Values("clang", "mingw"));

TEST_P(BothCompilers, a_driver_that_looks_on_leaves_the_capture_as_it_is) {
  const Files files(talk());
  const Outcome outcome = files.run(std::string(GetParam()) + "/fixed_pool_01.sys");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  const Capture written = files.written();
  ASSERT_EQ(written.packets.size(), talk().size());
  for (std::size_t i = 0; i < written.packets.size(); ++i) {
    EXPECT_EQ(*written.packets[i].frame, talk()[i]);
  }
}

TEST_P(BothCompilers, a_driver_that_edits_streams_gives_a_capture_of_the_edited_connection) {
  const Files files(talk());
  const Outcome outcome = files.run(std::string(GetParam()) + "/stream_edit.sys");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  const Capture written = files.written();
  EXPECT_EQ(streams_of(written),
            (std::pair<std::string, std::string>{"a barbar, barbar|", "barbarbarbar and of|"}));
  for (const CapturePacket& packet : written.packets) {
    const auto header = parse_packet(*packet.frame);
    ASSERT_TRUE(header);
    EXPECT_TRUE(ip_checksum_is_right(*packet.frame, *header));
    EXPECT_TRUE(transport_checksum_is_right(*packet.frame, *header));
  }
}

TEST(RunCommand, stats_tell_packets_and_bytes_by_verdict_and_what_each_layer_saw) {
  const Files files(talk());
  const Outcome outcome = files.run("clang/stream_edit.sys", "--stats");
  EXPECT_NE(outcome.out.find("   packets          bytes  verdict\n"), std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("  layer\n"), std::string::npos);
  EXPECT_NE(outcome.out.find("FWPS_LAYER_STREAM_V4\n"), std::string::npos);
}

TEST(RunCommand, a_scenario_makes_the_host_a_router_that_forwards_what_the_capture_holds) {
  const Bytes packet = udp_packet(at("192.0.2.20", 4000), at("198.51.100.5", 53), "hello");
  const Bytes other = udp_packet(at("192.0.2.20", 4000), at("192.0.2.30", 53), "stays there");
  const Files files({packet, other});
  const std::string scenario = files.out + ".toml";
  std::ofstream(scenario) << R"(
[host]
forwards = true
[[host.interface]]
index = 7
addresses = ["192.0.2.10/24"]
[[host.interface]]
index = 12
addresses = ["198.51.100.1/24"]
[[filter]]
name = "what is forwarded by interface 12"
layer = "IPFORWARD_V4"
action = "BLOCK"
conditions = [{ field = "DESTINATION_INTERFACE_INDEX", value = 12 }]
)";
  const Outcome outcome = files.run("clang/fixed_pool_01.sys", scenario + " --stats");
  std::remove(scenario.c_str());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  const auto verdict = outcome.out.find("block FWPS_LAYER_IPFORWARD_V4 filter ");
  EXPECT_NE(verdict, std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("  unseen\n"), std::string::npos) << outcome.out;
  const Capture written = files.written();
  ASSERT_EQ(written.packets.size(), 2U);
  EXPECT_EQ(*written.packets[0].frame, packet);
  EXPECT_EQ(*written.packets[1].frame, other);
}

TEST(RunCommand, a_capture_that_is_not_there_is_refused_before_anything_runs) {
  const Outcome outcome =
      drydock("run " DRYDOCK_BINARY_DIR "/drivers/clang/stream_edit.sys --in /nowhere.pcap");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("/nowhere.pcap"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace drydock::cli
