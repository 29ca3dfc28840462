// SPDX-License-Identifier: Apache-2.0
// Everything that happens in a run, in order: the trace hash that two equal runs share, the recent
// past for reports, and an optional sink that keeps it all.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "machine/types.h"

namespace drydock::ledger {

// Position in the run's event order, from 1. 0 means "never".
using EventSeq = std::uint64_t;

enum class EventKind : std::uint8_t {
  call,
  callback_enter,
  callback_leave,
  packet,
  moment,
  note,
  exception
};

struct Event {
  EventSeq seq = 0;
  machine::VirtualTime time;
  EventKind kind = EventKind::call;
  machine::Irql irql = machine::Irql::passive;
  std::uint16_t cpu = 0;
  machine::FiberId fiber = 0;
  const char* name = "";  // export, callback or moment: a literal
  std::uint64_t name_hash = 0;
  std::array<std::uint64_t, 4> values{};
};

// Hash of a literal, at compile time; equal in every build.
constexpr std::uint64_t name_hash(const char* text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (; *text != 0; ++text) hash = (hash ^ static_cast<unsigned char>(*text)) * 0x100000001b3ULL;
  return hash;
}

class EventStream {
 public:
  static constexpr std::size_t kept = 128;  // the recent past, a power of two

  EventSeq record(const Event& event) {
    Event& slot = recent_[count_++ & (kept - 1)];
    slot = event;
    slot.seq = count_;
    mix(event);
    if (sink_) sink_(slot);
    return count_;
  }

  // What a call returned: part of the trace, but no event of its own.
  void record_result(std::uint64_t value) { step(value + 1); }

  [[nodiscard]] EventSeq last() const { return count_; }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  // Only the newest `kept` events can be asked for.
  [[nodiscard]] const Event* find(EventSeq seq) const {
    return seq == 0 || seq > count_ || count_ - seq >= kept ? nullptr
                                                            : &recent_[(seq - 1) & (kept - 1)];
  }
  void send_all_to(std::function<void(const Event&)> sink) { sink_ = std::move(sink); }

 private:
  // Independent products, one chained step: the hash is on the path of every kernel call.
  void mix(const Event& event) {
    const std::uint64_t head =
        static_cast<std::uint64_t>(event.kind) | std::uint64_t{event.cpu} << 8 |
        static_cast<std::uint64_t>(event.irql) << 24 | std::uint64_t{event.fiber} << 32;
    const std::uint64_t what =
        (head ^ event.name_hash) * 0x9e3779b97f4a7c15ULL +
        static_cast<std::uint64_t>(event.time.ticks) * 0xbf58476d1ce4e5b9ULL +
        event.values[0] * 0x94d049bb133111ebULL + event.values[1] * 0xd6e8feb86659fd93ULL +
        event.values[2] * 0xa0761d6478bd642fULL + event.values[3] * 0xe7037ed1a0b428dbULL;
    step(what);
  }
  void step(std::uint64_t word) { hash_ = (hash_ ^ (hash_ >> 32) ^ word) * 0x9fb21c651e98df25ULL; }

  std::array<Event, kept> recent_{};
  std::uint64_t count_ = 0;
  std::uint64_t hash_ = 0x243f6a8885a308d3ULL;
  std::function<void(const Event&)> sink_;
};

}  // namespace drydock::ledger
