// SPDX-License-Identifier: Apache-2.0
// What a CPU fault on the simulated machine means: which bug check Windows would stop with, whose
// memory was hit, and through which registration control got there.
#pragma once

#include "ledger/record.h"
#include "machine/traps.h"
#include "nt/loader.h"

namespace drydock::nt {

class FaultToBugCheck final : public machine::FaultPolicy {
 public:
  FaultToBugCheck(machine::Machine& machine, ledger::Record& record, const Loader& loader)
      : machine_(machine), record_(record), loader_(loader) {}

  [[noreturn]] void handle(const machine::CpuFault& fault) override;

 private:
  [[nodiscard]] bool driver_may_handle(const machine::CpuFault& fault) const;
  [[noreturn]] void stop_in_gone_image(const machine::CpuFault& fault,
                                       const machine::Frame& callback);
  [[noreturn]] void stop(const machine::CpuFault& fault);
  [[noreturn]] void stop_on_damaged_stack(const machine::CpuFault& fault);

  machine::Machine& machine_;
  ledger::Record& record_;
  const Loader& loader_;
  bool handling_ = false;
};

}  // namespace drydock::nt
