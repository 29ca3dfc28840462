// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/bfe.h"

#include <utility>

#include "ledger/callback.h"

namespace drydock::wfp {

using ledger::Kind;

namespace {

// Handles are multiples of four, as those of Windows.
HANDLE handle_of(std::uint64_t number) {
  return reinterpret_cast<HANDLE>(number * 4);
}

std::uint64_t number_of(HANDLE handle) {
  return reinterpret_cast<std::uint64_t>(handle) / 4;
}

}  // namespace

void Bfe::set_state(FWPM_SERVICE_STATE state) {
  state_ = state;
  const auto run = [](void* self, std::uint64_t argument) {
    static_cast<Bfe*>(self)->deliver(argument >> 8,
                                     static_cast<FWPM_SERVICE_STATE>(argument & 0xff));
  };
  for (const auto& [number, subscription] : subscriptions_) {
    workers_.post(
        {run, this, number << 8 | static_cast<std::uint64_t>(state), machine::Irql::passive});
  }
}

void Bfe::deliver(std::uint64_t number, FWPM_SERVICE_STATE state) {
  const auto found = subscriptions_.find(number);
  if (found == subscriptions_.end() || found->second.cancelled) return;
  Subscription& subscription = found->second;
  ++subscription.running;
  const machine::FiberId teller = machine_.running().id;
  telling_.insert(teller);
  ledger::call_driver({.kind = machine::CallbackKind::other,
                       .driver = subscription.driver,
                       .entry = subscription.entry,
                       .values = {static_cast<std::uint64_t>(state), 0}},
                      subscription.callback, subscription.context, state);
  telling_.erase(teller);
  if (--subscription.running == 0 && subscription.waiter != nullptr) {
    machine_.make_ready(*std::exchange(subscription.waiter, nullptr));
  } else if (subscription.running == 0 && subscription.cancelled) {
    subscriptions_.erase(number);
  }
}

NTSTATUS Bfe::subscribe(void* device, FWPM_SERVICE_STATE_CHANGE_CALLBACK0 callback, void* context,
                        HANDLE* handle) {
  if (device == nullptr || callback == nullptr || handle == nullptr) return STATUS_FWP_NULL_POINTER;
  const std::uint64_t number = next_++;
  auto& book = ledger::record().ledger();
  const ledger::EntryId entry = book.acquire(
      Kind::bfe_subscription, number,
      {.name = {}, .related = book.find(Kind::device, reinterpret_cast<std::uint64_t>(device))});
  subscriptions_[number] = {.callback = callback,
                            .context = context,
                            .driver = machine_.running().driver,
                            .entry = entry};
  *handle = handle_of(number);
  return STATUS_SUCCESS;
}

NTSTATUS Bfe::unsubscribe(HANDLE handle) {
  const auto found = subscriptions_.find(number_of(handle));
  if (found == subscriptions_.end() || found->second.cancelled) return STATUS_INVALID_HANDLE;
  Subscription& subscription = found->second;
  while (variants_.bfe_unsubscribe_waits && subscription.running != 0) {
    subscription.waiter = &machine_.running();
    machine_.block("a callback of the base filtering engine to return", subscription.entry);
  }
  ledger::record().ledger().release(subscription.entry);
  subscription.cancelled = true;
  if (subscription.running == 0) subscriptions_.erase(found);
  return STATUS_SUCCESS;
}

}  // namespace drydock::wfp
