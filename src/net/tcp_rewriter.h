// SPDX-License-Identifier: Apache-2.0
// The packets of one TCP connection whose streams a callout has edited: the same handshake and
// acknowledgements, other data, and sequence numbers that fit them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "net/step.h"

namespace drydock::net {

// What left the stream layer while a packet was on its way.
struct Emitted {
  Direction direction{};
  std::span<const std::uint8_t> bytes;
  bool fin = false;
};

struct RewrittenPacket {
  std::vector<std::uint8_t> packet;
  Direction direction{};
  bool has_data = false;
};

class TcpRewriter {
 public:
  // The packets to send instead of `packet`, an IP packet with TCP that went over the connection in
  // `direction`, in order.
  std::vector<RewrittenPacket> rewrite(std::span<const std::uint8_t> packet, Direction direction,
                                       std::span<const Emitted> emitted);

 private:
  struct Side {
    std::optional<std::uint32_t> first;  // sequence number of stream position 0, before and after
    std::uint32_t last_seen = 0;         // highest recorded number behind data, relative to `first`
    std::uint32_t sent = 0;              // bytes written, a FIN as one
    std::map<std::uint32_t, std::uint32_t> places;  // recorded position -> written position
    std::vector<std::uint8_t> like;                 // the last packet, for its headers
  };

  Side& side(Direction direction) { return sides_[static_cast<std::size_t>(direction)]; }
  void learn(Side& from, std::span<const std::uint8_t> packet, const ParsedPacket& header);
  [[nodiscard]] std::uint32_t acknowledge(const Side& other, std::uint32_t recorded) const;
  RewrittenPacket make(Direction direction, std::span<const std::uint8_t> bytes,
                       std::uint8_t flags);
  void emit(const Emitted& emitted, std::vector<RewrittenPacket>& packets);

  std::array<Side, 2> sides_;
};

}  // namespace drydock::net
