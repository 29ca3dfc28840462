// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/operations.h"

#include <cstring>
#include <utility>

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

bool can_pend_operation(LayerId layer) {
  using enum LayerId;
  return is_one_of(layer, ale_resource_assignment_v4, ale_resource_assignment_v6) ||
         is_one_of(layer, ale_auth_listen_v4, ale_auth_listen_v6) ||
         is_one_of(layer, ale_auth_connect_v4, ale_auth_connect_v6) ||
         is_one_of(layer, ale_auth_recv_accept_v4, ale_auth_recv_accept_v6);
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
  operation.running = true;
  operation.original = original;
  operation.request_size = request_size;
  by_number_[operation.number] = &operation;
  return operation;
}

bool Operations::withdraw(Operation& operation, bool blocked, bool absorbed,
                          OperationOwner* owner) {
  operation.running = false;
  operation.data_out = nullptr;
  if (operation.pended && !(blocked && absorbed)) {
    note(PendMisuse::not_blocked, operation.pended_entry, "FwpsPendOperation0");
  }
  if (operation.pend_count != 0 && !blocked) {
    note(PendMisuse::not_blocked, operation.handle_entry, "FwpsPendClassify0");
  }
  if (operation.writable != nullptr && operation.pend_count == 0) {
    note(PendMisuse::data_not_acquired, operation.data_entry, "not applied");
    operation.writable = nullptr;
    release(operation.data_entry);
  }
  const bool waits = operation.pended || operation.pend_count != 0;
  if (waits) operation.owner = owner;
  recycle_if_over(operation);
  return waits;
}

void Operations::recycle_if_over(Operation& operation) {
  const bool referred = operation.running || operation.pended || operation.pend_count != 0 ||
                        operation.handle_count != 0;
  if (referred) return;
  by_number_.erase(operation.number);
  if (operation.handle != 0) by_number_.erase(operation.handle);
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

NTSTATUS Operations::pend(HANDLE completion, HANDLE* context) {
  if (completion == nullptr || context == nullptr) return STATUS_FWP_NULL_POINTER;
  *context = nullptr;
  Operation* operation = find(number_of(completion));
  const bool possible = operation != nullptr && operation->running && !operation->reauthorizes &&
                        !operation->pended && can_pend_operation(operation->layer);
  if (!possible) {
    note(PendMisuse::not_pendable, 0, "FwpsPendOperation0", STATUS_FWP_CANNOT_PEND);
    return STATUS_FWP_CANNOT_PEND;
  }
  operation->pended = true;
  operation->driver = machine_.running().driver;
  operation->pended_entry = book().acquire(Kind::pended_operation, operation->number,
                                           {.name = "operation",
                                            .a = std::to_underlying(operation->layer),
                                            .b = std::to_underlying(operation->flow)});
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
  if (!variants_.complete_comes_late) return tell_completed(*operation, list);
  // E-14. The list is not the owner's before that; only RECV_ACCEPT has one.
  const auto run = [](void* self, std::uint64_t number) {
    auto& operations = *static_cast<Operations*>(self);
    Operation* late = operations.find(number);
    if (late != nullptr) operations.tell_completed(*late, nullptr);
  };
  const bool inside = operation->running;
  operation->running = true;  // until then
  if (inside) return;
  const std::size_t choice = machine_.choices().choose(machine::Question::completion_delay, 4);
  workers_.post_at(machine_.now() + machine::milliseconds(static_cast<std::int64_t>(choice) * 10),
                   {run, this, operation->number});
}

void Operations::tell_completed(Operation& operation, NET_BUFFER_LIST* list) {
  OperationOwner* owner = std::exchange(operation.owner, nullptr);
  if (owner == nullptr)
    return recycle_if_over(operation);  // inside its own classifyFn, or too late
  operation.running = true;             // nobody recycles it meanwhile
  owner->operation_completed(operation.number, list);
  operation.running = false;
  recycle_if_over(operation);
}

NTSTATUS Operations::acquire_handle(void* classify_context, UINT64* handle) {
  if (handle == nullptr) return STATUS_INVALID_PARAMETER;
  *handle = 0;
  Operation* operation = find(number_of(classify_context));
  if (operation == nullptr || !operation->running) return STATUS_INVALID_PARAMETER;
  if (operation->handle == 0) {
    operation->handle = handle_base + (operation->number - completion_base);
    by_number_[operation->handle] = operation;
  }
  if (operation->handle_count++ == 0) {
    operation->handle_entry = book().acquire(
        Kind::classify_handle, operation->handle,
        {.a = std::to_underlying(operation->layer), .b = std::to_underlying(operation->flow)});
  }
  *handle = operation->handle;
  return STATUS_SUCCESS;
}

Operation* Operations::by_handle(UINT64 handle, const char* name) {
  Operation* operation = find(handle);
  if (operation != nullptr && operation->handle == handle && operation->handle_count != 0) {
    return operation;
  }
  note(PendMisuse::handle_unknown, book().find_latest(Kind::classify_handle, handle), name);
  return nullptr;
}

void Operations::release_handle(UINT64 handle) {
  Operation* operation = by_handle(handle, "FwpsReleaseClassifyHandle0");
  if (operation == nullptr) return;
  if (operation->handle_count == 1 && operation->pend_count != 0) {
    note(PendMisuse::handle_unknown, operation->handle_entry,
         "FwpsReleaseClassifyHandle0 with a classification still pended");
  }
  if (--operation->handle_count == 0) release(operation->handle_entry);
  recycle_if_over(*operation);
}

NTSTATUS Operations::pend_classify(UINT64 handle, FWPS_CLASSIFY_OUT0* out) {
  Operation* operation = by_handle(handle, "FwpsPendClassify0");
  if (operation == nullptr) return STATUS_INVALID_PARAMETER;
  if (!operation->running || !can_pend_classify(operation->layer)) {
    note(PendMisuse::not_pendable, operation->handle_entry, "FwpsPendClassify0",
         STATUS_FWP_CANNOT_PEND);
    return STATUS_FWP_CANNOT_PEND;
  }
  operation->driver = machine_.running().driver;
  if (operation->pend_count++ == 0) {
    operation->pended_entry = book().acquire(Kind::pended_operation, operation->number,
                                             {.name = "classification",
                                              .a = std::to_underlying(operation->layer),
                                              .b = std::to_underlying(operation->flow)});
  }
  block(out);
  return STATUS_SUCCESS;
}

void Operations::complete_classify(UINT64 handle, const FWPS_CLASSIFY_OUT0* out) {
  Operation* operation = by_handle(handle, "FwpsCompleteClassify0");
  if (operation == nullptr) return;
  if (operation->pend_count == 0) {
    note(PendMisuse::completed_again, operation->handle_entry, "FwpsCompleteClassify0");
    return;
  }
  if (--operation->pend_count != 0) return;
  release(operation->pended_entry);
  OperationOwner* owner = std::exchange(operation->owner, nullptr);
  if (owner == nullptr) return recycle_if_over(*operation);
  operation->running = true;
  owner->classify_completed(operation->number, out == nullptr);
  operation->running = false;
  recycle_if_over(*operation);
}

NTSTATUS Operations::acquire_data(UINT64 handle, UINT64 filter, PVOID* data,
                                  FWPS_CLASSIFY_OUT0* out) {
  if (data == nullptr) return STATUS_INVALID_PARAMETER;
  *data = nullptr;
  Operation* operation = by_handle(handle, "FwpsAcquireWritableLayerDataPointer0");
  if (operation == nullptr || operation->writable != nullptr) return STATUS_INVALID_PARAMETER;
  if (operation->original == nullptr) return STATUS_FWP_INCOMPATIBLE_LAYER;
  void* newest = operation->applied != nullptr ? operation->applied : operation->original;
  operation->writable = machine_.memory().kernel.allocate(operation->request_size);
  std::memcpy(operation->writable, newest, operation->request_size);
  if (operation->request_size == sizeof(FWPS_CONNECT_REQUEST0)) {
    auto* request = static_cast<FWPS_CONNECT_REQUEST0*>(operation->writable);
    request->previousVersion = static_cast<FWPS_CONNECT_REQUEST0*>(newest);
    request->modifierFilterId = filter;
  } else {
    auto* request = static_cast<FWPS_BIND_REQUEST0*>(operation->writable);
    request->previousVersion = static_cast<FWPS_BIND_REQUEST0*>(newest);
    request->modifierFilterId = filter;
  }
  operation->data_entry = book().acquire(Kind::layer_data, number_of(operation->writable),
                                         {.a = std::to_underlying(operation->layer)});
  block(out);
  operation->data_out = operation->running ? out : nullptr;
  *data = operation->writable;
  return STATUS_SUCCESS;
}

// E-15: the action stays what it is, or is set as long as the classify runs.
void Operations::apply_data(UINT64 handle, PVOID data) {
  Operation* operation = by_handle(handle, "FwpsApplyModifiedLayerData0");
  if (operation == nullptr) return;
  if (data == nullptr || operation->writable != data) {
    note(PendMisuse::data_not_acquired, book().find_latest(Kind::layer_data, number_of(data)),
         "applied without having been acquired");
    return;
  }
  operation->applied = std::exchange(operation->writable, nullptr);
  FWPS_CLASSIFY_OUT0* out = std::exchange(operation->data_out, nullptr);
  if (variants_.apply_permits && operation->running && out != nullptr)
    out->actionType = FWP_ACTION_PERMIT;
  release(operation->data_entry);
}

}  // namespace drydock::wfp
