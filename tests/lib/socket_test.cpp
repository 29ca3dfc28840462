// SPDX-License-Identifier: Apache-2.0
// Applications with sockets: they talk to those out there and to each other, through the driver.
#include <gtest/gtest.h>

#include "lib/lib_drivers.h"

namespace drydock::testing {
namespace {

using namespace std::chrono_literals;

Bytes text(std::string_view words) {
  const auto bytes = std::as_bytes(std::span(words));
  return {bytes.begin(), bytes.end()};
}

constexpr Status refused{0xC0000236};  // STATUS_CONNECTION_REFUSED

TEST(LibrarySocket, connections_and_datagrams_reach_the_servers_that_a_test_describes) {
  Machine machine({.servers = {{.port = 80, .answer = 500},
                               {.port = 7, .does = Behaviour::echoes},
                               {.port = 25, .does = Behaviour::refuses},
                               {.protocol = Protocol::udp, .port = 7, .does = Behaviour::echoes}}});
  Driver driver = machine.load(built("reference_wdm"));
  Process browser = machine.process(R"(\Device\HarddiskVolume1\Tools\browser.exe)");
  Socket web = browser.tcp();
  EXPECT_EQ(web.connect("198.51.100.80:80"), status_success);
  EXPECT_EQ(web.send(text("GET /")), status_success);
  EXPECT_EQ(web.receive(500).bytes.size(), 500U);
  EXPECT_EQ(web.close(), status_success);
  Socket echo = browser.tcp();
  EXPECT_EQ(echo.connect("[2001:db8::7]:7"), status_success);
  EXPECT_EQ(echo.send(text("hello")), status_success);
  EXPECT_EQ(echo.receive(5).bytes, text("hello"));
  EXPECT_EQ(browser.tcp().connect("198.51.100.80:25"), refused);
  Socket datagrams = browser.udp();
  EXPECT_EQ(datagrams.send_to("198.51.100.7:7", text("ping")), status_success);
  EXPECT_EQ(datagrams.receive(100).bytes, text("ping"));
  EXPECT_EQ(machine.ledger("flow context").size(), 1U);  // it follows datagrams only
  EXPECT_EQ(driver.unload(), status_success);
  EXPECT_EQ(echo.send(text("still here")), status_success);
  EXPECT_EQ(echo.receive(10).bytes, text("still here"));
  EXPECT_TRUE(browser.end());
  const Verdict verdict = machine.verdict();
  EXPECT_TRUE(verdict.clean()) << verdict;
  std::map<std::string, std::size_t> verdicts;
  for (const Packet& packet : machine.wire()) ++verdicts[packet.verdict];
  const std::map<std::string, std::size_t> expected{
      {"absorb FWPS_LAYER_DATAGRAM_DATA_V4 filter 65536", 2},  // and sends them itself
      {"inject transport receive", 1},
      {"inject transport send", 1},
      {"permit", 28}};
  EXPECT_EQ(verdicts, expected);
}

TEST(LibrarySocket, applications_serve_clients_out_there_and_each_other) {
  Machine machine;
  Driver driver = machine.load(built("reference_kmdf"));
  Process server = machine.process(R"(\Device\HarddiskVolume1\Tools\server.exe)");
  Socket listener = server.tcp();
  EXPECT_EQ(listener.bind("192.0.2.10:8080"), status_success);
  EXPECT_EQ(listener.listen(), status_success);
  machine.client({.to = "192.0.2.10:8080", .says = text("order")});
  Socket outside = listener.accept();
  ASSERT_TRUE(outside) << outside.status();
  EXPECT_EQ(outside.receive(5).bytes, text("order"));
  EXPECT_EQ(outside.send(text("done")), status_success);

  Process neighbour = machine.process();
  Socket inside = neighbour.tcp();
  EXPECT_EQ(inside.connect("192.0.2.10:8080"), status_success);
  Socket accepted = listener.accept();
  EXPECT_EQ(inside.send(text("me too")), status_success);
  EXPECT_EQ(inside.shut_down(), status_success);
  EXPECT_EQ(accepted.receive(100).bytes, text("me too"));
  EXPECT_EQ(driver.unload(), status_success);
  const Verdict verdict = machine.verdict();
  EXPECT_TRUE(verdict.clean()) << verdict;
}

// A web proxy: connections to port 80 come to it, and it asks where they were meant to go.
TEST(LibrarySocket, proxy_learns_where_a_redirected_connection_was_meant_to_go) {
  Machine machine;
  Driver driver = machine.load(built("redirector"));
  Process proxy = machine.process(R"(\Device\HarddiskVolume1\Tools\proxy.exe)");
  Socket listener = proxy.tcp();
  EXPECT_EQ(listener.bind("127.0.0.1:3128"), status_success);
  EXPECT_EQ(listener.listen(), status_success);
  Socket browser = machine.process().tcp();
  EXPECT_EQ(browser.connect("198.51.100.80:80"), status_success);
  Socket accepted = listener.accept();
  ASSERT_TRUE(accepted) << accepted.status();
  const Answer context = accepted.redirect_context();
  EXPECT_TRUE(context.success()) << context.status;
  EXPECT_FALSE(context.bytes.empty());
  Socket onward = proxy.tcp();
  EXPECT_EQ(onward.take_redirect_records(accepted), status_success);
  EXPECT_EQ(onward.connect("198.51.100.80:80"), status_success);
  EXPECT_TRUE(proxy.end());
  EXPECT_EQ(driver.unload(), status_success);
}

std::string error_of(const std::function<void()>& wrong) {
  try {
    wrong();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(LibrarySocket, wrong_use_is_told_in_one_line) {
  EXPECT_EQ(error_of([] { Machine({.servers = {{.address = "nowhere"}}}); }).substr(0, 9),
            "'nowhere'");
  EXPECT_EQ(error_of([] { Machine({.servers = {{.protocol = Protocol::udp, .answer = 1401}}}); }),
            "a server answers with more than the 1400 bytes that one datagram holds");
  Machine machine;
  Process process = machine.process();
  Socket socket = process.tcp();
  EXPECT_EQ(error_of([&] { socket.connect("192.0.2.20"); }),
            "'192.0.2.20' must be an address and a port, as 192.0.2.20:80 or [2001:db8::20]:80");
  EXPECT_EQ(error_of([&] { machine.client({.to = "x"}); }),
            "'x' must be an address and a port, as 192.0.2.10:80 or [2001:db8::10]:80");
  EXPECT_EQ(error_of([&] { machine.client({.to = "192.0.2.10:1", .from = "::1"}); }),
            "'::1' and '192.0.2.10:1' are of different families");
  EXPECT_EQ(error_of([] { Socket().listen(); }), "this object was made by default or moved from: it names nothing");
  EXPECT_EQ(socket.bind("192.0.2.10:80"), status_success);
  EXPECT_EQ(socket.listen(), status_success);
  EXPECT_EQ(error_of([&] { socket.accept(); }),
            "accept: it has not come back after 60 s of virtual time");
  EXPECT_EQ(socket.close(), status_success);
  EXPECT_EQ(error_of([&] { socket.listen(); }), "listen: the socket is closed");
  Socket other = process.udp();
  process.end();
  EXPECT_EQ(error_of([&] { other.connect("192.0.2.20:53"); }), "connect: the socket is closed");
}

}  // namespace
}  // namespace drydock::testing
