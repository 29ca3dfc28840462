// SPDX-License-Identifier: Apache-2.0
// Exported variables of the kernel: imports that are data, not functions. They lie at fixed
// addresses in one page; their values are set anew for each run.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "machine/region.h"

namespace drydock::nt {

class KernelVariables {
 public:
  KernelVariables();

  // The variable's address, or 0.
  [[nodiscard]] std::uint64_t find(std::string_view name) const;
  // Values that are the same for all runs; the others become zero.
  void reset(std::uint32_t processors);
  // For the subsystem that a variable belongs to; the name must be in the table.
  template <class T>
  void set(std::string_view name, T value) {
    std::memcpy(reinterpret_cast<void*>(find(name)), &value, sizeof(T));
  }

 private:
  machine::Region page_;
};

}  // namespace drydock::nt
