// SPDX-License-Identifier: Apache-2.0
// From (kind, key) to the newest ledger entry with them: asked at every release, so one flat table
// instead of nodes. Keys are never removed during a run.
#pragma once

#include <cstdint>
#include <vector>

namespace drydock::ledger {

class FlatIndex {
 public:
  // 0 when there is none.
  [[nodiscard]] std::uint32_t find(std::uint32_t kind, std::uint64_t key) const {
    return slots_.empty() ? 0 : slots_[place(kind, key)].value;
  }
  // `value` is not 0; replaces an earlier one.
  void set(std::uint32_t kind, std::uint64_t key, std::uint32_t value) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    Slot& slot = slots_[place(kind, key)];
    used_ += slot.value == 0;
    slot = {key, kind, value};
  }

 private:
  static constexpr std::size_t first_size = 128;

  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t kind = 0;
    std::uint32_t value = 0;  // 0: free
  };

  // Where the pair is, or where it belongs.
  [[nodiscard]] std::size_t place(std::uint32_t kind, std::uint64_t key) const {
    const std::size_t mask = slots_.size() - 1;
    const std::uint64_t mixed = (key ^ std::uint64_t{kind} << 56) * 0x9e3779b97f4a7c15ULL;
    std::size_t at = (mixed >> 32) & mask;
    while (slots_[at].value != 0 && (slots_[at].key != key || slots_[at].kind != kind))
      at = (at + 1) & mask;
    return at;
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? first_size : 2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.value != 0) slots_[place(slot.kind, slot.key)] = slot;
    }
  }

  std::vector<Slot> slots_;  // a power of two
  std::size_t used_ = 0;
};

}  // namespace drydock::ledger
