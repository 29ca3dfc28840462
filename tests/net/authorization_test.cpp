// SPDX-License-Identifier: Apache-2.0
// Flows that are authorized again when filters change, answers that are suppressed, and where a
// packet can be absorbed.
#include <gtest/gtest.h>

#include <utility>

#include "net/conversing.h"
#include "net/host_path_run.h"

namespace drydock::net {
namespace {

using namespace testing;
using Names = std::vector<std::string>;

const Place host = at("192.0.2.10", 49152), name_server = at("192.0.2.20", 53);
const Place client = at("192.0.2.20", 50000), echo = at("192.0.2.10", 7);

struct Authorizing : ::testing::Test {
  PathRun run;
  Names seen;
  std::function<void(const Sight&)> judge;

  Authorizing() {
    run.script.classify = [this](const Sight& sight) {
      std::string line = sight.name();
      if (const FWP_VALUE0* reason = sight.value("REAUTHORIZE_REASON")) {
        const bool again = (sight.value("FLAGS")->uint32 & FWP_CONDITION_FLAG_IS_REAUTHORIZE) != 0;
        if (again) line += fmt::format(" again {}", reason->uint32);
      }
      if (sight.has(FWPS_METADATA_FIELD_ALE_CLASSIFY_REQUIRED)) line += " undecided";
      seen.push_back(line);
      if (judge) judge(sight);
    };
  }
  void watch(std::initializer_list<LayerId> layers) {
    run.run([&] {
      for (const LayerId layer : layers) run.watch(layer);
    });
  }
};

std::vector<Step> questions(int count) {
  Conversing talk;
  for (int i = 0; i < count; ++i) talk.feed(udp_packet(host, name_server, "question"));
  talk.feed(udp_packet(name_server, host, "answer"));
  return std::move(talk.steps);
}

TEST_F(Authorizing, a_filter_that_comes_makes_each_flow_be_authorized_again_with_its_next_packet) {
  watch({LayerId::outbound_transport_v4, LayerId::inbound_transport_v4});
  judge = [&](const Sight& sight) {
    if (seen.size() == 1) run.watch(LayerId::ale_auth_connect_v4);
    if (sight.name() == "ale_auth_connect_v4") {
      EXPECT_EQ(sight.metadata.packetDirection, FWP_DIRECTION_OUTBOUND);
      EXPECT_EQ(sight.list(), nullptr);
    }
  };
  run.play(questions(3));
  EXPECT_EQ(seen,
            (Names{"outbound_transport_v4",
                   "ale_auth_connect_v4 again 1",  // FWP_CONDITION_REAUTHORIZE_REASON_POLICY_CHANGE
                   "outbound_transport_v4", "outbound_transport_v4", "inbound_transport_v4"}));
}

TEST_F(Authorizing, a_packet_that_comes_in_waits_for_it_and_the_layer_is_that_of_the_flow) {
  watch({LayerId::outbound_transport_v4, LayerId::inbound_transport_v4});
  judge = [&](const Sight& sight) {
    if (seen.size() == 1) run.watch(LayerId::ale_auth_connect_v4);
    if (sight.name() == "ale_auth_connect_v4") {
      EXPECT_EQ(sight.metadata.packetDirection, FWP_DIRECTION_INBOUND);
      EXPECT_EQ(sight.irql, machine::Irql::dispatch);  // in the receive path
    }
  };
  run.play(questions(1));
  EXPECT_EQ(seen, (Names{"outbound_transport_v4", "inbound_transport_v4 undecided",
                         "ale_auth_connect_v4 again 1"}));
}

TEST(AuthorizingSenders, what_is_sent_is_authorized_again_at_the_irql_of_its_sender) {
  struct Drawn final : machine::Choices {
    machine::RoundRobin round_robin{1};
    std::size_t irql = 0;
    std::size_t pick_fiber(std::span<const machine::FiberId> candidates, bool goes_on) override {
      return round_robin.pick_fiber(candidates, goes_on);
    }
    std::size_t choose(machine::Question question, std::size_t) override {
      return question == machine::Question::callback_irql ? irql : 0;
    }
  };
  for (const auto [drawn, expected] : {std::pair{std::size_t{0}, machine::Irql::dispatch},
                                       std::pair{std::size_t{1}, machine::Irql::passive}}) {
    Drawn choices;
    choices.irql = drawn;
    PathRun run(&choices);
    std::vector<machine::Irql> again;
    run.script.classify = [&](const Sight& sight) {
      if (sight.name() != "ale_auth_connect_v4") {
        if (again.empty()) run.watch(LayerId::ale_auth_connect_v4);
        return;
      }
      again.push_back(sight.irql);
    };
    run.run([&] { run.watch(LayerId::outbound_transport_v4); });
    Conversing talk;
    for (int i = 0; i < 2; ++i) talk.feed(udp_packet(host, name_server, "question"));
    run.play(talk.steps);
    EXPECT_EQ(again, std::vector{expected});
  }
}

TEST_F(Authorizing, a_flow_that_is_not_wanted_any_more_ends_with_its_contexts) {
  Names deleted;
  UINT32 id = 0;
  run.run([&] {
    id = run.watch(LayerId::datagram_data_v4);
    run.watch(LayerId::outbound_transport_v4);
    run.watch(LayerId::ale_auth_connect_v4_discard);
  });
  run.script.flow_delete = [&](UINT16, UINT32, UINT64 context) {
    deleted.push_back(fmt::format("{}", context));
  };
  judge = [&](const Sight& sight) {
    if (seen.size() == 1) {
      EXPECT_EQ(PathRun::associate(sight.metadata.flowHandle, LayerId::datagram_data_v4, id, 77),
                STATUS_SUCCESS);
      run.watch(LayerId::ale_auth_connect_v4);
    }
    if (sight.name() == "ale_auth_connect_v4") sight.block();
  };
  const PathCounts counts = run.play(questions(3));
  EXPECT_EQ(seen, (Names{"datagram_data_v4", "outbound_transport_v4", "ale_auth_connect_v4 again 1",
                         "ale_auth_connect_v4_discard again 1"}));
  EXPECT_EQ(deleted, Names{"77"});
  EXPECT_EQ(counts.blocked_flows, 1U);
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(Authorizing, flows_that_came_in_are_authorized_at_receive_accept_when_a_filter_goes) {
  watch({LayerId::outbound_transport_v4, LayerId::ale_auth_recv_accept_v4});
  run.run([&] { run.watch(LayerId::ale_auth_recv_accept_v4, {.number = 1}); });
  judge = [&](const Sight& sight) {
    if (sight.name() != "outbound_transport_v4" || seen.size() != 3) return;
    EXPECT_EQ(run.side.engine().delete_filter(run.session, run.last_filter),
              wfp::FwpStatus::success);
  };
  Conversing talk;
  talk.feed(udp_packet(client, echo, "one")).feed(udp_packet(echo, client, "one"));
  talk.feed(udp_packet(echo, client, "two"));
  run.play(talk.steps);
  EXPECT_EQ(seen,
            (Names{"ale_auth_recv_accept_v4", "ale_auth_recv_accept_v4", "outbound_transport_v4",
                   "ale_auth_recv_accept_v4 again 1", "outbound_transport_v4"}));
}

// Engine section 8: every way that a flow can be asked about again, at both layers.
std::vector<Step> come_by(std::uint32_t interface_index, std::vector<Step> steps,
                          std::uint32_t from_packet) {
  for (Step& step : steps) {
    if (step.packet_index >= from_packet) step.interface_index = interface_index;
  }
  return steps;
}

TEST_F(Authorizing, another_arrival_interface_makes_a_flow_be_authorized_again_once) {
  watch({LayerId::inbound_transport_v4, LayerId::ale_auth_connect_v4});
  Conversing talk;
  talk.feed(udp_packet(host, name_server, "question"));
  for (int i = 0; i < 3; ++i) talk.feed(udp_packet(name_server, host, "answer"));
  run.play(come_by(12, talk.steps, 2));
  EXPECT_EQ(seen,
            (Names{"ale_auth_connect_v4", "inbound_transport_v4", "inbound_transport_v4 undecided",
                   "ale_auth_connect_v4 again 2",  // ..._REASON_NEW_ARRIVAL_INTERFACE
                   "inbound_transport_v4"}));
}

TEST_F(Authorizing, a_flow_that_came_in_by_another_interface_may_be_refused) {
  watch({LayerId::inbound_transport_v6, LayerId::ale_auth_recv_accept_v6});
  judge = [&](const Sight& sight) {
    if (seen.back() == "ale_auth_recv_accept_v6 again 2") sight.block();
  };
  Conversing talk;
  const Place client6 = at("2001:db8::20", 50000), echo6 = at("2001:db8::10", 7);
  for (int i = 0; i < 3; ++i) talk.feed(udp_packet(client6, echo6, "question"));
  const PathCounts counts = run.play(come_by(12, talk.steps, 1));
  EXPECT_EQ(seen, (Names{"inbound_transport_v6 undecided", "ale_auth_recv_accept_v6",
                         "inbound_transport_v6 undecided", "ale_auth_recv_accept_v6 again 2"}));
  EXPECT_EQ(counts.blocked_flows, 1U);
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(Authorizing, filters_at_other_layers_change_nothing) {
  watch({LayerId::outbound_transport_v4, LayerId::ale_auth_connect_v4});
  judge = [&](const Sight&) {
    if (seen.size() == 2) run.watch(LayerId::inbound_transport_v4);
  };
  run.play(questions(2));
  EXPECT_EQ(seen, (Names{"ale_auth_connect_v4", "outbound_transport_v4", "outbound_transport_v4",
                         "inbound_transport_v4"}));
}

TEST_F(Authorizing, a_block_at_the_discard_layer_keeps_the_reset_from_an_unclaimed_syn) {
  const auto layers = [](bool block) {
    PathRun run;
    Names seen;
    run.script.classify = [&](const Sight& sight) {
      seen.push_back(sight.name());
      if (block && sight.name() == "inbound_transport_v4_discard") sight.block();
    };
    run.run([&] {
      run.watch(LayerId::inbound_transport_v4_discard);
      run.watch(LayerId::outbound_transport_v4);
      run.watch(LayerId::outbound_ippacket_v4);
    });
    const std::vector<CapturePacket> packets = {
        captured(milliseconds{1}, tcp_packet(client, echo, tcp::syn, 100, 0)),
        captured(milliseconds{2}, tcp_packet(echo, client, tcp::rst | tcp::ack, 0, 101))};
    run.play(steps_of(standard_local_host(), packets));
    return seen;
  };
  EXPECT_EQ(layers(false), (Names{"inbound_transport_v4_discard", "outbound_transport_v4",
                                  "outbound_ippacket_v4"}));
  EXPECT_EQ(layers(true), Names{"inbound_transport_v4_discard"});
}

TEST_F(Authorizing, a_block_at_the_discard_layer_keeps_the_icmp_answer_to_an_unclaimed_datagram) {
  const auto layers = [](bool block, Nanoseconds answered = milliseconds{2}) {
    PathRun run;
    Names seen;
    run.script.classify = [&](const Sight& sight) {
      seen.push_back(sight.name());
      if (block && sight.name() == "inbound_ippacket_v4_discard") sight.block();
    };
    run.run([&] {
      run.watch(LayerId::inbound_ippacket_v4_discard);
      run.watch(LayerId::outbound_icmp_error_v4);
      run.watch(LayerId::outbound_ippacket_v4);
    });
    const Bytes datagram = udp_packet(client, echo, "anybody there?");
    const std::vector<CapturePacket> packets = {
        captured(milliseconds{1}, datagram),
        captured(answered, icmp_packet(echo, client, 3, 3, 0, datagram))};
    run.play(steps_of(standard_local_host(), packets));
    return seen;
  };
  EXPECT_EQ(layers(false), (Names{"inbound_ippacket_v4_discard", "outbound_icmp_error_v4",
                                  "outbound_ippacket_v4"}));
  EXPECT_EQ(layers(true), Names{"inbound_ippacket_v4_discard"});
  // The one that it was about never came; this is about another datagram.
  EXPECT_EQ(layers(true, std::chrono::seconds{5}), layers(false));
}

TEST_F(Authorizing, a_bind_cannot_be_absorbed_so_its_discard_layer_hears_of_it) {
  watch({LayerId::ale_resource_assignment_v4, LayerId::ale_resource_assignment_v4_discard});
  judge = [](const Sight& sight) {
    if (sight.name() == "ale_resource_assignment_v4") sight.block(true);
  };
  run.play(questions(1));
  EXPECT_EQ(seen, (Names{"ale_resource_assignment_v4", "ale_resource_assignment_v4_discard"}));
}

}  // namespace
}  // namespace drydock::net
