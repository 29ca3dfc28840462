// SPDX-License-Identifier: Apache-2.0
// A host with sockets that is a router besides: others talk through it.
#include <gtest/gtest.h>

#include "net/host/host_run.h"
#include "net/host/packets.h"
#include "net/tcp_packet.h"

namespace drydock::net {
namespace {

using namespace testing;

SocketHostOptions router() {
  const auto network = [](const char* text) { return *NetworkAddress::parse(text); };
  LocalHost host = standard_local_host();
  host.addresses.push_back(*IpAddress::parse("198.51.100.1"));
  host.interfaces = {{7, {network("192.0.2.10/24"), network("2001:db8::10/64")}},
                     {12, {network("198.51.100.1/24"), network("2001:db8:1::1/64")}}};
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

// What goes to whoever sent `packet`, and the layers that the host showed.
struct Answered {
  std::vector<std::vector<std::uint8_t>> packets;
  Names seen;
};
Answered answer_to(std::vector<std::uint8_t> packet) {
  struct Wire final : WireEnd {
    std::vector<std::vector<std::uint8_t>> came;
    void arrive(const PacketBytes& bytes) override { came.push_back(*bytes); }
  } wire;
  HostRun run({}, {}, router());
  run.host.set_wire(wire);
  run.start([&] {
    run.host.arrive(std::make_shared<const std::vector<std::uint8_t>>(std::move(packet)));
  });
  run.go();
  return {wire.came, run.seen};
}

const Names told = {"inbound_ippacket", "ipforward_discard", "outbound_icmp_error",
                    "outbound_transport", "outbound_ippacket"};
const Names not_told = {"inbound_ippacket", "ipforward_discard"};

Bytes with_hops(Bytes packet, std::uint8_t hops) {
  const auto header = parse_packet(packet);
  packet[header->version == IpVersion::v4 ? 8 : 7] = hops;
  set_checksums(packet, *header);
  return packet;
}

// That the sender of `lost` is told by one whole ICMP error: from whom to whom, its type and what
// it quotes.
void expect_time_exceeded(const Bytes& lost, const std::string& way, int type,
                          const Bytes& quoted) {
  const Answered answered = answer_to(lost);
  EXPECT_EQ(answered.seen, told);
  ASSERT_EQ(answered.packets.size(), 1U);
  const auto& packet = answered.packets[0];
  const auto header = parse_packet(packet);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->source.text() + " > " + header->destination.text(), way);
  EXPECT_EQ(header->icmp_type, type);
  EXPECT_EQ(header->icmp_code, 0);
  const std::size_t headers = header->version == IpVersion::v4 ? 28 : 48;
  EXPECT_EQ(Bytes(packet.begin() + headers, packet.end()), quoted);
  Bytes summed = packet;
  set_checksums(summed, *header);
  EXPECT_EQ(packet, summed);
}

TEST(SocketForwarding, who_sent_a_packet_without_a_hop_left_is_told) {
  const Bytes lost =
      with_hops(udp_packet(at("192.0.2.20", 4000), at("198.51.100.5", 53), "hello"), 1);
  const Bytes its_headers(lost.begin(), lost.begin() + 28);
  expect_time_exceeded(lost, "192.0.2.10 > 192.0.2.20", 11, its_headers);
}

TEST(SocketForwarding, who_sent_a_packet_of_ipv6_without_a_hop_left_is_told) {
  const Bytes lost =
      with_hops(udp_packet(at("2001:db8::20", 4000), at("2001:db8:1::5", 53), "hello"), 1);
  expect_time_exceeded(lost, "2001:db8::10 > 2001:db8::20", 3, lost);  // as much as fits
}

TEST(SocketForwarding, nobody_is_told_about_an_error_or_a_later_fragment) {
  const auto fragments =
      fragments_of(udp_packet(at("192.0.2.20", 4000), at("198.51.100.5", 53), "0123456789"), 8);
  const Answered later = answer_to(with_hops(fragments[1], 1));
  EXPECT_EQ(later.seen, not_told);
  EXPECT_TRUE(later.packets.empty());
  const Bytes refused = udp_packet(at("198.51.100.5", 53), at("192.0.2.20", 4000), "hello");
  const Answered error = answer_to(with_hops(port_unreachable(refused, *parse_packet(refused)), 1));
  EXPECT_EQ(error.seen, not_told);
  EXPECT_TRUE(error.packets.empty());
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
