// SPDX-License-Identifier: Apache-2.0
#include "machine/guarded_arena.h"

#include <algorithm>
#include <cstring>

namespace drydock::machine {

namespace {

constexpr std::byte canary{0xCA};
constexpr std::size_t canary_bytes =
    32;  // before a small block; behind it, as many as alignment leaves
constexpr std::size_t alignment = 16;

Corruption check(const std::byte* begin, const std::byte* end, Corruption kind) {
  return std::all_of(begin, end, [](std::byte b) { return b == canary; }) ? Corruption::none : kind;
}

Corruption check_small(const std::byte* data, std::size_t size) {
  const auto under =
      check(data - std::min(canary_bytes, reinterpret_cast<std::uint64_t>(data) % page_size), data,
            Corruption::underrun);
  if (under != Corruption::none) return under;
  return check(data + size, data + round_up(size, alignment), Corruption::overrun);
}

}  // namespace

// Only the data pages of slots in use are ever made accessible; guards stay as reserved.
GuardedArena::GuardedArena(const Home& home)
    : small_(home.small, home.slot_count * slot_stride, Access::none),
      large_(home.large, home.large_capacity, Access::none),
      slots_(home.slot_count) {}

std::byte* GuardedArena::allocate(std::size_t size, std::byte fill) {
  return size < page_size ? allocate_small(std::max<std::size_t>(size, 1), fill)
                          : allocate_large(size, fill);
}

std::optional<std::size_t> GuardedArena::next_slot() {
  if (used_slots_ < slots_.size()) return used_slots_++;
  if (quarantine_.empty()) return std::nullopt;
  const std::size_t oldest = quarantine_.front();
  quarantine_.pop_front();
  return oldest;
}

std::byte* GuardedArena::allocate_small(std::size_t size, std::byte fill) {
  const auto index = next_slot();
  if (!index) return allocate_large(size, fill);
  Slot& slot = slots_[*index];
  const std::size_t offset = *index * slot_stride;
  if (!slot.separate) {
    small_.separate(offset, page_size);
    slot.separate = true;
  }
  if (!slot.open) {
    small_.protect(offset, page_size, Access::read_write);
    slot.open = true;
  }
  std::byte* page = small_.data() + offset;
  std::byte* data = page + page_size - round_up(size, alignment);
  // The whole front of the page: even a stray read finds the same bytes in every run.
  std::memset(page, static_cast<int>(canary), static_cast<std::size_t>(data - page));
  std::memset(data, static_cast<int>(fill), size);
  std::memset(data + size, static_cast<int>(canary), round_up(size, alignment) - size);
  slot.data = data;
  slot.size = static_cast<std::uint32_t>(size);
  slot.live = true;
  return data;
}

std::byte* GuardedArena::allocate_large(std::size_t size, std::byte fill) {
  if (size > large_.size()) return nullptr;
  const std::size_t bytes = round_up(size, page_size);
  if (large_used_ + bytes + page_size > large_.size()) return nullptr;
  std::byte* data = large_.data() + large_used_;
  large_.protect(large_used_, bytes, Access::read_write);
  std::memset(data, static_cast<int>(fill), size);
  std::memset(data + size, static_cast<int>(canary), bytes - size);
  large_blocks_.push_back({data, size, bytes / page_size, true});
  large_used_ += bytes + page_size;
  return data;
}

GuardedArena::LargeBlock* GuardedArena::large_block(const std::byte* data) {
  const auto after = std::ranges::upper_bound(large_blocks_, data, {}, &LargeBlock::data);
  return after == large_blocks_.begin() ? nullptr : &*std::prev(after);
}

Corruption GuardedArena::release(std::byte* data) {
  const Corruption damage = inspect(data);
  if (large_.contains(reinterpret_cast<std::uint64_t>(data))) {
    LargeBlock& block = *large_block(data);
    block.live = false;
    large_.protect(static_cast<std::size_t>(block.data - large_.data()), block.pages * page_size,
                   Access::none);
    return damage;
  }
  const std::size_t index = slot_of(reinterpret_cast<std::uint64_t>(data));
  Slot& slot = slots_[index];
  slot.live = false;
  slot.open = false;
  small_.protect(index * slot_stride, page_size, Access::none);
  quarantine_.push_back(index);
  return damage;
}

Corruption GuardedArena::inspect(const std::byte* data) const {
  const auto address = reinterpret_cast<std::uint64_t>(data);
  if (small_.contains(address)) return check_small(data, slots_[slot_of(address)].size);
  const auto block = std::ranges::find(large_blocks_, data, &LargeBlock::data);
  if (block == large_blocks_.end()) return Corruption::none;
  return check(data + block->size, data + block->pages * page_size, Corruption::overrun);
}

std::optional<GuardedArena::Block> GuardedArena::find(std::uint64_t address) const {
  if (small_.contains(address)) {
    const Slot& slot = slots_[slot_of(address)];
    if (slot.data == nullptr || slot_of(address) >= used_slots_) return std::nullopt;
    return Block{slot.data, slot.size, slot.live};
  }
  if (!large_.contains(address)) return std::nullopt;
  const auto* target = reinterpret_cast<const std::byte*>(address);
  const auto after = std::ranges::upper_bound(large_blocks_, target, {}, &LargeBlock::data);
  if (after == large_blocks_.begin()) return std::nullopt;
  const LargeBlock& block = *std::prev(after);
  return Block{block.data, block.size, block.live};
}

void GuardedArena::reset() {
  for (std::size_t i = 0; i < used_slots_; ++i) slots_[i].live = false;
  // Pages of blocks that were never freed stay accessible and are simply used again.
  constexpr std::size_t keep = 512;
  if (used_slots_ > keep) {
    small_.protect(keep * slot_stride, (used_slots_ - keep) * slot_stride, Access::none);
    small_.discard(keep * slot_stride, (used_slots_ - keep) * slot_stride);
    small_.join(keep * slot_stride, (used_slots_ - keep) * slot_stride);
    for (std::size_t i = keep; i < used_slots_; ++i) slots_[i] = Slot{};
  }
  used_slots_ = 0;
  quarantine_.clear();
  if (large_used_ > 0) {
    large_.protect(0, large_used_, Access::none);
    large_.discard(0, large_used_);
  }
  large_used_ = 0;
  large_blocks_.clear();
}

}  // namespace drydock::machine
