// SPDX-License-Identifier: Apache-2.0
// Driver routines that exception dispatch calls: language handlers, filters, __finally bodies.
// Unlike callbacks they may leave IRQL and locks otherwise than they found them.
#pragma once

#include "machine/machine.h"

namespace drydock::nt {

// Brackets one call on the running fiber. May be abandoned with its stack frame.
class HandlerBracket {
 public:
  HandlerBracket(std::uint64_t target, machine::DriverId driver);
  ~HandlerBracket();
  HandlerBracket(const HandlerBracket&) = delete;
  HandlerBracket& operator=(const HandlerBracket&) = delete;

 private:
  machine::Fiber& fiber_;
  machine::Frame frame_;
  machine::DriverId outer_driver_;
};

}  // namespace drydock::nt
