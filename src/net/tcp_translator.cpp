// SPDX-License-Identifier: Apache-2.0
#include "net/tcp_translator.h"

#include <algorithm>

#include "net/tcp_packet.h"

namespace drydock::net {
namespace {

// Of an Ethernet without options; edited data may not fit where the ones that came did.
constexpr std::size_t largest_segment = 1400;
constexpr int segments_sent_again = 4;

Direction other(Direction direction) {
  return direction == Direction::outbound ? Direction::inbound : Direction::outbound;
}

bool is_behind(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::int32_t>(a - b) > 0;
}

// Selective acknowledgements speak of numbers that the other end does not know.
void blank_selective_acknowledgements(std::span<std::uint8_t> options) {
  constexpr std::uint8_t end = 0, nothing = 1, selective = 5;
  while (!options.empty() && options[0] != end) {
    if (options[0] == nothing) {
      options = options.subspan(1);
      continue;
    }
    if (options.size() < 2 || options[1] < 2 || options[1] > options.size()) return;
    const std::size_t size = options[1];
    if (options[0] == selective) std::ranges::fill(options.first(size), nothing);
    options = options.subspan(size);
  }
}

}  // namespace

// True when it carries what was not there before.
bool TcpTranslator::learn(Side& from, std::span<const std::uint8_t> packet,
                          const ParsedPacket& header) {
  constexpr std::size_t fixed_header = 20;
  from.like.assign(packet.begin(), packet.begin() + header.total_size);
  blank_selective_acknowledgements(std::span(from.like)
                                       .subspan(header.ip_header_size, header.transport_header_size)
                                       .subspan(fixed_header));
  const std::uint32_t syn = (header.tcp_flags & tcp::syn) != 0 ? 1 : 0;
  const std::uint32_t fin = (header.tcp_flags & tcp::fin) != 0 ? 1 : 0;
  if (!from.first || syn != 0) from.first = header.tcp_sequence + syn;
  const Position end = header.tcp_sequence + syn +
                       static_cast<std::uint32_t>(header.payload_size()) + fin - *from.first;
  if (!is_behind(end, from.seen)) return false;
  from.seen = end;
  return true;
}

void TcpTranslator::pass(std::span<const std::uint8_t> packet, Direction direction) {
  const auto header = parse_packet(packet);
  if (!header || header->is_fragment) return;
  Side& from = side(direction);
  learn(from, packet, *header);
  from.sent = from.seen;
  Side& data = side(other(direction));
  if ((header->tcp_flags & tcp::ack) != 0 && data.first)
    data.acknowledged = data.answered = header->tcp_acknowledgement - *data.first;
}

// What went before went as it was.
bool TcpTranslator::begin() {
  if (std::exchange(translating_, true)) return false;
  for (Side& each : sides_) {
    each.base = each.kept_from = each.sent;
    each.places = {{each.seen, each.sent}};
  }
  return true;
}

void TcpTranslator::take_acknowledgement(Side& data, const ParsedPacket& header) {
  if ((header.tcp_flags & tcp::ack) == 0 || !data.first) return;
  const Position position = header.tcp_acknowledgement - *data.first;
  if (!is_behind(position, data.acknowledged) || is_behind(position, data.sent)) return;
  data.acknowledged = position;
  if (!is_behind(position, data.kept_from)) return;
  const auto bytes = std::min<std::size_t>(position - data.kept_from, data.kept.size());
  data.kept.erase(data.kept.begin(), data.kept.begin() + static_cast<std::ptrdiff_t>(bytes));
  data.kept_from = position;
}

// How much of its stream the sender of `data` is told to have arrived.
TcpTranslator::Position TcpTranslator::answer(Side& data) {
  Position arrived = data.acknowledged;  // as long as nothing was edited
  while (!data.places.empty() && !is_behind(data.places.front().sent, data.acknowledged)) {
    arrived = data.places.front().seen;
    if (data.places.size() == 1) break;
    data.places.pop_front();
  }
  if (is_behind(arrived, data.answered)) data.answered = arrived;
  return data.answered;
}

std::vector<std::uint8_t> TcpTranslator::in_terms_of_senders(std::span<const std::uint8_t> packet,
                                                             Direction direction) {
  std::vector<std::uint8_t> same(packet.begin(), packet.end());
  const auto header = parse_packet(packet);
  Side& data = side(other(direction));
  const bool acknowledges = header && header->protocol == Protocol::tcp && !header->is_fragment &&
                            (header->tcp_flags & tcp::ack) != 0 && data.first;
  if (!acknowledges) return same;
  take_acknowledgement(data, *header);
  return tcp_packet_like(
      packet, *header,
      {.sequence = header->tcp_sequence,
       .acknowledgement = *data.first + answer(data),
       .flags = header->tcp_flags,
       .payload = packet.subspan(header->payload_offset(), header->payload_size())});
}

RewrittenPacket TcpTranslator::make(Direction direction, Position position,
                                    std::span<const std::uint8_t> bytes, std::uint8_t flags) {
  Side& from = side(direction);
  Side& data = side(other(direction));
  const auto header = parse_packet(from.like);
  const bool acknowledges = (flags & tcp::ack) != 0 && data.first;
  const TcpChange change{.sequence = *from.first + position,
                         .acknowledgement = acknowledges ? *data.first + answer(data) : 0,
                         .flags = flags,
                         .payload = bytes};
  return {tcp_packet_like(from.like, *header, change), direction, !bytes.empty()};
}

void TcpTranslator::write(const Emitted& emitted, Packets& packets) {
  Side& from = side(emitted.direction);
  if (from.like.empty()) return;  // nothing to make a packet like
  for (auto left = emitted.bytes; !left.empty();) {
    const auto part = left.first(std::min(left.size(), largest_segment));
    packets.push_back(make(emitted.direction, from.sent, part, tcp::ack | tcp::push));
    from.kept.insert(from.kept.end(), part.begin(), part.end());
    from.sent += static_cast<Position>(part.size());
    left = left.subspan(part.size());
  }
  if (emitted.fin && !std::exchange(from.finished, true)) {
    packets.push_back(make(emitted.direction, from.sent, {}, tcp::ack | tcp::fin));
    ++from.sent;
  }
}

void TcpTranslator::send_again(Direction direction, Packets& packets) {
  Side& from = side(direction);
  const std::vector<std::uint8_t> bytes(from.kept.begin(), from.kept.end());
  auto left = std::span(bytes);
  Position position = from.kept_from;
  for (int i = 0; i < segments_sent_again && !left.empty(); ++i) {
    const auto part = left.first(std::min(left.size(), largest_segment));
    packets.push_back(make(direction, position, part, tcp::ack | tcp::push));
    position += static_cast<Position>(part.size());
    left = left.subspan(part.size());
  }
  if (left.empty() && from.finished && is_behind(from.sent, from.acknowledged))
    packets.push_back(make(direction, from.sent - 1, {}, tcp::ack | tcp::fin));
}

std::vector<RewrittenPacket> TcpTranslator::translate(std::span<const std::uint8_t> packet,
                                                      Direction direction,
                                                      std::span<const Emitted> emitted) {
  Packets packets;
  const auto header = parse_packet(packet);
  if (!header || header->is_fragment) return packets;
  Side& from = side(direction);
  if (begin()) take_acknowledgement(side(other(direction)), *header);
  const bool is_new = learn(from, packet, *header);
  const bool carries = header->payload_size() != 0 || (header->tcp_flags & tcp::fin) != 0;
  if ((header->tcp_flags & tcp::rst) != 0 || !carries)
    packets.push_back(make(direction, from.sent, {}, header->tcp_flags));
  for (const Emitted& part : emitted) write(part, packets);
  from.places.push_back({from.seen, from.sent});
  const std::size_t before = packets.size();
  if (carries && !is_new) repeat(packet, *header, direction, packets);
  const bool leaves =
      packets.size() > before ||
      std::ranges::any_of(emitted, [&](const Emitted& e) { return e.direction == direction; });
  if (carries && !leaves) answer_sender(direction, packets);
  return packets;
}

// `packet` has come before.
void TcpTranslator::repeat(std::span<const std::uint8_t> packet, const ParsedPacket& header,
                           Direction direction, Packets& packets) {
  Side& from = side(direction);
  const Position position = header.tcp_sequence - *from.first;
  const Position end = position + static_cast<Position>(header.payload_size());
  if (is_behind(end, from.base)) return send_again(direction, packets);
  const auto payload = packet.subspan(header.payload_offset(), header.payload_size());
  packets.push_back(make(direction, position, payload, header.tcp_flags));
}

// Nothing of the packet leaves: its sender is told that all has arrived, as the receiver will not.
void TcpTranslator::answer_sender(Direction direction, Packets& packets) {
  Side& from = side(direction);
  from.answered = from.seen;
  const Direction back = other(direction);
  if (!side(back).like.empty()) packets.push_back(make(back, side(back).sent, {}, tcp::ack));
}

std::vector<RewrittenPacket> TcpTranslator::emit(std::span<const Emitted> emitted) {
  Packets packets;
  begin();
  for (const Emitted& part : emitted) {
    write(part, packets);
    Side& from = side(part.direction);
    from.places.push_back({from.seen, from.sent});
  }
  return packets;
}

}  // namespace drydock::net
