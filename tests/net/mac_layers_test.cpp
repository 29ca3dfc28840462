// SPDX-License-Identifier: Apache-2.0
// The MAC layers: which frames they see, in which order, with which fields, and what verdicts and
// injected frames do there. Expectations are written from the specification: engine sections 7, 12
// and 13, and the documented data offsets.
#include <gtest/gtest.h>

#include "net/conversing.h"
#include "net/sight_text.h"

namespace drydock::net {
namespace {

using namespace testing;
using Lines = std::vector<std::string>;

const MacAddress own_mac{0x02, 0, 0, 0, 0, 0x0a}, other_mac{0x02, 0, 0, 0, 0, 0x14};
const Place host = at("192.0.2.10", 53000), server = at("192.0.2.20", 53);

Bytes with_type(Bytes frame, std::uint16_t type) {
  set16(frame, 12, type);
  return frame;
}
Bytes sent(const Bytes& packet) {
  return make_frame(packet, other_mac, own_mac);
}
Bytes received(const Bytes& packet) {
  return make_frame(packet, own_mac, other_mac);
}
// Behind the addresses: tag, then what was there.
Bytes tagged(Bytes frame, std::uint16_t vlan) {
  const Bytes tag{0x81, 0x00, static_cast<std::uint8_t>(vlan >> 8),
                  static_cast<std::uint8_t>(vlan)};
  frame.insert(frame.begin() + 12, tag.begin(), tag.end());
  return frame;
}
// "who has 192.0.2.10?" of 192.0.2.20, to everybody.
Bytes arp_request(const MacAddress& from, const IpAddress& sender) {
  Bytes arp{0, 1, 8, 0, 6, 4, 0, 1};
  arp.insert(arp.end(), from.begin(), from.end());
  arp.insert(arp.end(), sender.bytes.begin(), sender.bytes.begin() + 4);
  arp.insert(arp.end(), {0, 0, 0, 0, 0, 0, 192, 0, 2, 10});
  return with_type(make_frame(arp, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, from), 0x0806);
}

std::vector<Step> steps_of_frames(const std::vector<Bytes>& frames) {
  constexpr std::uint32_t ethernet_frames = 1;
  const auto capture = read_capture(pcap_file(ethernet_frames, frames), "frames");
  EXPECT_TRUE(capture) << capture.error().message;
  return steps_of(standard_local_host(), capture->packets);
}

struct MacLayers : ::testing::Test, PathRun {
  Lines seen;
  std::function<void(const Sight&)> judge;

  MacLayers() {
    script.classify = [this](const Sight& sight) {
      seen.push_back(sight.name());
      sight.out.actionType = FWP_ACTION_PERMIT;
      if (judge) judge(sight);
    };
    run([&] {
      for (const LayerId layer : layers_beside_steps()) watch(layer);
      for (const auto kind : {StepKind::inbound_ippacket, StepKind::outbound_ippacket})
        watch(layer_of(kind, IpVersion::v4));
    });
  }
  PathCounts pass(const std::vector<Bytes>& frames, PathListener* listener = nullptr) {
    return play(steps_of_frames(frames), listener);
  }
};

const Lines going_out{"outbound_ippacket_v4", "outbound_mac_frame_ethernet",
                      "outbound_mac_frame_native", "outbound_mac_frame_native_fast"};
const Lines coming_in{"inbound_mac_frame_native_fast", "inbound_mac_frame_native",
                      "inbound_mac_frame_ethernet", "inbound_ippacket_v4"};

TEST_F(MacLayers, frames_go_out_behind_the_packet_layer_and_come_in_before_it) {
  pass({sent(udp_packet(host, server, "question"))});
  EXPECT_EQ(seen, going_out);
  seen.clear();
  pass({received(udp_packet(server, host, "answer"))});
  EXPECT_EQ(seen, coming_in);
}

struct Row {
  std::string layer;
  Lines fields;
  std::size_t data;  // bytes behind DataOffset
  UINT32 header;     // ethernetMacHeaderSize
};

void expect_rows(MacLayers& run, const std::vector<Bytes>& frames, const std::vector<Row>& rows) {
  std::size_t next = 0;
  run.judge = [&](const Sight& sight) {
    if (sight.name().find("mac") == std::string::npos) return;
    ASSERT_LT(next, rows.size()) << sight.name();
    const Row& row = rows[next++];
    EXPECT_EQ(sight.name(), row.layer);
    EXPECT_EQ(fields_of(sight), row.fields) << row.layer;
    EXPECT_EQ(data_of(sight).size(), row.data) << row.layer;
    EXPECT_EQ(sight.metadata.currentMetadataValues, UINT32{FWPS_METADATA_FIELD_COMPARTMENT_ID});
    EXPECT_EQ(sight.metadata.currentL2MetadataValues,
              UINT32{FWPS_L2_METADATA_FIELD_ETHERNET_MAC_HEADER_SIZE});
    EXPECT_EQ(sight.metadata.ethernetMacHeaderSize, row.header) << row.layer;
    EXPECT_EQ(sight.irql, machine::Irql::dispatch);
  };
  run.pass(frames);
  EXPECT_EQ(next, rows.size());
}

const Lines native{"NDIS_MEDIA_TYPE=0",      "NDIS_PHYSICAL_MEDIA_TYPE=14",
                   "IP_LOCAL_INTERFACE=6/7", "INTERFACE_TYPE=6",
                   "INTERFACE_INDEX=7",      "NDIS_PORT=0",
                   "L2_FLAGS=0x81",          "COMPARTMENT_ID=1"};

Lines ethernet(const Lines& addresses, const std::string& type, const std::string& vlan) {
  Lines fields = addresses;
  for (const std::string& field :
       {"ETHER_TYPE=" + type, "VLAN_ID=" + vlan, std::string("IP_LOCAL_INTERFACE=6/7"),
        std::string("INTERFACE_INDEX=7"), std::string("NDIS_PORT=0"), std::string("L2_FLAGS=0x81"),
        std::string("COMPARTMENT_ID=1")})
    fields.push_back(field);
  return fields;
}

const Lines to_other{"INTERFACE_MAC_ADDRESS=02:00:00:00:00:0a",
                     "MAC_LOCAL_ADDRESS=02:00:00:00:00:0a", "MAC_REMOTE_ADDRESS=02:00:00:00:00:14",
                     "MAC_LOCAL_ADDRESS_TYPE=0", "MAC_REMOTE_ADDRESS_TYPE=0"};

TEST_F(MacLayers, show_every_field_of_a_frame_that_goes_out) {
  const Bytes frame = sent(udp_packet(host, server, "hello"));  // 14 + 33 bytes
  expect_rows(*this, {frame},
              {{"outbound_mac_frame_ethernet", ethernet(to_other, "2048", "0"), 47, 14},
               {"outbound_mac_frame_native", native, 47, 14},
               {"outbound_mac_frame_native_fast", {}, 47, 14}});
}

TEST_F(MacLayers, show_what_comes_in_from_its_ip_header_on_at_the_ethernet_layer_only) {
  const Bytes frame = received(udp_packet(server, host, "hello"));
  expect_rows(*this, {frame},
              {{"inbound_mac_frame_native_fast", {}, 47, 14},
               {"inbound_mac_frame_native", native, 47, 14},
               {"inbound_mac_frame_ethernet", ethernet(to_other, "2048", "0"), 33, 14}});
}

TEST_F(MacLayers, show_the_tag_of_a_vlan_and_the_type_behind_it) {
  expect_rows(*this, {tagged(received(udp_packet(server, host, "hello")), 0x2064)},
              {{"inbound_mac_frame_native_fast", {}, 51, 18},
               {"inbound_mac_frame_native", native, 51, 18},
               {"inbound_mac_frame_ethernet", ethernet(to_other, "2048", "100"), 33, 18}});
}

// The interface's own address is not known before a frame has told it.
TEST_F(MacLayers, see_frames_without_a_packet_too) {
  const Lines broadcast{"MAC_LOCAL_ADDRESS=ff:ff:ff:ff:ff:ff",
                        "MAC_REMOTE_ADDRESS=02:00:00:00:00:14", "MAC_LOCAL_ADDRESS_TYPE=2",
                        "MAC_REMOTE_ADDRESS_TYPE=0"};
  const Lines own{"INTERFACE_MAC_ADDRESS=02:00:00:00:00:0a", "MAC_LOCAL_ADDRESS=02:00:00:00:00:0a",
                  "MAC_REMOTE_ADDRESS=ff:ff:ff:ff:ff:ff", "MAC_LOCAL_ADDRESS_TYPE=0",
                  "MAC_REMOTE_ADDRESS_TYPE=2"};
  expect_rows(*this, {arp_request(other_mac, server.address), arp_request(own_mac, host.address)},
              {{"inbound_mac_frame_native_fast", {}, 42, 14},
               {"inbound_mac_frame_native", native, 42, 14},
               {"inbound_mac_frame_ethernet", ethernet(broadcast, "2054", "0"), 28, 14},
               {"outbound_mac_frame_ethernet", ethernet(own, "2054", "0"), 42, 14},
               {"outbound_mac_frame_native", native, 42, 14},
               {"outbound_mac_frame_native_fast", {}, 42, 14}});
}

TEST_F(MacLayers, see_fragments_and_not_what_they_are_parts_of) {
  const auto fragments = fragments_of(udp_packet(host, server, std::string(40, 'x')), 32);
  pass({sent(fragments[0]), sent(fragments[1])});
  Lines expected{"outbound_ippacket_v4"};  // the whole packet
  for (int i = 0; i < 2; ++i) expected.insert(expected.end(), going_out.begin(), going_out.end());
  EXPECT_EQ(seen, expected);
  seen.clear();
  const auto back = fragments_of(udp_packet(server, host, std::string(40, 'x')), 32);
  pass({received(back[0]), received(back[1])});
  expected.clear();
  for (int i = 0; i < 2; ++i) expected.insert(expected.end(), coming_in.begin(), coming_in.end());
  expected.emplace_back("inbound_ippacket_v4");  // the whole packet
  EXPECT_EQ(seen, expected);
}

struct Fates final : PathListener {
  Lines told;
  void packet_goes_on(const Step&) override { told.emplace_back("goes on"); }
  void packet_stops(const Step&, const std::string& why) override {
    told.push_back(why.substr(0, why.find(" filter")));
  }
  void step_decided(const Step& step, bool goes_on) override {
    if (step.kind == StepKind::outbound_ippacket) told.emplace_back(goes_on ? "sent" : "kept");
  }
  void packet_injected(std::span<const std::uint8_t> packet, Direction direction,
                       const std::string& how) override {
    told.push_back(fmt::format("{} {} bytes {}", how, packet.size(),
                               direction == Direction::outbound ? "out" : "in"));
  }
  void stream_bytes(const Step&, Direction, std::span<const std::uint8_t>) override {}
  void stream_fin(const Step&, Direction) override {}
};

// Engine section 7: MAC layers may carry chains, and one verdict is all frames'.
struct MacChains : ::testing::Test, PathRun {
  const std::vector<Bytes> fragments =
      fragments_of(udp_packet(host, server, std::string(70, 'x')), 32);
  Lines seen;
  std::function<void(const Sight&)> judge;

  MacChains() {
    script.classify = [this](const Sight& sight) {
      std::string frames;
      for (const NET_BUFFER_LIST* list = sight.list(); list != nullptr; list = list->Next)
        frames += fmt::format(" {}", list->FirstNetBuffer->DataLength);
      seen.push_back(sight.name() + frames);
      sight.out.actionType = FWP_ACTION_PERMIT;
      if (judge) judge(sight);
    };
  }
  void watch_native(UINT32 flags) {
    run([&] {
      watch(LayerId::outbound_mac_frame_ethernet);
      watch(LayerId::outbound_mac_frame_native, Attached{.flags = flags});
    });
  }
  PathCounts pass(PathListener* listener = nullptr) {
    std::vector<Bytes> frames;
    frames.reserve(fragments.size());
    for (const Bytes& fragment : fragments) frames.push_back(sent(fragment));
    std::swap(frames[1], frames[2]);  // recorded out of order: a stack sends them in order
    return play(steps_of_frames(frames), listener);
  }
};

TEST_F(MacChains, are_what_who_asks_for_them_gets_of_a_packet_in_fragments) {
  watch_native(FWP_CALLOUT_FLAG_ALLOW_L2_BATCH_CLASSIFY);
  Fates fates;
  const PathCounts counts = pass(&fates);
  EXPECT_EQ(seen, (Lines{"outbound_mac_frame_ethernet 66", "outbound_mac_frame_ethernet 66",
                         "outbound_mac_frame_ethernet 48", "outbound_mac_frame_native 66 66 48"}));
  EXPECT_EQ(std::ranges::count(fates.told, "sent"), 4);  // the whole packet, and its fragments
  EXPECT_EQ(counts.blocked_packets, 0U);
}

TEST_F(MacChains, are_taken_apart_for_who_does_not) {
  watch_native(0);
  pass();
  EXPECT_EQ(seen, (Lines{"outbound_mac_frame_ethernet 66", "outbound_mac_frame_native 66",
                         "outbound_mac_frame_ethernet 66", "outbound_mac_frame_native 66",
                         "outbound_mac_frame_ethernet 48", "outbound_mac_frame_native 48"}));
}

TEST_F(MacChains, have_one_verdict) {
  watch_native(FWP_CALLOUT_FLAG_ALLOW_L2_BATCH_CLASSIFY);
  judge = [](const Sight& sight) {
    if (sight.name() == "outbound_mac_frame_native") sight.block();
  };
  Fates fates;
  const PathCounts counts = pass(&fates);
  EXPECT_EQ(std::ranges::count(fates.told, "kept"), 3);
  EXPECT_EQ(counts.blocked_packets, 1U);
}

TEST_F(MacChains, hold_no_frame_that_the_layer_above_has_blocked) {
  watch_native(FWP_CALLOUT_FLAG_ALLOW_L2_BATCH_CLASSIFY);
  bool once = true;
  judge = [&](const Sight& sight) {
    if (sight.name() == "outbound_mac_frame_ethernet" && std::exchange(once, false)) sight.block();
  };
  pass();
  EXPECT_EQ(seen, (Lines{"outbound_mac_frame_ethernet 66"}));  // what is left of it is of no use
}

TEST_F(MacLayers, see_nothing_of_loopback_and_of_interfaces_without_frames) {
  pass({sent(udp_packet(at("127.0.0.1", 5), at("127.0.0.1", 6), "inside"))});
  EXPECT_EQ(seen, (Lines{"outbound_ippacket_v4", "inbound_ippacket_v4"}));
  seen.clear();
  play(Conversing{}.feed(udp_packet(host, server, "raw")).steps);
  EXPECT_EQ(seen, (Lines{"outbound_ippacket_v4"}));
}

TEST_F(MacLayers, a_block_of_what_comes_in_keeps_it_from_the_packet_layer) {
  judge = [](const Sight& sight) {
    if (sight.name() == "inbound_mac_frame_native") sight.block();
  };
  const PathCounts counts = pass({received(udp_packet(server, host, "answer"))});
  EXPECT_EQ(seen, (Lines{"inbound_mac_frame_native_fast", "inbound_mac_frame_native"}));
  EXPECT_EQ(counts.blocked_packets, 1U);
  EXPECT_EQ(counts.absorbed_packets, 0U);
}

TEST_F(MacLayers, an_absorbed_frame_does_not_leave_the_host) {
  Fates fates;
  judge = [](const Sight& sight) {
    if (sight.name() == "outbound_mac_frame_ethernet") sight.block(true);
  };
  const PathCounts counts = pass({sent(udp_packet(host, server, "question"))}, &fates);
  EXPECT_EQ(seen, (Lines{"outbound_ippacket_v4", "outbound_mac_frame_ethernet"}));
  EXPECT_EQ(counts.absorbed_packets, 1U);
  EXPECT_EQ(fates.told,
            (Lines{"goes on", "absorb FWPS_LAYER_OUTBOUND_MAC_FRAME_ETHERNET", "kept"}));
}

// --- FwpsInjectMacSendAsync0, FwpsInjectMacReceiveAsync0

std::vector<NTSTATUS> completions;

void NTAPI completed(void*, NET_BUFFER_LIST* list, BOOLEAN) {
  completions.push_back(list->Status);
}

struct MacInjection : MacLayers {
  Fates fates;
  HANDLE handle = nullptr;
  Lines states;

  MacInjection() {
    completions.clear();
    network.set_listener(&fates);
    run([&] {
      EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectionHandleCreate0)(
                    WDK_AF_UNSPEC, FWPS_INJECTION_TYPE_L2, &handle),
                STATUS_SUCCESS);
    });
  }
  NTSTATUS inject(bool sends, UINT16 layer, NET_BUFFER_LIST* list,
                  FWPS_INJECT_COMPLETE completion = completed) {
    const auto call = sends ? IMPORT(wfp::injection_exports(), FwpsInjectMacSendAsync0)
                            : IMPORT(wfp::injection_exports(), FwpsInjectMacReceiveAsync0);
    return call(handle, nullptr, 0, layer, 7, 0, list, completion, nullptr);
  }
  FWPS_PACKET_INJECTION_STATE state_of(const Sight& sight) const {
    return IMPORT(wfp::injection_exports(), FwpsQueryPacketInjectionState0)(handle, sight.list(),
                                                                            nullptr);
  }
};

TEST_F(MacInjection, what_is_sent_meets_its_layer_again_as_injected_and_those_below_it) {
  judge = [&](const Sight& sight) {
    states.push_back(fmt::format("{} {}", sight.name(), static_cast<int>(state_of(sight))));
    if (sight.name() != "outbound_mac_frame_ethernet" ||
        state_of(sight) == FWPS_PACKET_INJECTED_BY_SELF)
      return;
    sight.block(true);
    EXPECT_EQ(inject(true, sight.values.layerId, list_of(data_of(sight))), STATUS_SUCCESS);
  };
  pass({sent(udp_packet(host, server, "question"))}, &fates);
  EXPECT_EQ(states, (Lines{"outbound_ippacket_v4 0", "outbound_mac_frame_ethernet 0",
                           "outbound_mac_frame_ethernet 1", "outbound_mac_frame_native 1",
                           "outbound_mac_frame_native_fast 1"}));
  EXPECT_EQ(completions, (std::vector<NTSTATUS>{STATUS_SUCCESS}));
  EXPECT_EQ(fates.told.back(), "inject MAC send 36 bytes out");
}

TEST_F(MacInjection, what_is_received_goes_up_to_the_packet_layer) {
  bool again = false;
  judge = [&](const Sight& sight) {
    states.push_back(fmt::format("{} {}", sight.name(), static_cast<int>(state_of(sight))));
    if (sight.name() != "inbound_mac_frame_native" || std::exchange(again, true)) return;
    sight.block(true);
    EXPECT_EQ(inject(false, sight.values.layerId, list_of(data_of(sight))), STATUS_SUCCESS);
  };
  pass({received(udp_packet(server, host, "answer"))}, &fates);
  EXPECT_EQ(states, (Lines{"inbound_mac_frame_native_fast 0", "inbound_mac_frame_native 0",
                           "inbound_mac_frame_native 1", "inbound_mac_frame_ethernet 1",
                           "inbound_ippacket_v4 1"}));
  EXPECT_EQ(completions, (std::vector<NTSTATUS>{STATUS_SUCCESS}));
  EXPECT_EQ(fates.told.back(), "inject MAC receive 34 bytes in");
}

TEST_F(MacInjection, a_frame_that_another_callout_blocks_is_lost_and_its_completion_tells) {
  judge = [](const Sight& sight) {
    if (sight.name() == "outbound_mac_frame_native") sight.block();
  };
  run([&] {
    EXPECT_EQ(inject(true, FWPS_LAYER_OUTBOUND_MAC_FRAME_ETHERNET,
                     list_of(sent(udp_packet(host, server, "question")))),
              STATUS_SUCCESS);
  });
  EXPECT_EQ(completions, (std::vector<NTSTATUS>{STATUS_DATA_NOT_ACCEPTED}));
  EXPECT_EQ(fates.told, Lines{});
}

TEST_F(MacInjection, an_original_needs_no_completion_and_a_list_of_ones_own_does) {
  NTSTATUS status = STATUS_PENDING;
  judge = [&](const Sight& sight) {
    if (sight.name() != "outbound_mac_frame_native" || state_of(sight) != FWPS_PACKET_NOT_INJECTED)
      return;
    sight.block(true);
    status = inject(true, sight.values.layerId, sight.list(), nullptr);
  };
  pass({sent(udp_packet(host, server, "question"))}, &fates);
  EXPECT_EQ(status, STATUS_SUCCESS);
  EXPECT_EQ(fates.told.back(), "inject MAC send 36 bytes out");
  run([&] {
    EXPECT_EQ(inject(true, FWPS_LAYER_OUTBOUND_MAC_FRAME_NATIVE, list_of(sent({})), nullptr),
              STATUS_INVALID_PARAMETER);
  });
}

TEST_F(MacInjection, each_frame_of_a_chain_goes_its_own_way_and_is_completed_alone) {
  judge = [&](const Sight& sight) {
    states.push_back(fmt::format("{} {}", sight.name(), data_of(sight).size()));
    if (data_of(sight).size() == 49) sight.block();
  };
  run([&] {
    NET_BUFFER_LIST* chain = list_of(sent(udp_packet(host, server, "one")));
    chain->Next = list_of(sent(udp_packet(host, server, "seven..")));
    chain->Next->Next = list_of(sent(udp_packet(host, server, "three")));
    EXPECT_EQ(inject(true, FWPS_LAYER_OUTBOUND_MAC_FRAME_NATIVE, chain), STATUS_SUCCESS);
  });
  std::ranges::sort(states);  // each comes when its worker has time
  std::ranges::sort(completions);
  std::ranges::sort(fates.told);
  EXPECT_EQ(states, (Lines{"outbound_mac_frame_native 45", "outbound_mac_frame_native 47",
                           "outbound_mac_frame_native 49", "outbound_mac_frame_native_fast 45",
                           "outbound_mac_frame_native_fast 47"}));
  EXPECT_EQ(completions,
            (std::vector<NTSTATUS>{STATUS_DATA_NOT_ACCEPTED, STATUS_SUCCESS, STATUS_SUCCESS}));
  EXPECT_EQ(fates.told, (Lines{"inject MAC send 31 bytes out", "inject MAC send 33 bytes out"}));
}

TEST_F(MacInjection, other_layers_and_other_handles_are_refused) {
  run([&] {
    const Bytes frame = sent(udp_packet(host, server, "question"));
    EXPECT_EQ(inject(true, FWPS_LAYER_OUTBOUND_IPPACKET_V4, list_of(frame)),
              STATUS_INVALID_PARAMETER);
    HANDLE network_handle = nullptr;
    EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectionHandleCreate0)(
                  WDK_AF_INET, FWPS_INJECTION_TYPE_NETWORK, &network_handle),
              STATUS_SUCCESS);
    handle = network_handle;
    EXPECT_EQ(inject(true, FWPS_LAYER_OUTBOUND_MAC_FRAME_NATIVE, list_of(frame)),
              STATUS_FWP_INJECT_HANDLE_STALE);
  });
  EXPECT_TRUE(completions.empty());
}

TEST_F(MacInjection, a_frame_too_short_for_a_header_completes_with_a_failure) {
  run([&] {
    EXPECT_EQ(inject(false, FWPS_LAYER_INBOUND_MAC_FRAME_NATIVE, list_of(Bytes(13))),
              STATUS_SUCCESS);
  });
  EXPECT_EQ(completions, (std::vector<NTSTATUS>{STATUS_INVALID_PARAMETER}));
}

}  // namespace
}  // namespace drydock::net
