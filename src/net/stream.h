// SPDX-License-Identifier: Apache-2.0
// One direction of a TCP connection: segments in any order in, the byte stream in order out.
#pragma once

#include <cstdint>
#include <vector>

#include "net/step.h"

namespace drydock::net {

struct Segment {
  std::uint32_t sequence = 0;  // of the first payload byte
  PacketView packet;
  std::size_t offset = 0;  // of the payload in the packet
  std::size_t size = 0;
  bool fin = false;
};

// In-order bytes that were not delivered before, or (fin) the end of the stream.
struct StreamPiece {
  PacketView packet;
  std::size_t offset = 0;
  std::size_t size = 0;
  std::uint64_t position = 0;  // in the stream, from 0
  std::uint32_t missed = 0;    // bytes just before that were acknowledged but never recorded
  bool fin = false;
};

class StreamReassembly {
 public:
  // `next` is the sequence number of the first byte that will count.
  void start(std::uint32_t next);
  bool started() const { return started_; }

  // Everything that `segment` makes deliverable. What was delivered before is cut off; what lies
  // ahead waits.
  std::vector<StreamPiece> add(const Segment& segment);
  // The receiver has everything before `acknowledgement`, so what the capture still lacks of it was
  // lost in recording.
  std::vector<StreamPiece> acknowledge(std::uint32_t acknowledgement);

  bool finished() const { return finished_; }  // FIN delivered
  bool fin_acknowledged() const { return fin_acknowledged_; }

 private:
  std::uint64_t unwrap(std::uint32_t sequence) const;
  void deliver(std::vector<StreamPiece>& pieces);
  void deliver_one(const Segment& segment, std::uint64_t begin, std::vector<StreamPiece>& pieces);
  void skip_to(std::uint64_t position);

  struct Waiting {
    std::uint64_t begin = 0;  // unwrapped number
    Segment segment;
  };

  std::uint64_t base_ = 0;        // unwrapped number of position 0
  std::uint64_t next_ = 0;        // unwrapped number of the next byte to deliver
  std::vector<Waiting> waiting_;  // by number, of equals the oldest first
  std::uint32_t missed_ = 0;
  bool started_ = false;
  bool finished_ = false;
  bool fin_acknowledged_ = false;
};

}  // namespace drydock::net
