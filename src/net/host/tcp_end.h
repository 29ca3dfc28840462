// SPDX-License-Identifier: Apache-2.0
// One end of a TCP connection (RFC 9293) as plain data: what it hears, what it says. Knows neither
// layers nor time. Small: no options, one fixed window, and a segment that comes out of order is
// left for its sender to repeat.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "net/packet.h"

namespace drydock::net {

struct TcpSegment {
  std::uint8_t flags = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::vector<std::uint8_t> payload;
};

enum class TcpState : std::uint8_t { closed, syn_sent, syn_received, established, reset };

class TcpEnd {
 public:
  // `most_payload`: bytes in one segment.
  TcpEnd(std::uint32_t first_sequence, std::size_t most_payload)
      : first_(first_sequence), most_payload_(most_payload), unacknowledged_(first_sequence) {}

  void connect();
  void accept(const ParsedPacket& syn);
  void send(std::span<const std::uint8_t> bytes);
  // Nothing more will be sent.
  void finish();
  void abort();
  void hear(const ParsedPacket& header, std::span<const std::uint8_t> payload);
  // Everything that nobody has acknowledged, once more.
  void send_again();

  [[nodiscard]] TcpState state() const { return state_; }
  // Something that has been sent waits for its acknowledgement.
  [[nodiscard]] bool waits() const { return next_ != unacknowledged_; }
  // How far the other end has acknowledged: changes when there is progress.
  [[nodiscard]] std::uint32_t acknowledged() const { return unacknowledged_; }
  [[nodiscard]] bool fin_received() const { return fin_received_; }
  // Both ends have said that they are done, and heard so.
  [[nodiscard]] bool over() const { return fin_received_ && fin_sent_ && !waits(); }

  // It was the first to say so: packets of the connection may still come to it.
  [[nodiscard]] bool closed_first() const { return closed_first_; }

  std::vector<TcpSegment> take_segments() { return std::exchange(segments_, {}); }
  std::vector<std::uint8_t> take_received() { return std::exchange(received_, {}); }

 private:
  void say(std::uint8_t flags, std::uint32_t sequence, std::span<const std::uint8_t> payload = {});
  void hear_acknowledgement(std::uint32_t number);
  void hear_data(const ParsedPacket& header, std::span<const std::uint8_t> payload);
  void hear_syn_ack(const ParsedPacket& header);
  void push();

  std::uint32_t first_ = 0;
  std::size_t most_payload_ = 0;
  TcpState state_ = TcpState::closed;
  std::uint32_t unacknowledged_ = 0;
  std::uint32_t next_ = 0;             // sequence number to be sent
  std::uint32_t expected_ = 0;         // of the other end
  std::vector<std::uint8_t> to_send_;  // from unacknowledged_ on
  bool finishing_ = false;
  bool fin_sent_ = false;
  bool fin_received_ = false;
  bool closed_first_ = false;
  std::vector<TcpSegment> segments_;
  std::vector<std::uint8_t> received_;
};

}  // namespace drydock::net
