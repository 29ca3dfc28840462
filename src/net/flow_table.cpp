// SPDX-License-Identifier: Apache-2.0
// Slots in a row: a flow is in the first free one behind its own, and one that goes lets those
// behind it move up.
#include "net/flow_table.h"

#include <array>
#include <cstring>
#include <utility>

namespace drydock::net {
namespace {

std::uint32_t hash_of(const FlowKey& key) {
  std::array<std::uint64_t, 5> words{};
  std::memcpy(words.data(), key.local.bytes.data(), key.local.bytes.size());
  std::memcpy(words.data() + 2, key.remote.bytes.data(), key.remote.bytes.size());
  words[4] = std::uint64_t{key.local_port} | std::uint64_t{key.remote_port} << 16 |
             std::uint64_t{std::to_underlying(key.protocol)} << 32;
  std::uint64_t hash = 0;
  for (const std::uint64_t word : words) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;  // the golden ratio: spreads what differs in a bit
    hash ^= hash >> 32;
  }
  return static_cast<std::uint32_t>(hash);
}

}  // namespace

// The slot of that flow, or the free one where it would be.
std::size_t FlowTable::slot_of(const FlowKey& key, std::uint32_t hash) const {
  std::size_t slot = home(hash);
  while (slots_[slot].place != 0 &&
         (slots_[slot].hash != hash || flows_[slots_[slot].place - 1].key != key))
    slot = next(slot);
  return slot;
}

Flow* FlowTable::find(const FlowKey& key) {
  const Slot& slot = slots_[slot_of(key, hash_of(key))];
  return slot.place == 0 ? nullptr : &flows_[slot.place - 1];
}

Flow& FlowTable::add(Flow flow) {
  if (2 * (used_ + 1) > slots_.size()) grow();
  if (free_.empty()) {
    flows_.emplace_back();
    free_.push_back(static_cast<std::uint32_t>(flows_.size()));
  }
  const Slot slot{.hash = hash_of(flow.key), .place = free_.back()};
  free_.pop_back();
  put(slot);
  ++used_;
  return flows_[slot.place - 1] = std::move(flow);
}

Flow FlowTable::take(const FlowKey& key) {
  const std::size_t slot = slot_of(key, hash_of(key));
  const std::uint32_t place = slots_[slot].place;
  clear(slot);
  free_.push_back(place);
  --used_;
  return std::exchange(flows_[place - 1], {});
}

void FlowTable::put(Slot slot) {
  std::size_t at = home(slot.hash);
  while (slots_[at].place != 0) at = next(at);
  slots_[at] = slot;
}

void FlowTable::clear(std::size_t slot) {
  const std::size_t mask = slots_.size() - 1;
  slots_[slot] = {};
  for (std::size_t at = next(slot); slots_[at].place != 0; at = next(at)) {
    const std::size_t wanted = home(slots_[at].hash);
    if (((at - wanted) & mask) < ((at - slot) & mask)) continue;  // it would be before its own
    slots_[slot] = std::exchange(slots_[at], {});
    slot = at;
  }
}

void FlowTable::grow() {
  const auto old = std::exchange(slots_, std::vector<Slot>(2 * slots_.size()));
  for (const Slot& slot : old) {
    if (slot.place != 0) put(slot);
  }
}

}  // namespace drydock::net
