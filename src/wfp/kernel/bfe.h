// SPDX-License-Identifier: Apache-2.0
// The base filtering engine as a service: its state and who wants to hear of changes. Spec:
// lifecycle section 11.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "fwpmk.h"
#include "ledger/record.h"
#include "machine/machine.h"
#include "wfp/kernel/variants.h"
#include "wfp/kernel/workers.h"

namespace drydock::wfp {

class Bfe {
 public:
  Bfe(machine::Machine& machine, Workers& workers, const LifecycleVariants& variants)
      : machine_(machine), workers_(workers), variants_(variants) {}
  Bfe(const Bfe&) = delete;
  Bfe& operator=(const Bfe&) = delete;

  [[nodiscard]] FWPM_SERVICE_STATE state() const { return state_; }
  // Subscribers hear of it at PASSIVE_LEVEL on a kernel fiber, later.
  void set_state(FWPM_SERVICE_STATE state);

  NTSTATUS subscribe(void* device, FWPM_SERVICE_STATE_CHANGE_CALLBACK0 callback, void* context,
                     HANDLE* handle);
  // Is this fiber inside a subscriber's callback?
  [[nodiscard]] bool is_telling(machine::FiberId fiber) const { return telling_.contains(fiber); }
  // Waits for a callback in progress, for its own as well: that wait never ends.
  NTSTATUS unsubscribe(HANDLE handle);

 private:
  struct Subscription {
    FWPM_SERVICE_STATE_CHANGE_CALLBACK0 callback = nullptr;
    void* context = nullptr;
    machine::DriverId driver = machine::no_driver;
    ledger::EntryId entry = 0;
    std::uint32_t running = 0;
    bool cancelled = false;
    machine::Fiber* waiter = nullptr;
  };

  void deliver(std::uint64_t number, FWPM_SERVICE_STATE state);

  machine::Machine& machine_;
  Workers& workers_;
  const LifecycleVariants& variants_;
  std::set<machine::FiberId> telling_;
  std::map<std::uint64_t, Subscription> subscriptions_;  // by number, which is the handle
  std::uint64_t next_ = 1;
  FWPM_SERVICE_STATE state_ = FWPM_SERVICE_RUNNING;
};

}  // namespace drydock::wfp
