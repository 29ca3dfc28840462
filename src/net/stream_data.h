// SPDX-License-Identifier: Apache-2.0
// Bytes of one direction of a connection on their way through the stream layer, in order, with
// the end behind them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "ndis/packet_buffer.h"
#include "net/step.h"

namespace drydock::net {

// A stretch of recorded or injected bytes, and the list that shows it to drivers once it has one.
struct StreamChunk {
  PacketView view;
  std::uint32_t missed = 0;              // bytes before it that a capture lacks
  ndis::PacketBuffer* buffer = nullptr;  // holds the view's bytes behind `shown_before`
  std::size_t shown_before = 0;          // bytes of the buffer before the view's first
};

class StreamData {
 public:
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] bool fin() const { return fin_; }
  [[nodiscard]] bool nothing() const { return bytes_ == 0 && !fin_; }
  [[nodiscard]] std::span<StreamChunk> chunks() { return std::span(chunks_).subspan(head_); }

  void set_fin(bool fin) { fin_ = fin; }
  void add(StreamChunk chunk) {
    if (chunk.view.size == 0) return;
    bytes_ += chunk.view.size;
    chunks_.push_back(std::move(chunk));
  }
  // All of `other`, which is empty afterwards, behind what is here.
  void append(StreamData& other) {
    while (other.bytes_ != 0) add(other.take(other.bytes_));
    fin_ = fin_ || std::exchange(other.fin_, false);
  }
  // The first chunk, cut to at most `most` bytes; there is one.
  StreamChunk take(std::size_t most) {
    StreamChunk& first = chunks_[head_];
    if (first.view.size > most) return split(first, most);
    StreamChunk whole = std::move(first);
    bytes_ -= whole.view.size;
    ++head_;
    if (head_ == chunks_.size() || head_ == most_gone) {
      chunks_.erase(chunks_.begin(), chunks_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
    return whole;
  }

 private:
  static constexpr std::size_t most_gone = 256;

  // The rest keeps the list that it was shown in.
  StreamChunk split(StreamChunk& first, std::size_t most) {
    StreamChunk front{{first.view.owner, first.view.begin, most}, first.missed, nullptr, 0};
    first.view.begin += most;
    first.view.size -= most;
    first.missed = 0;
    first.shown_before += most;
    bytes_ -= most;
    return front;
  }

  std::vector<StreamChunk> chunks_;
  std::size_t head_ = 0;  // chunks before it are gone
  std::size_t bytes_ = 0;
  bool fin_ = false;
};

}  // namespace drydock::net
