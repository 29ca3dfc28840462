// SPDX-License-Identifier: Apache-2.0
// The capture that tells what became of the packets.
#include "net/traffic_record.h"

#include <gtest/gtest.h>

#include "net/conversing.h"
#include "net/host_path_run.h"
#include "net/word_replacer.h"

namespace drydock::net {
namespace {

using namespace testing;

// A capture of IP packets a millisecond apart.
Capture capture_of(std::vector<Bytes> packets) {
  constexpr int raw_ip = 12;  // DLT_RAW
  Capture capture{.packets = {}, .link_type = raw_ip, .start = seconds{1'700'000'000}};
  for (Bytes& packet : packets) {
    capture.packets.push_back(captured(milliseconds{capture.packets.size()}, std::move(packet)));
  }
  return capture;
}

Capture read_again(const TrafficRecord& record) {
  auto capture = read_capture(record.pcapng(), "written");
  EXPECT_TRUE(capture) << capture.error().message;
  return capture ? *std::move(capture) : Capture{};
}

bool mentions(const TrafficRecord& record, std::string_view text) {
  const auto bytes = record.pcapng();
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()).contains(text);
}

// What both sides of the only connection said.
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

void expect_right_checksums(const Capture& capture) {
  for (const CapturePacket& packet : capture.packets) {
    const auto bytes = std::span(*packet.frame).subspan(*packet.ip_offset);
    const auto header = parse_packet(bytes);
    ASSERT_TRUE(header);
    EXPECT_TRUE(ip_checksum_is_right(bytes, *header));
    EXPECT_TRUE(transport_checksum_is_right(bytes, *header));
  }
}

class EveryCapture : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryCapture, comes_out_as_it_went_in_when_everything_is_permitted) {
  const auto capture = read_capture_file(data_file(GetParam()));
  ASSERT_TRUE(capture);
  PathRun run;
  run.run([&] { run.watch_everything(); });
  TrafficRecord record(*capture);
  run.play(steps_of(standard_local_host(), capture->packets), &record);
  const Capture again = read_again(record);
  ASSERT_EQ(again.packets.size(), capture->packets.size());
  EXPECT_EQ(again.link_type, capture->link_type);
  EXPECT_EQ(again.start, capture->start);
  for (std::size_t i = 0; i < again.packets.size(); ++i) {
    EXPECT_EQ(*again.packets[i].frame, *capture->packets[i].frame) << "packet " << i;
    EXPECT_EQ(again.packets[i].time, capture->packets[i].time) << "packet " << i;
  }
  EXPECT_FALSE(mentions(record, "block"));
}

INSTANTIATE_TEST_SUITE_P(Captures, EveryCapture,
                         ::testing::Values("standard.pcapng", "http-v4.pcap", "http-v6.pcap",
                                           "dns.pcap", "fragments.pcap", "ping4.pcap", "reset.pcap",
                                           "refused.pcap", "inbound-http.pcap",
                                           "alive-at-once.pcap"));

struct TrafficRecordTest : ::testing::Test {
  PathRun run;
  std::vector<Bytes> packets;
  Place host = at("192.0.2.10", 49152), web = at("192.0.2.20", 80);
  Place name_server = at("192.0.2.20", 53);

  void connect() {
    packets.push_back(tcp_packet(host, web, tcp::syn, 100, 0));
    packets.push_back(tcp_packet(web, host, tcp::syn | tcp::ack, 500, 101));
    packets.push_back(tcp_packet(host, web, tcp::ack, 101, 501));
  }
  std::unique_ptr<TrafficRecord> play() {
    capture = capture_of(packets);
    auto record = std::make_unique<TrafficRecord>(capture);
    run.network.set_listener(record.get());
    run.play(steps_of(standard_local_host(), capture.packets), record.get());
    return record;
  }
  Capture capture;
};

TEST_F(TrafficRecordTest, a_blocked_packet_is_set_apart_with_the_layer_and_the_filter_that_did_it) {
  run.script.classify = [first = true](const Sight& sight) mutable {
    if (std::exchange(first, false)) sight.block();
  };
  run.run([&] { run.watch(LayerId::outbound_transport_v4); });
  packets = {udp_packet(host, name_server, "one"), udp_packet(host, name_server, "two")};
  const auto record = play();
  const std::string why = fmt::format("block FWPS_LAYER_OUTBOUND_TRANSPORT_V4 filter {}",
                                      static_cast<std::uint64_t>(run.last_filter));
  EXPECT_EQ(record->stats(), (TrafficStats{{why, {1, 31}}, {"permit", {1, 31}}}));
  EXPECT_TRUE(mentions(*record, why));
  EXPECT_EQ(read_again(*record).packets.size(), 2U);
}

TEST_F(TrafficRecordTest, packets_of_a_refused_connection_say_so) {
  run.script.classify = [](const Sight& sight) { sight.block(); };
  run.run([&] { run.watch(LayerId::ale_auth_connect_v4); });
  connect();
  const auto record = play();
  const std::string why = fmt::format("block FWPS_LAYER_ALE_AUTH_CONNECT_V4 filter {}",
                                      static_cast<std::uint64_t>(run.last_filter));
  EXPECT_EQ(record->stats(),
            (TrafficStats{{why, {1, 40}},
                          {"block: its connection or socket was refused or dropped", {2, 80}}}));
}

TEST_F(TrafficRecordTest, an_edited_stream_comes_out_in_packets_whose_numbers_and_checksums_fit) {
  const WordReplacer replacer(run);
  connect();
  packets.push_back(tcp_packet(host, web, tcp::ack, 101, 501, "GET foo"));
  packets.push_back(tcp_packet(web, host, tcp::ack, 501, 108));
  packets.push_back(tcp_packet(web, host, tcp::ack, 501, 108, "a foo, "));
  packets.push_back(tcp_packet(web, host, tcp::ack, 501, 108, "a foo, "));  // again
  packets.push_back(tcp_packet(web, host, tcp::ack, 508, 108, "foo and no more"));
  packets.push_back(tcp_packet(host, web, tcp::ack, 108, 523));
  packets.push_back(tcp_packet(web, host, tcp::fin | tcp::ack, 523, 108));
  packets.push_back(tcp_packet(host, web, tcp::fin | tcp::ack, 108, 524));
  packets.push_back(tcp_packet(web, host, tcp::ack, 524, 109));
  const auto record = play();
  const Capture again = read_again(*record);
  expect_right_checksums(again);
  EXPECT_EQ(streams_of(again),
            (std::pair<std::string, std::string>{"GET barbar|", "a barbar, barbar and no more|"}));
  const auto last = parse_packet(*again.packets.back().frame);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->tcp_sequence, 501U + 29);
  EXPECT_EQ(last->tcp_acknowledgement, 101U + 11);
  EXPECT_FALSE(mentions(*record, "block"));
}

TEST_F(TrafficRecordTest, a_packet_that_a_driver_sends_itself_is_there_with_right_checksums) {
  HANDLE handle = nullptr;
  run.script.classify = [&, first = true](const Sight& sight) mutable {
    if (!std::exchange(first, false)) return;
    sight.block(true);
    Bytes other = udp_packet(host, name_server, "other");
    set16(other, 26, 0);  // the stack fills it in
    EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectNetworkSendAsync0)(
                  handle, nullptr, 0, {}, run.list_of(other),
                  [](void*, NET_BUFFER_LIST* list, BOOLEAN) __attribute__((ms_abi)) {
                    IMPORT(wfp::injection_exports(), FwpsFreeNetBufferList0)(list);
                  },
                  nullptr),
              STATUS_SUCCESS);
  };
  run.run([&] {
    run.watch(LayerId::outbound_ippacket_v4);
    IMPORT(wfp::injection_exports(), FwpsInjectionHandleCreate0)
    (WDK_AF_INET, FWPS_INJECTION_TYPE_NETWORK, &handle);
  });
  packets = {udp_packet(host, name_server, "one")};
  const auto record = play();
  const std::string why = fmt::format("absorb FWPS_LAYER_OUTBOUND_IPPACKET_V4 filter {}",
                                      static_cast<std::uint64_t>(run.last_filter));
  EXPECT_EQ(record->stats(), (TrafficStats{{why, {1, 31}}, {"inject network send", {1, 33}}}));
  const Capture again = read_again(*record);
  ASSERT_EQ(again.packets.size(), 2U);
  expect_right_checksums(again);
  EXPECT_EQ(*again.packets[1].frame, udp_packet(host, name_server, "other"));
}

// Ethernet: who sends is 1, who receives is 2 from the host's side.
CapturePacket framed(bool outbound, const Bytes& ip) {
  const bool version_6 = ip[0] >> 4 == 6;
  Bytes frame = {0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0x08, 0x00};
  if (!outbound) std::swap(frame[5], frame[11]);
  if (version_6) frame[12] = 0x86, frame[13] = 0xdd;
  const std::size_t offset = frame.size();
  frame.insert(frame.end(), ip.begin(), ip.end());
  return {.time = {}, .frame = std::make_shared<Bytes>(std::move(frame)), .ip_offset = offset};
}

TEST(TrafficRecord, a_packet_of_the_driver_has_the_link_header_of_its_direction_and_ip_version) {
  const Place here4 = at("192.0.2.10", 49152), there4 = at("192.0.2.20", 53);
  const Place here6 = at("2001:db8::10", 49152), there6 = at("2001:db8::20", 53);
  constexpr int ethernet = 1;  // DLT_EN10MB
  const Capture capture{.packets = {framed(true, udp_packet(here4, there4, "a")),
                                    framed(false, udp_packet(there4, here4, "b")),
                                    framed(true, udp_packet(here6, there6, "c")),
                                    framed(false, udp_packet(there6, here6, "d"))},
                        .link_type = ethernet,
                        .start = seconds{1'700'000'000}};
  TrafficRecord record(capture);
  for (const Step& step : steps_of(standard_local_host(), capture.packets)) {
    if (step.packet) record.packet_goes_on(step);
  }
  record.packet_injected(udp_packet(there6, here6, "new"), Direction::inbound, "inject");
  record.packet_injected(udp_packet(here4, there4, "new"), Direction::outbound, "inject");
  const Capture again = read_again(record);
  ASSERT_EQ(again.packets.size(), 6U);
  EXPECT_EQ(*again.packets[1].frame, *framed(false, udp_packet(there6, here6, "new")).frame);
  EXPECT_EQ(*again.packets[2].frame, *framed(true, udp_packet(here4, there4, "new")).frame);
}

}  // namespace
}  // namespace drydock::net
