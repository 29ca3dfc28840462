// SPDX-License-Identifier: Apache-2.0
// Packets of the network stack's own, shaped as Windows shapes them: headers and payload in
// different MDLs, room in front of them, the data offset where the layer wants it. Made once and
// filled again for every packet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "ndis/lists.h"

namespace drydock::ndis {

// How a packet is cut into MDLs. Drivers depend on it: headers are contiguous, what follows need
// not be.
struct PacketShape {
  std::size_t back_fill = 0;     // unused bytes before the first header
  std::size_t header_bytes = 0;  // in the first MDL; 0 or the packet's size: one MDL holds all
};

class PacketBuffer {
 public:
  PacketBuffer();
  PacketBuffer(const PacketBuffer&) = delete;
  PacketBuffer& operator=(const PacketBuffer&) = delete;

  // New contents; the data start is the packet's first byte.
  void fill(std::span<const std::byte> packet, PacketShape shape);
  // Moves the data start to `offset` bytes behind the packet's first byte and undoes whatever a
  // driver did to the list's shape.
  void set_data_offset(std::size_t offset);
  // Does the list still look as set_data_offset() left it?
  [[nodiscard]] bool as_left() const;

  [[nodiscard]] NET_BUFFER_LIST* list() const { return list_; }
  [[nodiscard]] NET_BUFFER& buffer() const { return *list_->FirstNetBuffer; }
  // Somebody refers to the list or its data beyond the call.
  [[nodiscard]] bool pinned() const;
  [[nodiscard]] std::size_t size() const { return size_; }
  // The packet as it is now.
  [[nodiscard]] std::vector<std::byte> bytes() const;

 private:
  void reserve(std::size_t bytes);
  void forget_injection();

  NET_BUFFER_LIST* list_;
  PMDL header_mdl_;
  PMDL payload_mdl_;
  std::byte* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::size_t back_fill_ = 0;
  std::size_t data_offset_ = 0;
};

// Lends packet buffers. One that a driver still refers to when it comes back waits until that has
// ended.
class PacketPool {
 public:
  PacketBuffer& take();
  void give_back(PacketBuffer& packet);
  // Buffers that drivers hold on to.
  [[nodiscard]] std::size_t pinned() const;

 private:
  std::deque<PacketBuffer> packets_;
  std::vector<PacketBuffer*> free_;
  std::vector<PacketBuffer*> waiting_;
};

// The data of any list's first NET_BUFFER, from its data start.
std::vector<std::byte> bytes_of(const NET_BUFFER_LIST& list);

}  // namespace drydock::ndis
