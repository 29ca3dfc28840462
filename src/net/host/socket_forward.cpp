// SPDX-License-Identifier: Apache-2.0
// Packets that are for nobody on this host, while it is a router.
#include <algorithm>

#include "net/forwarding.h"
#include "net/host/packets.h"
#include "net/host/socket_host.h"

namespace drydock::net {

void SocketHost::forward(const HostPacket& packet) {
  const auto way = forwarding_of(host_, packet.header, 0);
  if (!way) return;
  auto steps =
      forwarded_steps({packet.bytes, 0, packet.header.total_size}, packet.header, *way, now());
  for (Step& step : steps) step.link = Link::made_up;
  const bool has_hops = steps.back().kind == StepKind::outbound_ippacket;
  const std::uint32_t arrived = way->from;
  const PacketBytes onward = steps.back().packet.owner;
  const auto then = [this, packet, onward, has_hops, arrived](const Outcome& outcome) {
    tell_received(packet, outcome);
    if (outcome.goes_on && has_hops && far_ != nullptr)
      agenda_.after(wire_delay, [this, onward] { far_->arrive(onward); });
    if (outcome.goes_on && !has_hops) tell_time_exceeded(packet, arrived);
  };
  lane_of(system_).play(std::move(steps), then);
}

// RFC 1812, 4.3.2.7 and RFC 4443, 2.4(e): never about an error or a later fragment. The router
// speaks with its address on the side of whom it tells.
void SocketHost::tell_time_exceeded(const HostPacket& packet, std::uint32_t interface_index) {
  const ParsedPacket& header = packet.header;
  if (header.is_icmp_error() || header.fragment_offset != 0) return;
  for (const HostInterface& each : host_.interfaces) {
    if (each.index != interface_index) continue;
    const auto own = std::ranges::find(each.addresses, header.version,
                                       [](const auto& address) { return address.address.version; });
    if (own == each.addresses.end()) return;
    return send_icmp_error(time_exceeded(*packet.bytes, header, own->address), packet);
  }
}

}  // namespace drydock::net
