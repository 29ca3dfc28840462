// SPDX-License-Identifier: Apache-2.0
// Captures that drydock writes, as somebody else reads them: tshark finds nothing wrong.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "cli/program.h"
#include "cli/tshark.h"
#include "net/build_packet.h"

namespace drydock::cli {
namespace {

using ::drydock::testing::complaints;
using ::drydock::testing::output_of;
using testing::drydock;
using testing::read_all;

struct Tshark : ::testing::Test {
  std::string scenario = fmt::format("{}drydock_tshark_{}.toml", ::testing::TempDir(), getpid());
  std::string out = fmt::format("{}drydock_tshark_{}.pcapng", ::testing::TempDir(), getpid());

  ~Tshark() override {
    std::remove(scenario.c_str());
    std::remove(out.c_str());
  }
  void run(const std::string& driver, const std::string& text) const {
    std::ofstream(scenario) << text;
    const auto outcome = drydock(fmt::format("run -q {}/drivers/clang/{} {} --out {}",
                                             DRYDOCK_BINARY_DIR, driver, scenario, out));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  }
  // Recorded traffic; `more`: further options.
  void run_recorded(const std::string& driver, const std::string& in,
                    const std::string& more = "") const {
    const auto outcome = drydock(fmt::format("run -q {}/drivers/clang/{} --in {} --out {} {}",
                                             DRYDOCK_BINARY_DIR, driver, in, out, more));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  }
  [[nodiscard]] std::string read(const std::string& filter) const {
    return ::drydock::testing::packets_like(out, filter);
  }
  [[nodiscard]] std::ptrdiff_t count(const std::string& filter) const {
    return ::drydock::testing::count_like(out, filter);
  }
};

// The examples of docs/scenario.md that have sockets.
std::string example_with(const std::string& words) {
  const std::string page = read_all(DRYDOCK_SOURCE_DIR "/docs/scenario.md");
  const auto place = page.find(words);
  EXPECT_NE(place, std::string::npos);
  const auto begin = page.rfind("```toml\n", place) + 8;
  return page.substr(begin, page.find("```", begin) - begin);
}

TEST_F(Tshark, finds_nothing_wrong_with_what_sockets_say) {
  run("onlooker.sys", example_with("user = \"S-1-5-21-1-2-3-1001\""));
  EXPECT_EQ(read(complaints), "");
  EXPECT_EQ(count("tcp.flags.syn == 1 && tcp.flags.ack == 0"), 21);
  EXPECT_EQ(count("udp.port == 4000"), 2);
  EXPECT_EQ(count("tcp.flags.reset == 1"), 0);
}

TEST_F(Tshark, finds_nothing_wrong_with_a_connection_to_a_proxy) {
  run("redirector.sys", example_with("Tools\\proxy.exe"));
  EXPECT_EQ(read(complaints), "");
  EXPECT_EQ(count("tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport == 3128"), 1);
  EXPECT_EQ(count("tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.dst == 192.0.2.20"), 1);
}

// A connection whose halves say `words` and the same in capitals, a few bytes a packet.
std::vector<net::testing::Bytes> conversation(const std::string& words) {
  using namespace net::testing;
  using net::tcp::ack, net::tcp::fin, net::tcp::push, net::tcp::syn;
  const Place host = at("192.0.2.10", 49152), web = at("192.0.2.20", 80);
  std::vector<Bytes> packets{tcp_packet(host, web, syn, 100, 0),
                             tcp_packet(web, host, syn | ack, 500, 101),
                             tcp_packet(host, web, ack, 101, 501)};
  std::uint32_t sent = 101;
  std::uint32_t received = 501;
  constexpr std::size_t at_once = 7;
  for (std::size_t i = 0; i < words.size(); i += at_once) {
    const std::string part = words.substr(i, at_once);
    packets.push_back(tcp_packet(host, web, ack | push, sent, received, part));
    sent += static_cast<std::uint32_t>(part.size());
    packets.push_back(tcp_packet(web, host, ack | push, received, sent, part));
    received += static_cast<std::uint32_t>(part.size());
  }
  packets.push_back(tcp_packet(host, web, fin | ack, sent, received));
  packets.push_back(tcp_packet(web, host, fin | ack, received, sent + 1));
  packets.push_back(tcp_packet(host, web, ack, sent + 1, received + 1));
  return packets;
}

TEST_F(Tshark, reassembles_a_connection_that_a_driver_has_edited_without_a_complaint) {
  std::string words;
  for (int i = 0; i < 200; ++i) words += fmt::format("foo{}, ", i);
  constexpr std::uint32_t raw_ip = 101;
  const auto file = net::testing::pcap_file(raw_ip, conversation(words));
  const std::string in = out + ".in";
  std::ofstream(in, std::ios::binary)
      .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  run_recorded("stream_edit.sys", in);
  std::remove(in.c_str());
  EXPECT_EQ(read(complaints), "");
  const std::string said =
      output_of(fmt::format("tshark -r {} -q -z follow,tcp,ascii,0 2>/dev/null", out));
  EXPECT_EQ(said.find("foo"), std::string::npos);
  std::size_t edited = 0;
  for (auto at = said.find("bar"); at != std::string::npos; at = said.find("bar", at + 1)) ++edited;
  EXPECT_GE(edited, 700U);  // 200 words, each twice "bar", both ways; some are cut by a line's end
}

// Captures of every kind, through a driver that reads every stream.
class TsharkCaptures : public Tshark, public ::testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Recorded, TsharkCaptures,
                         ::testing::Values("alive-at-once.pcap", "fragments.pcap", "http-v6.pcap",
                                           "standard.pcapng"));

TEST_P(TsharkCaptures, finds_nothing_wrong_with_what_comes_out) {
  run_recorded("stream_edit.sys", std::string(DRYDOCK_SOURCE_DIR "/data/") + GetParam());
  EXPECT_EQ(read(complaints), "");
  EXPECT_GT(count("ip || ipv6"), 10);
}

TEST_F(Tshark, finds_nothing_wrong_with_what_a_router_forwards) {
  std::ofstream(scenario) << example_with("[[host.route]]");
  const auto forwarded = net::testing::udp_packet(net::testing::at("192.0.2.20", 4000),
                                                  net::testing::at("198.51.100.5", 4001), "hello");
  constexpr std::uint32_t ethernet = 1;
  net::testing::Bytes frame{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
  frame.insert(frame.end(), forwarded.begin(), forwarded.end());
  const auto file = net::testing::pcap_file(ethernet, {frame});
  const std::string in = out + ".in";
  std::ofstream(in, std::ios::binary)
      .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  run_recorded("onlooker.sys", in, scenario);
  std::remove(in.c_str());
  EXPECT_EQ(read(complaints), "");
  EXPECT_EQ(count("udp.port == 4000 && frame.comment == \"permit\""), 1);
}

}  // namespace
}  // namespace drydock::cli
