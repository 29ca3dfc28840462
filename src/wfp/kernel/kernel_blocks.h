// SPDX-License-Identifier: Apache-2.0
// Memory that the platform shows to drivers, freed together: a structure and all that it points to.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "machine/machine.h"

namespace drydock::wfp {

class KernelBlocks {
 public:
  explicit KernelBlocks(machine::KernelArena& arena) : arena_(&arena) {}
  KernelBlocks(KernelBlocks&& other) noexcept
      : arena_(other.arena_), blocks_(std::exchange(other.blocks_, {})) {}
  KernelBlocks& operator=(KernelBlocks&&) = delete;
  ~KernelBlocks() {
    for (const auto& [block, size] : blocks_) arena_->release(block, size);
  }

  // Zeroed.
  template <class T>
  T* make(std::size_t count = 1) {
    return reinterpret_cast<T*>(allocate(sizeof(T) * count));
  }
  template <class T = std::uint8_t>
  T* copy(std::span<const std::uint8_t> bytes) {
    std::byte* block = allocate(bytes.size());
    std::memcpy(block, bytes.data(), bytes.size());
    return reinterpret_cast<T*>(block);
  }
  // With a terminating zero, under whatever name the Windows header gives 16-bit characters.
  template <class Character = char16_t>
  Character* text(std::u16string_view text) {
    auto* characters = make<char16_t>(text.size() + 1);
    std::memcpy(characters, text.data(), text.size() * sizeof(char16_t));
    return reinterpret_cast<Character*>(characters);
  }

 private:
  std::byte* allocate(std::size_t size) {
    std::byte* block = arena_->allocate(size);
    blocks_.emplace_back(block, size);
    return block;
  }

  machine::KernelArena* arena_;
  std::vector<std::pair<std::byte*, std::size_t>> blocks_;
};

}  // namespace drydock::wfp
