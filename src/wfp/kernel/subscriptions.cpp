// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/subscriptions.h"

#include <memory>
#include <utility>

namespace drydock::wfp {
namespace {

template <class Wanted, class Object>
bool fits_object(const Wanted& wanted, const std::shared_ptr<Object>& object) {
  if constexpr (requires { fits(wanted, *object); }) {
    return fits(wanted, *object);
  } else {
    return std::is_same_v<Wanted, std::monostate>;
  }
}

bool concerns(const Subscriptions::Wanted& wanted, const ObjectChange& change) {
  if (change.kind != wanted.kind) return false;
  if (!(change.added ? wanted.additions : wanted.deletions)) return false;
  return std::visit(
      [](const auto& fitting, const auto& object) { return fits_object(fitting, object); },
      wanted.fitting, change.object);
}

}  // namespace

std::uint64_t Subscriptions::subscribe(SessionId session, Wanted wanted, Callback told) {
  subscriptions_[next_] = {session, std::move(wanted), std::move(told)};
  return next_++;
}

void Subscriptions::changed(SessionId by, std::span<const ObjectChange> changes) {
  for (const auto& [number, subscription] : subscriptions_) {
    if (subscription.session == by) continue;
    for (const ObjectChange& change : changes) {
      if (!concerns(subscription.wanted, change)) continue;
      pending_.push_back({number, change});
      workers_.post(
          {[](void* self, std::uint64_t index) { static_cast<Subscriptions*>(self)->tell(index); },
           this, pending_.size() - 1, machine::Irql::passive});
    }
  }
}

void Subscriptions::tell(std::uint64_t index) {
  const Pending& pending = pending_[index];
  const auto found = subscriptions_.find(pending.subscription);
  if (found != subscriptions_.end()) found->second.told(pending.change);
}

}  // namespace drydock::wfp
