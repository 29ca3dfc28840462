// SPDX-License-Identifier: Apache-2.0
// What each layer shows for each protocol, held against a table: where the packet's data begin
// (engine section 7a) and which metadata are there (7b). Probes at every layer look at every
// indication of a host that talks in all the ways it can.
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "net/conversing.h"
#include "net/host/host_run.h"
#include "net/host/packets.h"

namespace drydock::net {
namespace {

using namespace testing;

struct Row {
  std::string_view layer;  // without family
  std::string_view when;   // protocol, and a direction where it matters: "tcp", "udp in"; "": any
  std::string_view data;   // where they begin
  std::string_view metadata;
};

// Written from the specification. "ale-pending" stands for a first packet, whose flow is not shown
// yet; IPv6 adds "scope" where remoteScopeId is documented.
constexpr Row table[] = {
    // Operations of sockets have no packet.
    {"ale_bind_redirect", "", "none", "compartment endpoint pid"},
    {"ale_resource_assignment", "", "none", "compartment endpoint pid path completion"},
    {"ale_auth_listen", "", "none", "compartment endpoint pid path completion"},
    {"ale_connect_redirect", "", "none", "compartment endpoint pid"},
    {"ale_endpoint_closure", "", "none", "compartment endpoint pid [parent]"},
    {"ale_resource_release", "", "none", "compartment endpoint pid"},
    // Authorization.
    {"ale_auth_connect", "tcp", "none",
     "flow compartment endpoint pid path direction completion [scope]"},
    {"ale_auth_connect", "udp", "transport header",
     "flow transport-size compartment endpoint pid path direction completion [scope]"},
    {"ale_auth_connect", "icmp", "transport header",
     "flow transport-size compartment endpoint pid path direction completion [scope]"},
    {"ale_auth_recv_accept", "tcp", "payload",
     "flow ip-size transport-size compartment endpoint parent pid path direction completion"},
    {"ale_auth_recv_accept", "udp", "payload",
     "flow ip-size transport-size compartment endpoint pid path direction completion"},
    {"ale_auth_recv_accept", "icmp", "payload",
     "flow ip-size transport-size compartment endpoint pid path direction completion"},
    {"ale_flow_established", "tcp", "payload", "flow compartment endpoint [parent] pid path"},
    {"ale_flow_established", "udp in", "payload", "flow compartment endpoint pid path"},
    {"ale_flow_established", "udp out", "transport header", "flow compartment endpoint pid path"},
    {"ale_flow_established", "icmp in", "payload", "flow compartment endpoint pid path"},
    {"ale_flow_established", "icmp out", "transport header", "flow compartment endpoint pid path"},
    // Data.
    {"stream", "tcp", "payload", "flow compartment"},
    {"datagram_data", "udp in", "payload",
     "flow ip-size transport-size compartment endpoint [scope]"},
    {"datagram_data", "udp out", "transport header",
     "flow transport-size compartment endpoint [scope]"},
    {"datagram_data", "icmp in", "payload",
     "flow ip-size transport-size compartment endpoint [scope]"},
    {"datagram_data", "icmp out", "transport header",
     "flow transport-size compartment endpoint [scope]"},
    // Packets.
    {"outbound_transport", "", "transport header",
     "[flow] transport-size compartment endpoint [scope]"},
    {"outbound_ippacket", "", "IP header", "ip-size transport-size compartment"},
    {"inbound_ippacket", "", "transport header", "ip-size compartment"},
    {"inbound_transport", "tcp", "payload",
     "[flow] ip-size transport-size compartment endpoint [ale-pending]"},
    {"inbound_transport", "udp", "payload",
     "[flow] ip-size transport-size compartment endpoint [ale-pending]"},
    {"inbound_transport", "icmp", "transport header",
     "[flow] ip-size transport-size compartment endpoint [ale-pending]"},
    // What nobody waits for, and what is said about it.
    {"inbound_ippacket_discard", "", "transport header", "discard ip-size compartment"},
    {"inbound_transport_discard", "tcp", "payload",
     "discard ip-size transport-size compartment endpoint"},
    {"outbound_icmp_error", "icmp", "transport header",
     "transport-size compartment endpoint [scope]"},
    {"inbound_icmp_error", "icmp", "inner IP header",
     "ip-size transport-size compartment endpoint"},
};

struct Bit {
  UINT32 bit;
  std::string_view name;
};
constexpr Bit bits[] = {
    {FWPS_METADATA_FIELD_DISCARD_REASON, "discard"},
    {FWPS_METADATA_FIELD_FLOW_HANDLE, "flow"},
    {FWPS_METADATA_FIELD_IP_HEADER_SIZE, "ip-size"},
    {FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE, "transport-size"},
    {FWPS_METADATA_FIELD_COMPARTMENT_ID, "compartment"},
    {FWPS_METADATA_FIELD_TRANSPORT_ENDPOINT_HANDLE, "endpoint"},
    {FWPS_METADATA_FIELD_PARENT_ENDPOINT_HANDLE, "parent"},
    {FWPS_METADATA_FIELD_PROCESS_ID, "pid"},
    {FWPS_METADATA_FIELD_PROCESS_PATH, "path"},
    {FWPS_METADATA_FIELD_PACKET_DIRECTION, "direction"},
    {FWPS_METADATA_FIELD_COMPLETION_HANDLE, "completion"},
    {FWPS_METADATA_FIELD_REMOTE_SCOPE_ID, "scope"},
    {FWPS_METADATA_FIELD_ALE_CLASSIFY_REQUIRED, "ale-pending"},
};

Names words_of(std::string_view text) {
  Names words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// The words without brackets have to be there, those with may be.
bool fits(const std::set<std::string>& there, std::string_view expected) {
  std::set<std::string> known;
  for (const std::string& word : words_of(expected)) {
    const bool optional = word.starts_with('[');
    const std::string name = optional ? word.substr(1, word.size() - 2) : word;
    known.insert(name);
    if (!optional && !there.contains(name)) return false;
  }
  return std::ranges::all_of(there, [&](const std::string& name) { return known.contains(name); });
}

struct Table : ::testing::TestWithParam<IpVersion> {
  HostRun run{{.servers = {},
               .clients = {{.protocol = Protocol::tcp,
                            .address = far().address,
                            .to = {own(), 8080},
                            .says = bytes_of("payload")}}}};
  std::set<const Row*> used;
  std::size_t looks = 0;

  static bool v4() { return GetParam() == IpVersion::v4; }
  static IpAddress own() { return *IpAddress::parse(v4() ? "192.0.2.10" : "2001:db8::10"); }
  static SocketPlace far() { return place(v4() ? "192.0.2.20" : "2001:db8::20", 80); }
  static SocketPlace any(std::uint16_t port) { return {IpAddress::unspecified(GetParam()), port}; }

  static std::string protocol_of(const Sight& sight) {
    const FWP_VALUE0* protocol = sight.value("IP_PROTOCOL");
    if (sight.is_stream()) return "tcp";
    if (sight.name().contains("icmp")) return "icmp";
    if (protocol != nullptr) return name_of(protocol->uint8);
    return {};
  }
  static std::string name_of(std::uint8_t protocol) {
    return protocol == 6 ? "tcp" : protocol == 17 ? "udp" : "icmp";
  }
  static Bytes bytes_in(const Sight& sight) {
    const NET_BUFFER& buffer = *sight.list()->FirstNetBuffer;
    Bytes bytes(buffer.DataLength);
    EXPECT_EQ(ndis::copy_out(buffer, 0, std::as_writable_bytes(std::span(bytes))), bytes.size());
    return bytes;
  }
  // As much of the packet as comes before its data, by a look at the headers in front of them.
  static std::string data_of(const Sight& sight) {
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
    return fmt::format("nowhere: {} bytes", data.size());
  }
  static std::set<std::string> metadata_of(const Sight& sight) {
    std::set<std::string> names;
    for (const Bit& bit : bits) {
      if (sight.has(bit.bit)) names.emplace(bit.name);
    }
    UINT32 known = 0;
    for (const Bit& bit : bits) known |= bit.bit;
    if ((sight.metadata.currentMetadataValues & ~known) != 0) names.emplace("others");
    return names;
  }

  void look(const Sight& sight) {
    ++looks;
    std::string layer = sight.name().substr(0, sight.name().rfind("_v"));
    if (sight.name().ends_with("_discard")) layer += "_discard";
    const std::string protocol = protocol_of(sight);
    const FWP_VALUE0* direction = sight.value("DIRECTION");
    const std::string way = direction == nullptr ? "" : direction->uint32 == 0 ? " out" : " in";
    const auto row = std::ranges::find_if(table, [&](const Row& each) {
      return each.layer == layer &&
             (each.when.empty() || each.when == protocol || each.when == protocol + way);
    });
    ASSERT_NE(row, std::end(table)) << layer << " " << protocol << way;
    used.insert(row);
    EXPECT_EQ(data_of(sight), row->data) << layer << " " << protocol << way;
    const auto there = metadata_of(sight);
    EXPECT_TRUE(fits(there, row->metadata))
        << layer << " " << protocol << way << ": " << fmt::format("{}", fmt::join(there, " "))
        << " where the table has " << row->metadata;
    if (sight.has(FWPS_METADATA_FIELD_IP_HEADER_SIZE)) {
      EXPECT_EQ(sight.metadata.ipHeaderSize, v4() ? 20U : 40U) << layer;
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
};

TEST_P(Table, is_what_every_layer_shows) {
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
  EXPECT_GT(looks, 150U);
  for (const Row& row : table) EXPECT_TRUE(used.contains(&row)) << row.layer << " " << row.when;
}

INSTANTIATE_TEST_SUITE_P(BothFamilies, Table, ::testing::Values(IpVersion::v4, IpVersion::v6),
                         [](const auto& version) {
                           return version.param == IpVersion::v4 ? "IPv4" : "IPv6";
                         });

}  // namespace
}  // namespace drydock::net
