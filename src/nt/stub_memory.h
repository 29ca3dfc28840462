// SPDX-License-Identifier: Apache-2.0
// What an import table entry points to: a few bytes of code at an address that depends only on the
// order of the export tables, never on where the host put its functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "machine/region.h"

namespace drydock::nt {

// One per process; it outlives runs. Not writable while driver code can run.
class StubMemory {
 public:
  static constexpr std::size_t stub_size = 16;
  static constexpr std::uint32_t max_traps = 4096;  // unimplemented imports of one image
  static constexpr std::uint32_t max_slots = 256;   // images of one run

  StubMemory();

  // The n-th stub jumps to the n-th entry.
  void write_exports(const std::vector<void*>& entries);
  [[nodiscard]] std::uint64_t export_stub(std::size_t index) const {
    return exports_.begin() + index * stub_size;
  }

  // Makes the first `count` trap stubs of an image slot callable.
  void open_traps(std::uint32_t slot, std::uint32_t count);
  [[nodiscard]] std::uint64_t trap_stub(std::uint32_t slot, std::uint32_t index) const {
    return traps_.begin() + (std::uint64_t{slot} * max_traps + index) * stub_size;
  }

 private:
  static constexpr std::size_t export_capacity = std::size_t{256} << 10;
  static constexpr std::size_t tail_size = machine::page_size;

  void write_trap(std::uint32_t slot, std::uint32_t index);

  machine::Region exports_;
  machine::Region tail_;  // what all trap stubs have in common
  machine::Region traps_;
  std::vector<std::uint32_t> open_traps_;  // per slot
};

}  // namespace drydock::nt
