// SPDX-License-Identifier: Apache-2.0
// What a host remembers of connections that it was the first to close (RFC 9293, TIME-WAIT): the
// last acknowledgement may have been lost.
#include <algorithm>
#include <array>
#include <chrono>

#include "net/host/packets.h"
#include "net/host/socket_host.h"

namespace drydock::net {

namespace {

constexpr Nanoseconds two_segment_lifetimes = std::chrono::seconds{120};

}  // namespace

void SocketHost::enter_time_wait(const Socket& socket) {
  leave_time_waits();
  const ConnectionKey key{socket.local, socket.remote};
  const Nanoseconds until = now() + two_segment_lifetimes;
  time_waits_[key] = {socket.id, until};
  time_waits_end_.emplace_back(until, key);
}

void SocketHost::leave_time_waits() {
  for (; !time_waits_end_.empty() && time_waits_end_.front().first <= now();
       time_waits_end_.pop_front()) {
    const auto& [until, key] = time_waits_end_.front();
    const auto found = time_waits_.find(key);
    if (found != time_waits_.end() && found->second.until == until) time_waits_.erase(found);
  }
}

Socket* SocketHost::find_time_wait(const ConnectionKey& key) {
  leave_time_waits();
  const auto found = time_waits_.find(key);
  return found == time_waits_.end() ? nullptr : &at(found->second.socket);
}

// By a connection that was bound to it for itself: those that were accepted share a listener's.
bool SocketHost::waits_on_port(const SocketPlace& place) {
  leave_time_waits();
  return std::ranges::any_of(time_waits_, [&](const auto& each) {
    const SocketPlace& local = std::get<0>(each.first);
    const bool overlaps = place.address.is_unspecified() || place.address == local.address;
    return local.port == place.port && local.address.version == place.address.version && overlaps &&
           at(each.second.socket).bound;
  });
}

// The layers see it as what it is: of a connection that they know no more.
void SocketHost::answer_latecomer(Socket& socket, const HostPacket& packet) {
  static constexpr std::array layers = {StepKind::inbound_ippacket, StepKind::inbound_transport};
  play_packet(*socket.lane, layers, packet, nullptr,
              [this, id = socket.id, packet](const Outcome& outcome) {
                tell_received(packet, outcome);
                if (!outcome.goes_on || (packet.header.tcp_flags & tcp::rst) != 0) return;
                Socket& waiting = at(id);
                waiting.tcp->hear(packet.header, std::span(*packet.bytes)
                                                     .first(packet.header.total_size)
                                                     .subspan(packet.header.payload_offset()));
                for (const TcpSegment& segment : waiting.tcp->take_segments())
                  send_stray(&waiting, make_tcp_packet(waiting.local, waiting.remote, segment));
              });
}

}  // namespace drydock::net
