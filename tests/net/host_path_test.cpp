// SPDX-License-Identifier: Apache-2.0
// One indication in detail, and what verdicts do to the steps that follow.
#include "net/host_path.h"

#include <gtest/gtest.h>

#include "net/conversing.h"
#include "net/host_path_run.h"
#include "net/sight_text.h"

namespace drydock::net {
namespace {

using namespace testing;
using Names = std::vector<std::string>;

constexpr std::uint8_t syn = tcp::syn, ack = tcp::ack, fin = tcp::fin;

const Place host = at("192.0.2.10", 49152), web = at("192.0.2.20", 80);
const Place service = at("192.0.2.10", 8080), client = at("192.0.2.20", 50000);
const Place host6 = at("2001:db8::10", 49152), name_server6 = at("2001:db8::20", 53);
const Place name_server = at("192.0.2.20", 53);

Conversing connection() {
  Conversing talk;
  talk.feed(tcp_packet(host, web, syn, 100, 0));
  talk.feed(tcp_packet(web, host, syn | ack, 500, 101));
  talk.feed(tcp_packet(host, web, ack, 101, 501));
  talk.feed(tcp_packet(host, web, ack, 101, 501, "request"));
  talk.feed(tcp_packet(web, host, ack, 501, 108, "reply"));
  return talk;
}

Conversing orderly_connection() {
  Conversing talk = connection();
  talk.feed(tcp_packet(host, web, fin | ack, 108, 506));
  talk.feed(tcp_packet(web, host, fin | ack, 506, 109));
  talk.feed(tcp_packet(host, web, ack, 109, 507));
  return talk;
}

struct HostPathTest : ::testing::Test {
  PathRun run;
  Names seen;

  // Notes the layers' names; `also` may do more.
  void record(std::function<void(const Sight&)> also = nullptr) {
    run.script.classify = [this, also = std::move(also)](const Sight& sight) {
      seen.push_back(sight.name());
      if (also) also(sight);
    };
  }
  PathCounts play_everywhere(const std::vector<Step>& steps) {
    run.run([&] { run.watch_everything(); });
    return run.play(steps);
  }
};

TEST_F(HostPathTest, a_tcp_connection_from_bind_to_release_is_seen_layer_by_layer) {
  record();
  const PathCounts counts = play_everywhere(orderly_connection().steps);
  EXPECT_EQ(seen, (Names{"ale_bind_redirect_v4",
                         "ale_resource_assignment_v4",
                         "ale_connect_redirect_v4",
                         "ale_auth_connect_v4",
                         "outbound_transport_v4",
                         "outbound_ippacket_v4",  // SYN
                         "inbound_ippacket_v4",
                         "inbound_transport_v4",
                         "ale_flow_established_v4",  // SYN ACK
                         "outbound_transport_v4",
                         "outbound_ippacket_v4",  // ACK
                         "stream_v4",
                         "outbound_transport_v4",
                         "outbound_ippacket_v4",  // request
                         "inbound_ippacket_v4",
                         "inbound_transport_v4",
                         "stream_v4",  // reply
                         "stream_v4",
                         "outbound_transport_v4",
                         "outbound_ippacket_v4",  // FIN
                         "inbound_ippacket_v4",
                         "inbound_transport_v4",
                         "stream_v4",  // FIN
                         "outbound_transport_v4",
                         "outbound_ippacket_v4",  // last ACK
                         "ale_endpoint_closure_v4",
                         "ale_resource_release_v4"}));
  EXPECT_EQ(counts.packets, 8U);
  EXPECT_EQ(counts.flows, 1U);
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(HostPathTest, a_connect_carries_program_handles_and_nothing_that_it_lacks) {
  std::string app_id;
  record([&](const Sight& sight) {
    if (sight.name() != "ale_auth_connect_v4") return;
    const FWPS_INCOMING_METADATA_VALUES0& metadata = sight.metadata;
    // The connect has no packet, so no header sizes.
    EXPECT_EQ(metadata.currentMetadataValues,
              0U | FWPS_METADATA_FIELD_FLOW_HANDLE | FWPS_METADATA_FIELD_PROCESS_PATH |
                  FWPS_METADATA_FIELD_PROCESS_ID | FWPS_METADATA_FIELD_COMPARTMENT_ID |
                  FWPS_METADATA_FIELD_COMPLETION_HANDLE | FWPS_METADATA_FIELD_PACKET_DIRECTION |
                  FWPS_METADATA_FIELD_TRANSPORT_ENDPOINT_HANDLE);
    EXPECT_TRUE(run.side.flows().alive(wfp::FlowId{metadata.flowHandle}));
    EXPECT_EQ(metadata.processPath, sight.value("ALE_APP_ID")->byteBlob);
    EXPECT_EQ(metadata.processId % 4, 0U);
    EXPECT_EQ(metadata.compartmentId, 1U);
    EXPECT_EQ(metadata.packetDirection, FWP_DIRECTION_OUTBOUND);
    EXPECT_GT(metadata.transportEndpointHandle, 0x1000U);
    EXPECT_NE(metadata.completionHandle, nullptr);
    const FWP_BYTE_BLOB& blob = *metadata.processPath;
    for (UINT32 i = 0; i < blob.size; i += 2) app_id += static_cast<char>(blob.data[i]);
    EXPECT_EQ(sight.layer_data, nullptr);
    EXPECT_EQ(sight.value("ALE_USER_ID")->type, FWP_TOKEN_ACCESS_INFORMATION_TYPE);
    EXPECT_EQ(sight.value("IP_LOCAL_ADDRESS")->uint32, 0xc000020aU);
    EXPECT_EQ(sight.value("IP_DESTINATION_ADDRESS_TYPE")->uint8, 1);
    EXPECT_EQ(sight.value("IP_ARRIVAL_INTERFACE")->type, FWP_EMPTY);
    EXPECT_EQ(*sight.value("IP_NEXTHOP_INTERFACE")->uint64, 0x0006000007000000U);
  });
  play_everywhere(connection().steps);
  EXPECT_EQ(app_id, R"(\device\harddiskvolume1\windows\system32\curl.exe)" + std::string(1, '\0'));
}

TEST_F(HostPathTest, headers_and_payload_lie_in_different_mdls_with_the_headers_before_the_data) {
  Names lines;
  record([&](const Sight& sight) {
    if (sight.list() == nullptr) return;
    const NET_BUFFER& buffer = *sight.list()->FirstNetBuffer;
    lines.push_back(fmt::format("{} {} {} {} {}", sight.name(), buffer.DataOffset,
                                buffer.DataLength, buffer.MdlChain->ByteCount,
                                buffer.MdlChain->Next ? buffer.MdlChain->Next->ByteCount : 0));
    if (sight.is_stream()) return;
    // The IP header is there, before the data or at their start.
    EXPECT_EQ(static_cast<UCHAR*>(buffer.MdlChain->MappedSystemVa)[64], 0x60);
  });
  Conversing talk;
  talk.feed(udp_packet(host6, name_server6, "question"));
  talk.feed(udp_packet(name_server6, host6, "an answer"));
  play_everywhere(talk.steps);
  EXPECT_EQ(lines,
            (Names{"ale_auth_connect_v6 104 16 112 8", "ale_flow_established_v6 104 16 112 8",
                   "datagram_data_v6 104 16 112 8", "outbound_transport_v6 104 16 112 8",
                   "outbound_ippacket_v6 64 56 112 8", "inbound_ippacket_v6 104 17 112 9",
                   "inbound_transport_v6 112 9 112 9", "datagram_data_v6 112 9 112 9"}));
}

// The layers' names, without the family, at which a packet with data came in more than one MDL.
std::set<std::string> split_at(PathRun& run, const std::vector<Step>& steps) {
  std::set<std::string> split;
  run.script.classify = [&](const Sight& sight) {
    if (sight.list() == nullptr || sight.is_stream()) return;
    const NET_BUFFER& buffer = *sight.list()->FirstNetBuffer;
    std::size_t after_headers = 0;
    for (const MDL* mdl = buffer.MdlChain->Next; mdl != nullptr; mdl = mdl->Next)
      after_headers += mdl->ByteCount;
    EXPECT_LE(after_headers, buffer.DataLength) << sight.name();
    if (after_headers != 0) split.insert(sight.name().substr(0, sight.name().find("_v")));
  };
  run.play(steps);
  return split;
}

TEST_F(HostPathTest, every_packet_layer_shows_a_payload_in_an_mdl_of_its_own) {
  run.run([&] { run.watch_everything(); });
  Conversing talk = connection();
  talk.feed(tcp_packet(web, host, syn, 100, 0, "early"));  // to nobody: a SYN with data
  talk.feed(udp_packet(host, name_server, "question"));
  const Bytes answer = udp_packet(name_server, host, "answer");
  talk.feed(answer);
  talk.feed(icmp_packet(host, name_server, 3, 3, 0, answer));
  const Bytes question = udp_packet(host, name_server, "question");
  talk.feed(icmp_packet(name_server, host, 3, 3, 0, question));
  talk.feed(tcp_packet(at("192.0.2.77", 9), at("192.0.2.10", 8), tcp::rst, 1, 0, "why"));
  talk.add(talk.tracker.feed(
      captured(talk.now, udp_packet(name_server, at("192.0.2.10", 9), "nobody")), true));
  LocalHost router = standard_local_host();
  router.interfaces = {{7, {*NetworkAddress::parse("192.0.2.10/24")}},
                       {12, {*NetworkAddress::parse("198.51.100.1/24")}}};
  router.forwards = true;
  HostTracker forwarding(router);
  const Bytes onward = udp_packet(at("192.0.2.20", 1), at("198.51.100.5", 2), "onward");
  talk.add(forwarding.feed(captured(talk.now, onward)));
  EXPECT_EQ(split_at(run, talk.steps),
            (std::set<std::string>{
                "ale_auth_connect", "ale_auth_recv_accept", "ale_flow_established", "datagram_data",
                "inbound_icmp_error", "inbound_ippacket", "inbound_transport", "ipforward",
                "outbound_icmp_error", "outbound_ippacket", "outbound_transport"}));
}

// Engine section 7: "ICMP echo and other protocols: like UDP".
TEST_F(HostPathTest, packets_of_other_protocols_meet_the_layers_of_datagrams) {
  constexpr Protocol gre{47};
  std::set<std::string> shown;
  record([&](const Sight& sight) {
    const FWP_VALUE0* protocol = sight.value("IP_PROTOCOL");
    const bool is_gre = protocol == nullptr || protocol->uint8 == 47;
    EXPECT_TRUE(is_gre) << sight.name();
    const Bytes data = data_of(sight);
    if (sight.name() == "datagram_data_v6") shown.emplace(data.begin(), data.end());
  });
  const auto raw = [&](const Place& from, const Place& to, std::string_view text) {
    return ip_packet(from.address, to.address, gre, text_bytes(text), -1);
  };
  Conversing talk;
  talk.feed(raw(host6, name_server6, "tunnelled")).feed(raw(name_server6, host6, "back"));
  talk.feed(raw(at("192.0.2.66", 0), host, "from a stranger"));
  play_everywhere(talk.steps);
  EXPECT_EQ(seen,
            (Names{"ale_connect_redirect_v6", "ale_auth_connect_v6", "ale_flow_established_v6",
                   "datagram_data_v6", "outbound_transport_v6", "outbound_ippacket_v6",
                   "inbound_ippacket_v6", "inbound_transport_v6", "datagram_data_v6",
                   "inbound_ippacket_v4", "inbound_transport_v4", "ale_auth_recv_accept_v4",
                   "ale_flow_established_v4", "datagram_data_v4"}));
  EXPECT_EQ(shown, (std::set<std::string>{"tunnelled", "back"}));
}

TEST_F(HostPathTest, ipv6_addresses_come_as_byte_arrays_in_network_order) {
  std::string remote;
  record([&](const Sight& sight) {
    const FWP_VALUE0* value = sight.value("IP_REMOTE_ADDRESS");
    if (sight.name() != "datagram_data_v6") return;
    ASSERT_EQ(value->type, FWP_BYTE_ARRAY16_TYPE);
    remote = fmt::format("{:02x}", fmt::join(value->byteArray16->byteArray16, ""));
  });
  play_everywhere(Conversing().feed(udp_packet(host6, name_server6, "question")).steps);
  EXPECT_EQ(remote, "20010db8000000000000000000000020");
}

TEST_F(HostPathTest, stream_data_are_the_payload_alone_and_a_fin_has_none) {
  Names lines;
  record([&](const Sight& sight) {
    if (!sight.is_stream()) return;
    const FWPS_STREAM_DATA0& data = *sight.stream().streamData;
    std::string text(data.dataLength, ' ');
    if (data.netBufferListChain != nullptr) {
      const NET_BUFFER& buffer = *data.netBufferListChain->FirstNetBuffer;
      ndis::copy_out(buffer, 0, std::as_writable_bytes(std::span(text)));
      EXPECT_EQ(data.dataOffset.netBuffer, &buffer);
      EXPECT_EQ(data.dataOffset.mdl, buffer.CurrentMdl);
    }
    lines.push_back(fmt::format("{:#x} {} {}", data.flags, data.dataLength, text));
    EXPECT_EQ(sight.value("DIRECTION")->uint32, 0U);  // of the connection
  });
  play_everywhere(orderly_connection().steps);
  EXPECT_EQ(lines, (Names{"0x10000 7 request", "0x1 5 reply", "0x90000 0 ", "0x5 0 "}))
      << "SEND, RECEIVE, SEND with DISCONNECT, RECEIVE with DISCONNECT";
}

TEST_F(HostPathTest, a_block_drops_what_is_left_of_its_packet_and_the_discard_layer_hears_of_it) {
  run.run([&] {
    run.watch(LayerId::outbound_transport_v4);
    run.watch(LayerId::outbound_transport_v4_discard);
    run.watch(LayerId::outbound_ippacket_v4);
  });
  int packets = 0;
  record([&](const Sight& sight) {
    if (sight.name() == "outbound_transport_v4" && ++packets <= 2) sight.block(packets == 2);
    if (sight.name() != "outbound_transport_v4_discard") return;
    EXPECT_EQ(sight.metadata.discardMetadata.discardModule, FWPS_DISCARD_MODULE_GENERAL);
    EXPECT_NE(sight.metadata.discardMetadata.filterId, 0U);
    EXPECT_TRUE(sight.has(FWPS_METADATA_FIELD_DISCARD_REASON));
  });
  Conversing talk;
  for (int i = 0; i < 3; ++i) talk.feed(udp_packet(host, name_server, "question"));
  const PathCounts counts = run.play(talk.steps);
  EXPECT_EQ(seen, (Names{"outbound_transport_v4", "outbound_transport_v4_discard",  // blocked
                         "outbound_transport_v4",                                   // absorbed
                         "outbound_transport_v4", "outbound_ippacket_v4"}));
  EXPECT_EQ(counts.packets, 3U);
  EXPECT_EQ(counts.blocked_packets, 2U);
  EXPECT_EQ(counts.absorbed_packets, 1U);
}

TEST_F(HostPathTest, a_blocked_connect_ends_the_flow_and_its_contexts_and_nothing_is_sent) {
  Names deleted;
  UINT32 id = 0;
  run.run([&] {
    for (const LayerId layer : all_step_layers()) {
      const UINT32 callout = run.watch(layer);
      if (layer == LayerId::stream_v4) id = callout;
    }
    run.watch(LayerId::ale_auth_connect_v4_discard);
  });
  run.script.flow_delete = [&](UINT16 layer, UINT32, UINT64 context) {
    deleted.push_back(
        fmt::format("{} {:#x} at {}", layer, context, static_cast<int>(run.machine.irql())));
  };
  record([&](const Sight& sight) {
    if (sight.name() != "ale_auth_connect_v4") return;
    EXPECT_EQ(PathRun::associate(sight.metadata.flowHandle, LayerId::stream_v4, id, 0x77),
              STATUS_SUCCESS);
    sight.block();
  });
  const PathCounts counts = run.play(orderly_connection().steps);
  EXPECT_EQ(deleted, Names{"20 0x77 at 2"});
  EXPECT_EQ(seen,
            (Names{"ale_bind_redirect_v4", "ale_resource_assignment_v4", "ale_connect_redirect_v4",
                   "ale_auth_connect_v4", "ale_auth_connect_v4_discard", "ale_endpoint_closure_v4",
                   "ale_resource_release_v4"}));
  EXPECT_EQ(counts.blocked_flows, 1U);
}

TEST_F(HostPathTest, flow_contexts_live_until_the_flow_ends_and_are_deleted_at_dispatch_level) {
  Names trace;
  UINT32 id = 0;
  run.run([&] {
    run.watch(LayerId::ale_flow_established_v4);
    id = run.watch(LayerId::stream_v4);
    run.watch(LayerId::ale_endpoint_closure_v4);
  });
  run.script.flow_delete = [&](UINT16, UINT32, UINT64 context) {
    trace.push_back(fmt::format("delete {} at {}", context, static_cast<int>(run.machine.irql())));
  };
  record([&](const Sight& sight) {
    trace.push_back(fmt::format("{} {}", sight.name(), sight.context));
    if (sight.name() != "ale_flow_established_v4") return;
    EXPECT_EQ(PathRun::associate(sight.metadata.flowHandle, LayerId::stream_v4, id, 77),
              STATUS_SUCCESS);
  });
  run.play(orderly_connection().steps);
  EXPECT_EQ(trace,
            (Names{"ale_flow_established_v4 0", "stream_v4 77", "stream_v4 77", "stream_v4 77",
                   "stream_v4 77", "delete 77 at 2", "ale_endpoint_closure_v4 0"}));
}

TEST_F(HostPathTest, a_blocked_bind_leaves_the_socket_unused) {
  record([](const Sight& sight) {
    if (sight.name() == "ale_resource_assignment_v4") sight.block();
  });
  play_everywhere(connection().steps);
  EXPECT_EQ(seen, (Names{"ale_bind_redirect_v4", "ale_resource_assignment_v4"}));
}

TEST_F(HostPathTest, a_syn_that_is_blocked_makes_no_connection_but_an_absorbed_one_may_come_back) {
  const auto later_layers = [](bool absorb) {
    PathRun run;
    int established = 0;
    run.script.classify = [&, first = true](const Sight& sight) mutable {
      if (sight.name() == "inbound_ippacket_v4" && std::exchange(first, false)) {
        sight.block(absorb);
      }
      if (sight.name() == "ale_flow_established_v4") ++established;
    };
    run.run([&] { run.watch_everything(); });
    Conversing talk;
    talk.feed(tcp_packet(client, service, syn, 100, 0));
    talk.feed(tcp_packet(service, client, syn | ack, 500, 101));
    talk.feed(tcp_packet(client, service, ack, 101, 501));
    run.play(talk.steps);
    return established;
  };
  EXPECT_EQ(later_layers(false), 0);
  EXPECT_EQ(later_layers(true), 1);
}

TEST_F(HostPathTest, blocked_stream_data_are_cut_out_and_a_dropped_connection_is_over) {
  run.run([&] {
    run.watch(LayerId::stream_v4);
    run.watch(LayerId::outbound_transport_v4);
  });
  int indications = 0;
  record([&](const Sight& sight) {
    if (!sight.is_stream()) return;
    if (++indications == 1) sight.block();
    if (indications == 2) sight.stream().streamAction = FWPS_STREAM_ACTION_DROP_CONNECTION;
  });
  const PathCounts counts = run.play(orderly_connection().steps);
  EXPECT_EQ(seen, (Names{"outbound_transport_v4", "outbound_transport_v4",  // SYN, ACK
                         "stream_v4",                                       // request: cut out
                         "stream_v4"}));                                    // reply: the end
  EXPECT_EQ(counts.blocked_packets, 1U);
  EXPECT_EQ(counts.blocked_flows, 1U);
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(HostPathTest, stream_data_that_a_callout_judged_in_part_are_indicated_again_from_there) {
  run.run([&] { run.watch(LayerId::stream_v4); });
  Names lines;
  record([&](const Sight& sight) {
    const FWPS_STREAM_DATA0& data = *sight.stream().streamData;
    std::string text(data.dataLength, ' ');
    ndis::copy_out(*data.netBufferListChain->FirstNetBuffer, 0,
                   std::as_writable_bytes(std::span(text)));
    lines.push_back(text);
    if (text == "request") sight.stream().countBytesEnforced = 3;
  });
  run.play(connection().steps);
  EXPECT_EQ(lines, (Names{"request", "uest", "reply"}));
}

TEST_F(HostPathTest, an_aborted_flow_has_no_further_steps) {
  run.run([&] { run.watch(LayerId::outbound_transport_v4); });
  record([&](const Sight& sight) {
    if (seen.size() == 2) {
      EXPECT_EQ(IMPORT(wfp::flow_exports(), FwpsFlowAbort0)(sight.metadata.flowHandle),
                STATUS_SUCCESS);
      while (run.side.flows().count_alive() != 0) run.machine.switch_point();
    }
  });
  run.play(orderly_connection().steps);
  EXPECT_EQ(seen.size(), 2U);
}

// Round robin that answers every other question with the last option.
struct LastOption final : machine::Choices {
  machine::RoundRobin round_robin{1};
  std::size_t pick_fiber(std::span<const machine::FiberId> candidates, bool goes_on) override {
    return round_robin.pick_fiber(candidates, goes_on);
  }
  std::size_t choose(machine::Question, std::size_t options) override { return options - 1; }
};

TEST_F(HostPathTest, connects_come_at_passive_level_and_data_at_dispatch_or_in_the_senders_thread) {
  const auto levels = [](machine::Choices* choices) {
    PathRun run(choices);
    std::map<std::string, int> level;
    run.script.classify = [&](const Sight& sight) {
      level[sight.name()] = static_cast<int>(sight.irql);
    };
    run.run([&] { run.watch_everything(); });
    Conversing talk;
    talk.feed(udp_packet(host, name_server, "question"));
    run.play(talk.steps);
    return level;
  };
  std::map<std::string, int> wanted = {
      {"ale_bind_redirect_v4", 0},    {"ale_resource_assignment_v4", 0},
      {"ale_connect_redirect_v4", 0}, {"ale_auth_connect_v4", 0},
      {"ale_flow_established_v4", 2}, {"datagram_data_v4", 2},
      {"outbound_transport_v4", 2},   {"outbound_ippacket_v4", 2}};
  EXPECT_EQ(levels(nullptr), wanted);
  for (const char* name : {"datagram_data_v4", "outbound_transport_v4", "outbound_ippacket_v4"}) {
    wanted[name] = 0;
  }
  LastOption last;
  EXPECT_EQ(levels(&last), wanted);
}

TEST_F(HostPathTest, a_list_that_a_callout_keeps_is_not_used_for_the_next_packet) {
  run.run([&] { run.watch(LayerId::outbound_ippacket_v4); });
  std::vector<NET_BUFFER_LIST*> lists;
  record([&](const Sight& sight) {
    lists.push_back(sight.list());
    if (lists.size() == 1) {
      IMPORT(wfp::injection_exports(), FwpsReferenceNetBufferList0)(sight.list(), 0);
    }
  });
  Conversing talk;
  for (int i = 0; i < 3; ++i) talk.feed(udp_packet(host, name_server, "question"));
  run.play(talk.steps);
  ASSERT_EQ(lists.size(), 3U);
  EXPECT_NE(lists[0], lists[1]);
  EXPECT_EQ(lists[1], lists[2]);
}

TEST_F(HostPathTest, counts_go_into_the_record) {
  HostPath path(run.network);
  const Conversing talk = orderly_connection();
  run.run([&] {
    for (const Step& step : talk.steps) path.play(step);
  });
  ledger::Counters counters;
  path.fold_counts(counters);
  EXPECT_EQ(counters.values, (std::map<std::string, std::uint64_t>{
                                 {"flows", 1}, {"packets", 8}, {"steps", talk.steps.size()}}));
}

// Ends come late, too: when a callout has kept a FIN back, or from another source.
TEST(Conversations, the_end_of_a_connection_leaves_a_newer_one_between_the_same_ends) {
  const Step step = connection().steps.back();
  Conversations known;
  known.begin(step, wfp::FlowId{1}, 0);
  known.begin(step, wfp::FlowId{2}, 0);
  known.end(step, wfp::FlowId{1});
  ASSERT_NE(known.find(step), nullptr);
  EXPECT_EQ(known.find(step)->flow, wfp::FlowId{2});
  known.end(step, wfp::FlowId{2});
  EXPECT_EQ(known.find(step), nullptr);
}

}  // namespace
}  // namespace drydock::net
