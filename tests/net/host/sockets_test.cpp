// SPDX-License-Identifier: Apache-2.0
// What programs do with sockets, and the layers that a Windows host shows for it (engine section
// 7).
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "net/host/host_run.h"
#include "net/host/socket_status.h"

namespace drydock::net {
namespace {

using namespace testing;

const SocketPlace web = place("192.0.2.20", 80), web6 = place("2001:db8::20", 80);
const SocketPlace own = place("192.0.2.10", 8080), local = place("127.0.0.1", 8080);

Names operator+(Names names, const Names& more) {
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

const Names bound = {"ale_bind_redirect", "ale_resource_assignment"};
const Names connects = {"ale_connect_redirect", "ale_auth_connect"};
const Names sent = {"outbound_transport", "outbound_ippacket"};
const Names received = {"inbound_ippacket", "inbound_transport"};
const Names established = {"ale_flow_established"};
const Names data = {"stream"};
const Names released = {"ale_endpoint_closure", "ale_resource_release"};

// As lines, which is how a difference shows.
void expect_seen(const HostRun& run, const Names& expected) {
  EXPECT_EQ(fmt::format("{}", fmt::join(run.seen, "\n")),
            fmt::format("{}", fmt::join(expected, "\n")));
}

struct Sockets : ::testing::Test {
  HostRun run;
  Process browser = HostRun::program(400, "browser.exe");

  SocketId open(Protocol protocol = Protocol::tcp, IpVersion version = IpVersion::v4) {
    return run.host.open(browser, protocol, version);
  }
  void connect_and_say(SocketPlace to) {
    const SocketId socket = open(Protocol::tcp, to.address.version);
    EXPECT_EQ(run.host.connect(socket, to), STATUS_SUCCESS);
    EXPECT_EQ(run.host.send(socket, bytes_of("question")), STATUS_SUCCESS);
    EXPECT_EQ(run.host.receive(socket, 1000).bytes.size(), 200U);
    run.host.close(socket);
  }
  // As a server, for one client: what it says is said back in upper case.
  void serve(SocketPlace place) {
    const SocketId listener =
        run.host.open(HostRun::program(500, "server.exe"), Protocol::tcp, place.address.version);
    EXPECT_EQ(run.host.bind(listener, place), STATUS_SUCCESS);
    EXPECT_EQ(run.host.listen(listener), STATUS_SUCCESS);
    const Accepted accepted = run.host.accept(listener);
    EXPECT_EQ(accepted.status, STATUS_SUCCESS);
    std::string said = text_of(run.host.receive(accepted.socket, 1000).bytes);
    for (char& c : said) c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(run.host.send(accepted.socket, bytes_of(said)), STATUS_SUCCESS);
    EXPECT_TRUE(run.host.receive(accepted.socket, 1000).bytes.empty());
    run.host.close(accepted.socket);
    run.host.close(listener);
  }
};

// Question, acknowledgement of it, answer, its acknowledgement, and then both ends.
const Names question_and_answer = data + sent + received + received + data + sent;
const Names both_fins = data + sent + received + received + data + sent;

TEST_F(Sockets, a_connection_meets_the_layers_of_an_active_open_in_their_order) {
  run.start([&] { connect_and_say(web); });
  run.go();
  expect_seen(run, bound + connects + sent + received + established + sent + question_and_answer +
                       both_fins + released);
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(Sockets, a_connection_of_the_other_family_meets_the_same_layers) {
  run.start([&] { connect_and_say(web6); });
  run.judge = [](const Sight& sight) { EXPECT_NE(sight.name().find("_v6"), std::string::npos); };
  run.go();
  expect_seen(run, bound + connects + sent + received + established + sent + question_and_answer +
                       both_fins + released);
}

TEST(FarClients, meet_the_layers_of_a_passive_open_in_their_order) {
  HostRun run({.servers = {},
               .clients = {{.protocol = Protocol::tcp,
                            .address = web.address,
                            .to = own,
                            .begins = machine::seconds(1),
                            .says = bytes_of("hello"),
                            .rounds = 1}}});
  run.far.start();
  std::string heard;
  run.start([&] {
    const SocketId listener =
        run.host.open(HostRun::program(500, "server.exe"), Protocol::tcp, IpVersion::v4);
    EXPECT_EQ(run.host.bind(listener, place("0.0.0.0", 8080)), STATUS_SUCCESS);
    EXPECT_EQ(run.host.listen(listener), STATUS_SUCCESS);
    run.say("listens");
    const SocketId accepted = run.host.accept(listener).socket;
    heard = text_of(run.host.receive(accepted, 1000).bytes);
    EXPECT_EQ(run.host.send(accepted, bytes_of("welcome")), STATUS_SUCCESS);
    EXPECT_TRUE(run.host.receive(accepted, 1000).bytes.empty());  // it has said all
    run.host.close(accepted);
    run.host.close(listener);
  });
  run.go();
  EXPECT_EQ(heard, "hello");
  const Names syn = received + Names{"ale_auth_recv_accept"};
  expect_seen(run, bound + Names{"ale_auth_listen", "- listens -"} + syn + sent + received +
                       established + received + data + sent /* its acknowledgement */ + data +
                       sent /* welcome */ + received + received + data + sent /* FIN */ + data +
                       sent + Names{"ale_endpoint_closure", "ale_resource_release"} + received +
                       Names{"ale_endpoint_closure"});
}

TEST_F(Sockets, who_connects_to_the_host_itself_makes_a_flow_at_each_end) {
  std::vector<std::string> flows;
  run.judge = [&](const Sight& sight) {
    if (sight.name() != "ale_flow_established_v4") return;
    EXPECT_NE(sight.value("FLAGS")->uint32 & FWP_CONDITION_FLAG_IS_LOOPBACK, 0U);
    flows.push_back(fmt::format("{} {} pid {}", sight.metadata.flowHandle != 0,
                                sight.value("DIRECTION")->uint32, sight.metadata.processId));
  };
  run.start([&] { serve(local); });
  run.start([&] {
    const SocketId socket = open();
    EXPECT_EQ(run.host.connect(socket, local), STATUS_SUCCESS);
    EXPECT_EQ(run.host.local(socket).address.text(), "127.0.0.1");
    EXPECT_EQ(run.host.send(socket, bytes_of("question")), STATUS_SUCCESS);
    EXPECT_EQ(text_of(run.host.receive(socket, 1000).bytes), "QUESTION");
    run.host.close(socket);
  });
  run.go();
  EXPECT_EQ(flows, (std::vector<std::string>{"true 0 pid 400", "true 1 pid 500"}));
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(Sockets, whom_nobody_listens_to_is_refused_by_a_reset_that_meets_its_layers_too) {
  run.start([&] { EXPECT_EQ(run.host.connect(open(), local), STATUS_CONNECTION_REFUSED); });
  run.go();
  expect_seen(run, bound + connects + sent +
                       Names{"inbound_ippacket", "inbound_transport_discard"} + sent + received +
                       released);
}

TEST_F(Sockets, a_block_at_the_discard_layer_suppresses_the_reset) {
  run.judge = [](const Sight& sight) {
    if (sight.name() == "inbound_transport_v4_discard") sight.block();
  };
  run.start([&] { EXPECT_EQ(run.host.connect(open(), local), STATUS_IO_TIMEOUT); });
  run.go();
}

TEST(FarServers, refuse_or_are_silent_or_echo) {
  HostRun run({.servers = {{.address = {}, .port = 1, .does = FarBehaviour::refuses},
                           {.address = {}, .port = 2, .does = FarBehaviour::silent},
                           {.address = {}, .port = 3, .does = FarBehaviour::echoes}},
               .clients = {}});
  run.start([&] {
    const auto program = HostRun::program(400, "browser.exe");
    const auto socket = [&] { return run.host.open(program, Protocol::tcp, IpVersion::v4); };
    EXPECT_EQ(run.host.connect(socket(), {web.address, 1}), STATUS_CONNECTION_REFUSED);
    EXPECT_EQ(run.host.connect(socket(), {web.address, 2}), STATUS_IO_TIMEOUT);
    const SocketId third = socket();
    EXPECT_EQ(run.host.connect(third, {web.address, 3}), STATUS_SUCCESS);
    EXPECT_EQ(run.host.send(third, bytes_of("echo")), STATUS_SUCCESS);
    EXPECT_EQ(text_of(run.host.receive(third, 100).bytes), "echo");
    run.host.close(third);
  });
  run.go();
}

TEST_F(Sockets, a_datagram_to_somebody_new_is_authorized_and_later_ones_are_not) {
  run.start([&] {
    const SocketId socket = open(Protocol::udp);
    EXPECT_EQ(run.host.send_to(socket, {web.address, 53}, bytes_of("one")), STATUS_SUCCESS);
    EXPECT_EQ(run.host.receive(socket, 1000).bytes.size(), 200U);
    EXPECT_EQ(run.host.send_to(socket, {web.address, 53}, bytes_of("two")), STATUS_SUCCESS);
    EXPECT_EQ(run.host.receive(socket, 1000).from, (SocketPlace{web.address, 53}));
    run.host.close(socket);
  });
  run.go();
  const Names datagram = {"datagram_data"};
  expect_seen(run, bound + connects + established + datagram + sent + received + datagram +
                       datagram + sent + received + datagram + released);
}

TEST_F(Sockets, a_datagram_to_a_port_that_nobody_has_is_answered_by_an_icmp_error) {
  run.start([&] {
    EXPECT_EQ(run.host.send_to(open(Protocol::udp), {local.address, 9}, bytes_of("x")),
              STATUS_SUCCESS);
  });
  run.go();
  expect_seen(
      run, bound + connects + established + Names{"datagram_data"} + sent +
               Names{"inbound_ippacket", "inbound_ippacket_discard", "outbound_icmp_error"} + sent +
               received + Names{"inbound_icmp_error"});
}

TEST_F(Sockets, a_flow_of_datagrams_ends_after_a_minute_without_a_word) {
  run.start([&] {
    EXPECT_EQ(run.host.send_to(open(Protocol::udp), {web.address, 53}, bytes_of("one")),
              STATUS_SUCCESS);
    run.machine.sleep_until(machine::seconds(59));
    EXPECT_EQ(run.side.flows().count_alive(), 1U);
    run.machine.sleep_until(machine::seconds(62));
    EXPECT_EQ(run.side.flows().count_alive(), 0U);
  });
  run.go();
}

TEST_F(Sockets, datagrams_between_two_programs_of_the_host_make_two_flows) {
  std::set<UINT64> flows;
  run.judge = [&](const Sight& sight) {
    if (sight.name() == "ale_flow_established_v4") flows.insert(sight.metadata.flowHandle);
  };
  std::string heard;
  run.start([&] {
    const SocketId receiver =
        run.host.open(HostRun::program(500, "server.exe"), Protocol::udp, IpVersion::v4);
    EXPECT_EQ(run.host.bind(receiver, local), STATUS_SUCCESS);
    run.start([&] {
      EXPECT_EQ(run.host.send_to(open(Protocol::udp), local, bytes_of("hi")), STATUS_SUCCESS);
    });
    heard = text_of(run.host.receive(receiver, 1000).bytes);
  });
  run.go();
  EXPECT_EQ(heard, "hi");
  EXPECT_EQ(flows.size(), 2U);
  const Names datagram = {"datagram_data"};
  expect_seen(run, bound + bound + connects + established + datagram + sent + received +
                       Names{"ale_auth_recv_accept"} + established + datagram);
}

TEST_F(Sockets, a_port_can_be_bound_once_and_only_where_the_host_is) {
  run.start([&] {
    EXPECT_EQ(run.host.bind(open(), own), STATUS_SUCCESS);
    EXPECT_EQ(run.host.bind(open(), place("0.0.0.0", own.port)), STATUS_ADDRESS_ALREADY_EXISTS);
    EXPECT_EQ(run.host.bind(open(), place("192.0.2.99", 1)), status_no_such_address);
    EXPECT_EQ(run.host.bind(open(Protocol::udp), own), STATUS_SUCCESS);
  });
  run.go();
}

TEST_F(Sockets, a_port_of_a_closed_connection_waits_before_it_is_bound_again) {
  run.start([&] {
    const SocketPlace mine = place("192.0.2.10", 5000);
    const SocketId first = open();
    EXPECT_EQ(run.host.bind(first, mine), STATUS_SUCCESS);
    EXPECT_EQ(run.host.connect(first, web), STATUS_SUCCESS);
    run.host.close(first);
    run.machine.sleep_until(run.machine.now() + machine::seconds(1));
    EXPECT_EQ(run.seen.back(), "ale_resource_release");
    EXPECT_EQ(run.host.bind(open(), mine), STATUS_ADDRESS_ALREADY_EXISTS);
    EXPECT_EQ(run.host.bind(open(), place("0.0.0.0", 5000)), STATUS_ADDRESS_ALREADY_EXISTS);
    EXPECT_EQ(run.host.bind(open(Protocol::udp), mine), STATUS_SUCCESS);
    const SocketId hasty = open();
    EXPECT_EQ(run.host.bind(hasty, mine, true), STATUS_SUCCESS);
    EXPECT_EQ(run.host.connect(hasty, web), STATUS_ADDRESS_ALREADY_EXISTS);
    run.host.close(hasty);
    run.machine.sleep_until(run.machine.now() + machine::seconds(120));
    const SocketId patient = open();
    EXPECT_EQ(run.host.bind(patient, mine), STATUS_SUCCESS);
    EXPECT_EQ(run.host.connect(patient, web), STATUS_SUCCESS);
    run.host.close(patient);
  });
  run.go();
}

TEST_F(Sockets, a_listener_is_bound_again_while_a_connection_of_its_own_is_remembered) {
  run.start([&] { serve(own); });
  run.start([&] {
    const SocketId client = open();
    run.machine.sleep_until(run.machine.now() + machine::seconds(1));
    EXPECT_EQ(run.host.connect(client, own), STATUS_SUCCESS);
    EXPECT_EQ(run.host.send(client, bytes_of("hello")), STATUS_SUCCESS);
    EXPECT_EQ(text_of(run.host.receive(client, 1000).bytes), "HELLO");
    run.host.shut_down(client);
    run.machine.sleep_until(run.machine.now() + machine::seconds(1));
    EXPECT_EQ(run.host.bind(open(), own), STATUS_SUCCESS);
  });
  run.go();
}

TEST_F(Sockets, who_closed_first_acknowledges_a_last_word_that_comes_again) {
  run.start([&] {
    const SocketId socket = open();
    EXPECT_EQ(run.host.connect(socket, web), STATUS_SUCCESS);
    run.host.close(socket);
    run.machine.sleep_until(run.machine.now() + machine::seconds(1));
    PacketBytes last;  // of the other end: its FIN
    const auto written = read_capture(run.host.pcapng(), "written");
    ASSERT_TRUE(written);
    for (const CapturePacket& packet : written->packets) {
      const auto header = parse_packet(*packet.frame);
      ASSERT_TRUE(header);
      const bool theirs = header->destination == own.address;
      if (theirs && (header->tcp_flags & tcp::fin) != 0) last = packet.frame;
    }
    ASSERT_NE(last, nullptr);
    run.seen.clear();
    run.host.arrive(last);
    expect_seen(run, received + sent);
    const auto after = read_capture(run.host.pcapng(), "written");
    ASSERT_TRUE(after);
    const auto answer = parse_packet(*after->packets.back().frame);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->tcp_flags, tcp::ack);
    EXPECT_EQ(answer->tcp_acknowledgement, parse_packet(*last)->tcp_sequence + 1);
    run.machine.sleep_until(run.machine.now() + machine::seconds(121));
    run.seen.clear();
    run.host.arrive(last);
    expect_seen(run, Names{"inbound_ippacket", "inbound_transport_discard"} + sent);
  });
  run.go();
}

TEST_F(Sockets, packets_are_kept_only_for_somebody_who_wants_them) {
  HostRun careless({}, {}, {.keeps_packets = false});
  const std::size_t before = careless.host.pcapng().size();
  careless.start([&] {
    const SocketId socket =
        careless.host.open(HostRun::program(400, "browser.exe"), Protocol::tcp, IpVersion::v4);
    EXPECT_EQ(careless.host.connect(socket, web), STATUS_SUCCESS);
    careless.host.close(socket);
  });
  careless.go();
  EXPECT_EQ(careless.host.pcapng().size(), before);
  EXPECT_GE(careless.host.stats().at("permit").packets, 6U);
}

TEST_F(Sockets, what_a_callout_blocks_its_program_is_denied) {
  std::string blocked;
  run.judge = [&](const Sight& sight) {
    if (sight.name() == blocked) sight.block();
  };
  run.start([&] {
    blocked = "ale_resource_assignment_v4";
    EXPECT_EQ(run.host.bind(open(), own), STATUS_ACCESS_DENIED);
    blocked = "ale_auth_connect_v4";
    EXPECT_EQ(run.host.connect(open(), web), STATUS_ACCESS_DENIED);
    EXPECT_EQ(run.host.send_to(open(Protocol::udp), web, bytes_of("x")), STATUS_ACCESS_DENIED);
    blocked = "ale_auth_listen_v4";
    const SocketId listener = open();
    EXPECT_EQ(run.host.bind(listener, place("0.0.0.0", 1234)), STATUS_SUCCESS);
    EXPECT_EQ(run.host.listen(listener), STATUS_ACCESS_DENIED);
  });
  run.go();
  EXPECT_EQ(run.host.stats().size(), 1U);  // the datagram
  EXPECT_TRUE(run.host.stats().begin()->first.starts_with("block FWPS_LAYER_ALE_AUTH_CONNECT_V4"));
}

TEST_F(Sockets, a_port_whose_assignment_a_callout_blocks_is_free_and_its_socket_is_not_bound) {
  bool blocks = true;
  int asked = 0;
  run.judge = [&](const Sight& sight) {
    if (sight.name() != "ale_resource_assignment_v4") return;
    ++asked;
    if (blocks) sight.block();
  };
  run.start([&] {
    const SocketId socket = open(Protocol::udp);
    for (int attempt = 0; attempt < 2; ++attempt) {
      EXPECT_EQ(run.host.send_to(socket, web, bytes_of("x")), STATUS_ACCESS_DENIED);
      EXPECT_EQ(run.host.bind(socket, own), STATUS_ACCESS_DENIED);
    }
    EXPECT_EQ(asked, 4);
    EXPECT_EQ(run.host.local(socket), place("0.0.0.0", 0));
    blocks = false;
    EXPECT_EQ(run.host.bind(open(Protocol::udp), own), STATUS_SUCCESS);
    EXPECT_EQ(run.host.bind(socket, own), STATUS_ADDRESS_ALREADY_EXISTS);
    EXPECT_EQ(run.host.send_to(socket, web, bytes_of("x")), STATUS_SUCCESS);
  });
  run.go();
}

TEST_F(Sockets, more_than_the_headers_can_count_is_no_datagram) {
  run.start([&] {
    const SocketId socket = open(Protocol::udp), socket6 = open(Protocol::udp, IpVersion::v6);
    const auto bytes = [](std::size_t size) { return std::vector<std::uint8_t>(size, 'x'); };
    EXPECT_EQ(run.host.send_to(socket, web, bytes(65508)), STATUS_INVALID_BUFFER_SIZE);
    EXPECT_EQ(run.host.send_to(socket, web, bytes(65507)), STATUS_SUCCESS);
    EXPECT_EQ(run.host.send_to(socket6, web6, bytes(65528)), STATUS_INVALID_BUFFER_SIZE);
    EXPECT_EQ(run.host.send_to(socket6, web6, bytes(65527)), STATUS_SUCCESS);
  });
  run.go();
}

TEST_F(Sockets, a_packet_that_a_callout_drops_is_sent_again) {
  int drops = 0;
  run.judge = [&](const Sight& sight) {
    const bool drop = sight.name() == "outbound_ippacket_v4" && ++drops % 2 == 1;
    if (drop) sight.block();
  };
  run.start([&] { connect_and_say(web); });
  run.go();
  EXPECT_GT(drops, 5);
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(Sockets, a_connection_that_a_callout_drops_ends_at_both_ends_by_a_reset) {
  run.judge = [&](const Sight& sight) {
    if (!sight.is_stream() || sight.sends()) return;
    sight.stream().streamAction = FWPS_STREAM_ACTION_DROP_CONNECTION;
    sight.out.actionType = FWP_ACTION_NONE;
    run.say("drop");
  };
  run.start([&] {
    const SocketId socket = open();
    EXPECT_EQ(run.host.connect(socket, web), STATUS_SUCCESS);
    EXPECT_EQ(run.host.send(socket, bytes_of("question")), STATUS_SUCCESS);
    EXPECT_EQ(run.host.receive(socket, 1000).status, STATUS_CONNECTION_ABORTED);
    EXPECT_EQ(run.host.send(socket, bytes_of("more")), STATUS_CONNECTION_ABORTED);
  });
  run.go();
  const auto drop = std::ranges::find(run.seen, "- drop -");
  ASSERT_NE(drop, run.seen.end());
  run.seen.erase(run.seen.begin(), drop + 1);
  expect_seen(run, released + sent);
}

TEST_F(Sockets, what_a_callout_makes_of_a_stream_is_what_the_other_end_gets) {
  run.judge = [&](const Sight& sight) {
    if (!sight.is_stream() || !sight.sends() || sight.is_fin()) return;
    if (sight.text() == "secret") sight.out.actionType = FWP_ACTION_BLOCK;
  };
  std::string heard;
  run.start([&] {
    const SocketId listener =
        run.host.open(HostRun::program(500, "server.exe"), Protocol::tcp, IpVersion::v4);
    EXPECT_EQ(run.host.bind(listener, local), STATUS_SUCCESS);
    EXPECT_EQ(run.host.listen(listener), STATUS_SUCCESS);
    const SocketId accepted = run.host.accept(listener).socket;
    for (;;) {
      const auto bytes = run.host.receive(accepted, 1000).bytes;
      if (bytes.empty()) break;
      heard += text_of(bytes);
    }
  });
  run.start([&] {
    const SocketId socket = open();
    EXPECT_EQ(run.host.connect(socket, local), STATUS_SUCCESS);
    for (const std::string_view text : {"open ", "secret", "words"})
      EXPECT_EQ(run.host.send(socket, bytes_of(text)), STATUS_SUCCESS);
    run.host.close(socket);
  });
  run.go();
  EXPECT_EQ(heard, "open words");
}

TEST_F(Sockets, a_long_stream_arrives_whole_and_in_order) {
  const std::string text(300'000, 'x');
  std::size_t heard = 0;
  run.start([&] {
    const SocketId listener = open();
    EXPECT_EQ(run.host.bind(listener, local), STATUS_SUCCESS);
    EXPECT_EQ(run.host.listen(listener), STATUS_SUCCESS);
    run.start([&] {
      const SocketId socket = open();
      EXPECT_EQ(run.host.connect(socket, local), STATUS_SUCCESS);
      EXPECT_EQ(run.host.send(socket, bytes_of(text)), STATUS_SUCCESS);
      run.host.close(socket);
    });
    const SocketId accepted = run.host.accept(listener).socket;
    for (;;) {
      const auto bytes = run.host.receive(accepted, 100'000).bytes;
      if (bytes.empty()) break;
      heard += bytes.size();
    }
    run.host.close(accepted);
  });
  run.go();
  EXPECT_EQ(heard, text.size());
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(Sockets, closing_a_socket_ends_what_waits_for_it) {
  const SocketId listener = open();
  run.start([&] {
    EXPECT_EQ(run.host.bind(listener, own), STATUS_SUCCESS);
    EXPECT_EQ(run.host.listen(listener), STATUS_SUCCESS);
    EXPECT_EQ(run.host.accept(listener).status, STATUS_CANCELLED);
  });
  run.start([&] {
    run.machine.sleep_until(machine::seconds(1));
    run.host.close(listener);
  });
  run.go();
  expect_seen(run, bound + Names{"ale_auth_listen"} + released);
}

}  // namespace
}  // namespace drydock::net
