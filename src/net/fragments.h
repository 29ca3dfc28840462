// SPDX-License-Identifier: Apache-2.0
// IP fragments into whole packets, for both families and both directions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "net/step.h"

namespace drydock::net {

struct Fragment {
  PacketView packet;
  ParsedPacket header;
};

struct ReassembledPacket {
  PacketView packet;  // a packet of its own: no fragment header, lengths and IPv4 checksum set anew
  std::vector<Fragment> fragments;  // as they were fed, duplicates included
  bool refused = false;             // some fragment was fed with `refused`
};

// One of a packet's parts, on the way to whom it is for.
struct FragmentKey {
  IpAddress source, destination;
  Protocol protocol{};  // IPv4 only: an IPv6 fragment tells it for certain only in the first one
  std::uint32_t id = 0;
  std::uint32_t offset = 0;

  auto operator<=>(const FragmentKey&) const = default;
};
FragmentKey key_of_fragment(const ParsedPacket& header);

struct AddedFragment {
  std::uint32_t number = 0;  // of the packet that it is a part of, from 1
  std::optional<ReassembledPacket> whole = {};
};

inline constexpr Nanoseconds reassembly_timeout = std::chrono::seconds{60};

class FragmentReassembly {
 public:
  // With the whole packet when `fragment` was its last missing part. Overlapping fragments that are
  // no exact duplicates drop the packet, as Windows does; so do incomplete packets after
  // reassembly_timeout and parts beyond 65,535 bytes.
  AddedFragment add(const Fragment& fragment, Direction direction, bool refused, Nanoseconds now);

 private:
  using Key = std::pair<Direction, FragmentKey>;  // of any part: offset 0
  struct Queue {
    std::uint32_t number = 0;
    Nanoseconds started{};
    std::vector<Fragment> fragments;
    std::map<std::uint32_t, std::size_t> parts;  // offset -> index in fragments; no duplicates
    std::uint32_t received = 0;
    std::optional<std::uint32_t> total;
    bool refused = false;
  };

  static bool accept(Queue& queue, const Fragment& fragment);
  std::optional<ReassembledPacket> add_to(Queue& queue, const Key& key, const Fragment& fragment);
  void expire(Nanoseconds now);

  std::map<Key, Queue> queues_;
  std::uint32_t last_number_ = 0;
};

}  // namespace drydock::net
