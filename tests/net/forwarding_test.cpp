// SPDX-License-Identifier: Apache-2.0
// A host with two interfaces that forwards between them: which layers see a packet that is for
// neither side of it, what they are shown, and what their verdicts do.
#include "net/forwarding.h"

#include <gtest/gtest.h>

#include "net/sight_text.h"

namespace drydock::net {
namespace {

using namespace testing;
using Lines = std::vector<std::string>;

NetworkAddress network(const std::string& text) {
  return *NetworkAddress::parse(text);
}

// Interface 7 is the office's, interface 12 the laboratory's, and the world is behind it.
LocalHost router() {
  LocalHost host = standard_local_host();
  host.addresses.push_back(*IpAddress::parse("198.51.100.1"));
  host.interfaces = {{7, {network("192.0.2.10/24"), network("2001:db8::10/64")}},
                     {12, {network("198.51.100.1/24"), network("2001:db8:1::1/64")}}};
  host.routes = {{network("0.0.0.0/0"), 12}, {network("203.0.113.0/24"), 7}};
  host.forwards = true;
  return host;
}

Bytes to_laboratory(std::string_view text = "hello") {
  return udp_packet(at("192.0.2.20", 4000), at("198.51.100.5", 53), text);
}
Bytes to_laboratory_v6() {
  return udp_packet(at("2001:db8::20", 4000), at("2001:db8:1::5", 53), "hello");
}

std::vector<Step> steps_through(const LocalHost& host, const std::vector<Bytes>& packets) {
  HostTracker tracker(host);
  std::vector<Step> steps;
  Nanoseconds now{};
  for (const Bytes& packet : packets) {
    std::ranges::move(tracker.feed(captured(now += milliseconds{1}, packet)),
                      std::back_inserter(steps));
  }
  return steps;
}

struct RouterPath : ::testing::Test, PathRun {
  Lines seen;
  std::function<void(const Sight&)> judge;

  RouterPath() {
    script.classify = [this](const Sight& sight) {
      seen.push_back(sight.name());
      sight.out.actionType = FWP_ACTION_PERMIT;
      if (judge) judge(sight);
    };
    run([&] { watch_everything(); });
  }
  PathCounts forward(Bytes packet, PathListener* listener = nullptr) {
    return play(steps_through(router(), {std::move(packet)}), listener);
  }
};

TEST(Forwarding, a_packet_for_the_other_side_comes_in_is_forwarded_and_goes_out) {
  EXPECT_EQ(described(steps_through(router(), {to_laboratory()})),
            (Lines{"inbound_ippacket udp 198.51.100.5:53 < 192.0.2.20:4000 data 13 forwarded",
                   "ip_forward udp 198.51.100.5:53 < 192.0.2.20:4000 data 33 forwarded",
                   "outbound_ippacket udp 192.0.2.20:4000 > 198.51.100.5:53 data 33 forwarded"}));
}

TEST(Forwarding, a_host_that_is_no_router_sees_nothing_of_it) {
  LocalHost host = router();
  host.forwards = false;
  EXPECT_TRUE(steps_through(host, {to_laboratory()}).empty());
}

TEST(Forwarding, goes_where_the_longest_prefix_leads) {
  const auto way = [](const char* from, const char* to) {
    const auto header = parse_packet(udp_packet(at(from, 1), at(to, 2), ""));
    const auto found = forwarding_of(router(), *header, 0);
    return found ? fmt::format("{} to {}", found->from, found->to) : std::string("not");
  };
  EXPECT_EQ(way("192.0.2.20", "198.51.100.5"), "7 to 12");
  EXPECT_EQ(way("198.51.100.5", "192.0.2.20"), "12 to 7");
  EXPECT_EQ(way("192.0.2.20", "8.8.8.8"), "7 to 12");    // the default route
  EXPECT_EQ(way("8.8.8.8", "203.0.113.9"), "12 to 7");   // a route of its own
  EXPECT_EQ(way("192.0.2.20", "203.0.113.9"), "not");    // stays on its side
  EXPECT_EQ(way("192.0.2.20", "224.0.0.251"), "not");    // multicast
  EXPECT_EQ(way("169.254.3.4", "198.51.100.5"), "not");  // of one link only
  EXPECT_EQ(way("2001:db8::20", "2001:db8:1::5"), "7 to 12");
  EXPECT_EQ(way("2001:db8::20", "2001:db8:2::5"), "not");  // no route
}

TEST(Forwarding, a_recorded_interface_says_where_a_packet_arrived) {
  HostTracker tracker(router());
  CapturePacket leaving = captured(milliseconds{1}, to_laboratory());
  leaving.interface_index = 12;  // recorded a second time, on its way out
  EXPECT_TRUE(tracker.feed(leaving).empty());
  leaving.interface_index = 7;
  EXPECT_EQ(tracker.feed(leaving).size(), 3U);
}

// Engine section 7: weak host.
TEST(Forwarding, what_the_host_gets_by_another_interface_than_its_addresss_is_forwarded_to_there) {
  LocalHost host = router();
  const auto by = [&](std::uint32_t interface_index) {
    HostTracker tracker(host);
    CapturePacket packet =
        captured(milliseconds{1},
                 tcp_packet(at("192.0.2.20", 4000), at("198.51.100.1", 80), tcp::rst, 1, 0));
    packet.interface_index = interface_index;
    return described(tracker.feed(packet));
  };
  const Lines strong{"inbound_ippacket tcp 198.51.100.1:80 < 192.0.2.20:4000 data 20",
                     "inbound_transport_discard tcp 198.51.100.1:80 < 192.0.2.20:4000 data 0"};
  EXPECT_EQ(by(12), strong);
  EXPECT_EQ(by(7),
            (Lines{strong[0], "ip_forward tcp 198.51.100.1:80 < 192.0.2.20:4000 data 40 forwarded",
                   strong[1]}));
  host.forwards = false;
  EXPECT_EQ(by(7), strong);
}

TEST_F(RouterPath, what_the_forward_layer_blocks_of_the_hosts_own_does_not_arrive) {
  HostTracker tracker(router());
  CapturePacket packet =
      captured(milliseconds{1}, udp_packet(at("192.0.2.20", 53), at("198.51.100.1", 4000), "hi"));
  packet.interface_index = 7;
  Lines interfaces;
  judge = [&](const Sight& sight) {
    if (sight.name() != "ipforward_v4") return;
    interfaces.push_back(fmt::format("{} to {}", sight.value("SOURCE_INTERFACE_INDEX")->uint32,
                                     sight.value("DESTINATION_INTERFACE_INDEX")->uint32));
    sight.block();
  };
  const PathCounts counts = play(tracker.feed(packet));
  EXPECT_EQ(interfaces, Lines{"7 to 12"});
  EXPECT_EQ(seen.back(), "ipforward_v4_discard");
  EXPECT_EQ(counts.blocked_packets, 1U);
}

TEST(Forwarding, the_hosts_own_packets_name_the_interface_they_go_by) {
  const auto steps = steps_through(
      router(), {udp_packet(at("198.51.100.1", 53000), at("198.51.100.5", 53), "question"),
                 udp_packet(at("192.0.2.10", 53001), at("192.0.2.20", 53), "question")});
  std::vector<std::uint32_t> interfaces;
  for (const Step& step : steps) {
    if (step.kind == StepKind::outbound_ippacket) interfaces.push_back(step.interface_index);
  }
  EXPECT_EQ(interfaces, (std::vector<std::uint32_t>{12, 7}));
}

// Engine section 7: a router takes fragments as packets.
TEST_F(RouterPath, fragments_go_on_one_by_one_with_their_flag) {
  std::vector<std::string> flags;
  judge = [&](const Sight& sight) {
    flags.push_back(fmt::format("{} {:#x}", sight.name(), sight.value("FLAGS")->uint32));
  };
  play(steps_through(router(), fragments_of(to_laboratory(std::string(40, 'x')), 32)));
  const Lines one{"inbound_ippacket_v4 0x20", "ipforward_v4 0x20", "outbound_ippacket_v4 0x20"};
  Lines two = one;
  two.insert(two.end(), one.begin(), one.end());
  EXPECT_EQ(flags, two);
}

// Written from the specification: sections 7, 7a and 7b.
struct LayerRow {
  std::string layer;
  Lines fields;
  std::size_t data;  // bytes behind DataOffset, of a packet of 33 (53)
  UINT32 metadata;
};

void expect_rows(RouterPath& run, Bytes packet, const std::vector<LayerRow>& rows) {
  std::size_t next = 0;
  run.judge = [&](const Sight& sight) {
    ASSERT_LT(next, rows.size()) << sight.name();
    const LayerRow& row = rows[next++];
    EXPECT_EQ(sight.name(), row.layer);
    EXPECT_EQ(fields_of(sight), row.fields) << row.layer;
    EXPECT_EQ(data_of(sight).size(), row.data) << row.layer;
    EXPECT_EQ(sight.metadata.currentMetadataValues, row.metadata) << row.layer;
    EXPECT_EQ(sight.irql, machine::Irql::dispatch) << row.layer;
  };
  run.forward(std::move(packet));
  EXPECT_EQ(next, rows.size());
}

constexpr UINT32 ip_size = FWPS_METADATA_FIELD_IP_HEADER_SIZE;
constexpr UINT32 transport_size = FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE;
constexpr UINT32 compartment_id = FWPS_METADATA_FIELD_COMPARTMENT_ID;

TEST_F(RouterPath, shows_every_field_of_the_three_layers) {
  expect_rows(
      *this, to_laboratory(),
      {{"inbound_ippacket_v4",
        {"IP_LOCAL_ADDRESS=198.51.100.5", "IP_REMOTE_ADDRESS=192.0.2.20", "IP_LOCAL_ADDRESS_TYPE=1",
         "IP_LOCAL_INTERFACE=6/7", "INTERFACE_INDEX=7", "SUB_INTERFACE_INDEX=0", "FLAGS=0x0",
         "INTERFACE_TYPE=6", "TUNNEL_TYPE=0", "COMPARTMENT_ID=1"},
        13,
        ip_size | compartment_id},
       {"ipforward_v4",
        {"IP_SOURCE_ADDRESS=192.0.2.20", "IP_DESTINATION_ADDRESS=198.51.100.5",
         "IP_DESTINATION_ADDRESS_TYPE=1", "IP_LOCAL_INTERFACE=6/7", "IP_FORWARD_INTERFACE=6/12",
         "SOURCE_INTERFACE_INDEX=7", "SOURCE_SUB_INTERFACE_INDEX=0",
         "DESTINATION_INTERFACE_INDEX=12", "DESTINATION_SUB_INTERFACE_INDEX=0", "FLAGS=0x0",
         "IP_PHYSICAL_ARRIVAL_INTERFACE=6/7", "IP_PHYSICAL_NEXTHOP_INTERFACE=6/12",
         "COMPARTMENT_ID=1"},
        33,
        compartment_id},
       {"outbound_ippacket_v4",
        {"IP_LOCAL_ADDRESS=192.0.2.20", "IP_LOCAL_ADDRESS_TYPE=1", "IP_REMOTE_ADDRESS=198.51.100.5",
         "IP_LOCAL_INTERFACE=6/12", "INTERFACE_INDEX=12", "SUB_INTERFACE_INDEX=0", "FLAGS=0x0",
         "INTERFACE_TYPE=6", "TUNNEL_TYPE=0", "COMPARTMENT_ID=1"},
        33,
        ip_size | transport_size | compartment_id}});
}

TEST_F(RouterPath, shows_the_same_of_ipv6) {
  expect_rows(
      *this, to_laboratory_v6(),
      {{"inbound_ippacket_v6",
        {"IP_LOCAL_ADDRESS=2001:db8:1::5", "IP_REMOTE_ADDRESS=2001:db8::20",
         "IP_LOCAL_ADDRESS_TYPE=1", "IP_LOCAL_INTERFACE=6/7", "INTERFACE_INDEX=7",
         "SUB_INTERFACE_INDEX=0", "FLAGS=0x0", "INTERFACE_TYPE=6", "TUNNEL_TYPE=0",
         "COMPARTMENT_ID=1"},
        13,
        ip_size | compartment_id},
       {"ipforward_v6",
        {"IP_SOURCE_ADDRESS=2001:db8::20", "IP_DESTINATION_ADDRESS=2001:db8:1::5",
         "IP_DESTINATION_ADDRESS_TYPE=1", "IP_LOCAL_INTERFACE=6/7", "IP_FORWARD_INTERFACE=6/12",
         "SOURCE_INTERFACE_INDEX=7", "SOURCE_SUB_INTERFACE_INDEX=0",
         "DESTINATION_INTERFACE_INDEX=12", "DESTINATION_SUB_INTERFACE_INDEX=0", "FLAGS=0x0",
         "IP_PHYSICAL_ARRIVAL_INTERFACE=6/7", "IP_PHYSICAL_NEXTHOP_INTERFACE=6/12",
         "COMPARTMENT_ID=1"},
        53,
        compartment_id},
       {"outbound_ippacket_v6",
        {"IP_LOCAL_ADDRESS=2001:db8::20", "IP_LOCAL_ADDRESS_TYPE=1",
         "IP_REMOTE_ADDRESS=2001:db8:1::5", "IP_LOCAL_INTERFACE=6/12", "INTERFACE_INDEX=12",
         "SUB_INTERFACE_INDEX=0", "FLAGS=0x0", "INTERFACE_TYPE=6", "TUNNEL_TYPE=0",
         "COMPARTMENT_ID=1"},
        53,
        ip_size | transport_size | compartment_id}});
}

TEST_F(RouterPath, one_hop_is_taken_behind_the_forward_layer) {
  std::vector<int> hops;
  judge = [&](const Sight& sight) {
    NET_BUFFER& buffer = *sight.list()->FirstNetBuffer;
    const ULONG front = sight.name().starts_with("inbound") ? 20 : 0;
    ASSERT_EQ(ndis::retreat(buffer, front, 0, nullptr), STATUS_SUCCESS);
    const Bytes bytes = data_of(sight);
    ndis::advance(buffer, front, false, nullptr);
    const auto header = parse_packet(bytes);
    ASSERT_TRUE(header);
    EXPECT_TRUE(ip_checksum_is_right(bytes, *header)) << sight.name();
    hops.push_back(header->hop_limit);
  };
  forward(to_laboratory());
  EXPECT_EQ(hops, (std::vector<int>{64, 64, 63}));
}

TEST_F(RouterPath, one_without_a_hop_left_is_discarded_there_with_the_reason) {
  Bytes packet = to_laboratory_v6();
  packet[7] = 1;
  std::optional<FWPS_DISCARD_METADATA0> reason;
  judge = [&](const Sight& sight) {
    if (sight.has(FWPS_METADATA_FIELD_DISCARD_REASON)) reason = sight.metadata.discardMetadata;
  };
  forward(packet);
  EXPECT_EQ(seen, (Lines{"inbound_ippacket_v6", "ipforward_v6_discard"}));
  ASSERT_TRUE(reason);
  EXPECT_EQ(reason->discardModule, FWPS_DISCARD_MODULE_NETWORK);
  EXPECT_EQ(reason->discardReason, 128U);  // IpDiscardHopLimitExceeded
}

TEST_F(RouterPath, a_block_keeps_the_packet_and_its_discard_layer_hears_of_it) {
  std::optional<FWPS_DISCARD_METADATA0> reason;
  judge = [&](const Sight& sight) {
    if (sight.name() == "ipforward_v4") sight.block();
    if (sight.has(FWPS_METADATA_FIELD_DISCARD_REASON)) reason = sight.metadata.discardMetadata;
  };
  const PathCounts counts = forward(to_laboratory());
  EXPECT_EQ(seen, (Lines{"inbound_ippacket_v4", "ipforward_v4", "ipforward_v4_discard"}));
  EXPECT_EQ(counts.blocked_packets, 1U);
  ASSERT_TRUE(reason);
  EXPECT_EQ(reason->discardModule, FWPS_DISCARD_MODULE_GENERAL);
  EXPECT_EQ(reason->discardReason, FWPS_DISCARD_FIREWALL_POLICY);
  EXPECT_NE(reason->filterId, 0U);
}

// Section 4b does not name the layer: the flag means nothing there.
TEST_F(RouterPath, an_absorb_is_a_block) {
  judge = [&](const Sight& sight) {
    if (sight.name() == "ipforward_v4") sight.block(true);
  };
  const PathCounts counts = forward(to_laboratory());
  EXPECT_EQ(seen, (Lines{"inbound_ippacket_v4", "ipforward_v4", "ipforward_v4_discard"}));
  EXPECT_EQ(counts.blocked_packets, 1U);
  EXPECT_EQ(counts.absorbed_packets, 0U);
}

TEST_F(RouterPath, what_is_blocked_coming_in_or_going_out_goes_no_further) {
  judge = [&](const Sight& sight) {
    if (sight.name() == "inbound_ippacket_v4") sight.block(true);
  };
  forward(to_laboratory());
  EXPECT_EQ(seen, (Lines{"inbound_ippacket_v4"}));
  seen.clear();
  judge = [&](const Sight& sight) {
    if (sight.name() == "outbound_ippacket_v4") sight.block(true);
  };
  EXPECT_EQ(forward(to_laboratory()).absorbed_packets, 1U);
  EXPECT_EQ(seen, (Lines{"inbound_ippacket_v4", "ipforward_v4", "outbound_ippacket_v4"}));
}

// --- FwpsInjectForwardAsync0

std::vector<NTSTATUS> completions;

void NTAPI completed(void*, NET_BUFFER_LIST* list, BOOLEAN) {
  completions.push_back(list->Status);
}

struct ForwardInjection : RouterPath {
  struct Listener final : PathListener {
    Lines injected;
    void packet_injected(std::span<const std::uint8_t> packet, Direction direction,
                         const std::string& how) override {
      const auto header = parse_packet(packet);
      injected.push_back(
          fmt::format("{} {} > {} hops {}{}", direction == Direction::outbound ? how : "in " + how,
                      header->source.text(), header->destination.text(), header->hop_limit,
                      ip_checksum_is_right(packet, *header) ? "" : " bad checksum"));
    }
    void stream_bytes(const Step&, Direction, std::span<const std::uint8_t>) override {}
    void stream_fin(const Step&, Direction) override {}
  } listener;
  HANDLE handle = nullptr;

  ForwardInjection() {
    completions.clear();
    network.set_listener(&listener);
    run([&] {
      EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectionHandleCreate0)(
                    WDK_AF_UNSPEC, FWPS_INJECTION_TYPE_FORWARD, &handle),
                STATUS_SUCCESS);
    });
  }
  NTSTATUS inject(NET_BUFFER_LIST* list, ADDRESS_FAMILY family = WDK_AF_INET) {
    return IMPORT(wfp::injection_exports(), FwpsInjectForwardAsync0)(
        handle, nullptr, 0, family, COMPARTMENT_ID{1}, 12, list, completed, nullptr);
  }
};

TEST_F(ForwardInjection, a_clone_goes_out_behind_all_layers_with_its_hop_taken) {
  bool injected = false;
  judge = [&](const Sight& sight) {
    if (sight.name() != "ipforward_v4" || std::exchange(injected, true)) return;
    sight.block();
    EXPECT_EQ(inject(list_of(data_of(sight))), STATUS_SUCCESS);
  };
  forward(to_laboratory(), &listener);
  EXPECT_EQ(seen, (Lines{"inbound_ippacket_v4", "ipforward_v4", "ipforward_v4_discard"}));
  EXPECT_EQ(listener.injected, (Lines{"inject forward 192.0.2.20 > 198.51.100.5 hops 63"}));
  EXPECT_EQ(completions, (std::vector<NTSTATUS>{STATUS_SUCCESS}));
}

TEST_F(ForwardInjection, one_without_a_hop_left_is_lost_and_its_completion_tells) {
  Bytes packet = to_laboratory_v6();
  packet[7] = 1;
  run([&] { EXPECT_EQ(inject(list_of(packet), WDK_AF_INET6), STATUS_SUCCESS); });
  machine.run();
  EXPECT_EQ(listener.injected, Lines{});
  EXPECT_EQ(completions, (std::vector<NTSTATUS>{STATUS_DATA_NOT_ACCEPTED}));
}

TEST_F(ForwardInjection, another_kind_of_handle_is_refused) {
  run([&] {
    HANDLE transport = nullptr;
    EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectionHandleCreate0)(
                  WDK_AF_INET, FWPS_INJECTION_TYPE_TRANSPORT, &transport),
              STATUS_SUCCESS);
    handle = transport;
    EXPECT_EQ(inject(list_of(to_laboratory())), STATUS_FWP_INJECT_HANDLE_STALE);
  });
}

}  // namespace
}  // namespace drydock::net
