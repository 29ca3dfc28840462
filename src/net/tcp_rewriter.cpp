// SPDX-License-Identifier: Apache-2.0
#include "net/tcp_rewriter.h"

#include <algorithm>

#include "net/tcp_packet.h"

namespace drydock::net {
namespace {

// Of an Ethernet without options; edited data may not fit where the recorded ones did.
constexpr std::size_t largest_segment = 1400;

Direction other(Direction direction) {
  return direction == Direction::outbound ? Direction::inbound : Direction::outbound;
}

}  // namespace

void TcpRewriter::learn(Side& from, std::span<const std::uint8_t> packet,
                        const ParsedPacket& header) {
  from.like.assign(packet.begin(), packet.begin() + header.total_size);
  const bool syn = (header.tcp_flags & tcp::syn) != 0;
  if (!from.first || syn) from.first = header.tcp_sequence + (syn ? 1 : 0);
  const std::uint32_t fin = (header.tcp_flags & tcp::fin) != 0 ? 1 : 0;
  const std::uint32_t behind = header.tcp_sequence + (syn ? 1 : 0) +
                               static_cast<std::uint32_t>(header.payload_size()) + fin -
                               *from.first;
  if (static_cast<std::int32_t>(behind - from.last_seen) > 0) from.last_seen = behind;
}

// Whoever acknowledged all that was recorded has got all that was written.
std::uint32_t TcpRewriter::acknowledge(const Side& side, std::uint32_t recorded) const {
  if (!side.first) return recorded;
  const std::uint32_t position = recorded - *side.first;
  if (static_cast<std::int32_t>(position) < 0) return recorded;
  if (position >= side.last_seen) return *side.first + side.sent;
  const auto behind = side.places.upper_bound(position);
  const std::uint32_t written = behind == side.places.begin() ? 0 : std::prev(behind)->second;
  return *side.first + std::min(written, side.sent);
}

RewrittenPacket TcpRewriter::make(Direction direction, std::span<const std::uint8_t> bytes,
                                  std::uint8_t flags) {
  Side& from = side(direction);
  const auto header = parse_packet(from.like);
  const std::uint32_t recorded = header->tcp_acknowledgement;
  const bool acknowledges = (header->tcp_flags & tcp::ack) != 0;
  const TcpChange change{
      .sequence = *from.first + from.sent,
      .acknowledgement = acknowledges ? acknowledge(side(other(direction)), recorded) : 0,
      .flags = flags,
      .payload = bytes};
  return {tcp_packet_like(from.like, *header, change), direction, !bytes.empty()};
}

void TcpRewriter::emit(const Emitted& emitted, std::vector<RewrittenPacket>& packets) {
  Side& from = side(emitted.direction);
  if (from.like.empty()) return;  // nothing to make a packet like
  for (auto left = emitted.bytes; !left.empty();) {
    const auto part = left.first(std::min(left.size(), largest_segment));
    packets.push_back(make(emitted.direction, part, tcp::ack | tcp::push));
    from.sent += static_cast<std::uint32_t>(part.size());
    left = left.subspan(part.size());
  }
  if (emitted.fin) {
    packets.push_back(make(emitted.direction, {}, tcp::ack | tcp::fin));
    ++from.sent;
  }
}

std::vector<RewrittenPacket> TcpRewriter::rewrite(std::span<const std::uint8_t> packet,
                                                  Direction direction,
                                                  std::span<const Emitted> emitted) {
  std::vector<RewrittenPacket> packets;
  const auto header = parse_packet(packet);
  if (!header || header->is_fragment) return packets;
  Side& from = side(direction);
  learn(from, packet, *header);
  const bool opens_or_resets = (header->tcp_flags & (tcp::syn | tcp::rst)) != 0;
  const bool carries = header->payload_size() != 0 || (header->tcp_flags & tcp::fin) != 0;
  if (opens_or_resets || !carries) {
    const std::uint32_t sent = from.sent;
    if ((header->tcp_flags & tcp::syn) != 0)
      from.sent = 0xffffffff;  // the number before position 0
    packets.push_back(make(direction, {}, header->tcp_flags));
    from.sent = sent;
  }
  for (const Emitted& part : emitted) emit(part, packets);
  from.places[from.last_seen] = from.sent;
  return packets;
}

}  // namespace drydock::net
