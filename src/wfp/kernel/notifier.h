// SPDX-License-Identifier: Apache-2.0
// notifyFn: tells callouts of filters that name them. Spec: engine section 3.
#pragma once

#include <deque>
#include <memory>

#include "machine/machine.h"
#include "wfp/engine/engine.h"
#include "wfp/kernel/callouts.h"
#include "wfp/kernel/workers.h"

namespace drydock::wfp {

class Notifier final : public FilterObserver {
 public:
  Notifier(machine::Machine& machine, Engine& engine, Callouts& callouts, Workers& workers)
      : machine_(machine), engine_(engine), callouts_(callouts), workers_(workers) {}

  FwpStatus filter_added(const Filter& filter, std::uint64_t& context) override;
  void filter_committed(const Filter& filter) override;
  void filter_deleted(const Filter& filter) override;

 private:
  NTSTATUS notify(Callout& callout, FWPS_CALLOUT_NOTIFY_TYPE type, const Filter& filter,
                  FWPS_FILTER0& shown);
  [[nodiscard]] Callout* listener(const Filter& filter) const;
  void tell_of_deletion(const Filter& filter);

  machine::Machine& machine_;
  Engine& engine_;
  Callouts& callouts_;
  Workers& workers_;
  std::deque<std::shared_ptr<const Filter>> deleted_;  // to be told of later, by a worker
};

}  // namespace drydock::wfp
