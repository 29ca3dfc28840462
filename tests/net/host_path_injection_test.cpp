// SPDX-License-Identifier: Apache-2.0
// Packets that a callout injects come by the callouts again and complete.
#include <gtest/gtest.h>

#include <cstring>

#include "ndis/exports.h"
#include "ndis/lists.h"
#include "net/host_path_run.h"

namespace drydock::net {
namespace {

using namespace testing;
using Names = std::vector<std::string>;

const Place host = at("192.0.2.10", 49152), name_server = at("192.0.2.20", 53);
const Place host6 = at("2001:db8::10", 49152), name_server6 = at("2001:db8::20", 53);

// What leaves the host of a driver's own.
struct Wire final : PathListener {
  std::vector<Bytes> left;
  void packet_injected(std::span<const std::uint8_t> bytes, Direction,
                       const std::string&) override {
    left.emplace_back(bytes.begin(), bytes.end());
  }
  void stream_bytes(const Step&, Direction, std::span<const std::uint8_t>) override {}
  void stream_fin(const Step&, Direction) override {}
};

// A driver that sends and receives packets of its own.
struct Injecting : ::testing::Test {
  explicit Injecting(const wfp::KernelOptions& options = {}, LocalHost of = {})
      : run(nullptr, options, std::move(of)) {}

  PathRun run;
  std::span<const machine::ExportRow* const> rows = wfp::injection_exports();
  HANDLE handle = nullptr;
  Names seen;                      // layer, injection state and data of every classify
  std::vector<NTSTATUS> statuses;  // of completed injections
  std::function<void(const Sight&)> also;

  void prepare(ADDRESS_FAMILY family = WDK_AF_INET) {
    run.script.classify = [this](const Sight& sight) {
      seen.push_back(
          fmt::format("{} {} {}", sight.name(), static_cast<int>(state_of(sight)), text_of(sight)));
      if (also) also(sight);
    };
    run.run([&, family] {
      run.watch_everything();
      EXPECT_EQ(IMPORT(rows, FwpsInjectionHandleCreate0)(
                    family, FWPS_INJECTION_TYPE_NETWORK | FWPS_INJECTION_TYPE_TRANSPORT, &handle),
                STATUS_SUCCESS);
    });
  }
  FWPS_PACKET_INJECTION_STATE state_of(const Sight& sight) const {
    return IMPORT(rows, FwpsQueryPacketInjectionState0)(handle, sight.list(), nullptr);
  }
  // Size and last byte of the data.
  static std::string text_of(const Sight& sight) {
    if (sight.list() == nullptr) return "-";
    const NET_BUFFER& buffer = *sight.list()->FirstNetBuffer;
    std::byte last{};
    ndis::copy_out(buffer, buffer.DataLength - 1, {&last, 1});
    return fmt::format("{}{}", buffer.DataLength, static_cast<char>(last));
  }

  static void NTAPI complete(void* context, NET_BUFFER_LIST* list, BOOLEAN) {
    static_cast<Injecting*>(context)->statuses.push_back(list->Status);
    IMPORT(wfp::injection_exports(), FwpsFreeNetBufferList0)(list);
  }
  NET_BUFFER_LIST* list_of(const Bytes& bytes) { return run.list_of(bytes); }
  void send_network(const Bytes& packet) {
    EXPECT_EQ(IMPORT(rows, FwpsInjectNetworkSendAsync0)(handle, nullptr, 0, {}, list_of(packet),
                                                        complete, this),
              STATUS_SUCCESS);
  }
  void receive_network(const Bytes& packet) {
    EXPECT_EQ(IMPORT(rows, FwpsInjectNetworkReceiveAsync0)(handle, nullptr, 0, {}, 7, 3,
                                                           list_of(packet), complete, this),
              STATUS_SUCCESS);
  }
  void receive_transport(const Bytes& packet) {
    EXPECT_EQ(
        IMPORT(rows, FwpsInjectTransportReceiveAsync0)(handle, nullptr, nullptr, 0, WDK_AF_INET, {},
                                                       7, 0, list_of(packet), complete, this),
        STATUS_SUCCESS);
  }
  void send_transport(const Bytes& datagram, UINT64 endpoint, IpAddress to) {
    auto* parameters = run.machine.memory().kernel.make<FWPS_TRANSPORT_SEND_PARAMS0>();
    auto* address = run.machine.memory().kernel.allocate(16);
    std::memcpy(address, to.bytes.data(), 16);
    parameters->remoteAddress = reinterpret_cast<UCHAR*>(address);
    const ADDRESS_FAMILY family = to.version == IpVersion::v4 ? WDK_AF_INET : WDK_AF_INET6;
    EXPECT_EQ(
        IMPORT(rows, FwpsInjectTransportSendAsync0)(handle, nullptr, endpoint, 0, parameters,
                                                    family, {}, list_of(datagram), complete, this),
        STATUS_SUCCESS);
  }
  void play(const std::vector<Bytes>& packets) {
    HostTracker tracker{standard_local_host()};
    Nanoseconds now{};
    std::vector<Step> steps;
    for (const Bytes& packet : packets) {
      for (Step& step : tracker.feed(captured(now += milliseconds{1}, packet))) {
        steps.push_back(std::move(step));
      }
    }
    run.play(steps);
  }
};

struct Family {
  const char* name;
  Place local, remote;
  std::size_t ip_header;
};

class InjectingDatagrams : public Injecting, public ::testing::WithParamInterface<Family> {};

// What a proxy or an inspecting driver does: take the datagram, send it anew.
TEST_P(InjectingDatagrams, an_absorbed_datagram_that_is_sent_again_is_seen_as_injected_by_self) {
  const Family& family = GetParam();
  prepare(family.local.address.version == IpVersion::v4 ? WDK_AF_INET : WDK_AF_INET6);
  const Bytes packet = udp_packet(family.local, family.remote, "question?");
  Names flows;
  also = [&](const Sight& sight) {
    if (!sight.name().starts_with("datagram_data")) return;
    flows.push_back(fmt::format("{}", sight.metadata.flowHandle));
    if (state_of(sight) != FWPS_PACKET_NOT_INJECTED) return;
    sight.block(true);
    send_transport(
        Bytes(packet.begin() + static_cast<std::ptrdiff_t>(family.ip_header), packet.end()),
        sight.metadata.transportEndpointHandle, family.remote.address);
  };
  play({packet});
  const auto layer = [&](const char* kind) { return fmt::format("{}_{}", kind, family.name); };
  EXPECT_EQ(seen,
            (Names{layer("ale_bind_redirect") + " 0 -", layer("ale_resource_assignment") + " 0 -",
                   layer("ale_connect_redirect") + " 0 -", layer("ale_auth_connect") + " 0 17?",
                   layer("ale_flow_established") + " 0 17?",
                   layer("datagram_data") + " 0 17?",  // absorbed
                   layer("datagram_data") + " 1 17?", layer("outbound_transport") + " 1 17?",
                   layer("outbound_ippacket") + fmt::format(" 1 {}?", 17 + family.ip_header)}));
  ASSERT_EQ(flows.size(), 2U);
  EXPECT_EQ(flows[0], flows[1]);
  EXPECT_EQ(statuses, std::vector<NTSTATUS>{STATUS_SUCCESS});
}

INSTANTIATE_TEST_SUITE_P(Families, InjectingDatagrams,
                         ::testing::Values(Family{"v4", host, name_server, 20},
                                           Family{"v6", host6, name_server6, 40}),
                         [](const auto& test) { return std::string(test.param.name); });

// What a proxy for datagrams does: they go to somebody else, from the same endpoint.
TEST_P(InjectingDatagrams, a_datagram_sent_to_another_peer_than_the_socket_asked_for_gets_there) {
  const Family& family = GetParam();
  prepare(family.local.address.version == IpVersion::v4 ? WDK_AF_INET : WDK_AF_INET6);
  const Bytes packet = udp_packet(family.local, family.remote, "question?");
  IpAddress proxy = family.remote.address;
  proxy.bytes[family.ip_header == 20 ? 3 : 15] = 0x99;
  also = [&](const Sight& sight) {
    if (!sight.name().starts_with("datagram_data") || state_of(sight) != FWPS_PACKET_NOT_INJECTED)
      return;
    sight.block(true);
    send_transport(
        Bytes(packet.begin() + static_cast<std::ptrdiff_t>(family.ip_header), packet.end()),
        sight.metadata.transportEndpointHandle, proxy);
  };
  Wire wire;
  run.network.set_listener(&wire);
  play({packet});
  run.network.set_listener(nullptr);
  ASSERT_EQ(wire.left.size(), 1U);
  const auto there = parse_packet(wire.left[0]);
  ASSERT_TRUE(there);
  EXPECT_EQ(there->source, family.local.address);
  EXPECT_EQ(there->destination, proxy);
  const Bytes sent = udp_packet(family.local, {proxy, family.remote.port}, "question?");
  EXPECT_TRUE(std::ranges::equal(std::span(wire.left[0]).subspan(family.ip_header),
                                 std::span(sent).subspan(family.ip_header)));
  EXPECT_EQ(statuses, std::vector<NTSTATUS>{STATUS_SUCCESS});
}

// E-17
TEST(InjectingVariants,
     a_datagram_sent_at_the_transport_layer_comes_by_its_own_layer_or_goes_down) {
  struct Sending : Injecting {
    explicit Sending(bool goes_down)
        : Injecting({.engine = {}, .lifecycle = {.injected_datagrams_go_down = goes_down}}) {}
    void TestBody() override {}
  };
  for (const bool goes_down : {false, true}) {
    Sending test(goes_down);
    test.prepare();
    const Bytes packet = udp_packet(host, name_server, "question?");
    std::size_t shown = 0;
    test.also = [&](const Sight& sight) {
      if (sight.name() != "datagram_data_v4" || ++shown != 1) return;
      sight.block(true);
      test.send_transport(Bytes(packet.begin() + 20, packet.end()),
                          sight.metadata.transportEndpointHandle, name_server.address);
    };
    test.play({packet});
    EXPECT_EQ(shown, goes_down ? 1U : 2U);
    EXPECT_EQ(test.seen.back(), "outbound_ippacket_v4 1 37?");
  }
}

// E-13
TEST(InjectingVariants, a_socket_is_asked_for_its_redirection_for_each_peer_or_once) {
  struct Talking : Injecting {
    explicit Talking(bool once)
        : Injecting({.engine = {}, .lifecycle = {.redirect_once_per_socket = once}}) {}
    void TestBody() override {}
  };
  for (const bool once : {false, true}) {
    Talking test(once);
    test.prepare();
    std::vector<UINT32> asked;
    test.also = [&](const Sight& sight) {
      if (sight.name() == "ale_connect_redirect_v4")
        asked.push_back(sight.value("IP_REMOTE_ADDRESS")->uint32);
    };
    test.play({udp_packet(host, name_server, "one?"),
               udp_packet(host, at("192.0.2.21", 53), "two?"),
               udp_packet(host, name_server, "three?")});
    EXPECT_EQ(asked, once ? std::vector<UINT32>{0xc0000214}
                          : (std::vector<UINT32>{0xc0000214, 0xc0000215}));
  }
}

TEST_F(Injecting, a_packet_sent_at_the_network_layer_meets_outbound_ippacket_only) {
  prepare();
  run.run([&] { send_network(udp_packet(host, name_server, "q?")); });
  EXPECT_EQ(seen, Names{"outbound_ippacket_v4 1 30?"});
  EXPECT_EQ(statuses, std::vector<NTSTATUS>{STATUS_SUCCESS});
}

LocalHost with_two_interfaces() {
  LocalHost two;
  two.interfaces = {{.index = 4, .addresses = {{*IpAddress::parse("192.0.2.10"), 24}}},
                    {.index = 9, .addresses = {{*IpAddress::parse("198.51.100.10"), 24}}}};
  return two;
}

// Drivers read the LUID through the pointer, of packets too that nobody has a flow for.
TEST(InjectingBetweenInterfaces, a_packet_of_no_flow_shows_the_interface_that_its_route_takes) {
  struct Sending : Injecting {
    Sending() : Injecting({}, with_two_interfaces()) {}
    void TestBody() override {}
  } test;
  test.prepare();
  Names fields;
  test.also = [&](const Sight& sight) {
    if (!sight.name().ends_with("ippacket_v4")) return;
    const auto number = [&](const char* field) {
      return sight.value(field)->type == FWP_UINT32 ? sight.value(field)->uint32 : ~0U;
    };
    const FWP_VALUE0& luid = *sight.value("IP_LOCAL_INTERFACE");
    fields.push_back(fmt::format("{} luid {:x} index {} sub {} type {} tunnel {}", sight.name(),
                                 luid.type == FWP_UINT64 ? *luid.uint64 : 0,
                                 number("INTERFACE_INDEX"), number("SUB_INTERFACE_INDEX"),
                                 number("INTERFACE_TYPE"), number("TUNNEL_TYPE")));
  };
  const Place stranger = at("198.51.100.7", 53);
  test.run.run([&] {
    test.send_network(udp_packet(at("198.51.100.10", 1), stranger, "out"));
    test.receive_network(udp_packet(stranger, at("192.0.2.10", 999), "in"));
  });
  EXPECT_EQ(fields,
            (Names{"outbound_ippacket_v4 luid 6000009000000 index 9 sub 0 type 6 tunnel 0",
                   "inbound_ippacket_v4 luid 6000007000000 index 7 sub 3 type 6 tunnel 0"}));
}

TEST_F(Injecting, a_received_datagram_reaches_the_datagram_layer_of_its_live_flow) {
  prepare();
  play({udp_packet(host, name_server, "q?")});
  seen.clear();
  run.run([&] { receive_transport(udp_packet(name_server, host, "an answer!")); });
  EXPECT_EQ(seen, (Names{"inbound_ippacket_v4 1 18!", "inbound_transport_v4 1 10!",
                         "datagram_data_v4 1 10!"}));
  seen.clear();
  run.run([&] { receive_network(udp_packet(name_server, at("192.0.2.10", 999), "nobody!")); });
  EXPECT_EQ(seen, (Names{"inbound_ippacket_v4 1 15!", "inbound_transport_v4 1 7!"}));
  EXPECT_EQ(statuses, (std::vector<NTSTATUS>{STATUS_SUCCESS, STATUS_SUCCESS}));
}

TEST_F(Injecting, a_blocked_packet_completes_with_a_failure_and_an_absorbed_one_does_not) {
  prepare();
  bool absorb = false;
  also = [&](const Sight& sight) {
    if (sight.name() == "inbound_ippacket_v4") sight.block(absorb);
  };
  run.run([&] { receive_transport(udp_packet(name_server, host, "an answer!")); });
  absorb = true;
  run.run([&] { receive_transport(udp_packet(name_server, host, "an answer!")); });
  EXPECT_EQ(statuses, (std::vector<NTSTATUS>{STATUS_DATA_NOT_ACCEPTED, STATUS_SUCCESS}));
  EXPECT_EQ(seen, (Names{"inbound_ippacket_v4 1 18!", "inbound_ippacket_v4_discard 1 18!",
                         "inbound_ippacket_v4 1 18!"}));
  ledger::Counters counters;
  run.network.fold_counts(counters);
  EXPECT_EQ(counters.values,
            (std::map<std::string, std::uint64_t>{{"injected packets blocked", 2}}));
}

struct Fragments : Injecting {
  std::vector<Bytes> parts = fragments_of(udp_packet(name_server, host, std::string(40, 'x')), 24);

  static bool is_first_part(const Sight& sight) {
    return (sight.value("FLAGS")->uint32 & FWP_CONDITION_FLAG_IS_FRAGMENT) != 0 &&
           sight.metadata.fragmentMetadata.fragmentOffset == 0;
  }
  // Of packets alone.
  [[nodiscard]] Names shown() const {
    Names names = seen;
    std::erase_if(names, [](const std::string& name) { return name.starts_with("ale_"); });
    return names;
  }
};

TEST_F(Fragments, of_a_packet_that_one_is_blocked_of_nothing_goes_up) {
  prepare();
  also = [&](const Sight& sight) {
    if (sight.name() == "inbound_ippacket_v4" && is_first_part(sight)) sight.block();
  };
  play(parts);
  EXPECT_EQ(shown(), (Names{"inbound_ippacket_v4 0 24x", "inbound_ippacket_v4_discard 0 24x",
                            "inbound_ippacket_v4 0 24x"}));
}

TEST_F(Fragments, that_a_driver_takes_and_injects_again_make_the_packet_once) {
  for (const bool late : {false, true}) {
    SCOPED_TRACE(late);
    seen.clear();
    statuses.clear();
    if (handle == nullptr) prepare();
    also = [&](const Sight& sight) {
      if (sight.name() != "inbound_ippacket_v4" || !is_first_part(sight) ||
          state_of(sight) != FWPS_PACKET_NOT_INJECTED)
        return;
      sight.block(true);
      if (!late) return receive_network(parts[0]);
      run.as_driver("driver thread", [this] {
        run.machine.sleep_until(run.machine.now() + machine::seconds(1));
        receive_network(parts[0]);
      });
    };
    play(parts);
    Names names = shown();
    ASSERT_EQ(names.size(), 6U);
    std::sort(names.begin(), names.begin() + 3);  // they come at once
    EXPECT_EQ(names, (Names{"inbound_ippacket_v4 0 24x", "inbound_ippacket_v4 0 24x",
                            "inbound_ippacket_v4 1 24x", "inbound_ippacket_v4 0 48x",
                            "inbound_transport_v4 0 40x", "datagram_data_v4 0 40x"}));
    EXPECT_EQ(statuses, std::vector<NTSTATUS>{STATUS_SUCCESS});
  }
}

// The list is longer than its packet: an Ethernet frame's padding, or what a driver left over.
TEST_F(Injecting, bytes_behind_the_packet_neither_leave_nor_count_in_its_checksum) {
  prepare();
  Wire wire;
  run.network.set_listener(&wire);
  const Bytes packet = udp_packet(host, name_server, "q?");
  Bytes padded = packet;
  padded.resize(packet.size() + 30, 0xee);
  run.run([&] { send_network(padded); });
  run.network.set_listener(nullptr);
  ASSERT_EQ(wire.left.size(), 1U);
  EXPECT_EQ(wire.left[0].size(), packet.size());
  EXPECT_TRUE(transport_checksum_is_right(wire.left[0], *parse_packet(wire.left[0])));
  EXPECT_EQ(statuses, std::vector<NTSTATUS>{STATUS_SUCCESS});
}

TEST_F(Injecting, a_datagram_that_no_length_field_can_tell_completes_as_invalid) {
  prepare();
  const Bytes small = udp_packet(host, name_server, "q?");
  also = [&](const Sight& sight) {
    if (sight.name() != "datagram_data_v4" || !statuses.empty()) return;
    Bytes datagram(small.begin() + 20, small.end());
    datagram.resize(65'516);
    send_transport(datagram, sight.metadata.transportEndpointHandle, name_server.address);
  };
  play({small});
  EXPECT_EQ(statuses, std::vector<NTSTATUS>{STATUS_INVALID_PARAMETER});
  EXPECT_EQ(std::ranges::count(seen, "outbound_ippacket_v4 0 30?"), 1);
  EXPECT_FALSE(seen.back().starts_with("outbound_ippacket_v4 1"));
}

TEST_F(Injecting, what_is_no_packet_or_has_no_sender_completes_as_invalid_and_is_seen_nowhere) {
  prepare();
  run.run([&] {
    send_network(text_bytes("this is no IP packet"));
    send_transport(text_bytes("12345678datagram"), 0x4711, name_server.address);
  });
  EXPECT_EQ(statuses, (std::vector<NTSTATUS>{STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER}));
  EXPECT_EQ(seen, Names{});
}

}  // namespace
}  // namespace drydock::net
