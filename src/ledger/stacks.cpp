// SPDX-License-Identifier: Apache-2.0
#include "ledger/stacks.h"

#include <algorithm>

namespace drydock::ledger {

namespace {

std::uint64_t hash_of(std::span<const std::uint64_t> frames) {
  std::uint64_t hash = frames.size();
  for (const std::uint64_t frame : frames)
    hash = (hash ^ (hash >> 31) ^ frame) * 0x9e3779b97f4a7c15ULL;
  return hash ^ (hash >> 32);  // the low bits decide the place in the index
}

}  // namespace

StackId StackTable::intern(std::span<const std::uint64_t> frames) {
  frames = frames.first(std::min(frames.size(), max_frames));
  if (frames.empty()) return 0;
  const std::uint64_t hash = hash_of(frames);
  if (2 * (stacks_.size() + 1) > index_.size()) index_all();
  std::size_t at = hash & (index_.size() - 1);
  for (; index_[at] != 0; at = (at + 1) & (index_.size() - 1)) {
    if (stacks_[index_[at] - 1].hash == hash &&
        std::ranges::equal(this->frames(index_[at]), frames))
      return index_[at];
  }
  Stack& stack = stacks_.emplace_back();
  std::ranges::copy(frames, stack.frames.begin());
  stack.count = static_cast<std::uint32_t>(frames.size());
  stack.hash = hash;
  return index_[at] = static_cast<StackId>(stacks_.size());
}

void StackTable::index_all() {
  index_.assign(std::max<std::size_t>(64, 2 * index_.size()), 0);
  for (std::size_t i = 0; i < stacks_.size(); ++i) {
    std::size_t at = stacks_[i].hash & (index_.size() - 1);
    while (index_[at] != 0) at = (at + 1) & (index_.size() - 1);
    index_[at] = static_cast<StackId>(i + 1);
  }
}

std::span<const std::uint64_t> StackTable::frames(StackId id) const {
  if (id == 0 || id > stacks_.size()) return {};
  const Stack& stack = stacks_[id - 1];
  return std::span(stack.frames).first(stack.count);
}

}  // namespace drydock::ledger
