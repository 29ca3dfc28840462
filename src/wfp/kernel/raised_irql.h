// SPDX-License-Identifier: Apache-2.0
// The running fiber at a higher IRQL for the length of a scope.
#pragma once

#include "machine/machine.h"

namespace drydock::wfp {

class RaisedIrql {
 public:
  // Leaves the IRQL alone when it is as high already.
  RaisedIrql(machine::Machine& machine, machine::Irql irql)
      : machine_(machine), before_(machine.irql()) {
    if (irql > before_) machine_.set_irql(irql);
  }
  ~RaisedIrql() {
    if (machine_.irql() != before_) machine_.set_irql(before_);
  }
  RaisedIrql(const RaisedIrql&) = delete;
  RaisedIrql& operator=(const RaisedIrql&) = delete;

 private:
  machine::Machine& machine_;
  machine::Irql before_;
};

}  // namespace drydock::wfp
