// SPDX-License-Identifier: Apache-2.0
// How the ledger gets from one driver frame to the next without knowing image formats: the loader
// installs this.
#pragma once

#include <cstdint>

#include "machine/slots.h"
#include "machine/types.h"

namespace drydock::ledger {

class Unwinder {
 public:
  static constexpr auto slot = machine::Slot::unwinder;

  struct Place {
    std::uint64_t rip = 0;
    std::uint64_t rsp = 0;
    std::uint64_t rbp = 0;
  };

  virtual ~Unwinder() = default;
  // To the caller's frame; false when `place` is in no image (which then stays as it is) or its
  // caller is host code.
  virtual bool step(Place& place) const = 0;
  // Whose code lies at the address; no_driver when it is in no image.
  [[nodiscard]] virtual machine::DriverId driver_at(std::uint64_t /*address*/) const {
    return machine::no_driver;
  }
};

}  // namespace drydock::ledger
