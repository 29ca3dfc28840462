// SPDX-License-Identifier: Apache-2.0
// STREAM_PACKET: every segment of a TCP connection, between the transport and the stream layer.
#include <gtest/gtest.h>

#include "net/conversing.h"
#include "net/sight_text.h"

namespace drydock::net {
namespace {

using namespace testing;
using Lines = std::vector<std::string>;

struct StreamPacket : ::testing::Test, PathRun {
  Lines seen;
  std::function<void(const Sight&)> judge;

  StreamPacket() {
    script.classify = [this](const Sight& sight) {
      std::string line = sight.name().substr(0, sight.name().rfind("_v"));
      if (sight.name().starts_with("stream_packet"))
        line += sight.value("DIRECTION")->uint32 == FWP_DIRECTION_OUTBOUND ? " out" : " in";
      seen.push_back(line);
      sight.out.actionType = FWP_ACTION_PERMIT;
      if (judge) judge(sight);
    };
    run([&] {
      for (const auto kind :
           {StepKind::stream_packet, StepKind::stream, StepKind::outbound_transport,
            StepKind::inbound_transport, StepKind::ale_flow_established}) {
        watch(layer_of(kind, IpVersion::v4));
        watch(layer_of(kind, IpVersion::v6));
      }
    });
  }
};

TEST_F(StreamPacket, sees_every_segment_between_the_transport_and_the_stream_layer) {
  Connection talk;
  play(talk.send("question").receive("answer").steps);
  EXPECT_EQ(seen,
            (Lines{
                "stream_packet out", "outbound_transport",                        // SYN
                "inbound_transport", "stream_packet in", "ale_flow_established",  // its answer
                "stream_packet out", "outbound_transport",                        // ACK
                "stream", "stream_packet out", "outbound_transport",              // question
                "inbound_transport", "stream_packet in", "stream",                // answer
            }));
}

// Written from the specification: sections 7, 7a and 7b.
TEST_F(StreamPacket, shows_every_field_and_where_the_data_begin) {
  Lines lines;
  judge = [&](const Sight& sight) {
    if (!sight.name().starts_with("stream_packet")) return;
    EXPECT_EQ(sight.metadata.flowHandle != 0, sight.has(FWPS_METADATA_FIELD_FLOW_HANDLE));
    lines.push_back(fmt::format("{} | {} | {:#x} {} {}", fmt::join(fields_of(sight), " "),
                                data_of(sight).size(), sight.metadata.currentMetadataValues,
                                sight.metadata.ipHeaderSize, sight.metadata.transportHeaderSize));
  };
  Connection talk;
  play(talk.send("question").receive("answer").steps);
  const std::string ends =
      "IP_LOCAL_ADDRESS=192.0.2.10 IP_REMOTE_ADDRESS=192.0.2.20 IP_LOCAL_PORT=49152 "
      "IP_REMOTE_PORT=80 IP_LOCAL_INTERFACE=6/7 INTERFACE_INDEX=7 SUB_INTERFACE_INDEX=0 ";
  const std::string rest = " FLAGS=0x0 INTERFACE_TYPE=6 TUNNEL_TYPE=0 COMPARTMENT_ID=1 | ";
  // flow, transport size, compartment, endpoint; what comes in has an IP header as well
  const std::string out = ends + "DIRECTION=0" + rest;
  const std::string in = ends + "DIRECTION=1" + rest;
  EXPECT_EQ(lines,
            (Lines{out + "20 | 0x8c02 0 20", in + "0 | 0x8c06 20 20", out + "20 | 0x8c02 0 20",
                   out + "28 | 0x8c02 0 20", in + "6 | 0x8c06 20 20"}));
}

TEST_F(StreamPacket, shows_no_flow_for_a_segment_that_is_still_to_be_accepted) {
  std::vector<bool> flows;
  judge = [&](const Sight& sight) {
    if (sight.name().starts_with("stream_packet"))
      flows.push_back(sight.has(FWPS_METADATA_FIELD_FLOW_HANDLE));
  };
  const Place client = at("192.0.2.20", 50000), server = at("192.0.2.10", 80);
  Conversing talk;
  talk.feed(tcp_packet(client, server, tcp::syn, 100, 0))
      .feed(tcp_packet(server, client, tcp::syn | tcp::ack, 500, 101));
  play(talk.steps);
  EXPECT_EQ(flows, (std::vector<bool>{false, true}));
}

TEST_F(StreamPacket, an_absorbed_segment_reaches_no_stream) {
  judge = [&](const Sight& sight) {
    if (sight.name().starts_with("stream_packet") && !data_of(sight).empty() &&
        sight.value("DIRECTION")->uint32 == FWP_DIRECTION_INBOUND)
      sight.block(true);
  };
  Connection talk;
  Peer peer;
  const PathCounts counts = play(talk.receive("answer").steps, &peer);
  EXPECT_EQ(peer.received, "");
  EXPECT_EQ(counts.absorbed_packets, 1U);
  EXPECT_EQ(seen.back(), "stream_packet in");
}

TEST_F(StreamPacket, a_blocked_segment_does_not_go_down_to_the_transport_layer) {
  judge = [&](const Sight& sight) {
    if (seen.back() == "stream_packet out" && data_of(sight).size() > 20) sight.block();
  };
  Connection talk;
  EXPECT_EQ(play(talk.send("question").steps).blocked_packets, 1U);
  EXPECT_EQ(seen.back(), "stream_packet out");
}

TEST_F(StreamPacket, sees_nothing_of_other_protocols) {
  Conversing talk;
  talk.feed(udp_packet(at("192.0.2.10", 53000), at("192.0.2.20", 53), "question"));
  play(talk.steps);
  EXPECT_EQ(seen, (Lines{"ale_flow_established", "outbound_transport"}));
}

}  // namespace
}  // namespace drydock::net
