// SPDX-License-Identifier: Apache-2.0
// The one way into driver code. Every callback is an event, leaves a frame, and is checked on its
// return: same IRQL, no lock kept.
#pragma once

#include <optional>

#include "ledger/record.h"
#include "machine/frames.h"
#include "machine/machine.h"

namespace drydock::ledger {

struct CallbackInfo {
  machine::CallbackKind kind = machine::CallbackKind::other;
  machine::DriverId driver = machine::no_driver;
  EntryId entry = 0;                      // the registration that leads here
  std::array<std::uint64_t, 2> values{};  // for the trace: layer and flow, device and function...
  // Where the callback must leave IRQL when not as it found it: a cancel routine releases a lock.
  std::optional<machine::Irql> returns_at = std::nullopt;
  // A routine whose purpose is to take a lock or to give it back, with the IRQL that goes with it.
  bool changes_locks = false;
};

// Brackets one callback on the running fiber.
class DriverCall {
 public:
  DriverCall(const CallbackInfo& info, std::uint64_t target);
  ~DriverCall();
  DriverCall(const DriverCall&) = delete;
  DriverCall& operator=(const DriverCall&) = delete;

 private:
  void check_registration();
  void check_return();

  machine::Machine& machine_;
  machine::Fiber& fiber_;
  Record& record_;
  CallbackInfo info_;
  machine::Frame frame_;
  machine::DriverId outer_driver_;
  machine::Irql irql_;
  std::size_t locks_;
};

template <class R, class... P, class... A>
R call_driver(const CallbackInfo& info, R(__attribute__((ms_abi)) * target)(P...), A... arguments) {
  const DriverCall bracket(info, reinterpret_cast<std::uint64_t>(target));
  return target(static_cast<P>(arguments)...);
}

}  // namespace drydock::ledger
