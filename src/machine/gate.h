// SPDX-License-Identifier: Apache-2.0
// Where fibers of the run itself wait for one another.
#pragma once

#include <vector>

#include "machine/machine.h"

namespace drydock::machine {

class Gate {
 public:
  // Until somebody calls open(); `why` is a literal. The caller looks at its condition again
  // afterwards.
  void wait(Machine& machine, const char* why) {
    waiters_.push_back(&machine.running());
    machine.block(why);
  }
  void open(Machine& machine) {
    for (Fiber* fiber : waiters_) machine.make_ready(*fiber);
    waiters_.clear();
  }

 private:
  std::vector<Fiber*> waiters_;
};

}  // namespace drydock::machine
