// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/operations.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "ndis/lists.h"

namespace drydock::wfp {

using ledger::Kind;
using ledger::PendMisuse;

namespace {

// Handles look like kernel addresses and lead nowhere.
constexpr std::uint64_t completion_base = 0xffff'c000'0000'0000;
constexpr std::uint64_t handle_base = 0xffff'c100'0000'0000;

bool is_one_of(LayerId layer, LayerId v4, LayerId v6) {
  return layer == v4 || layer == v6;
}

bool is_accept(LayerId layer) {
  return is_one_of(layer, LayerId::ale_auth_recv_accept_v4, LayerId::ale_auth_recv_accept_v6);
}

bool can_pend_operation(LayerId layer) {
  using enum LayerId;
  return is_one_of(layer, ale_resource_assignment_v4, ale_resource_assignment_v6) ||
         is_one_of(layer, ale_auth_listen_v4, ale_auth_listen_v6) ||
         is_one_of(layer, ale_auth_connect_v4, ale_auth_connect_v6) || is_accept(layer);
}

bool can_pend_classify(LayerId layer) {
  using enum LayerId;
  return is_one_of(layer, ale_endpoint_closure_v4, ale_endpoint_closure_v6) ||
         is_one_of(layer, ale_connect_redirect_v4, ale_connect_redirect_v6) ||
         is_one_of(layer, ale_bind_redirect_v4, ale_bind_redirect_v6);
}

ledger::Ledger& book() {
  return ledger::record().ledger();
}

void release(ledger::EntryId& entry) {
  if (entry != 0) book().release(std::exchange(entry, 0));
}

std::uint64_t number_of(const void* handle) {
  return reinterpret_cast<std::uint64_t>(handle);
}

// What the functions that hold an indication up leave in its classifyOut.
void block(FWPS_CLASSIFY_OUT0* out) {
  if (out == nullptr) return;
  out->actionType = FWP_ACTION_BLOCK;
  out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
}

bool is_pended(const ClassifyHold& hold) {
  return hold.pend_count != 0;
}

// What FwpsCompleteOperation0 takes over: a clone, or a reference to the stack's own.
void take_over(NET_BUFFER_LIST* list) {
  ndis::ListRecord* record = ndis::record_of(list);
  if (record == nullptr) return;
  if (record->kind == ndis::ListKind::stack) {
    if (record->references != 0) --record->references;
  } else {
    ndis::drop_clone(list, "FwpsCompleteOperation0");
  }
}

void link_versions(void* newer, void* older, std::size_t size) {
  if (size == sizeof(FWPS_CONNECT_REQUEST0)) {
    static_cast<FWPS_CONNECT_REQUEST0*>(newer)->previousVersion =
        static_cast<FWPS_CONNECT_REQUEST0*>(older);
  } else {
    static_cast<FWPS_BIND_REQUEST0*>(newer)->previousVersion =
        static_cast<FWPS_BIND_REQUEST0*>(older);
  }
}

}  // namespace

bool Operations::applies_to(LayerId layer) {
  return can_pend_operation(layer) || can_pend_classify(layer);
}

Operation& Operations::offer(LayerId layer, FlowId flow, bool reauthorizes, void* original,
                             std::size_t request_size) {
  if (free_.empty()) free_.push_back(&store_.emplace_back());
  Operation& operation = *free_.back();
  free_.pop_back();
  operation = {};
  operation.number = completion_base + 16 * ++last_number_;
  operation.layer = layer;
  operation.flow = flow;
  operation.reauthorizes = reauthorizes;
  operation.original = original;
  operation.request_size = request_size;
  by_number_[operation.number] = &operation;
  return operation;
}

void Operations::Watch::begins(const Callout& callout) {
  operation_.call = {.callout = callout.entry};
}

void Operations::Watch::returned(const FWPS_CLASSIFY_OUT0& out) {
  const bool blocked = out.actionType == FWP_ACTION_BLOCK;
  const bool absorbed = (out.flags & FWPS_CLASSIFY_OUT_FLAG_ABSORB) != 0;
  operations_.judge_pends(operation_, blocked, absorbed);
  operations_.judge_refusal(operation_, blocked, absorbed);
  operations_.judge_data(operation_);
  operation_.call = {};
}

void Operations::judge_pends(const Operation& operation, bool blocked, bool absorbed) {
  const Operation::Call& call = operation.call;
  if (call.pended != 0 && !(blocked && absorbed))
    note(PendMisuse::not_blocked, call.pended, "FwpsPendOperation0");
  if (call.classified != 0 && !blocked)
    note(PendMisuse::not_blocked, call.classified, "FwpsPendClassify0");
}

// Whoever believes that it has been pended blocks and absorbs, or blocks and keeps the handle for
// the completion.
void Operations::judge_refusal(const Operation& operation, bool blocked, bool absorbed) {
  const Operation::Call& call = operation.call;
  if (call.refused == nullptr || call.pended != 0 || !blocked) return;
  const bool keeps_handle = std::ranges::any_of(operation.holds, [&](const ClassifyHold& hold) {
    return hold.callout == call.callout && hold.handle_count != 0;
  });
  if (call.refused_classify ? !keeps_handle : !absorbed) return;
  ledger::record().note_call(call.refused_at, ledger::NoteKind::pend_misused, 0,
                             std::to_underlying(PendMisuse::refusal_ignored),
                             static_cast<std::uint32_t>(STATUS_FWP_CANNOT_PEND), call.refused,
                             call.refused_driver);
}

void Operations::judge_data(Operation& operation) {
  for (ClassifyHold& hold : operation.holds) {
    if (hold.callout != operation.call.callout) continue;
    hold.data_out = nullptr;
    if (hold.writable == nullptr || is_pended(hold)) continue;
    note(PendMisuse::data_not_acquired, hold.data_entry, "not applied");
    hold.writable = nullptr;
    release(hold.data_entry);
  }
}

bool Operations::withdraw(Operation& operation, OperationOwner* owner) {
  using enum Operation::Phase;
  const bool waits = operation.pended || std::ranges::any_of(operation.holds, is_pended) ||
                     operation.completion != Operation::Completion::none;
  operation.owner = owner;
  operation.phase = waits && owner != nullptr ? withdrawn : over;
  recycle_if_over(operation);
  return waits;
}

void Operations::listen(std::uint64_t number) {
  Operation* operation = find(number);
  if (operation == nullptr || operation->phase != Operation::Phase::withdrawn) return;
  operation->phase = Operation::Phase::waiting;
  if (operation->completion != Operation::Completion::none) tell_later(*operation);
}

void Operations::recycle_if_over(Operation& operation) {
  const bool held = std::ranges::any_of(operation.holds, [](const ClassifyHold& hold) {
    return hold.handle_count != 0 || is_pended(hold);
  });
  if (operation.phase != Operation::Phase::over || operation.pended || held) return;
  by_number_.erase(operation.number);
  for (const ClassifyHold& hold : operation.holds) by_number_.erase(hold.handle);
  if (operation.original != nullptr && operation.applied == nullptr) {
    machine_.memory().kernel.release(static_cast<std::byte*>(operation.original),
                                     operation.request_size);
  }
  free_.push_back(&operation);
}

void Operations::forget(const OperationOwner& owner) {
  for (Operation& operation : store_) {
    if (operation.owner == &owner) operation.owner = nullptr;
  }
}

Operation* Operations::find(std::uint64_t number) {
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : found->second;
}

void Operations::note(PendMisuse misuse, ledger::EntryId entry, const char* name, NTSTATUS status) {
  const machine::DriverId driver = entry != 0 ? book().entry(entry).owner : machine::no_driver;
  ledger::record().note(ledger::NoteKind::pend_misused, entry, std::to_underlying(misuse),
                        static_cast<std::uint32_t>(status), name, driver);
}

// Refused while its classifyFn runs, what it makes of that counts.
void Operations::refuse(Operation* operation, bool classify, const char* name) {
  if (operation == nullptr || operation->phase != Operation::Phase::running)
    return note(PendMisuse::not_pendable, 0, name, STATUS_FWP_CANNOT_PEND);
  Operation::Call& call = operation->call;
  call.refused = name;
  call.refused_classify = classify;
  call.refused_at = book().capture();
  call.refused_driver = ledger::running_driver(machine_.running());
}

NTSTATUS Operations::pend(HANDLE completion, HANDLE* context) {
  if (completion == nullptr || context == nullptr) return STATUS_FWP_NULL_POINTER;
  *context = nullptr;
  Operation* operation = find(number_of(completion));
  const bool possible = operation != nullptr && operation->phase == Operation::Phase::running &&
                        !operation->reauthorizes && !operation->pended &&
                        operation->completion == Operation::Completion::none &&
                        can_pend_operation(operation->layer);
  if (!possible) {
    refuse(operation, false, "FwpsPendOperation0");
    return STATUS_FWP_CANNOT_PEND;
  }
  operation->pended = true;
  operation->pended_entry = book().acquire(Kind::pended_operation, operation->number,
                                           {.name = "operation",
                                            .a = std::to_underlying(operation->layer),
                                            .b = std::to_underlying(operation->flow)});
  operation->call.pended = operation->pended_entry;
  *context = completion;
  return STATUS_SUCCESS;
}

void Operations::complete(HANDLE context, NET_BUFFER_LIST* list) {
  Operation* operation = find(number_of(context));
  if (operation == nullptr || !operation->pended) {
    note(PendMisuse::completed_again,
         book().find_latest(Kind::pended_operation, number_of(context)), "FwpsCompleteOperation0");
    return;
  }
  operation->pended = false;
  release(operation->pended_entry);
  if (is_accept(operation->layer)) take_over(list);
  operation->completion = Operation::Completion::of_operation;
  completed(*operation);
}

// The owner hears of it at once, on the fiber that completes, unless it does not listen yet: while
// the classifyFn that has pended still runs. E-14: or later.
void Operations::completed(Operation& operation) {
  using enum Operation::Phase;
  if (operation.phase == running || operation.phase == withdrawn) return;
  const bool late =
      variants_.complete_comes_late && operation.completion == Operation::Completion::of_operation;
  if (late && operation.phase == waiting) return tell_later(operation);
  tell(operation);
}

void Operations::tell_later(const Operation& operation) {
  const auto run = [](void* self, std::uint64_t number) {
    auto& operations = *static_cast<Operations*>(self);
    Operation* late = operations.find(number);
    if (late != nullptr && late->phase == Operation::Phase::waiting) operations.tell(*late);
  };
  Workers::Task task{run, this, operation.number};
  if (!variants_.complete_comes_late) {
    task.irql = machine::Irql::passive;  // as the connect itself, which could go on at once
    return workers_.post(task);
  }
  const std::size_t choice = machine_.choices().choose(machine::Question::completion_delay, 4);
  workers_.post_at(machine_.now() + machine::milliseconds(static_cast<std::int64_t>(choice) * 10),
                   task);
}

void Operations::tell(Operation& operation) {
  OperationOwner* owner = std::exchange(operation.owner, nullptr);
  const auto what = std::exchange(operation.completion, Operation::Completion::none);
  const bool again = std::exchange(operation.again, false);
  operation.phase = Operation::Phase::telling;  // nobody recycles it meanwhile
  if (owner != nullptr && what == Operation::Completion::of_operation)
    owner->operation_completed(operation.number);
  if (owner != nullptr && what == Operation::Completion::of_classification)
    owner->classify_completed(operation.number, again);
  operation.phase = Operation::Phase::over;
  recycle_if_over(operation);
}

// Of the callout that runs.
ClassifyHold& Operations::hold_of(Operation& operation) {
  const auto known =
      std::ranges::find(operation.holds, operation.call.callout, &ClassifyHold::callout);
  if (known != operation.holds.end()) return *known;
  ClassifyHold& hold = operation.holds.emplace_back();
  hold.callout = operation.call.callout;
  hold.handle = handle_base + 16 * ++last_handle_;
  by_number_[hold.handle] = &operation;
  return hold;
}

NTSTATUS Operations::acquire_handle(void* classify_context, UINT64* handle) {
  if (handle == nullptr) return STATUS_INVALID_PARAMETER;
  *handle = 0;
  Operation* operation = find(number_of(classify_context));
  if (operation == nullptr || operation->phase != Operation::Phase::running)
    return STATUS_INVALID_PARAMETER;
  ClassifyHold& hold = hold_of(*operation);
  if (hold.handle_count++ == 0) {
    hold.handle_entry = book().acquire(
        Kind::classify_handle, hold.handle,
        {.a = std::to_underlying(operation->layer), .b = std::to_underlying(operation->flow)});
  }
  *handle = hold.handle;
  return STATUS_SUCCESS;
}

Operations::Held Operations::by_handle(UINT64 handle, const char* name) {
  if (Operation* operation = find(handle)) {
    const auto hold = std::ranges::find(operation->holds, handle, &ClassifyHold::handle);
    if (hold != operation->holds.end() && hold->handle_count != 0) return {operation, &*hold};
  }
  note(PendMisuse::handle_unknown, book().find_latest(Kind::classify_handle, handle), name);
  return {};
}

void Operations::release_handle(UINT64 handle) {
  const auto [operation, hold] = by_handle(handle, "FwpsReleaseClassifyHandle0");
  if (hold == nullptr) return;
  if (hold->handle_count == 1 && is_pended(*hold)) {
    note(PendMisuse::handle_unknown, hold->handle_entry,
         "FwpsReleaseClassifyHandle0 with a classification still pended");
  }
  if (--hold->handle_count == 0) release(hold->handle_entry);
  recycle_if_over(*operation);
}

NTSTATUS Operations::pend_classify(UINT64 handle, FWPS_CLASSIFY_OUT0* out) {
  const auto [operation, hold] = by_handle(handle, "FwpsPendClassify0");
  if (hold == nullptr) return STATUS_INVALID_PARAMETER;
  if (operation->phase != Operation::Phase::running || !can_pend_classify(operation->layer)) {
    refuse(operation, true, "FwpsPendClassify0");
    return STATUS_FWP_CANNOT_PEND;
  }
  if (hold->pend_count++ == 0) {
    hold->pended_entry = book().acquire(Kind::pended_operation, hold->handle,
                                        {.name = "classification",
                                         .a = std::to_underlying(operation->layer),
                                         .b = std::to_underlying(operation->flow)});
  }
  operation->call.classified = hold->pended_entry;
  block(out);
  return STATUS_SUCCESS;
}

void Operations::complete_classify(UINT64 handle, const FWPS_CLASSIFY_OUT0* out) {
  const auto [operation, hold] = by_handle(handle, "FwpsCompleteClassify0");
  if (hold == nullptr) return;
  if (!is_pended(*hold)) {
    note(PendMisuse::completed_again, hold->handle_entry, "FwpsCompleteClassify0");
    return;
  }
  operation->again |= out == nullptr;
  if (--hold->pend_count != 0) return;
  release(hold->pended_entry);
  if (std::ranges::any_of(operation->holds, is_pended)) return;
  // With an answer before the classifyFn has returned, there is nothing to wait for.
  if (operation->phase == Operation::Phase::running && !operation->again) return;
  operation->completion = Operation::Completion::of_classification;
  completed(*operation);
}

NTSTATUS Operations::acquire_data(UINT64 handle, UINT64 filter, PVOID* data,
                                  FWPS_CLASSIFY_OUT0* out) {
  if (data == nullptr) return STATUS_INVALID_PARAMETER;
  *data = nullptr;
  const auto [operation, hold] = by_handle(handle, "FwpsAcquireWritableLayerDataPointer0");
  if (hold == nullptr || hold->writable != nullptr) return STATUS_INVALID_PARAMETER;
  if (operation->original == nullptr) return STATUS_FWP_INCOMPATIBLE_LAYER;
  void* newest = operation->applied != nullptr ? operation->applied : operation->original;
  const std::size_t size = operation->request_size;
  hold->writable = machine_.memory().kernel.allocate(size);
  std::memcpy(hold->writable, newest, size);
  link_versions(hold->writable, newest, size);
  if (size == sizeof(FWPS_CONNECT_REQUEST0)) {
    static_cast<FWPS_CONNECT_REQUEST0*>(hold->writable)->modifierFilterId = filter;
  } else {
    static_cast<FWPS_BIND_REQUEST0*>(hold->writable)->modifierFilterId = filter;
  }
  hold->data_entry = book().acquire(Kind::layer_data, number_of(hold->writable),
                                    {.a = std::to_underlying(operation->layer)});
  block(out);
  const bool own =
      operation->phase == Operation::Phase::running && operation->call.callout == hold->callout;
  hold->data_out = own ? out : nullptr;
  *data = hold->writable;
  return STATUS_SUCCESS;
}

// E-15: the action stays what it is, or is set as long as the classifyFn runs. What others have
// applied meanwhile comes before it.
void Operations::apply_data(UINT64 handle, PVOID data) {
  const auto [operation, hold] = by_handle(handle, "FwpsApplyModifiedLayerData0");
  if (hold == nullptr) return;
  if (data == nullptr || hold->writable != data) {
    note(PendMisuse::data_not_acquired, book().find_latest(Kind::layer_data, number_of(data)),
         "applied without having been acquired");
    return;
  }
  if (operation->applied != nullptr)
    link_versions(hold->writable, operation->applied, operation->request_size);
  operation->applied = std::exchange(hold->writable, nullptr);
  FWPS_CLASSIFY_OUT0* out = std::exchange(hold->data_out, nullptr);
  if (variants_.apply_permits && out != nullptr) out->actionType = FWP_ACTION_PERMIT;
  release(hold->data_entry);
}

}  // namespace drydock::wfp
