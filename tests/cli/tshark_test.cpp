// SPDX-License-Identifier: Apache-2.0
// Captures that drydock writes, as somebody else reads them: tshark finds nothing wrong.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "cli/program.h"

namespace drydock::cli {
namespace {

using testing::drydock;
using testing::read_all;

std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  char buffer[4096];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe))
    text.append(buffer, size);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return text;
}

// Of those packets about which there is something to say.
constexpr const char* complaints =
    "_ws.malformed || tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment || "
    "tcp.analysis.out_of_order || tcp.analysis.retransmission || "
    "ip.checksum.status == Bad || tcp.checksum.status == Bad || udp.checksum.status == Bad || "
    "icmp.checksum.status == Bad || icmpv6.checksum.status == Bad";

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
  [[nodiscard]] std::string read(const std::string& filter) const {
    return output_of(
        fmt::format("tshark -r {} -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE "
                    "-o udp.check_checksum:TRUE -Y '{}' 2>/dev/null",
                    out, filter));
  }
  [[nodiscard]] std::ptrdiff_t count(const std::string& filter) const {
    const std::string text = read(filter);
    return std::ranges::count(text, '\n');
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

}  // namespace
}  // namespace drydock::cli
