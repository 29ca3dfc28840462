// SPDX-License-Identifier: Apache-2.0
#include "net/tracker.h"

#include <gtest/gtest.h>

#include "net/build_packet.h"

namespace drydock::net {
namespace {

using namespace testing;
using Lines = std::vector<std::string>;

constexpr std::uint8_t syn = tcp::syn, ack = tcp::ack, fin = tcp::fin, rst = tcp::rst;

const Place host = at("192.0.2.10", 49152), web = at("192.0.2.20", 80);
const Place service = at("192.0.2.10", 8080), client = at("192.0.2.20", 50000);

class Tracker : public ::testing::Test {
 protected:
  std::vector<Step> feed(Bytes packet, bool refused = false) {
    now += milliseconds{1};
    return tracker.feed(captured(now, std::move(packet)), refused);
  }
  Lines lines(Bytes packet, bool refused = false) {
    return described(feed(std::move(packet), refused));
  }

  void connect() {
    feed(tcp_packet(host, web, syn, 100, 0));
    feed(tcp_packet(web, host, syn | ack, 500, 101));
    feed(tcp_packet(host, web, ack, 101, 501));
  }

  HostTracker tracker{standard_local_host()};
  Nanoseconds now{};
};

TEST_F(Tracker, tcp_active_open_meets_the_layers_in_the_documented_order) {
  EXPECT_EQ(lines(tcp_packet(host, web, syn, 100, 0)),
            (Lines{"ale_bind_redirect tcp 0.0.0.0:49152 > 0.0.0.0:0",
                   "ale_resource_assignment tcp 0.0.0.0:49152 > 0.0.0.0:0",
                   "ale_connect_redirect tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1",
                   "ale_auth_connect tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1",
                   "outbound_transport tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 20",
                   "outbound_ippacket tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 40"}));
  EXPECT_EQ(lines(tcp_packet(web, host, syn | ack, 500, 101)),
            (Lines{"inbound_ippacket tcp 192.0.2.10:49152 < 192.0.2.20:80 flow 1 data 20",
                   "inbound_transport tcp 192.0.2.10:49152 < 192.0.2.20:80 flow 1 data 0",
                   "ale_flow_established tcp 192.0.2.10:49152 < 192.0.2.20:80 flow 1 data 0"}));
  EXPECT_EQ(lines(tcp_packet(host, web, ack, 101, 501)),
            (Lines{"outbound_transport tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 20",
                   "outbound_ippacket tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 40"}));
  EXPECT_EQ(lines(tcp_packet(host, web, ack, 101, 501, "request")),
            (Lines{"stream tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 7",
                   "outbound_transport tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 27",
                   "outbound_ippacket tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 47"}));
  EXPECT_EQ(lines(tcp_packet(web, host, ack, 501, 108, "reply")),
            (Lines{"inbound_ippacket tcp 192.0.2.10:49152 < 192.0.2.20:80 flow 1 data 25",
                   "inbound_transport tcp 192.0.2.10:49152 < 192.0.2.20:80 flow 1 data 5",
                   "stream tcp 192.0.2.10:49152 < 192.0.2.20:80 flow 1 data 5"}));
}

TEST_F(Tracker, tcp_passive_open_binds_and_listens_once_and_accepts_each_connection) {
  EXPECT_EQ(
      lines(tcp_packet(client, service, syn, 100, 0)),
      (Lines{"ale_bind_redirect tcp 0.0.0.0:8080 > 0.0.0.0:0",
             "ale_resource_assignment tcp 0.0.0.0:8080 > 0.0.0.0:0",
             "ale_auth_listen tcp 0.0.0.0:8080 > 0.0.0.0:0",
             "inbound_ippacket tcp 192.0.2.10:8080 < 192.0.2.20:50000 flow 1 data 20",
             "inbound_transport tcp 192.0.2.10:8080 < 192.0.2.20:50000 flow 1 data 0 ale-pending",
             "ale_auth_recv_accept tcp 192.0.2.10:8080 < 192.0.2.20:50000 flow 1 data 0"}));
  EXPECT_EQ(lines(tcp_packet(service, client, syn | ack, 700, 101)),
            (Lines{"outbound_transport tcp 192.0.2.10:8080 > 192.0.2.20:50000 flow 1 data 20",
                   "outbound_ippacket tcp 192.0.2.10:8080 > 192.0.2.20:50000 flow 1 data 40"}));
  EXPECT_EQ(lines(tcp_packet(client, service, ack, 101, 701, "get")),
            (Lines{"inbound_ippacket tcp 192.0.2.10:8080 < 192.0.2.20:50000 flow 1 data 23",
                   "inbound_transport tcp 192.0.2.10:8080 < 192.0.2.20:50000 flow 1 data 3",
                   "ale_flow_established tcp 192.0.2.10:8080 < 192.0.2.20:50000 flow 1 data 3",
                   "stream tcp 192.0.2.10:8080 < 192.0.2.20:50000 flow 1 data 3"}));
  const auto second = feed(tcp_packet(at("192.0.2.20", 50001), service, syn, 1, 0));
  EXPECT_EQ(
      described(second),
      (Lines{"inbound_ippacket tcp 192.0.2.10:8080 < 192.0.2.20:50001 flow 2 data 20",
             "inbound_transport tcp 192.0.2.10:8080 < 192.0.2.20:50001 flow 2 data 0 ale-pending",
             "ale_auth_recv_accept tcp 192.0.2.10:8080 < 192.0.2.20:50001 flow 2 data 0"}));
  EXPECT_EQ(second[2].parent_endpoint, EndpointId{1});
  EXPECT_EQ(second[2].endpoint, EndpointId{3});
}

TEST_F(Tracker, a_fin_exchange_ends_the_flow_with_the_last_acknowledgement) {
  connect();
  EXPECT_EQ(lines(tcp_packet(host, web, fin | ack, 101, 501, "bye")),
            (Lines{"stream tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 3",
                   "stream tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 0 fin",
                   "outbound_transport tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 23",
                   "outbound_ippacket tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 43"}));
  EXPECT_EQ(lines(tcp_packet(web, host, fin | ack, 501, 105)),
            (Lines{"inbound_ippacket tcp 192.0.2.10:49152 < 192.0.2.20:80 flow 1 data 20",
                   "inbound_transport tcp 192.0.2.10:49152 < 192.0.2.20:80 flow 1 data 0",
                   "stream tcp 192.0.2.10:49152 < 192.0.2.20:80 flow 1 data 0 fin"}));
  EXPECT_EQ(lines(tcp_packet(host, web, ack, 105, 502)),
            (Lines{"outbound_transport tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 20",
                   "outbound_ippacket tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 40",
                   "flow_end tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 closed",
                   "ale_endpoint_closure tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1",
                   "ale_resource_release tcp 192.0.2.10:49152 > 0.0.0.0:0"}));
  EXPECT_EQ(lines(tcp_packet(web, host, fin | ack, 501, 105)),
            (Lines{"inbound_ippacket tcp 192.0.2.10:49152 < 192.0.2.20:80 data 20",
                   "inbound_transport tcp 192.0.2.10:49152 < 192.0.2.20:80 data 0"}));
  EXPECT_TRUE(tracker.open_flows().empty());
}

TEST_F(Tracker, a_reset_ends_the_flow_without_a_stream_step_and_latecomers_are_discarded) {
  connect();
  EXPECT_EQ(lines(tcp_packet(host, web, rst, 101, 0)),
            (Lines{"outbound_transport tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 20",
                   "outbound_ippacket tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 40",
                   "flow_end tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 reset",
                   "ale_endpoint_closure tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1",
                   "ale_resource_release tcp 192.0.2.10:49152 > 0.0.0.0:0"}));
  EXPECT_EQ(lines(tcp_packet(web, host, ack, 501, 101, "late")),
            (Lines{"inbound_ippacket tcp 192.0.2.10:49152 < 192.0.2.20:80 data 24",
                   "inbound_transport_discard tcp 192.0.2.10:49152 < 192.0.2.20:80 data 4"}));
}

TEST_F(Tracker, a_refused_syn_is_discarded_and_its_reset_goes_out_without_a_flow) {
  EXPECT_EQ(lines(tcp_packet(client, service, syn, 1, 0), true),
            (Lines{"inbound_ippacket tcp 192.0.2.10:8080 < 192.0.2.20:50000 data 20",
                   "inbound_transport_discard tcp 192.0.2.10:8080 < 192.0.2.20:50000 data 0"}));
  EXPECT_EQ(lines(tcp_packet(service, client, rst | ack, 0, 2)),
            (Lines{"outbound_transport tcp 192.0.2.10:8080 > 192.0.2.20:50000 data 20",
                   "outbound_ippacket tcp 192.0.2.10:8080 > 192.0.2.20:50000 data 40"}));
}

TEST_F(Tracker, retransmissions_meet_the_packet_layers_but_not_ale_or_stream_again) {
  feed(tcp_packet(host, web, syn, 100, 0));
  EXPECT_EQ(lines(tcp_packet(host, web, syn, 100, 0)),
            (Lines{"outbound_transport tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 20",
                   "outbound_ippacket tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 data 40"}));
  feed(tcp_packet(web, host, syn | ack, 500, 101));
  feed(tcp_packet(web, host, ack, 501, 101, "data"));
  EXPECT_EQ(lines(tcp_packet(web, host, ack, 501, 101, "data")),
            (Lines{"inbound_ippacket tcp 192.0.2.10:49152 < 192.0.2.20:80 flow 1 data 24",
                   "inbound_transport tcp 192.0.2.10:49152 < 192.0.2.20:80 flow 1 data 4"}));
}

TEST_F(Tracker, reordered_segments_reach_the_stream_layer_in_order_once_the_hole_is_filled) {
  connect();
  EXPECT_EQ(lines(tcp_packet(web, host, ack, 504, 101, "def")).size(), 2u);
  const auto steps = feed(tcp_packet(web, host, ack, 501, 101, "abc"));
  ASSERT_EQ(steps.size(), 4u);
  EXPECT_EQ(std::string(steps[2].data().begin(), steps[2].data().end()), "abc");
  EXPECT_EQ(std::string(steps[3].data().begin(), steps[3].data().end()), "def");
  EXPECT_EQ(std::pair(steps[2].stream_offset, steps[3].stream_offset),
            (std::pair<std::uint64_t, std::uint64_t>(0, 3)));
}

TEST_F(Tracker, a_new_syn_on_the_same_addresses_replaces_the_old_connection) {
  connect();
  const auto steps = lines(tcp_packet(host, web, syn, 9000, 0));
  ASSERT_EQ(steps.size(), 9u);
  EXPECT_EQ(steps[0], "flow_end tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 replaced");
  EXPECT_EQ(steps[6], "ale_auth_connect tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 2");
}

TEST_F(Tracker, a_connection_older_than_the_capture_has_data_layers_but_is_never_announced) {
  EXPECT_EQ(lines(tcp_packet(web, host, ack, 501, 101, "data")),
            (Lines{"inbound_ippacket tcp 192.0.2.10:49152 < 192.0.2.20:80 flow 1 data 24",
                   "inbound_transport tcp 192.0.2.10:49152 < 192.0.2.20:80 flow 1 data 4",
                   "stream tcp 192.0.2.10:49152 < 192.0.2.20:80 flow 1 data 4"}));
  EXPECT_EQ(tracker.open_flows().at(0).direction, Direction::outbound);
}

TEST_F(Tracker, a_connect_without_an_answer_ends_after_the_handshake_timeout) {
  feed(tcp_packet(host, web, syn, 100, 0));
  EXPECT_TRUE(tracker.advance_time(now + handshake_timeout - Nanoseconds{1}).empty());
  EXPECT_EQ(described(tracker.advance_time(now + handshake_timeout)),
            (Lines{"flow_end tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1 idle",
                   "ale_endpoint_closure tcp 192.0.2.10:49152 > 192.0.2.20:80 flow 1",
                   "ale_resource_release tcp 192.0.2.10:49152 > 0.0.0.0:0"}));
}

TEST_F(Tracker, first_datagram_sent_meets_ale_and_later_ones_do_not) {
  const Place from = at("2001:db8::10", 50000), to = at("2001:db8::20", 53);
  EXPECT_EQ(
      lines(udp_packet(from, to, "query")),
      (Lines{"ale_bind_redirect udp [::]:50000 > [::]:0",
             "ale_resource_assignment udp [::]:50000 > [::]:0",
             "ale_connect_redirect udp [2001:db8::10]:50000 > [2001:db8::20]:53 flow 1",
             "ale_auth_connect udp [2001:db8::10]:50000 > [2001:db8::20]:53 flow 1 data 13",
             "ale_flow_established udp [2001:db8::10]:50000 > [2001:db8::20]:53 flow 1 data 13",
             "datagram_data udp [2001:db8::10]:50000 > [2001:db8::20]:53 flow 1 data 13",
             "outbound_transport udp [2001:db8::10]:50000 > [2001:db8::20]:53 flow 1 data 13",
             "outbound_ippacket udp [2001:db8::10]:50000 > [2001:db8::20]:53 flow 1 data 53"}));
  EXPECT_EQ(lines(udp_packet(to, from, "reply")),
            (Lines{"inbound_ippacket udp [2001:db8::10]:50000 < [2001:db8::20]:53 flow 1 data 13",
                   "inbound_transport udp [2001:db8::10]:50000 < [2001:db8::20]:53 flow 1 data 5",
                   "datagram_data udp [2001:db8::10]:50000 < [2001:db8::20]:53 flow 1 data 5"}));
}

TEST_F(Tracker, first_datagram_received_is_accepted_and_its_socket_outlives_the_flow) {
  const Place from = at("192.0.2.20", 40000), to = at("192.0.2.10", 7007);
  EXPECT_EQ(
      lines(udp_packet(from, to, "hi")),
      (Lines{"ale_bind_redirect udp 0.0.0.0:7007 > 0.0.0.0:0",
             "ale_resource_assignment udp 0.0.0.0:7007 > 0.0.0.0:0",
             "inbound_ippacket udp 192.0.2.10:7007 < 192.0.2.20:40000 flow 1 data 10",
             "inbound_transport udp 192.0.2.10:7007 < 192.0.2.20:40000 flow 1 data 2 ale-pending",
             "ale_auth_recv_accept udp 192.0.2.10:7007 < 192.0.2.20:40000 flow 1 data 2",
             "ale_flow_established udp 192.0.2.10:7007 < 192.0.2.20:40000 flow 1 data 2",
             "datagram_data udp 192.0.2.10:7007 < 192.0.2.20:40000 flow 1 data 2"}));
  EXPECT_EQ(described(tracker.advance_time(now + idle_timeout)),
            (Lines{"flow_end udp 192.0.2.10:7007 < 192.0.2.20:40000 flow 1 idle"}));
  EXPECT_EQ(described(tracker.close_all()),
            (Lines{"ale_endpoint_closure udp 192.0.2.10:7007 > 0.0.0.0:0",
                   "ale_resource_release udp 192.0.2.10:7007 > 0.0.0.0:0"}));
}

TEST_F(Tracker, an_idle_flow_ends_at_its_own_time_before_the_packet_that_revives_it) {
  const Place from = at("192.0.2.10", 5001), to = at("192.0.2.20", 7007);
  feed(udp_packet(from, to, "a"));
  const Nanoseconds last = now;
  now += seconds{61};
  const auto steps = feed(udp_packet(from, to, "b"));
  ASSERT_EQ(steps.size(), 7u);
  EXPECT_EQ(describe(steps[0]), "flow_end udp 192.0.2.10:5001 > 192.0.2.20:7007 flow 1 idle");
  EXPECT_EQ(steps[0].time, last + idle_timeout);
  EXPECT_EQ(describe(steps[2]),
            "ale_auth_connect udp 192.0.2.10:5001 > 192.0.2.20:7007 flow 2 data 9");
}

TEST_F(Tracker, an_outbound_multicast_flow_ends_after_four_seconds) {
  feed(udp_packet(at("192.0.2.10", 5353), at("224.0.0.251", 5353), "q"));
  EXPECT_TRUE(tracker.advance_time(now + seconds{4} - Nanoseconds{1}).empty());
  EXPECT_EQ(described(tracker.advance_time(now + seconds{4})),
            (Lines{"flow_end udp 192.0.2.10:5353 > 224.0.0.251:5353 flow 1 idle"}));
}

TEST_F(Tracker, a_datagram_to_a_closed_port_is_discarded_and_answered_through_the_error_layer) {
  const Place from = at("192.0.2.20", 40000), to = at("192.0.2.10", 9);
  const Bytes datagram = udp_packet(from, to, "x");
  EXPECT_EQ(lines(datagram, true),
            (Lines{"inbound_ippacket udp 192.0.2.10:9 < 192.0.2.20:40000 data 9",
                   "inbound_ippacket_discard udp 192.0.2.10:9 < 192.0.2.20:40000 data 9"}));
  const auto steps = feed(icmp_packet(to, from, 3, 3, 0, datagram));
  EXPECT_EQ(described(steps),
            (Lines{"outbound_icmp_error icmp 192.0.2.10:3 > 192.0.2.20:3 data 37",
                   "outbound_transport icmp 192.0.2.10:3 > 192.0.2.20:3 data 37",
                   "outbound_ippacket icmp 192.0.2.10:3 > 192.0.2.20:3 data 57"}));
  ASSERT_TRUE(steps[0].quoted);
  EXPECT_EQ(std::tuple(steps[0].quoted->protocol, steps[0].quoted->local_port,
                       steps[0].quoted->remote_port),
            std::tuple(Protocol::udp, 9, 40000));
}

TEST_F(Tracker, an_icmp_error_that_comes_in_shows_the_flow_it_is_about) {
  const Place from = at("192.0.2.10", 5000), to = at("192.0.2.20", 9);
  const Bytes datagram = udp_packet(from, to, "x");
  feed(datagram);
  const auto steps = feed(icmp_packet(to, from, 3, 3, 0, datagram));
  EXPECT_EQ(described(steps),
            (Lines{"inbound_ippacket icmp 192.0.2.10:3 < 192.0.2.20:3 data 37",
                   "inbound_transport icmp 192.0.2.10:3 < 192.0.2.20:3 data 37",
                   "inbound_icmp_error icmp 192.0.2.10:3 < 192.0.2.20:3 data 29"}));
  ASSERT_TRUE(steps[2].quoted);
  EXPECT_EQ(std::tuple(steps[2].quoted->local.text(), steps[2].quoted->local_port,
                       steps[2].quoted->remote_port),
            std::tuple("192.0.2.10", 5000, 9));
}

TEST_F(Tracker, echo_request_and_reply_are_one_flow_without_a_socket_when_they_come_in) {
  const auto steps = feed(icmp_packet(at("192.0.2.20"), at("192.0.2.10"), 8, 0, 77, {1, 2}));
  EXPECT_EQ(described(steps),
            (Lines{"inbound_ippacket icmp 192.0.2.10:8 < 192.0.2.20:0 flow 1 data 10",
                   "inbound_transport icmp 192.0.2.10:8 < 192.0.2.20:0 flow 1 data 10 ale-pending",
                   "ale_auth_recv_accept icmp 192.0.2.10:8 < 192.0.2.20:0 flow 1 data 2",
                   "ale_flow_established icmp 192.0.2.10:8 < 192.0.2.20:0 flow 1 data 2",
                   "datagram_data icmp 192.0.2.10:8 < 192.0.2.20:0 flow 1 data 2"}));
  EXPECT_EQ(steps[2].process.program->path, "System");
  EXPECT_EQ(lines(icmp_packet(at("192.0.2.10"), at("192.0.2.20"), 0, 0, 77, {1, 2})),
            (Lines{"datagram_data icmp 192.0.2.10:0 > 192.0.2.20:0 flow 1 data 10",
                   "outbound_transport icmp 192.0.2.10:0 > 192.0.2.20:0 flow 1 data 10",
                   "outbound_ippacket icmp 192.0.2.10:0 > 192.0.2.20:0 flow 1 data 30"}));
}

TEST_F(Tracker, inbound_fragments_are_seen_one_by_one_and_then_whole) {
  const Bytes whole =
      udp_packet(at("192.0.2.20", 40000), at("192.0.2.10", 7007), std::string(40, 'x'));
  const auto parts = fragments_of(whole, 24);
  EXPECT_EQ(lines(parts[1]),
            (Lines{"inbound_ippacket udp 192.0.2.10:0 < 192.0.2.20:0 data 24 fragment"}));
  const auto steps = feed(parts[0]);
  ASSERT_EQ(steps.size(), 8u);
  EXPECT_EQ(describe(steps[0]),
            "inbound_ippacket udp 192.0.2.10:7007 < 192.0.2.20:40000 data 24 fragment");
  EXPECT_EQ(describe(steps[3]),
            "inbound_ippacket udp 192.0.2.10:7007 < 192.0.2.20:40000 flow 1 data 48 reassembled");
  EXPECT_TRUE(std::ranges::equal(steps[3].packet.bytes(), whole));
}

TEST_F(Tracker, outbound_fragments_are_seen_whole_first) {
  const Bytes whole =
      udp_packet(at("192.0.2.10", 5000), at("192.0.2.20", 7007), std::string(40, 'x'));
  const auto parts = fragments_of(whole, 24);
  EXPECT_EQ(lines(parts[0]), Lines{});
  const auto steps = lines(parts[1]);
  ASSERT_EQ(steps.size(), 10u);
  EXPECT_EQ(
      Lines(steps.begin() + 7, steps.end()),
      (Lines{"outbound_ippacket udp 192.0.2.10:5000 > 192.0.2.20:7007 flow 1 data 68",
             "outbound_ippacket udp 192.0.2.10:5000 > 192.0.2.20:7007 flow 1 data 44 fragment",
             "outbound_ippacket udp 192.0.2.10:0 > 192.0.2.20:0 flow 1 data 44 fragment"}));
}

TEST_F(Tracker, overlapping_fragments_never_become_a_packet) {
  const Place from = at("192.0.2.20", 40000), to = at("192.0.2.10", 7007);
  const auto parts = fragments_of(udp_packet(from, to, std::string(40, 'x')), 24);
  const auto wide = fragments_of(udp_packet(from, to, std::string(40, 'y')), 32);
  feed(wide[0]);
  EXPECT_EQ(lines(parts[1]).size(), 1u);
  EXPECT_TRUE(tracker.open_flows().empty());
}

TEST_F(Tracker, loopback_passes_out_and_in_as_two_flows) {
  const auto steps = feed(udp_packet(at("127.0.0.1", 5000), at("127.0.0.1", 7007), "x"));
  EXPECT_EQ(describe(steps[4]),
            "ale_flow_established udp 127.0.0.1:5000 > 127.0.0.1:7007 flow 1 data 9 loopback");
  EXPECT_EQ(describe(steps.back()),
            "datagram_data udp 127.0.0.1:7007 < 127.0.0.1:5000 flow 2 data 1 loopback");
  EXPECT_EQ(steps.back().interface_index, 1u);
}

TEST_F(Tracker, header_sizes_are_those_that_each_layer_has) {
  const auto out = feed(udp_packet(at("192.0.2.10", 5000), at("192.0.2.20", 7007), "abc"));
  const auto in = feed(udp_packet(at("192.0.2.20", 7007), at("192.0.2.10", 5000), "abc"));
  const auto sizes = [](const Step& step) {
    return std::tuple(step.data_offset, step.ip_header_size, step.transport_header_size);
  };
  EXPECT_EQ(sizes(out[5]), std::tuple(20u, 0u, 8u));  // datagram_data
  EXPECT_EQ(sizes(out[7]), std::tuple(0u, 20u, 8u));  // outbound_ippacket
  EXPECT_EQ(sizes(in[0]), std::tuple(20u, 20u, 8u));  // inbound_ippacket
  EXPECT_EQ(sizes(in[1]), std::tuple(28u, 20u, 8u));  // inbound_transport
  EXPECT_EQ(sizes(in[2]), std::tuple(28u, 20u, 8u));  // datagram_data
}

TEST_F(Tracker, packets_of_other_hosts_and_damaged_ones_are_counted_and_give_no_step) {
  EXPECT_TRUE(feed(udp_packet(at("192.0.2.30", 1), at("192.0.2.20", 2), "x")).empty());
  EXPECT_TRUE(feed(Bytes(60, 0x45)).empty());
  CapturePacket arp = captured(now, Bytes(60, 1));
  arp.ip_offset.reset();
  EXPECT_TRUE(tracker.feed(arp).empty());
  EXPECT_EQ(tracker.ignored(),
            (std::map<std::string, std::size_t>{
                {"IP length out of bounds", 1}, {"not IP", 1}, {"not of the local host", 1}}));
}

TEST(Processes, well_known_services_and_clients_have_stable_identities_and_rules_go_first) {
  LocalHost named = standard_local_host();
  named.processes = {
      {Protocol::tcp, Direction::outbound, 80, make_process(88, {"\\device\\x.exe"})}};
  HostTracker tracker(named);
  const auto dns =
      tracker.feed(captured({}, udp_packet(at("192.0.2.10", 50000), at("192.0.2.20", 53), "q")));
  EXPECT_EQ(dns[3].process.program->path,
            R"(\device\harddiskvolume1\windows\system32\svchost.exe)");
  EXPECT_EQ(dns[3].process.id, 1204u);
  const auto http = tracker.feed(captured({}, tcp_packet(host, web, syn, 1, 0)));
  EXPECT_EQ(std::pair(http[0].process.id, http[0].process.program->path),
            (std::pair<std::uint64_t, std::string>(88, "\\device\\x.exe")));
}

}  // namespace
}  // namespace drydock::net
