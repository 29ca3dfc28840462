// SPDX-License-Identifier: Apache-2.0
#include "net/forwarding.h"

#include <memory>
#include <utility>

#include "net/layer_entry.h"

namespace drydock::net {

namespace {

// 169.254.0.0/16 and fe80::/10 stay on their link.
bool is_link_local(const IpAddress& address) {
  if (address.version == IpVersion::v4) return address.v4() >> 16 == 0xa9fe;
  return address.bytes[0] == 0xfe && (address.bytes[1] & 0xc0) == 0x80;
}

bool may_be_routed(const IpAddress& address) {
  return address.type() == AddressType::unicast && !address.is_loopback() &&
         !is_link_local(address);
}

constexpr std::size_t v4_hops_at = 8, v4_checksum_at = 10, v6_hops_at = 7;

void take_v4_hop(std::span<std::uint8_t> header) {
  --header[v4_hops_at];
  header[v4_checksum_at] = header[v4_checksum_at + 1] = 0;
  const auto sum = static_cast<std::uint16_t>(~ones_complement_sum(header));
  header[v4_checksum_at] = static_cast<std::uint8_t>(sum >> 8);
  header[v4_checksum_at + 1] = static_cast<std::uint8_t>(sum);
}

Step step_of(StepKind kind, Direction direction, const PacketView& packet,
             const ParsedPacket& header, const Forwarding& way, Nanoseconds now) {
  const bool inbound = direction == Direction::inbound;
  Step step;
  step.kind = kind;
  step.time = now;
  step.direction = step.flow_direction = direction;
  step.version = header.version;
  step.protocol = header.protocol;
  step.local = inbound ? header.destination : header.source;
  step.remote = inbound ? header.source : header.destination;
  step.local_port = inbound ? header.destination_port : header.source_port;
  step.remote_port = inbound ? header.source_port : header.destination_port;
  step.icmp_type = header.icmp_type;
  step.icmp_code = header.icmp_code;
  step.tcp_flags = header.tcp_flags;
  step.interface_index = inbound ? way.from : way.to;
  step.forward_interface_index = way.to;
  step.fragment = header.is_fragment;
  step.forwarded = true;
  put_packet(step, packet, header);
  return step;
}

}  // namespace

std::optional<Forwarding> forwarding_of(const LocalHost& host, const ParsedPacket& header,
                                        std::uint32_t arrived) {
  if (!host.forwards || !may_be_routed(header.source) || !may_be_routed(header.destination))
    return std::nullopt;
  const Forwarding way{arrived != 0 ? arrived : host.interface_towards(header.source),
                       host.interface_towards(header.destination)};
  if (way.from == 0 || way.to == 0 || way.from == way.to) return std::nullopt;
  return way;
}

bool take_hop(std::span<std::uint8_t> packet, const ParsedPacket& header) {
  if (header.hop_limit <= 1) return false;
  if (header.version == IpVersion::v6) {
    --packet[v6_hops_at];
  } else {
    take_v4_hop(packet.first((packet[0] & 0x0fU) * std::size_t{4}));
  }
  return true;
}

std::vector<Step> forwarded_steps(const PacketView& packet, const ParsedPacket& header,
                                  const Forwarding& way, Nanoseconds now) {
  const auto bytes = packet.bytes();
  const auto onward = std::make_shared<std::vector<std::uint8_t>>(bytes.begin(), bytes.end());
  const bool goes_on = take_hop(*onward, header);
  std::vector<Step> steps;
  steps.push_back(
      step_of(StepKind::inbound_ippacket, Direction::inbound, packet, header, way, now));
  const StepKind forward = goes_on ? StepKind::ip_forward : StepKind::ip_forward_discard;
  steps.push_back(step_of(forward, Direction::inbound, packet, header, way, now));
  if (!goes_on) return steps;
  steps.push_back(step_of(StepKind::outbound_ippacket, Direction::outbound,
                          {onward, 0, packet.size}, header, way, now));
  return steps;
}

Step weak_host_step(const PacketView& packet, const ParsedPacket& header, const Forwarding& way,
                    Nanoseconds now) {
  return step_of(StepKind::ip_forward, Direction::inbound, packet, header, way, now);
}

}  // namespace drydock::net
