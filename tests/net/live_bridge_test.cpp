// SPDX-License-Identifier: Apache-2.0
// Packets that come and go while the simulated host runs, by the clock on the wall.
#include "net/live_bridge.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "net/host_path_run.h"
#include "net/packet_line.h"
#include "net/word_replacer.h"

namespace drydock::net {
namespace {

using namespace testing;

// One end for the bridge, one for the test; a packet a message.
struct Wire {
  int bridge = -1, test = -1;
  Wire() {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends.data()), 0);
    bridge = ends[0];
    test = ends[1];
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire() {
    close(bridge);
    close(test);
  }
  void put(const Bytes& packet) const {
    EXPECT_EQ(write(test, packet.data(), packet.size()), static_cast<ssize_t>(packet.size()));
  }
  [[nodiscard]] std::vector<Bytes> take_all() const {
    std::vector<Bytes> packets;
    Bytes packet(65535);
    for (ssize_t size = 0; (size = read(test, packet.data(), packet.size())) > 0;)
      packets.emplace_back(packet.begin(), packet.begin() + size);
    return packets;
  }
};

using Lines = std::vector<std::string>;
constexpr const char* host_to_web = "192.0.2.10:49152 > 192.0.2.20:80";
constexpr const char* web_to_host = "192.0.2.20:80 > 192.0.2.10:49152";

Lines lines(const Wire& wire) {
  return packet_lines(wire.take_all());
}
std::string outbound(const std::string& rest) {
  return fmt::format("{} {}", host_to_web, rest);
}
std::string inbound(const std::string& rest) {
  return fmt::format("{} {}", web_to_host, rest);
}

struct LiveBridgeTest : ::testing::Test {
  PathRun run;
  Wire programs, network;
  LiveBridge bridge{run.machine, {}, {.host = programs.bridge, .network = network.bridge}};
  HostPath path{run.network, 0x1000, &bridge};
  Place host = at("192.0.2.10", 49152), web = at("192.0.2.20", 80);
  Place name_server = at("192.0.2.20", 53);

  // Each comes when nothing happens any more because of the one before.
  using Packets = std::vector<std::pair<const Wire*, Bytes>>;
  void converse(const Packets& packets) {
    run.network.set_listener(&bridge);
    run.machine.spawn("live", machine::Irql::passive, [this, &packets] {
      for (const auto& [wire, packet] : packets) {
        wire->put(packet);
        bridge.run(path, machine::milliseconds(3));
      }
      bridge.run(path, machine::milliseconds(20));
    });
    run.machine.run();
    EXPECT_FALSE(run.machine.stopped());
  }
  [[nodiscard]] std::string blocked_at(std::string_view layer) const {
    return fmt::format("block FWPS_LAYER_{} filter {}", layer,
                       static_cast<std::uint64_t>(run.last_filter));
  }
};

TEST_F(LiveBridgeTest, what_is_permitted_comes_out_as_it_came_on_both_sides) {
  run.run([&] { run.watch_everything(); });
  const Bytes syn = tcp_packet(host, web, tcp::syn, 100, 0);
  const Bytes answer = tcp_packet(web, host, tcp::syn | tcp::ack, 500, 101);
  const Bytes request = tcp_packet(host, web, tcp::ack, 101, 501, "GET");
  const Bytes question = udp_packet(host, name_server, "where?");
  const Bytes reply = udp_packet(name_server, host, "here");
  const Bytes no_packet = text_bytes("noise");
  converse({{&programs, syn},
            {&network, answer},
            {&programs, request},
            {&programs, question},
            {&network, reply},
            {&network, no_packet}});
  EXPECT_EQ(network.take_all(), (std::vector<Bytes>{syn, request, question}));
  EXPECT_EQ(programs.take_all(), (std::vector<Bytes>{answer, reply, no_packet}));
  EXPECT_EQ(bridge.stats().at("permit").packets, 5U);
  EXPECT_EQ(bridge.stats().at("unseen").packets, 1U);
  const auto seen = read_capture(bridge.pcapng(), "seen");
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->packets.size(), 6U);
}

TEST_F(LiveBridgeTest, a_program_is_told_that_its_connection_is_refused) {
  run.script.classify = [](const Sight& sight) { sight.block(); };
  run.run([&] { run.watch(LayerId::ale_auth_connect_v4); });
  converse({{&programs, tcp_packet(host, web, tcp::syn, 100, 0)}});
  EXPECT_EQ(lines(network), Lines{});
  EXPECT_EQ(lines(programs), Lines{inbound("RA 0:101 []")});
  EXPECT_EQ(bridge.stats(), (TrafficStats{{blocked_at("ALE_AUTH_CONNECT_V4"), {1, 40}}}));
}

TEST_F(LiveBridgeTest, the_syn_of_a_connect_that_is_pended_goes_out_once_it_is_completed) {
  Lines before;
  run.script.classify = [&](const Sight& sight) {
    sight.out.actionType = FWP_ACTION_PERMIT;
    if ((sight.value("FLAGS")->uint32 & FWP_CONDITION_FLAG_IS_REAUTHORIZE) != 0) return;
    HANDLE context = nullptr;
    EXPECT_EQ(IMPORT(wfp::operation_exports(), FwpsPendOperation0)(sight.metadata.completionHandle,
                                                                   &context),
              STATUS_SUCCESS);
    sight.block(true);
    run.as_driver("driver thread", [this, context, &before] {
      run.machine.sleep_until(run.machine.now() + machine::milliseconds(2));
      before = lines(network);
      IMPORT(wfp::operation_exports(), FwpsCompleteOperation0)(context, nullptr);
    });
  };
  run.run([&] { run.watch(LayerId::ale_auth_connect_v4); });
  converse({{&programs, tcp_packet(host, web, tcp::syn, 100, 0)}});
  EXPECT_EQ(before, Lines{});
  EXPECT_EQ(lines(network), Lines{outbound("S 100:0 []")});
  EXPECT_EQ(bridge.stats(), (TrafficStats{{"permit", {1, 40}}}));
}

TEST_F(LiveBridgeTest, a_syn_that_waits_for_ever_is_neither_sent_nor_answered) {
  run.script.classify = [&](const Sight& sight) {
    HANDLE context = nullptr;
    IMPORT(wfp::operation_exports(), FwpsPendOperation0)
    (sight.metadata.completionHandle, &context);
    sight.block(true);
  };
  run.run([&] { run.watch(LayerId::ale_auth_connect_v4); });
  converse({{&programs, tcp_packet(host, web, tcp::syn, 100, 0)}});
  EXPECT_EQ(lines(network), Lines{});
  EXPECT_EQ(lines(programs), Lines{});
  const std::string waits = fmt::format("pend FWPS_LAYER_ALE_AUTH_CONNECT_V4 filter {}",
                                        std::to_underlying(run.last_filter));
  EXPECT_EQ(bridge.stats(), (TrafficStats{{waits, {1, 40}}}));
}

TEST_F(LiveBridgeTest, nobody_outside_is_told_who_was_not_let_in) {
  run.script.classify = [](const Sight& sight) { sight.block(); };
  run.run([&] { run.watch(LayerId::ale_auth_recv_accept_v4); });
  const Bytes syn = tcp_packet(web, host, tcp::syn, 100, 0);
  converse({{&network, syn}, {&network, syn}});
  EXPECT_EQ(lines(network), Lines{});
  EXPECT_EQ(lines(programs), Lines{});
}

TEST_F(LiveBridgeTest, a_dropped_connection_ends_on_both_sides) {
  run.script.classify = [](const Sight& sight) {
    if (sight.text() == "bad") sight.stream().streamAction = FWPS_STREAM_ACTION_DROP_CONNECTION;
  };
  run.run([&] { run.watch(LayerId::stream_v4); });
  converse({{&programs, tcp_packet(host, web, tcp::syn, 100, 0)},
            {&network, tcp_packet(web, host, tcp::syn | tcp::ack, 500, 101)},
            {&programs, tcp_packet(host, web, tcp::ack, 101, 501)},
            {&programs, tcp_packet(host, web, tcp::ack, 101, 501, "bad")},
            {&network, tcp_packet(web, host, tcp::ack, 501, 101, "good")},
            {&programs, tcp_packet(host, web, tcp::ack, 104, 501, "more")}});
  EXPECT_EQ(lines(network),
            (Lines{outbound("S 100:0 []"), outbound("A 101:501 []"), outbound("R 101:0 []")}));
  EXPECT_EQ(lines(programs),
            (Lines{inbound("SA 500:101 []"), inbound("R 501:0 []"), inbound("R 501:0 []")}));
}

TEST_F(LiveBridgeTest, an_edited_stream_keeps_both_ends_talking) {
  const WordReplacer replacer(run);
  converse({{&programs, tcp_packet(host, web, tcp::syn, 100, 0)},
            {&network, tcp_packet(web, host, tcp::syn | tcp::ack, 500, 101)},
            {&programs, tcp_packet(host, web, tcp::ack, 101, 501)},
            {&programs, tcp_packet(host, web, tcp::ack, 101, 501, "foo")},
            {&network, tcp_packet(web, host, tcp::ack, 501, 107, "thanks")},
            {&programs, tcp_packet(host, web, tcp::ack, 104, 507, "bye")}});
  EXPECT_EQ(lines(network), (Lines{outbound("S 100:0 []"), outbound("A 101:501 []"),
                                   outbound("A 101:501 [barbar]"), outbound("A 107:507 [bye]")}));
  EXPECT_EQ(lines(programs), (Lines{inbound("SA 500:101 []"), inbound("A 501:104 [thanks]")}));
}

TEST_F(LiveBridgeTest, another_connection_between_the_same_ends_begins_anew) {
  const WordReplacer replacer(run);
  converse({{&programs, tcp_packet(host, web, tcp::syn, 100, 0)},
            {&network, tcp_packet(web, host, tcp::syn | tcp::ack, 500, 101)},
            {&programs, tcp_packet(host, web, tcp::ack, 101, 501, "foo")},
            {&network, tcp_packet(web, host, tcp::rst, 501, 0)},
            {&programs, tcp_packet(host, web, tcp::syn, 9000, 0)},
            {&network, tcp_packet(web, host, tcp::syn | tcp::ack, 7000, 9001)},
            {&programs, tcp_packet(host, web, tcp::ack, 9001, 7001, "hello")}});
  EXPECT_EQ(lines(network), (Lines{outbound("S 100:0 []"), outbound("A 101:501 [barbar]"),
                                   outbound("S 9000:0 []"), outbound("A 9001:7001 [hello]")}));
  EXPECT_EQ(lines(programs),
            (Lines{inbound("SA 500:101 []"), inbound("R 501:0 []"), inbound("SA 7000:9001 []")}));
}

// Of a run without an end.
struct LongLiveRun : LiveBridgeTest {
  using Turn = std::function<void()>;

  void live(Turn body) {
    run.network.set_listener(&bridge);
    run.machine.spawn("live", machine::Irql::passive, [body = std::move(body)] { body(); });
    run.machine.run();
    EXPECT_FALSE(run.machine.stopped());
  }
  void say(const Wire& wire, const Bytes& packet) {
    wire.put(packet);
    bridge.run(path, machine::milliseconds(3));
  }
  // Nobody says anything for so long; then noise, which the bridge need not wait for.
  void let_pass(machine::VirtualTime time) {
    run.machine.sleep_until(run.machine.now() + time);
    network.put(text_bytes("noise"));
    bridge.run(path, machine::microseconds(1));
    (void)programs.take_all();
  }
  // Of everybody at once, so that it does not take long.
  void say_all(const Wire& wire, int connections,
               const std::function<Bytes(const Place&)>& packet) {
    for (int i = 0; i < connections; ++i)
      wire.put(packet(at("192.0.2.10", static_cast<std::uint16_t>(40'000 + i))));
    bridge.run(path, machine::milliseconds(20));
    (void)programs.take_all();
    (void)network.take_all();
  }
};

TEST_F(LongLiveRun, knows_nothing_of_connections_that_ended) {
  run.run([&] { run.watch_everything(); });
  constexpr int at_once = 100;
  live([&] {
    for (std::uint32_t round = 0; round < 3; ++round) {
      const std::uint32_t mine = 100 + 1000 * round, theirs = 500 + 1000 * round;
      say_all(programs, at_once,
              [&](const Place& place) { return tcp_packet(place, web, tcp::syn, mine, 0); });
      say_all(network, at_once, [&](const Place& place) {
        return tcp_packet(web, place, tcp::syn | tcp::ack, theirs, mine + 1);
      });
      say_all(programs, at_once, [&](const Place& place) {
        return tcp_packet(place, web, tcp::ack, mine + 1, theirs + 1, "request");
      });
      EXPECT_EQ(bridge.connections(), at_once);
      EXPECT_EQ(run.network.flows().count_alive(), at_once);
      say_all(network, at_once, [&](const Place& place) {
        return tcp_packet(web, place, tcp::fin | tcp::ack, theirs + 1, mine + 8);
      });
      say_all(programs, at_once, [&](const Place& place) {
        return tcp_packet(place, web, tcp::fin | tcp::ack, mine + 8, theirs + 2);
      });
      say_all(network, at_once, [&](const Place& place) {
        return tcp_packet(web, place, tcp::ack, theirs + 2, mine + 9);
      });
      EXPECT_EQ(bridge.connections(), 0U);
      EXPECT_EQ(run.network.flows().count_alive(), 0U);
      EXPECT_TRUE(run.network.conversations().flows().empty());
    }
  });
  EXPECT_EQ(bridge.stats().at("permit").packets, 6U * 3 * at_once);
}

TEST_F(LongLiveRun, knows_a_translated_connection_as_long_as_latecomers_may_come) {
  const WordReplacer replacer(run);
  live([&] {
    say(programs, tcp_packet(host, web, tcp::syn, 100, 0));
    say(network, tcp_packet(web, host, tcp::syn | tcp::ack, 500, 101));
    say(programs, tcp_packet(host, web, tcp::ack, 101, 501, "foo"));
    say(network, tcp_packet(web, host, tcp::ack, 501, 107));
    say(programs, tcp_packet(host, web, tcp::fin | tcp::ack, 104, 501));
    const Bytes last = tcp_packet(web, host, tcp::fin | tcp::ack, 501, 108);
    say(network, last);
    say(programs, tcp_packet(host, web, tcp::ack, 105, 502));
    EXPECT_EQ(lines(network), (Lines{outbound("S 100:0 []"), outbound("A 101:501 [barbar]"),
                                     outbound("FA 107:501 []"), outbound("A 108:502 []")}));
    (void)programs.take_all();
    // The last acknowledgement did not arrive: who waits for it gets it in numbers that he knows.
    say(network, last);
    EXPECT_EQ(lines(programs), Lines{inbound("FA 501:105 []")});
    say(programs, tcp_packet(host, web, tcp::ack, 105, 502));
    EXPECT_EQ(lines(network), Lines{outbound("A 108:502 []")});
    EXPECT_EQ(bridge.connections(), 1U);
    let_pass(machine::seconds(121));
    EXPECT_EQ(bridge.connections(), 0U);
  });
}

TEST_F(LongLiveRun, gives_up_a_connection_that_a_verdict_has_ended) {
  run.script.classify = [](const Sight& sight) {
    if (sight.text() == "bad") sight.stream().streamAction = FWPS_STREAM_ACTION_DROP_CONNECTION;
  };
  run.run([&] { run.watch(LayerId::stream_v4); });
  live([&] {
    say(programs, tcp_packet(host, web, tcp::syn, 100, 0));
    say(network, tcp_packet(web, host, tcp::syn | tcp::ack, 500, 101));
    say(programs, tcp_packet(host, web, tcp::ack, 101, 501, "bad"));
    EXPECT_EQ(bridge.connections(), 1U);
    let_pass(machine::seconds(22));
    EXPECT_EQ(bridge.connections(), 0U);
  });
}

TEST_F(LiveBridgeTest, keeps_what_was_seen_only_for_somebody_who_wants_it) {
  LiveBridge careless{run.machine,
                      {},
                      {.host = programs.bridge, .network = network.bridge, .keeps_packets = false}};
  HostPath way{run.network, 0x2000, &careless};
  const std::size_t before = careless.pcapng().size();
  run.machine.spawn("live", machine::Irql::passive, [&] {
    programs.put(udp_packet(host, name_server, "where?"));
    careless.run(way, machine::milliseconds(3));
  });
  run.machine.run();
  EXPECT_EQ(network.take_all().size(), 1U);
  EXPECT_EQ(careless.stats().at("permit").packets, 1U);
  EXPECT_EQ(careless.pcapng().size(), before);
}

TEST_F(LiveBridgeTest, virtual_time_goes_with_the_clock) {
  const auto began = std::chrono::steady_clock::now();
  converse({});
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(18));
  EXPECT_GE(run.machine.now(), machine::milliseconds(20));
}

}  // namespace
}  // namespace drydock::net
