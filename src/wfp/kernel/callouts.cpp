// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/callouts.h"

#include <algorithm>
#include <utility>

namespace drydock::wfp {

using ledger::Kind;
using ledger::NoteKind;

void Callouts::note(NoteKind kind, ledger::EntryId entry, NTSTATUS status, std::uint64_t id) {
  ledger::record().note(kind, entry, static_cast<std::uint32_t>(status), id);
}

Callout* Callouts::find_key(const Guid& key) const {
  const auto id = engine_.find_callout_id(key);
  return id ? find(*id) : nullptr;
}

NTSTATUS Callouts::add(void* device, const CalloutFunctions& functions, UINT32* id) {
  if (variants_.wrong_irql_is_refused && machine_.irql() != machine::Irql::passive) {
    note(NoteKind::callout_registered, 0, STATUS_NOT_SUPPORTED, 0);
    return STATUS_NOT_SUPPORTED;
  }
  if (device == nullptr || functions.classify == 0) {
    note(NoteKind::callout_registered, 0, STATUS_FWP_NULL_POINTER, 0);
    return STATUS_FWP_NULL_POINTER;
  }
  if (const Callout* present = find_key(functions.key)) {
    const NTSTATUS status = present->draining ? STATUS_FWP_IN_USE : STATUS_FWP_ALREADY_EXISTS;
    note(NoteKind::callout_registered, present->entry, status, std::to_underlying(present->id));
    return status;
  }
  Callout& callout = *all_.emplace_back(std::make_unique<Callout>());
  callout.id = engine_.callout_id_for_key(functions.key);
  callout.key = functions.key;
  callout.version = functions.version;
  callout.flags = functions.flags;
  callout.classify = functions.classify;
  callout.notify = functions.notify;
  callout.flow_delete = functions.flow_delete;
  callout.driver = machine_.running().driver;
  callout.device = device;
  const auto number = std::to_underlying(callout.id);
  auto& book = ledger::record().ledger();
  callout.entry =
      book.acquire(Kind::callout, number,
                   {.name = to_string(callout.key),
                    .a = callout.version,
                    .b = callout.flags,
                    .related = book.find(Kind::device, reinterpret_cast<std::uint64_t>(device))});
  if (number >= by_id_.size()) by_id_.resize(number + 1);
  by_id_[number] = &callout;
  if (devices_ != nullptr && variants_.callout_references_device) {
    devices_->reference(device, callout.entry);
  }
  if (id != nullptr) *id = number;
  note(NoteKind::callout_registered, callout.entry, STATUS_SUCCESS, number);
  return STATUS_SUCCESS;
}

NTSTATUS Callouts::remove(CalloutId id) {
  Callout* callout = find(id);
  const auto number = std::to_underlying(id);
  // After a success the number no longer finds the callout, but the note should name it.
  const ledger::EntryId entry = callout != nullptr
                                    ? callout->entry
                                    : ledger::record().ledger().find_latest(Kind::callout, number);
  const NTSTATUS status = try_remove(callout);
  note(NoteKind::callout_unregistered, entry, status, number);
  return status;
}

NTSTATUS Callouts::remove(const Guid& key) {
  return remove(engine_.find_callout_id(key).value_or(CalloutId::none));
}

NTSTATUS Callouts::try_remove(Callout* callout) {
  if (machine_.irql() != machine::Irql::passive) return STATUS_NOT_SUPPORTED;
  if (callout == nullptr) return STATUS_FWP_CALLOUT_NOT_FOUND;
  if (callout->draining) return STATUS_FWP_IN_USE;
  if (callout->contexts == 0 && callout->callbacks != 0) {
    const NTSTATUS status = wait_for_callbacks(*callout);
    if (status != STATUS_SUCCESS) return status;
  }
  if (callout->contexts != 0) {
    callout->unregistering = true;
    return STATUS_DEVICE_BUSY;
  }
  forget(*callout);
  return STATUS_SUCCESS;
}

// While a thread waits here, new classifies see the callout as not registered.
NTSTATUS Callouts::wait_for_callbacks(Callout& callout) {
  using enum LifecycleVariants::UnregisterWhileRunning;
  if (variants_.unregister_while_running == device_busy) return STATUS_DEVICE_BUSY;
  if (variants_.unregister_while_running == in_use) return STATUS_FWP_IN_USE;
  callout.draining = true;
  while (callout.callbacks != 0) {
    callout.waiter = &machine_.running();
    machine_.block("a callout's functions to return", callout.entry);
  }
  callout.draining = false;
  return STATUS_SUCCESS;
}

void Callouts::wake(Callout& callout) {
  machine_.make_ready(*std::exchange(callout.waiter, nullptr));
}

void Callouts::wake_classification_waiters() {
  for (machine::Fiber* fiber : classification_waiters_) machine_.make_ready(*fiber);
  classification_waiters_.clear();
}

void Callouts::forget(Callout& callout) {
  by_id_[std::to_underlying(callout.id)] = nullptr;
  engine_.release_callout_key(callout.key);
  ledger::record().ledger().release(callout.entry);
  if (devices_ != nullptr && variants_.callout_references_device) {
    devices_->dereference(callout.device, callout.entry);
  }
}

}  // namespace drydock::wfp
