// SPDX-License-Identifier: Apache-2.0
// Memory for the structures that the simulated kernel itself shows to drivers (DRIVER_OBJECT, IRP,
// MDL, NET_BUFFER_LIST...): fixed addresses, size-classed free lists, everything forgotten at once
// when a run ends.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "machine/region.h"

namespace drydock::machine {

class KernelArena {
 public:
  KernelArena() : region_(home::kernel_objects, capacity, Access::read_write) {}

  // Zeroed, 16-byte aligned. Ends the run as inconclusive when 256 MiB are not enough.
  std::byte* allocate(std::size_t size);
  // `size` as it was allocated.
  void release(std::byte* block, std::size_t size);

  template <class T, class... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>,
                  "a run forgets its kernel objects without destroying them");
    return new (allocate(sizeof(T))) T{std::forward<Args>(args)...};
  }
  template <class T>
  void drop(T* object) {
    release(reinterpret_cast<std::byte*>(object), sizeof(T));
  }

  [[nodiscard]] bool contains(std::uint64_t address) const { return region_.contains(address); }
  void reset();

 private:
  static constexpr std::size_t capacity = std::size_t{256} << 20;
  static constexpr std::size_t unit = 16;
  static constexpr std::size_t classes = 256;  // of blocks up to 4 KiB
  // For what must go on where a run cannot be ended at once.
  static constexpr std::size_t reserve = std::size_t{1} << 20;

  std::byte* reuse(std::size_t rounded);
  [[nodiscard]] static std::size_t rounded_size(std::size_t size);

  Region region_;
  std::size_t used_ = 0;
  std::size_t high_water_ = 0;
  std::array<std::vector<std::byte*>, classes> free_{};
  std::map<std::size_t, std::vector<std::byte*>> free_large_;  // by size, whole pages
};

}  // namespace drydock::machine
