// SPDX-License-Identifier: Apache-2.0
// Packets of a small conversation as steps of the host's path.
#pragma once

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "net/build_packet.h"

namespace drydock::net::testing {

// Steps of packets that are a millisecond apart.
struct Conversing {
  HostTracker tracker{standard_local_host()};
  Nanoseconds now{};
  std::vector<Step> steps;

  Conversing& feed(Bytes packet) {
    now += milliseconds{1};
    add(tracker.feed(captured(now, std::move(packet))));
    return *this;
  }
  Conversing& close() {
    add(tracker.close_all());
    return *this;
  }
  void add(std::vector<Step> more) {
    steps.insert(steps.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
  }
};

// A connection of the local host to a web server, established; what each says next is up to the
// caller.
struct Connection : Conversing {
  Place host = at("192.0.2.10", 49152), web = at("192.0.2.20", 80);
  std::uint32_t sent = 101, received = 501;  // next sequence numbers

  Connection() {
    feed(tcp_packet(host, web, tcp::syn, 100, 0));
    feed(tcp_packet(web, host, tcp::syn | tcp::ack, 500, 101));
    feed(tcp_packet(host, web, tcp::ack, 101, 501));
  }
  Connection& send(std::string_view text, std::uint8_t flags = tcp::ack) {
    feed(tcp_packet(host, web, flags, sent, received, text));
    sent += static_cast<std::uint32_t>(text.size()) + ((flags & tcp::fin) != 0 ? 1 : 0);
    return *this;
  }
  Connection& receive(std::string_view text, std::uint8_t flags = tcp::ack) {
    feed(tcp_packet(web, host, flags, received, sent, text));
    received += static_cast<std::uint32_t>(text.size()) + ((flags & tcp::fin) != 0 ? 1 : 0);
    return *this;
  }
  Connection& fins() {
    send("", tcp::fin | tcp::ack);
    receive("", tcp::fin | tcp::ack);
    return send("");
  }
};

}  // namespace drydock::net::testing
