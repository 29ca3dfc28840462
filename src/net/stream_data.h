// SPDX-License-Identifier: Apache-2.0
// Bytes of one direction of a connection on their way through the stream layer, in order, with
// the end behind them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
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

// A hundred thousand connections have eight of these each, nearly always with nothing in them.
class StreamData {
 public:
  [[nodiscard]] std::size_t bytes() const { return held_ ? held_->bytes : 0; }
  [[nodiscard]] bool fin() const { return held_ && held_->fin; }
  [[nodiscard]] bool nothing() const { return held_ == nullptr; }
  [[nodiscard]] std::span<StreamChunk> chunks() {
    return held_ ? std::span(held_->chunks).subspan(held_->head) : std::span<StreamChunk>{};
  }

  void set_fin(bool fin) {
    if (fin || held_) held().fin = fin;
    tidy();
  }
  void add(StreamChunk chunk) {
    if (chunk.view.size == 0) return;
    held().bytes += chunk.view.size;
    held().chunks.push_back(std::move(chunk));
  }
  // All of `other`, which is empty afterwards, behind what is here.
  void append(StreamData& other) {
    if (nothing()) return std::swap(held_, other.held_);
    while (other.bytes() != 0) add(other.take(other.bytes()));
    if (std::exchange(other.held_, nullptr)) set_fin(true);
  }
  // All bytes of `other`, which keeps its end, behind what is here.
  void append_bytes(StreamData& other) {
    const bool fin = other.fin();
    other.set_fin(false);
    append(other);
    other.set_fin(fin);
  }
  // The first chunk, cut to at most `most` bytes; there is one.
  StreamChunk take(std::size_t most) {
    StreamChunk& first = held_->chunks[held_->head];
    if (first.view.size > most) return split(first, most);
    StreamChunk whole = std::move(first);
    held_->bytes -= whole.view.size;
    if (++held_->head == most_gone) {
      held_->chunks.erase(held_->chunks.begin(), held_->chunks.begin() + most_gone);
      held_->head = 0;
    }
    tidy();
    return whole;
  }

 private:
  static constexpr std::size_t most_gone = 256;

  struct Held {
    std::vector<StreamChunk> chunks;
    std::size_t head = 0;  // chunks before it are gone
    std::size_t bytes = 0;
    bool fin = false;
  };

  Held& held() {
    if (!held_) held_ = std::make_unique<Held>();
    return *held_;
  }
  void tidy() {
    if (held_ && held_->bytes == 0 && !held_->fin) held_.reset();
  }
  // The rest keeps the list that it was shown in.
  StreamChunk split(StreamChunk& first, std::size_t most) {
    StreamChunk front{{first.view.owner, first.view.begin, most}, first.missed, nullptr, 0};
    first.view.begin += most;
    first.view.size -= most;
    first.missed = 0;
    first.shown_before += most;
    held_->bytes -= most;
    return front;
  }

  std::unique_ptr<Held> held_;  // null: nothing
};

}  // namespace drydock::net
