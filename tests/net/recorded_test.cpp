// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <set>

#include "net/build_packet.h"
#include "net/tracker.h"

namespace drydock::net {
namespace {

using namespace testing;

std::vector<Step> steps_of_file(const std::string& name) {
  const auto capture = read_capture_file(data_file(name));
  if (!capture) throw std::runtime_error(capture.error().message);
  return steps_of(standard_local_host(), capture->packets);
}

// The kinds only: ports and sizes change when the captures are recorded anew.
std::vector<std::string_view> kinds(const std::vector<Step>& steps) {
  std::vector<std::string_view> names;
  for (const Step& step : steps) names.push_back(to_string(step.kind));
  return names;
}

using Kinds = std::vector<std::string_view>;

TEST(Recorded, refused_connections_both_ways_give_exactly_these_steps) {
  const Kinds refused_here = {
      "ale_bind_redirect",  "ale_resource_assignment", "ale_connect_redirect", "ale_auth_connect",
      "outbound_transport", "outbound_ippacket",       "inbound_ippacket",     "inbound_transport",
      "flow_end",           "ale_endpoint_closure",    "ale_resource_release"};
  const Kinds refused_there = {"inbound_ippacket", "inbound_transport_discard",
                               "outbound_transport", "outbound_ippacket"};
  Kinds expected;
  for (const Kinds& part : {refused_here, refused_here, refused_there, refused_there}) {
    expected.insert(expected.end(), part.begin(), part.end());
  }
  EXPECT_EQ(kinds(steps_of_file("refused.pcap")), expected);
}

TEST(Recorded, datagrams_to_closed_ports_give_exactly_these_steps) {
  const Kinds sent = {"ale_bind_redirect",  "ale_resource_assignment", "ale_connect_redirect",
                      "ale_auth_connect",   "ale_flow_established",    "datagram_data",
                      "outbound_transport", "outbound_ippacket",       "inbound_ippacket",
                      "inbound_transport",  "inbound_icmp_error"};
  const Kinds received = {"inbound_ippacket", "inbound_ippacket_discard", "outbound_icmp_error",
                          "outbound_transport", "outbound_ippacket"};
  Kinds expected;
  for (const Kinds& part : {sent, sent, received, received}) {
    expected.insert(expected.end(), part.begin(), part.end());
  }
  EXPECT_EQ(kinds(steps_of_file("unreachable.pcap")), expected);
}

TEST(Recorded, an_http_connection_is_one_flow_from_bind_to_release) {
  for (const char* name : {"http-v4.pcap", "http-v6.pcap"}) {
    const auto steps = steps_of_file(name);
    std::map<StepKind, int> count;
    std::string request, reply;
    for (const Step& step : steps) {
      if (step.protocol != Protocol::tcp) continue;  // neighbour discovery
      ++count[step.kind];
      if (step.kind != StepKind::stream) continue;
      std::string& text = step.direction == Direction::outbound ? request : reply;
      ASSERT_EQ(step.stream_offset, text.size());
      text.append(step.data().begin(), step.data().end());
    }
    for (const StepKind once : {StepKind::ale_resource_assignment, StepKind::ale_auth_connect,
                                StepKind::ale_flow_established, StepKind::flow_end,
                                StepKind::ale_endpoint_closure, StepKind::ale_resource_release}) {
      EXPECT_EQ(count[once], 1) << name << " " << to_string(once);
    }
    EXPECT_TRUE(request.starts_with("GET /page HTTP/1.1\r\n")) << name;
    EXPECT_TRUE(reply.starts_with("HTTP/1.1 200 OK\r\n") && reply.ends_with(std::string(2000, 'p')))
        << name;
  }
}

TEST(Recorded, the_standard_capture_meets_every_layer_in_both_families) {
  std::set<std::pair<StepKind, IpVersion>> met;
  for (const Step& step : steps_of_file("standard.pcapng")) met.insert({step.kind, step.version});
  // Its host is no router, and all its frames hold packets.
  const std::set others{StepKind::ip_forward, StepKind::ip_forward_discard, StepKind::link_frame};
  for (std::size_t kind = 0; kind < step_kind_count; ++kind) {
    const StepKind each{static_cast<std::uint8_t>(kind)};
    if (others.contains(each) || is_beside(each)) continue;
    for (const IpVersion version : {IpVersion::v4, IpVersion::v6}) {
      EXPECT_TRUE(met.contains({StepKind{static_cast<std::uint8_t>(kind)}, version}))
          << to_string(StepKind{static_cast<std::uint8_t>(kind)}) << " v"
          << static_cast<int>(version);
    }
  }
}

// What holds for every flow of any capture; the empty string, or what broke.
std::string broken_invariant(const std::vector<Step>& steps) {
  std::set<FlowId> established, ended;
  std::set<EndpointId> bound, released, closed;
  std::map<std::pair<FlowId, Direction>, std::uint64_t> position;
  Nanoseconds time{};
  for (const Step& step : steps) {
    if (step.time < time) return "time steps back";
    time = step.time;
    if (step.data_offset + step.data_size > step.packet.size) return "data outside the packet";
    if (step.local.version != step.version || step.remote.version != step.version)
      return "mixed families";
    const bool after_end = step.kind != StepKind::ale_endpoint_closure &&
                           step.flow != FlowId::none && ended.contains(step.flow);
    if (after_end) return "step of an ended flow: " + describe(step);
    if (step.kind == StepKind::ale_flow_established && !established.insert(step.flow).second) {
      return "established twice: " + describe(step);
    }
    if (step.kind == StepKind::flow_end) ended.insert(step.flow);
    if (step.kind == StepKind::ale_resource_assignment && !bound.insert(step.endpoint).second)
      return "bound twice";
    if (step.kind == StepKind::ale_resource_release && !released.insert(step.endpoint).second)
      return "released twice";
    if (step.kind == StepKind::ale_endpoint_closure && !closed.insert(step.endpoint).second)
      return "closed twice";
    if (step.kind == StepKind::stream) {
      std::uint64_t& next = position[{step.flow, step.direction}];
      if (step.stream_offset != next + step.stream_missed)
        return "stream out of order: " + describe(step);
      next = step.stream_offset + step.data_size;
    }
  }
  return "";
}

TEST(Recorded, the_standard_capture_keeps_every_invariant_and_leaves_flows_open) {
  const auto capture = read_capture_file(data_file("standard.pcapng"));
  ASSERT_TRUE(capture) << capture.error().message;
  const auto refused = refused_packets(standard_local_host(), capture->packets);
  HostTracker tracker(standard_local_host());
  std::vector<Step> steps;
  const auto take = [&steps](std::vector<Step> more) {
    std::ranges::move(more, std::back_inserter(steps));
  };
  std::size_t most_alive = 0;
  for (std::size_t i = 0; i < capture->packets.size(); ++i) {
    take(tracker.feed(capture->packets[i], refused[i]));
    most_alive = std::max(most_alive, tracker.open_flows().size());
  }
  std::set<std::tuple<Protocol, Direction, IpVersion>> open;
  for (const OpenFlow& flow : tracker.open_flows())
    open.insert({flow.protocol, flow.direction, flow.local.version});
  for (const Direction direction : {Direction::outbound, Direction::inbound}) {
    for (const IpVersion version : {IpVersion::v4, IpVersion::v6}) {
      EXPECT_TRUE(open.contains({Protocol::tcp, direction, version}));
    }
  }
  EXPECT_GE(most_alive, 10u);
  const auto missed =
      std::ranges::count_if(steps, [](const Step& step) { return step.stream_missed != 0; });
  EXPECT_EQ(missed, 0);
  take(tracker.advance_time(capture->packets.back().time + seconds{61}));
  take(tracker.close_all());
  EXPECT_TRUE(tracker.open_flows().empty());
  EXPECT_EQ(broken_invariant(steps), "");
  std::set<EndpointId> assigned, released;
  for (const Step& step : steps) {
    if (step.kind == StepKind::ale_resource_assignment) assigned.insert(step.endpoint);
    if (step.kind == StepKind::ale_resource_release) released.insert(step.endpoint);
  }
  EXPECT_EQ(assigned, released);
}

TEST(Recorded, the_same_capture_gives_the_same_steps_twice) {
  EXPECT_EQ(described(steps_of_file("standard.pcapng")),
            described(steps_of_file("standard.pcapng")));
}

// Reader, parser and tracker over a damaged file: refused in one line, or tracked without breaking
// an invariant.
std::string outcome(const Bytes& file) {
  const auto capture = read_capture(file, "f");
  if (!capture) {
    const std::string& message = capture.error().message;
    return message.starts_with("f: ") && !message.contains('\n') ? "" : "bad message: " + message;
  }
  const auto refused = refused_packets(standard_local_host(), capture->packets);
  HostTracker tracker(standard_local_host());
  std::vector<Step> steps;
  for (std::size_t i = 0; i < capture->packets.size(); ++i) {
    std::ranges::move(tracker.feed(capture->packets[i], refused[i]), std::back_inserter(steps));
  }
  std::ranges::move(tracker.close_all(), std::back_inserter(steps));
  return broken_invariant(steps);
}

TEST(Mutations, damaged_capture_files_are_refused_or_tracked_without_breaking_an_invariant) {
  std::mt19937 random(1);
  int rounds = 0;
  for (const char* name :
       {"refused.pcap", "unreachable.pcap", "http-v6.pcap", "fragments.pcap", "ping6.pcap"}) {
    const Bytes original = read_data_file(name);
    ASSERT_FALSE(original.empty());
    for (int i = 0; i < 1500; ++i, ++rounds) {
      Bytes file = original;
      for (unsigned changes = 1 + random() % 8; changes > 0; --changes) {
        file[random() % file.size()] = static_cast<std::uint8_t>(random());
      }
      if (random() % 8 == 0) file.resize(random() % file.size());
      ASSERT_EQ(outcome(file), "") << name << " mutation " << i;
    }
  }
  EXPECT_EQ(rounds, 7500);
}

// The frame headers stay whole, so that every change reaches the parser and the tracker.
TEST(Mutations, damaged_packets_never_break_an_invariant) {
  std::mt19937 random(2);
  for (const char* name : {"reset.pcap", "fragments.pcap", "inbound-http.pcap", "dns.pcap"}) {
    const auto original = read_capture_file(data_file(name));
    ASSERT_TRUE(original);
    for (int i = 0; i < 1000; ++i) {
      std::vector<CapturePacket> packets = original->packets;
      for (CapturePacket& packet : packets) {
        if (!packet.ip_offset || random() % 4 != 0) continue;
        Bytes frame = *packet.frame;
        const std::size_t reach = std::min<std::size_t>(60, frame.size() - *packet.ip_offset);
        frame[*packet.ip_offset + random() % reach] = static_cast<std::uint8_t>(random());
        if (random() % 4 == 0) frame.resize(*packet.ip_offset + random() % reach);
        packet.frame = std::make_shared<const Bytes>(std::move(frame));
      }
      if (random() % 2 == 0) std::swap(packets[random() % packets.size()].frame, packets[0].frame);
      std::vector<Step> steps;
      HostTracker tracker(standard_local_host());
      const auto refused = refused_packets(standard_local_host(), packets);
      for (std::size_t p = 0; p < packets.size(); ++p) {
        std::ranges::move(tracker.feed(packets[p], refused[p]), std::back_inserter(steps));
      }
      std::ranges::move(tracker.close_all(), std::back_inserter(steps));
      ASSERT_EQ(broken_invariant(steps), "") << name << " mutation " << i;
    }
  }
}

}  // namespace
}  // namespace drydock::net
