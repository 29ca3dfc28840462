// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/next_layout.h"

namespace drydock::wfp {
namespace {

constexpr index::Cost cost_of_taking{400};
constexpr index::Cost cost_of_change{8000};

}  // namespace

// The work goes on during changes only, so nothing changes between two of its pauses' ends.
index::Work NextLayout::make() {
  while (CompiledFilter* filter = following()) {
    fresh_->append(*filter);
    last_ = filter->filter;
    co_await cost_of_taking;
  }
  co_await fresh_->settle(true);
  // NOLINTNEXTLINE(modernize-loop-convert): there will be more of them meanwhile
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (!repeat(changes_[i])) {
      fresh_ = nullptr;
      co_return;
    }
    co_await cost_of_change;
  }
}

std::size_t NextLayout::bytes() const {
  std::size_t total = sizeof *this + (fresh_ ? fresh_->bytes() : 0);
  total += changes_.capacity() * sizeof(Change) + removed_.capacity() * sizeof(void*);
  for (const auto& filter : removed_) total += bytes_of(*filter);
  return total;
}

// The filter behind the last that was taken over, which may be gone or elsewhere now.
CompiledFilter* NextLayout::following() {
  std::uint32_t slot = 0;
  if (last_ && last_->compiled != nullptr) {
    slot = present_.placed(*last_->compiled).slot + 1;
  } else if (last_) {
    slot = present_.first_after(*last_);
  }
  slot = present_.taken_from(slot);
  // One that a classification still meets is there though it does not count.
  while (slot < present_.slots().size() && fresh_->has(present_.at(slot))) {
    slot = present_.taken_from(slot + 1);
  }
  return slot < present_.slots().size() ? &present_.at(slot) : nullptr;
}

// Some changes were seen while filters were taken over. False: no room.
bool NextLayout::repeat(const Change& change) {
  const bool here = fresh_->has(*change.filter);
  if (change.removed && here) fresh_->erase(*change.filter);
  return change.removed || here || fresh_->insert(*change.filter, place_for(*change.filter));
}

// Mostly right before the one that it is right before in the present layout.
std::uint32_t NextLayout::place_for(const CompiledFilter& filter) const {
  if (present_.has(filter)) {
    const std::uint32_t next = present_.taken_from(present_.placed(filter).slot + 1);
    if (next < present_.slots().size() && fresh_->has(present_.at(next))) {
      return fresh_->first_after(*filter.filter, fresh_->placed(present_.at(next)).slot);
    }
  }
  return fresh_->first_after(*filter.filter);
}

}  // namespace drydock::wfp
