// SPDX-License-Identifier: Apache-2.0
// Ethernet frames that hold no IP packet: whose they are.
#include <algorithm>

#include "net/tracker_impl.h"

namespace drydock::net {

// What the host's adapters are called, from what it sends.
void HostTracker::Impl::learn_mac(const CapturePacket& packet) {
  const auto header = parse_ethernet(*packet.frame);
  if (header && std::ranges::find(own_macs_, header->source) == own_macs_.end())
    own_macs_.push_back(header->source);
}

// False: not even a frame.
bool HostTracker::Impl::pass_frame(const CapturePacket& packet) {
  if (packet.link != Link::recorded) return false;
  const auto header = parse_ethernet(*packet.frame);
  if (!header) return false;
  const auto asks = arp_sender(*packet.frame, *header);
  const bool sent = (asks && host_.owns(*asks)) ||
                    std::ranges::find(own_macs_, header->source) != own_macs_.end();
  Step& step = append(StepKind::link_frame, nullptr);
  step.direction = sent ? Direction::outbound : Direction::inbound;
  step.interface_index =
      packet.interface_index != 0 ? packet.interface_index : host_.interface_index;
  step.link = Link::recorded;
  step.packet = {packet.frame, 0, packet.frame->size()};
  step.data_size = packet.frame->size();
  return true;
}

}  // namespace drydock::net
