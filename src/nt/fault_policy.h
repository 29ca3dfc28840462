// SPDX-License-Identifier: Apache-2.0
// What a CPU fault on the simulated machine means: an exception that the driver may handle, or the
// bug check Windows would stop with, whose memory was hit, and through which registration control
// got there.
#pragma once

#include <ntddk.h>

#include <optional>

#include "ledger/record.h"
#include "machine/traps.h"
#include "nt/loader.h"

namespace drydock::nt {

class FaultMeaning final : public machine::FaultPolicy {
 public:
  FaultMeaning(machine::Machine& machine, ledger::Record& record, const Loader& loader)
      : machine_(machine), record_(record), loader_(loader) {}

  [[noreturn]] void handle(const machine::CpuFault& fault) override;
  [[nodiscard]] bool is_handling() const override { return handling_; }
  [[nodiscard]] bool is_driver_code(std::uint64_t instruction) const override {
    return instruction >= machine::home::images && instruction < machine::home::kernel_objects;
  }

 private:
  [[noreturn]] void handle_in_kernel_function(const EXCEPTION_RECORD& exception);
  [[nodiscard]] bool driver_may_handle() const;
  [[noreturn]] void raise(EXCEPTION_RECORD record, CONTEXT context);
  [[nodiscard]] machine::DriverId driver_of(const machine::CpuFault& fault,
                                            const machine::Frame& callback) const;
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
