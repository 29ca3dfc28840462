// SPDX-License-Identifier: Apache-2.0
// What each layer shows for each protocol, held against the tables of layer_rules.h. Probes at
// every layer look at every indication of a host that talks in all the ways it can.
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "net/conversing.h"
#include "net/host/host_run.h"
#include "net/host/packets.h"
#include "net/layer_rules.h"
#include "net/sight_text.h"

namespace drydock::net {
namespace {

using namespace testing;

struct Table : ::testing::TestWithParam<IpVersion> {
  HostRun run{{.servers = {},
               .clients = {{.protocol = Protocol::tcp,
                            .address = far().address,
                            .to = {own(), 8080},
                            .says = bytes_of("payload")}}}};
  std::set<const LayerRow*> used;
  std::size_t looks = 0;
  LookedAt host{.own = {"192.0.2.10", "2001:db8::10"}};

  static bool v4() { return GetParam() == IpVersion::v4; }
  static IpAddress own() { return *IpAddress::parse(v4() ? "192.0.2.10" : "2001:db8::10"); }
  static SocketPlace far() { return place(v4() ? "192.0.2.20" : "2001:db8::20", 80); }
  static SocketPlace any(std::uint16_t port) { return {IpAddress::unspecified(GetParam()), port}; }

  static Bytes bytes_in(const Sight& sight) {
    const NET_BUFFER& buffer = *sight.list()->FirstNetBuffer;
    Bytes bytes(buffer.DataLength);
    EXPECT_EQ(ndis::copy_out(buffer, 0, std::as_writable_bytes(std::span(bytes))), bytes.size());
    return bytes;
  }
  // As much of the packet as comes before its data, by a look at the headers in front of them.
  static std::string data_place(const Sight& sight) {
    if (sight.is_stream()) return "payload";
    if (sight.list() == nullptr) return "none";
    NET_BUFFER& buffer = *sight.list()->FirstNetBuffer;
    const Bytes data = bytes_in(sight);
    for (const ULONG front : {0U, 20U, 40U, 28U, 48U, 60U}) {
      if (!NT_SUCCESS(ndis::retreat(buffer, front, 0, nullptr))) continue;
      const Bytes whole = bytes_in(sight);
      ndis::advance(buffer, front, false, nullptr);
      const auto header = parse_packet(whole);
      if (!header || header->total_size != whole.size() || header->source.is_unspecified())
        continue;
      if (front == 0 && sight.name().starts_with("inbound_icmp")) continue;
      if (front == 0) return "IP header";
      if (front == header->ip_header_size) return "transport header";
      if (front == header->payload_offset())
        return sight.name().starts_with("inbound_icmp_error") ? "inner IP header" : "payload";
    }
    const auto frame = parse_ethernet(data);
    if (frame && frame->is_ip()) return "MAC header";
    return fmt::format("nowhere: {} bytes", data.size());
  }
  static Shown shown_in(const Sight& sight) {
    Shown shown{
        .layer = &sight.layer(), .fields = {}, .metadata = sight.metadata.currentMetadataValues};
    for (std::size_t i = 0; i < sight.layer().fields.size(); ++i) {
      const wfp::Field& field = sight.layer().fields[i];
      shown.fields[field.condition->name.data() + std::string_view("FWPM_CONDITION_").size()] =
          text_of(field, sight.values.incomingValue[i].value);
    }
    return shown;
  }

  void look(const Sight& sight) {
    ++looks;
    const Shown shown = shown_in(sight);
    for (const std::string& wrong : complaints(shown, host)) ADD_FAILURE() << wrong;
    const LayerRow* row = shown.row();
    if (row == nullptr) return;
    used.insert(row);
    EXPECT_EQ(data_place(sight), row->data) << sight.name() << shown.protocol() << shown.way();
    if (sight.has(FWPS_METADATA_FIELD_IP_HEADER_SIZE)) {
      EXPECT_EQ(sight.metadata.ipHeaderSize, v4() ? 20U : 40U) << sight.name();
    }
  }

  void serve() {
    const auto server = HostRun::program(500, "server.exe");
    const SocketId listener = run.host.open(server, Protocol::tcp, GetParam());
    EXPECT_EQ(run.host.bind(listener, any(8080)), STATUS_SUCCESS);
    EXPECT_EQ(run.host.listen(listener), STATUS_SUCCESS);
    for (int clients = 0; clients < 2; ++clients) {
      const SocketId accepted = run.host.accept(listener).socket;
      EXPECT_EQ(text_of(run.host.receive(accepted, 100).bytes), "payload");
      EXPECT_EQ(run.host.send(accepted, bytes_of("answer")), STATUS_SUCCESS);
      EXPECT_TRUE(run.host.receive(accepted, 100).bytes.empty());
      run.host.close(accepted);
    }
    run.host.close(listener);
  }
  void use_tcp() {
    const auto client = HostRun::program(400, "client.exe");
    for (const SocketPlace& to : {far(), SocketPlace{own(), 8080}}) {
      const SocketId socket = run.host.open(client, Protocol::tcp, GetParam());
      EXPECT_EQ(run.host.connect(socket, to), STATUS_SUCCESS);
      EXPECT_EQ(run.host.send(socket, bytes_of("payload")), STATUS_SUCCESS);
      EXPECT_FALSE(run.host.receive(socket, 1000).bytes.empty());
      run.host.close(socket);
    }
    EXPECT_EQ(run.host.connect(run.host.open(client, Protocol::tcp, GetParam()), {own(), 9}),
              STATUS_CONNECTION_REFUSED);
  }
  void use_udp() {
    const auto program = HostRun::program(600, "names.exe");
    const SocketId server = run.host.open(program, Protocol::udp, GetParam());
    EXPECT_EQ(run.host.bind(server, any(53)), STATUS_SUCCESS);
    const SocketId socket = run.host.open(program, Protocol::udp, GetParam());
    for (const SocketPlace& to : {far(), SocketPlace{own(), 53}, SocketPlace{own(), 9}})
      EXPECT_EQ(run.host.send_to(socket, to, bytes_of("payload")), STATUS_SUCCESS);
    EXPECT_EQ(run.host.receive(socket, 1000).bytes.size(), 200U);
    EXPECT_EQ(text_of(run.host.receive(server, 1000).bytes), "payload");
    run.host.close(socket);
    run.host.close(server);
  }
  // Pings have no sockets here: recorded ones.
  std::vector<Step> pings() {
    Conversing talk;
    const std::uint8_t request = v4() ? 8 : 128;
    const std::uint8_t reply = v4() ? 0 : 129;
    const auto ping = [&](const IpAddress& from, const IpAddress& to, std::uint8_t type) {
      const Bytes message = {type, 0, 0, 0, 0, 7, 0, 1, 'p', 'i', 'n', 'g'};
      return make_ip_packet(from, to, v4() ? Protocol::icmp : Protocol::icmpv6, message);
    };
    talk.feed(ping(own(), far().address, request)).feed(ping(far().address, own(), reply));
    const IpAddress other = *IpAddress::parse(v4() ? "192.0.2.30" : "2001:db8::30");
    talk.feed(ping(other, own(), request)).feed(ping(own(), other, reply));
    return talk.close().steps;
  }
  // So has a protocol without ports.
  static std::vector<Step> of_another_protocol() {
    constexpr Protocol experimental{253};  // RFC 3692
    Conversing talk;
    talk.feed(make_ip_packet(own(), far().address, experimental, bytes_of("out")))
        .feed(make_ip_packet(far().address, own(), experimental, bytes_of("in")));
    const IpAddress other = *IpAddress::parse(v4() ? "192.0.2.30" : "2001:db8::30");
    talk.feed(make_ip_packet(other, own(), experimental, bytes_of("from another one")));
    return talk.close().steps;
  }
  // Neither has a router.
  static std::vector<Step> forwarded() {
    LocalHost router = standard_local_host();
    const auto network = [](const char* text) { return *NetworkAddress::parse(text); };
    router.interfaces = {{7, {network(v4() ? "192.0.2.10/24" : "2001:db8::10/64")}},
                         {12, {network(v4() ? "198.51.100.1/24" : "2001:db8:1::1/64")}}};
    router.forwards = true;
    HostTracker tracker(router);
    const SocketPlace beyond = place(v4() ? "198.51.100.5" : "2001:db8:1::5", 9);
    Bytes packet = make_udp_packet(far(), beyond, bytes_of("payload"));
    std::vector<Step> steps = tracker.feed(captured(milliseconds{1}, packet));
    packet[v4() ? 8 : 7] = 1;  // no hop left
    std::ranges::move(tracker.feed(captured(milliseconds{2}, packet)), std::back_inserter(steps));
    return steps;
  }
};

TEST_P(Table, is_what_every_layer_shows) {
  run.run([this] {
    for (const LayerId layer : layers_beside_steps()) run.watch(layer);
  });
  run.judge = [this](const Sight& sight) { look(sight); };
  run.start([this] { serve(); });
  run.start([this] { use_udp(); });
  run.start([this] {
    run.far.start();
    run.machine.sleep_until(machine::milliseconds(100));
    use_tcp();
  });
  run.go();
  run.play(pings());
  run.play(of_another_protocol());
  host.routes = true;
  host.interfaces["12"] = "6";
  run.play(forwarded());
  EXPECT_GT(looks, 150U);
  for (const LayerRow& row : layer_table)
    EXPECT_TRUE(used.contains(&row)) << row.layer << " " << row.when;
}

INSTANTIATE_TEST_SUITE_P(BothFamilies, Table, ::testing::Values(IpVersion::v4, IpVersion::v6),
                         [](const auto& version) {
                           return version.param == IpVersion::v4 ? "IPv4" : "IPv6";
                         });

}  // namespace
}  // namespace drydock::net
