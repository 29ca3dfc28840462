// SPDX-License-Identifier: Apache-2.0
// IP fragments into whole packets, for both families and both directions.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
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

inline constexpr Nanoseconds reassembly_timeout = std::chrono::seconds{60};

class FragmentReassembly {
 public:
  // The whole packet when `fragment` was its last missing part. Overlapping fragments that are no
  // exact duplicates drop the packet, as Windows does; so do incomplete packets after
  // reassembly_timeout and parts beyond 65,535 bytes.
  std::optional<ReassembledPacket> add(const Fragment& fragment, Direction direction, bool refused,
                                       Nanoseconds now);

 private:
  using Key = std::tuple<Direction, IpAddress, IpAddress, Protocol, std::uint32_t>;
  struct Queue {
    Nanoseconds started{};
    std::vector<Fragment> fragments;
    std::map<std::uint32_t, std::size_t> parts;  // offset -> index in fragments; no duplicates
    std::uint32_t received = 0;
    std::optional<std::uint32_t> total;
    bool refused = false;
  };

  static bool accept(Queue& queue, const Fragment& fragment);
  void expire(Nanoseconds now);

  std::map<Key, Queue> queues_;
};

}  // namespace drydock::net
