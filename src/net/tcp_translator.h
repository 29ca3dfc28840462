// SPDX-License-Identifier: Apache-2.0
// A live TCP connection whose streams a callout edits: each side goes on speaking of the bytes that
// it sent or got, and the numbers of what passes between them are translated. What has been written
// is kept until it is acknowledged, because its sender knows nothing of it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "net/tcp_rewriter.h"

namespace drydock::net {

class TcpTranslator {
 public:
  // `packet`, an IP packet with TCP, went over the connection as it is. Only before the first
  // translate().
  void pass(std::span<const std::uint8_t> packet, Direction direction);

  // `packet` as it came, but acknowledging what the other end has sent rather than what was made of
  // it.
  std::vector<std::uint8_t> in_terms_of_senders(std::span<const std::uint8_t> packet,
                                                Direction direction);

  // The packets to send instead of `packet`, in order; also such as answer its sender. Once there
  // was an edit, it has to be in terms of the senders.
  std::vector<RewrittenPacket> translate(std::span<const std::uint8_t> packet, Direction direction,
                                         std::span<const Emitted> emitted);

  // The same for what left the streams while no packet was on its way.
  std::vector<RewrittenPacket> emit(std::span<const Emitted> emitted);

 private:
  // All positions count from the connection's first byte, a FIN as one; they wrap.
  using Position = std::uint32_t;
  struct Place {
    Position seen;  // all of the sender's stream up to here
    Position sent;  // has become this
  };
  struct Side {
    std::optional<std::uint32_t> first;  // sequence number of position 0, for both ends
    Position seen = 0;                   // from the sender
    Position sent = 0;                   // to the receiver
    Position acknowledged = 0;           // of `sent`, by the receiver
    Position answered = 0;               // of `seen`, to the sender
    Position base = 0;                   // up to here all went as it came
    Position kept_from = 0;              // the place in `sent` of ...
    std::deque<std::uint8_t> kept;       // ... what is not acknowledged
    bool finished = false;               // a FIN has been sent
    std::deque<Place> places;
    std::vector<std::uint8_t> like;  // the sender's last packet, for its headers
  };
  using Packets = std::vector<RewrittenPacket>;

  Side& side(Direction direction) { return sides_[static_cast<std::size_t>(direction)]; }
  bool begin();
  bool learn(Side& from, std::span<const std::uint8_t> packet, const ParsedPacket& header);
  static void take_acknowledgement(Side& data, const ParsedPacket& header);
  static Position answer(Side& data);
  RewrittenPacket make(Direction direction, Position position, std::span<const std::uint8_t> bytes,
                       std::uint8_t flags);
  void write(const Emitted& emitted, Packets& packets);
  void repeat(std::span<const std::uint8_t> packet, const ParsedPacket& header, Direction direction,
              Packets& packets);
  void send_again(Direction direction, Packets& packets);
  void answer_sender(Direction direction, Packets& packets);

  bool translating_ = false;
  std::array<Side, 2> sides_;
};

}  // namespace drydock::net
