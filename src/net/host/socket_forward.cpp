// SPDX-License-Identifier: Apache-2.0
// Packets that are for nobody on this host, while it is a router.
#include "net/forwarding.h"
#include "net/host/socket_host.h"

namespace drydock::net {

void SocketHost::forward(const HostPacket& packet) {
  const auto way = forwarding_of(host_, packet.header, 0);
  if (!way) return;
  auto steps =
      forwarded_steps({packet.bytes, 0, packet.header.total_size}, packet.header, *way, now());
  for (Step& step : steps) step.link = Link::made_up;
  const bool has_hops = steps.back().kind == StepKind::outbound_ippacket;
  const PacketBytes onward = steps.back().packet.owner;
  lane_of(system_).play(std::move(steps), [this, packet, onward, has_hops](const Outcome& outcome) {
    tell_received(packet, outcome);
    if (outcome.goes_on && has_hops && far_ != nullptr)
      agenda_.after(wire_delay, [this, onward] { far_->arrive(onward); });
  });
}

}  // namespace drydock::net
