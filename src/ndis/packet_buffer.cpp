// SPDX-License-Identifier: Apache-2.0
#include "ndis/packet_buffer.h"

#include <algorithm>
#include <cstring>

#include "machine/machine.h"
#include "ndis/data.h"

namespace drydock::ndis {
namespace {

constexpr std::size_t usual_capacity = 2048;  // a frame of an Ethernet and its back fill
constexpr std::size_t gap = 64;               // between the stretches of two MDLs

void point(MDL& mdl, std::byte* data, std::size_t size) {
  const auto address = reinterpret_cast<std::uint64_t>(data);
  const std::uint64_t start = address / machine::page_size * machine::page_size;
  mdl.Next = nullptr;
  mdl.MappedSystemVa = data;
  mdl.StartVa = reinterpret_cast<PVOID>(start);
  mdl.ByteOffset = static_cast<ULONG>(address - start);
  mdl.ByteCount = static_cast<ULONG>(size);
}

// Room for the page numbers of the longest packet.
constexpr ULONG longest_packet = 0x11000;

}  // namespace

PacketBuffer::PacketBuffer() : list_(make_stack_list()) {
  reserve(usual_capacity);
  header_mdl_ = make_mdl(data_, longest_packet);
  payload_mdl_ = make_mdl(data_, longest_packet);
}

void PacketBuffer::reserve(std::size_t bytes) {
  if (bytes <= capacity_) return;
  machine::KernelArena& arena = machine::Machine::current()->memory().kernel;
  if (data_ != nullptr) arena.release(data_, capacity_);
  data_ = arena.allocate(bytes);
  capacity_ = bytes;
}

void PacketBuffer::fill(std::span<const std::byte> packet, PacketShape shape) {
  reserve(shape.back_fill + packet.size() + gap);
  size_ = packet.size();
  back_fill_ = shape.back_fill;
  const std::size_t headers = shape.header_bytes == 0 ? size_ : std::min(shape.header_bytes, size_);
  std::byte* payload = data_ + back_fill_ + headers + gap;
  std::memcpy(data_ + back_fill_, packet.data(), headers);
  std::memcpy(payload, packet.data() + headers, size_ - headers);
  point(*header_mdl_, data_, back_fill_ + headers);
  point(*payload_mdl_, payload, size_ - headers);
  std::memset(list_->NetBufferListInfo, 0, sizeof(list_->NetBufferListInfo));
  forget_injection();
  set_data_offset(0);
}

void PacketBuffer::forget_injection() {
  ListRecord& record = *record_of(list_);
  record.injected_by = 0;
  record.injection_context = 0;
  record.previously_by = 0;
  record.under_way = false;
}

void PacketBuffer::set_data_offset(std::size_t offset) {
  data_offset_ = offset;
  NET_BUFFER& first = buffer();
  header_mdl_->Next = payload_mdl_->ByteCount != 0 ? payload_mdl_ : nullptr;
  list_->Next = nullptr;
  list_->Status = 0;
  first.Next = nullptr;
  first.MdlChain = header_mdl_;
  first.DataOffset = static_cast<ULONG>(back_fill_ + offset);
  first.stDataLength = size_ - offset;
  find_current(first);
}

bool PacketBuffer::as_left() const {
  const NET_BUFFER& first = buffer();
  return list_->Next == nullptr && first.Next == nullptr && first.MdlChain == header_mdl_ &&
         first.DataOffset == back_fill_ + data_offset_ && first.DataLength == size_ - data_offset_;
}

bool PacketBuffer::pinned() const {
  const ListRecord& record = *record_of(list_);
  return record.references != 0 || record.under_way || list_->ChildRefCount > 0;
}

std::vector<std::byte> PacketBuffer::bytes() const {
  std::vector<std::byte> packet(size_);
  const std::size_t headers = header_mdl_->ByteCount - back_fill_;
  std::memcpy(packet.data(), data_ + back_fill_, headers);
  std::memcpy(packet.data() + headers, payload_mdl_->MappedSystemVa, size_ - headers);
  return packet;
}

PacketBuffer& PacketPool::take() {
  if (free_.empty() && !waiting_.empty()) {
    const auto still =
        std::ranges::partition(waiting_, [](const PacketBuffer* p) { return p->pinned(); });
    free_.assign(still.begin(), still.end());
    waiting_.erase(still.begin(), still.end());
  }
  if (free_.empty()) return packets_.emplace_back();
  PacketBuffer& packet = *free_.back();
  free_.pop_back();
  return packet;
}

void PacketPool::give_back(PacketBuffer& packet) {
  (packet.pinned() ? waiting_ : free_).push_back(&packet);
}

std::size_t PacketPool::pinned() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(waiting_, [](const PacketBuffer* p) { return p->pinned(); }));
}

std::vector<std::byte> bytes_of(const NET_BUFFER_LIST& list) {
  if (list.FirstNetBuffer == nullptr) return {};
  std::vector<std::byte> bytes(list.FirstNetBuffer->DataLength);
  bytes.resize(copy_out(*list.FirstNetBuffer, 0, bytes));
  return bytes;
}

}  // namespace drydock::ndis
