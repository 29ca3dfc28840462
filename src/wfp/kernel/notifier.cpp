// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/notifier.h"

#include <utility>

#include "ledger/callback.h"
#include "wfp/kernel/filter_view.h"
#include "wfp/kernel/guid_cast.h"

namespace drydock::wfp {
namespace {

bool inside_classify(const machine::Fiber& fiber) {
  for (const machine::Frame* frame = fiber.frames; frame != nullptr; frame = frame->outer) {
    if (frame->kind == machine::Frame::Kind::kernel_to_driver &&
        frame->callback == machine::CallbackKind::classify) {
      return true;
    }
  }
  return false;
}

}  // namespace

Callout* Notifier::listener(const Filter& filter) const {
  Callout* callout = callouts_.find(filter.callout_id);
  return callout != nullptr && callout->notify != 0 ? callout : nullptr;
}

// `shown` is a copy: the callee may change it, and only its context is taken over (E-4).
NTSTATUS Notifier::notify(Callout& callout, FWPS_CALLOUT_NOTIFY_TYPE type, const Filter& filter,
                          FWPS_FILTER0& shown) {
  const GUID key = to_windows(filter.spec.key);
  ++callout.callbacks;
  const NTSTATUS status = ledger::call_driver(
      {.kind = machine::CallbackKind::notify,
       .driver = callout.driver,
       .entry = callout.entry,
       .values = {static_cast<std::uint64_t>(type), std::to_underlying(filter.id)}},
      reinterpret_cast<FWPS_CALLOUT_NOTIFY_FN0>(callout.notify), type,
      type == FWPS_CALLOUT_NOTIFY_DELETE_FILTER ? nullptr : &key, &shown);
  callouts_.callback_returned(callout);
  return status;
}

FwpStatus Notifier::filter_added(const Filter& filter, std::uint64_t& context) {
  Callout* callout = listener(filter);
  if (callout == nullptr) return FwpStatus::success;
  FilterView& view = view_of(filter, machine_.memory().kernel);
  FWPS_FILTER0 shown = *view.filter;
  if (!NT_SUCCESS(notify(*callout, FWPS_CALLOUT_NOTIFY_ADD_FILTER, filter, shown))) {
    return FwpStatus::callout_notification_failed;
  }
  context = shown.context;
  if (engine_.variants().notify_sets_context) view.filter->context = shown.context;
  return FwpStatus::success;
}

void Notifier::filter_committed(const Filter& filter) {
  Callout* callout = listener(filter);
  if (callout == nullptr || (callout->flags & FWP_CALLOUT_FLAG_ENABLE_COMMIT_ADD_NOTIFY) == 0)
    return;
  FWPS_FILTER0 shown = *view_of(filter, machine_.memory().kernel).filter;
  notify(*callout, FWPS_CALLOUT_NOTIFY_ADD_FILTER_POST_COMMIT, filter, shown);
}

void Notifier::filter_deleted(const Filter& filter) {
  using NotifyDelete = LifecycleVariants::NotifyDelete;
  switch (callouts_.variants().notify_delete) {
    case NotifyDelete::in_order:
      return tell_of_deletion(filter);
    case NotifyDelete::dropped:
      return;
    case NotifyDelete::late:
      deleted_.push_back(filter.shared_from_this());
      workers_.post({[](void* self, std::uint64_t index) {
                       auto& notifier = *static_cast<Notifier*>(self);
                       notifier.tell_of_deletion(*notifier.deleted_[index]);
                     },
                     this, deleted_.size() - 1, machine::Irql::passive});
  }
}

// After the last classify with the filter; a callout that deletes its own filter from classifyFn
// cannot wait for itself.
void Notifier::tell_of_deletion(const Filter& filter) {
  if (listener(filter) == nullptr) return;
  while (engine_.classifying(filter) && !inside_classify(machine_.running())) {
    callouts_.wait_for_classification();
  }
  Callout* callout = listener(filter);
  if (callout == nullptr) return;
  FWPS_FILTER0 shown = *view_of(filter, machine_.memory().kernel).filter;
  notify(*callout, FWPS_CALLOUT_NOTIFY_DELETE_FILTER, filter, shown);
}

}  // namespace drydock::wfp
