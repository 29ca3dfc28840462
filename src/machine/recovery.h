// SPDX-License-Identifier: Apache-2.0
// Where a fiber goes on when host code that works on an address of the driver's meets a CPU fault.
// Nothing between that place and the fault may own anything.
#pragma once

#include <array>

#include "machine/fiber.h"

namespace drydock::machine {

// Innermost last. `if (__builtin_setjmp(recovery.place.data()) == 0)` guards what follows it.
class Recovery {
 public:
  explicit Recovery(Fiber& fiber) : fiber_(fiber), outer_(fiber.recovery) {
    fiber.recovery = place.data();
  }
  ~Recovery() { fiber_.recovery = outer_; }
  Recovery(const Recovery&) = delete;
  Recovery& operator=(const Recovery&) = delete;

  std::array<void*, 5> place{};  // as __builtin_setjmp wants it

 private:
  Fiber& fiber_;
  void** outer_;
};

}  // namespace drydock::machine
