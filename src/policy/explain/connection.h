// SPDX-License-Identifier: Apache-2.0
// A connection as a person writes it, and the packets that a host would see of it: the network path
// (net/) then knows which layers it meets, when, and with which values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "net/step.h"
#include "net/tracker.h"

namespace drydock::policy {

struct Connection {
  net::Protocol protocol{};
  net::Direction direction{};  // who opens it: outbound is the local host
  net::IpAddress local, remote;
  std::uint16_t local_port = 0, remote_port = 0;  // TCP and UDP
  std::string user;                               // "S-1-5-18"; may be empty
  std::string app;                                // NT path; may be empty
};

// "tcp out 10.0.0.1:1234 -> 1.2.3.4:443 app=\device\harddiskvolume1\a.exe"; "in" has the remote end
// first. udp, icmp; IPv6 with ports as [2001:db8::1]:443. An application's path goes to the end of
// the text and counts in lower case, as ALE_APP_ID holds it; user=S-1-5-18 may stand before it.
Result<Connection> parse_connection(std::string_view text);

// One step for each layer and direction that the connection meets, from its first bind to the
// release of its endpoint, in that order.
std::vector<net::Step> steps_of(const Connection& connection);

// All that packet `number` of a capture, counted from 1, causes. Error: the capture has no such
// packet, or it is not one of the host's.
Result<std::vector<net::Step>> steps_of_packet(const net::LocalHost& host,
                                               const net::Capture& capture, std::uint32_t number);

}  // namespace drydock::policy
