// SPDX-License-Identifier: Apache-2.0
// A host with sockets that is a router besides: others talk through it.
#include <gtest/gtest.h>

#include "net/host/host_run.h"

namespace drydock::net {
namespace {

using namespace testing;

SocketHostOptions router() {
  const auto network = [](const char* text) { return *NetworkAddress::parse(text); };
  LocalHost host = standard_local_host();
  host.addresses.push_back(*IpAddress::parse("198.51.100.1"));
  host.interfaces = {{7, {network("192.0.2.10/24")}}, {12, {network("198.51.100.1/24")}}};
  host.forwards = true;
  return {.host = std::move(host)};
}

// Somebody in one network connects to somebody in the other one.
FarNetworkOptions neighbours() {
  return {.servers = {},
          .clients = {{.protocol = Protocol::tcp,
                       .address = *IpAddress::parse("192.0.2.20"),
                       .to = place("198.51.100.5", 80),
                       .begins = machine::seconds(1),
                       .says = bytes_of("question")}}};
}

TEST(SocketForwarding, others_talk_through_the_host_and_no_socket_hears_of_it) {
  HostRun run(neighbours(), {}, router());
  std::size_t payload = 0;
  run.judge = [&](const Sight& sight) {
    if (sight.name() == "ipforward_v4") payload += sight.list()->FirstNetBuffer->DataLength - 40;
  };
  run.far.start();
  run.go();
  ASSERT_FALSE(run.seen.empty());
  EXPECT_EQ(payload, std::string("question").size() + 200);  // and the answer
  const Names forwarded = {"inbound_ippacket", "ipforward", "outbound_ippacket"};
  for (std::size_t i = 0; i < run.seen.size(); ++i) EXPECT_EQ(run.seen[i], forwarded[i % 3]) << i;
}

TEST(SocketForwarding, a_block_at_the_forward_layer_keeps_them_apart) {
  HostRun run(neighbours(), {}, router());
  run.judge = [](const Sight& sight) {
    if (sight.name() == "ipforward_v4") sight.block();
  };
  run.far.start();
  run.go();
  ASSERT_FALSE(run.seen.empty());  // the client tries again and again
  const Names kept = {"inbound_ippacket", "ipforward", "ipforward_discard"};
  for (std::size_t i = 0; i < run.seen.size(); ++i) EXPECT_EQ(run.seen[i], kept[i % 3]) << i;
}

TEST(SocketInterfaces, a_program_sends_from_the_address_that_is_on_the_way) {
  HostRun run({}, {}, router());
  std::vector<std::pair<std::string, std::uint32_t>> sent;
  run.judge = [&](const Sight& sight) {
    if (sight.name() == "outbound_ippacket_v4")
      sent.emplace_back(IpAddress::from_v4(sight.value("IP_LOCAL_ADDRESS")->uint32).text(),
                        sight.value("INTERFACE_INDEX")->uint32);
  };
  run.start([&] {
    for (const char* to : {"192.0.2.20", "198.51.100.5"}) {
      const SocketId socket =
          run.host.open(HostRun::program(400, "client.exe"), Protocol::udp, IpVersion::v4);
      EXPECT_EQ(run.host.send_to(socket, place(to, 53), bytes_of("who")), STATUS_SUCCESS);
      EXPECT_EQ(run.host.receive(socket, 1000).bytes.size(), 200U);
      run.host.close(socket);
    }
  });
  run.go();
  EXPECT_EQ(sent, (std::vector<std::pair<std::string, std::uint32_t>>{{"192.0.2.10", 7},
                                                                      {"198.51.100.1", 12}}));
}

// Generated traffic has frames as well; only the wire knows no header of them.
TEST(SocketFrames, what_programs_send_and_get_passes_the_mac_layers) {
  HostRun run;
  run.run([&] {
    for (const LayerId layer : layers_beside_steps()) run.watch(layer);
  });
  run.start([&] {
    const SocketId socket =
        run.host.open(HostRun::program(400, "client.exe"), Protocol::udp, IpVersion::v4);
    EXPECT_EQ(run.host.connect(socket, place("192.0.2.20", 53)), STATUS_SUCCESS);
    run.seen.clear();
    EXPECT_EQ(run.host.send(socket, bytes_of("who")), STATUS_SUCCESS);
    EXPECT_EQ(run.host.receive(socket, 1000).bytes.size(), 200U);
    EXPECT_EQ(run.seen, (Names{"ale_connect_redirect", "ale_auth_connect", "ale_flow_established",
                               "datagram_data", "outbound_transport", "outbound_ippacket",
                               "outbound_mac_frame_ethernet", "outbound_mac_frame_native",
                               "outbound_mac_frame_native_fast", "inbound_mac_frame_native_fast",
                               "inbound_mac_frame_native", "inbound_mac_frame_ethernet",
                               "inbound_ippacket", "inbound_transport", "datagram_data"}));
    run.host.close(socket);
  });
  run.go();
}

}  // namespace
}  // namespace drydock::net
