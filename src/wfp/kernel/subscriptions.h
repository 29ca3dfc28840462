// SPDX-License-Identifier: Apache-2.0
// Who wants to hear of changes to managed objects (Fwpm...SubscribeChanges0, which only user mode
// has: simulated applications). Spec: engine section 2.6.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <variant>

#include "machine/machine.h"
#include "wfp/engine/engine.h"
#include "wfp/kernel/workers.h"

namespace drydock::wfp {

class Subscriptions final : public ChangeObserver {
 public:
  using Template = std::variant<std::monostate, ProviderContextTemplate, SubLayerTemplate,
                                CalloutTemplate, FilterTemplate>;
  struct Wanted {
    ObjectKind kind = ObjectKind::provider;
    bool additions = true;  // FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_ADD
    bool deletions = true;  // FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_DELETE
    Template fitting = {};  // of that kind; none: all objects
  };
  using Callback = std::function<void(const ObjectChange&)>;

  explicit Subscriptions(Workers& workers) : workers_(workers) {}
  Subscriptions(const Subscriptions&) = delete;
  Subscriptions& operator=(const Subscriptions&) = delete;

  // `told` runs at PASSIVE_LEVEL on a kernel fiber, once per change, some time after the change has
  // taken effect, and never for a change of the session itself.
  std::uint64_t subscribe(SessionId session, Wanted wanted, Callback told);
  // What has not been told yet will not be.
  void unsubscribe(std::uint64_t subscription) { subscriptions_.erase(subscription); }

  void changed(SessionId by, std::span<const ObjectChange> changes) override;

 private:
  struct Subscription {
    SessionId session = SessionId::none;
    Wanted wanted;
    Callback told;
  };
  struct Pending {
    std::uint64_t subscription = 0;
    ObjectChange change;
  };

  void tell(std::uint64_t index);

  Workers& workers_;
  std::map<std::uint64_t, Subscription> subscriptions_;
  std::deque<Pending> pending_;  // stays where it is: a worker may be in the middle of one
  std::uint64_t next_ = 1;
};

}  // namespace drydock::wfp
