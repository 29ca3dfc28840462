// SPDX-License-Identifier: Apache-2.0
// The tracker's flows by addresses and ports. Looked up for every packet, so with many of them each
// look at memory that no cache holds counts: a small slot, and the flow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "net/stream.h"

namespace drydock::net {

// Ports of TCP and UDP. ICMP echo: local 0 and remote the id, whichever side asked; other ICMP:
// type and code.
struct FlowKey {
  Protocol protocol{};
  IpAddress local, remote;
  std::uint16_t local_port = 0, remote_port = 0;
  bool echo = false;

  auto operator<=>(const FlowKey&) const = default;
};

enum class FlowState : std::uint8_t { connecting, accepting, established };

struct Endpoint;

struct Flow {
  FlowKey key;
  FlowId id{};
  Direction direction{};
  FlowState state = FlowState::established;
  bool loopback = false;
  bool given_up = false;
  std::uint8_t icmp_type = 0, icmp_code = 0;
  std::uint32_t interface_index = 0;
  std::uint32_t first_sequence = 0;  // TCP: of the SYN that opened it
  EndpointId endpoint{};
  EndpointId parent{};
  const Endpoint* socket = nullptr;  // that endpoint; null: the stack itself
  Nanoseconds last_activity{};
  StreamReassembly sent, received;
};

class FlowTable {
 public:
  // Null when there is none.
  [[nodiscard]] Flow* find(const FlowKey& key);
  // There is none with its key. Stays where it is until it is taken out.
  Flow& add(Flow flow);
  // There is one.
  Flow take(const FlowKey& key);

  [[nodiscard]] std::size_t size() const { return used_; }
  // Each flow, in an order that means nothing.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (const Slot& slot : slots_) {
      if (slot.place != 0) visit(flows_[slot.place - 1]);
    }
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place = 0;  // of the flow, from 1; 0: none
  };

  [[nodiscard]] std::size_t home(std::uint32_t hash) const { return hash & (slots_.size() - 1); }
  [[nodiscard]] std::size_t next(std::size_t slot) const {
    return (slot + 1) & (slots_.size() - 1);
  }
  [[nodiscard]] std::size_t slot_of(const FlowKey& key, std::uint32_t hash) const;
  void put(Slot slot);
  void clear(std::size_t slot);
  void grow();

  std::vector<Slot> slots_ = std::vector<Slot>(64);  // a power of two, at most half of them used
  std::deque<Flow> flows_;
  std::vector<std::uint32_t> free_;  // places
  std::size_t used_ = 0;
};

}  // namespace drydock::net
