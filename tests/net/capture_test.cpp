// SPDX-License-Identifier: Apache-2.0
#include "net/capture.h"

#include <gtest/gtest.h>

#include "net/build_packet.h"

namespace drydock::net {
namespace {

using namespace testing;

const Bytes udp = udp_packet(at("192.0.2.10", 1), at("192.0.2.20", 2), "hello");

Bytes behind(Bytes header, const Bytes& packet) {
  header.insert(header.end(), packet.begin(), packet.end());
  return header;
}

TEST(Capture, every_supported_link_type_finds_the_ip_packet) {
  const Bytes macs(12, 2);
  struct Row {
    std::uint32_t link_type;
    Bytes frame;
    std::size_t offset;
    std::uint32_t interface_index;
  };
  const std::vector<Row> rows = {
      {1, behind(behind(macs, {8, 0}), udp), 14, 0},
      {1, behind(behind(macs, {0x88, 0xa8, 0, 1, 0x81, 0, 0, 2, 8, 0}), udp), 22, 0},
      {101, udp, 0, 0},
      {228, udp, 0, 0},
      {0, behind({2, 0, 0, 0}, udp), 4, 0},
      {108, behind({0, 0, 0, 2}, udp), 4, 0},
      {113, behind(behind(Bytes(14, 0), {8, 0}), udp), 16, 0},
      {276, behind({8, 0, 0, 0, 0, 0, 0, 5, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}, udp), 20, 5},
  };
  for (const Row& row : rows) {
    const auto capture = read_capture(pcap_file(row.link_type, {row.frame}), "x.pcap");
    ASSERT_TRUE(capture) << capture.error().message;
    ASSERT_EQ(capture->packets.size(), 1u);
    const CapturePacket& packet = capture->packets[0];
    EXPECT_EQ(packet.ip_offset, row.offset) << row.link_type;
    EXPECT_EQ(packet.interface_index, row.interface_index) << row.link_type;
    EXPECT_EQ(*packet.frame, row.frame);
  }
}

TEST(Capture, frames_without_ip_are_kept_but_have_no_ip_packet) {
  const auto capture =
      read_capture(pcap_file(1, {behind(Bytes(12, 2), {8, 6, 0, 1}), Bytes(5, 0)}), "x");
  ASSERT_TRUE(capture);
  ASSERT_EQ(capture->packets.size(), 2u);
  EXPECT_EQ(capture->packets[0].ip_offset, std::nullopt);
  EXPECT_EQ(capture->packets[1].ip_offset, std::nullopt);
}

TEST(Capture, times_count_from_the_first_packet_and_never_step_back) {
  Bytes file = pcap_file(101, {udp, udp, udp});
  file[24 + 4] = 7;  // the first packet's microseconds
  const auto capture = read_capture(file, "x");
  ASSERT_TRUE(capture);
  EXPECT_EQ(capture->packets[0].time, Nanoseconds{0});
  EXPECT_EQ(capture->packets[1].time, Nanoseconds{0});
  EXPECT_EQ(capture->packets[2].time, Nanoseconds{0});
  file[24 + 4] = 0;
  EXPECT_EQ(read_capture(file, "x")->packets[2].time, std::chrono::microseconds{2});
}

TEST(Capture, unusable_files_are_refused_whole_with_one_line_that_names_them) {
  const Bytes good = pcap_file(101, {udp, udp});
  Bytes cut(good.begin(), good.end() - 1), snapped = good, far = good;
  snapped[24 + 12] += 1;  // original length
  far[24 + 16 + udp.size() + 3] = 0x7f;
  const std::vector<std::pair<Bytes, std::string>> rows = {
      {{}, "f: empty file, expected a pcap or pcapng capture"},
      {Bytes(100, 'x'), "f: not a readable capture: unknown file format"},
      {cut,
       "f: damaged behind packet 1: truncated dump file; tried to read 33 captured bytes, only got "
       "32"},
      {snapped, "f: packet 1: holds 33 of its 34 bytes; record whole packets (snapshot length 0)"},
      {far, "f: packet 2: its time is decades away from the first packet's"},
      {pcap_file(105, {udp}),
       "f: link type 105 (IEEE802_11) is not supported; record on Ethernet, a loopback or 'any'"},
  };
  for (const auto& [file, message] : rows) {
    const auto capture = read_capture(file, "f");
    ASSERT_FALSE(capture) << message;
    EXPECT_EQ(capture.error().message, message);
  }
  EXPECT_EQ(read_capture_file("/nonexistent/x.pcap").error().message,
            "/nonexistent/x.pcap: No such file or directory");
  EXPECT_EQ(read_capture_file(DRYDOCK_SOURCE_DIR).error().message,
            DRYDOCK_SOURCE_DIR ": is a directory, expected a pcap or pcapng capture");
}

TEST(Capture, the_shipped_captures_hold_whole_packets_with_right_checksums) {
  for (const char* name : {"standard.pcapng", "http-v4.pcap", "http-v6.pcap", "inbound-http.pcap",
                           "dns.pcap", "ping4.pcap", "ping6.pcap", "fragments.pcap", "refused.pcap",
                           "reset.pcap", "unreachable.pcap", "alive-at-once.pcap"}) {
    const auto capture = read_capture_file(data_file(name));
    ASSERT_TRUE(capture) << capture.error().message;
    EXPECT_GE(capture->packets.size(), 8u) << name;
    for (const CapturePacket& packet : capture->packets) {
      if (!packet.ip_offset) continue;
      const auto bytes = std::span(*packet.frame).subspan(*packet.ip_offset);
      const auto parsed = parse_packet(bytes);
      ASSERT_TRUE(parsed) << name;
      EXPECT_TRUE(ip_checksum_is_right(bytes, *parsed) &&
                  transport_checksum_is_right(bytes, *parsed))
          << name;
      EXPECT_LE(parsed->total_size, 1500u) << name;
    }
  }
}

}  // namespace
}  // namespace drydock::net
