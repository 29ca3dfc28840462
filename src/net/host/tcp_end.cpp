// SPDX-License-Identifier: Apache-2.0
#include "net/host/tcp_end.h"

#include <algorithm>

namespace drydock::net {

namespace {

constexpr std::size_t window = 65535;

// Sequence numbers wrap.
std::int32_t distance(std::uint32_t from, std::uint32_t to) {
  return static_cast<std::int32_t>(to - from);
}

bool has(const ParsedPacket& header, std::uint8_t flag) {
  return (header.tcp_flags & flag) != 0;
}

}  // namespace

void TcpEnd::say(std::uint8_t flags, std::uint32_t sequence,
                 std::span<const std::uint8_t> payload) {
  const bool acknowledges = (flags & tcp::ack) != 0;
  segments_.push_back({.flags = flags,
                       .sequence = sequence,
                       .acknowledgement = acknowledges ? expected_ : 0,
                       .payload = {payload.begin(), payload.end()}});
}

void TcpEnd::connect() {
  state_ = TcpState::syn_sent;
  next_ = first_ + 1;
  say(tcp::syn, first_);
}

void TcpEnd::accept(const ParsedPacket& syn) {
  state_ = TcpState::syn_received;
  expected_ = syn.tcp_sequence + 1;
  next_ = first_ + 1;
  say(tcp::syn | tcp::ack, first_);
}

void TcpEnd::send(std::span<const std::uint8_t> bytes) {
  if (finishing_ || state_ == TcpState::reset) return;
  to_send_.insert(to_send_.end(), bytes.begin(), bytes.end());
  push();
}

void TcpEnd::finish() {
  finishing_ = true;
  push();
}

void TcpEnd::abort() {
  if (state_ == TcpState::reset || state_ == TcpState::closed) return;
  const bool synchronized = state_ != TcpState::syn_sent;
  if (synchronized) say(tcp::rst | tcp::ack, next_);
  state_ = TcpState::reset;
}

void TcpEnd::push() {
  if (state_ != TcpState::established) return;
  while (!fin_sent_) {
    const auto under_way = static_cast<std::size_t>(next_ - unacknowledged_);
    const std::size_t left = to_send_.size() - under_way;
    const std::size_t size = std::min({left, most_payload_, window - std::min(under_way, window)});
    if (size == 0) break;
    const auto flags = static_cast<std::uint8_t>(size == left ? tcp::push | tcp::ack : tcp::ack);
    say(flags, next_, std::span(to_send_).subspan(under_way, size));
    next_ += static_cast<std::uint32_t>(size);
  }
  const bool all_sent = next_ - unacknowledged_ == to_send_.size();
  if (!finishing_ || fin_sent_ || !all_sent) return;
  fin_sent_ = true;
  closed_first_ = !fin_received_;
  say(tcp::fin | tcp::ack, next_++);
}

void TcpEnd::send_again() {
  if (state_ == TcpState::syn_sent) return say(tcp::syn, first_);
  if (state_ == TcpState::syn_received) return say(tcp::syn | tcp::ack, first_);
  next_ = unacknowledged_;
  fin_sent_ = false;
  push();
}

void TcpEnd::hear(const ParsedPacket& header, std::span<const std::uint8_t> payload) {
  if (state_ == TcpState::closed || state_ == TcpState::reset) return;
  if (has(header, tcp::rst)) {
    state_ = TcpState::reset;
    return;
  }
  if (state_ == TcpState::syn_sent) return hear_syn_ack(header);
  if (has(header, tcp::syn)) {  // our answer to it was lost
    if (state_ == TcpState::syn_received) return say(tcp::syn | tcp::ack, first_);
    return say(tcp::ack, next_);
  }
  if (has(header, tcp::ack)) hear_acknowledgement(header.tcp_acknowledgement);
  hear_data(header, payload);
  push();
}

void TcpEnd::hear_syn_ack(const ParsedPacket& header) {
  const bool answers =
      has(header, tcp::syn) && has(header, tcp::ack) && header.tcp_acknowledgement == first_ + 1;
  if (!answers) return;
  expected_ = header.tcp_sequence + 1;
  unacknowledged_ = next_;
  state_ = TcpState::established;
  say(tcp::ack, next_);
  push();
}

void TcpEnd::hear_acknowledgement(std::uint32_t number) {
  const std::int32_t progress = distance(unacknowledged_, number);
  if (progress <= 0 || distance(number, next_) < 0) return;
  unacknowledged_ = number;
  if (state_ == TcpState::syn_received) {
    state_ = TcpState::established;
    return;
  }
  const auto data = std::min<std::size_t>(static_cast<std::size_t>(progress), to_send_.size());
  to_send_.erase(to_send_.begin(), to_send_.begin() + static_cast<std::ptrdiff_t>(data));
}

void TcpEnd::hear_data(const ParsedPacket& header, std::span<const std::uint8_t> payload) {
  const bool fin = has(header, tcp::fin);
  if (payload.empty() && !fin) return;
  const std::int32_t known = distance(header.tcp_sequence, expected_);  // bytes heard before
  const bool in_order = known >= 0 && static_cast<std::size_t>(known) <= payload.size();
  if (in_order && !fin_received_) {
    const auto fresh = payload.subspan(static_cast<std::size_t>(known));
    received_.insert(received_.end(), fresh.begin(), fresh.end());
    expected_ += static_cast<std::uint32_t>(fresh.size());
    if (fin) {
      fin_received_ = true;
      ++expected_;
    }
  }
  say(tcp::ack, next_);
}

}  // namespace drydock::net
