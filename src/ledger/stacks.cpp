// SPDX-License-Identifier: Apache-2.0
#include "ledger/stacks.h"

#include <algorithm>

namespace drydock::ledger {

namespace {

std::uint64_t hash_of(std::span<const std::uint64_t> frames) {
  std::uint64_t hash = frames.size();
  for (const std::uint64_t frame : frames)
    hash = (hash ^ (hash >> 31) ^ frame) * 0x9e3779b97f4a7c15ULL;
  return hash;
}

}  // namespace

StackId StackTable::intern(std::span<const std::uint64_t> frames) {
  frames = frames.first(std::min(frames.size(), max_frames));
  if (frames.empty()) return 0;
  const std::uint64_t hash = hash_of(frames);
  // A run has few different stacks and repeats the latest ones most.
  for (std::size_t i = stacks_.size(); i-- > 0;) {
    if (stacks_[i].hash == hash &&
        std::ranges::equal(this->frames(static_cast<StackId>(i + 1)), frames)) {
      return static_cast<StackId>(i + 1);
    }
  }
  Stack& stack = stacks_.emplace_back();
  std::ranges::copy(frames, stack.frames.begin());
  stack.count = static_cast<std::uint32_t>(frames.size());
  stack.hash = hash;
  return static_cast<StackId>(stacks_.size());
}

std::span<const std::uint64_t> StackTable::frames(StackId id) const {
  if (id == 0 || id > stacks_.size()) return {};
  const Stack& stack = stacks_[id - 1];
  return std::span(stack.frames).first(stack.count);
}

}  // namespace drydock::ledger
