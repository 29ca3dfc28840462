// SPDX-License-Identifier: Apache-2.0
#include "nt/event_handles.h"

#include <array>

#include "nt/context.h"
#include "nt/io_exports.h"
#include "nt/names.h"
#include "nt/processes.h"
#include "nt/waits.h"

namespace drydock::nt {

namespace {

constexpr ULONG open_if = 0x80;  // OBJ_OPENIF

EventHandles& events() {
  return service<Processes>().event_handles();
}

NTSTATUS create_event(PHANDLE handle, ACCESS_MASK, POBJECT_ATTRIBUTES attributes, EVENT_TYPE type,
                      BOOLEAN signalled) {
  if (type != NotificationEvent && type != SynchronizationEvent) return STATUS_INVALID_PARAMETER;
  const std::u16string_view name =
      attributes == nullptr ? std::u16string_view() : view_of(attributes->ObjectName);
  const bool open_existing = attributes != nullptr && (attributes->Attributes & open_if) != 0;
  return events().create(name, open_existing, type, signalled != FALSE, handle);
}

NTSTATUS open_event(PHANDLE handle, ACCESS_MASK, POBJECT_ATTRIBUTES attributes) {
  return events().open(view_of(attributes->ObjectName), handle);
}

NTSTATUS change(HANDLE handle, LONG state, PLONG previous) {
  PKEVENT event = events().find(handle);
  if (event == nullptr) return STATUS_INVALID_HANDLE;
  if (previous != nullptr) *previous = event->Header.SignalState;
  if (state != 0) {
    service<Waits>().signal_by_running(event->Header, state);
  } else {
    service<Waits>().clear(event->Header);
  }
  return STATUS_SUCCESS;
}

NTSTATUS set_event(HANDLE handle, PLONG previous) {
  return change(handle, 1, previous);
}

NTSTATUS reset_event(HANDLE handle, PLONG previous) {
  return change(handle, 0, previous);
}

NTSTATUS clear_event(HANDLE handle) {
  return change(handle, 0, nullptr);
}

// Events, threads and processes begin with what can be waited for.
NTSTATUS wait_for_object(HANDLE handle, BOOLEAN, PLARGE_INTEGER timeout) {
  auto& objects = service<Objects>();
  void* object = objects.from_handle(handle);
  if (object == nullptr) return STATUS_INVALID_HANDLE;
  const auto type = objects.type_of(object);
  const bool waitable =
      type == ObjectType::event || type == ObjectType::thread || type == ObjectType::process;
  if (!waitable) return STATUS_OBJECT_TYPE_MISMATCH;
  objects.reference(object);
  PVOID const one = object;
  const NTSTATUS status =
      service<Waits>().wait({&one, 1}, WaitAny, timeout, "ZwWaitForSingleObject");
  objects.dereference(object);
  return status;
}

}  // namespace

NTSTATUS EventHandles::create(std::u16string_view name, bool open_existing, EVENT_TYPE type,
                              bool signalled, HANDLE* handle) {
  const std::u16string canonical = canonical_name(name);
  if (!canonical.empty() && names_.contains(canonical)) {
    if (!open_existing) return STATUS_OBJECT_NAME_COLLISION;
    *handle = objects_.open_handle(names_.at(canonical));
    return STATUS_OBJECT_NAME_EXISTS;
  }
  auto* event = machine_.memory().kernel.make<KEVENT>();
  machine_.get<Waits>().initialize(event->Header, static_cast<DispatcherType>(type), sizeof *event,
                                   signalled ? 1 : 0);
  const ledger::EntryId entry = record_.ledger().acquire(
      ledger::Kind::event_object, address_of(event), {.name = printable(name)});
  events_[event] = {canonical, entry};
  if (!canonical.empty()) names_[canonical] = event;
  objects_.add(event, ObjectType::event, *this);
  *handle = objects_.open_handle(event);
  objects_.dereference(event);  // from here on the handle holds it
  return STATUS_SUCCESS;
}

NTSTATUS EventHandles::open(std::u16string_view name, HANDLE* handle) {
  const auto found = names_.find(canonical_name(name));
  if (found == names_.end()) return STATUS_OBJECT_NAME_NOT_FOUND;
  *handle = objects_.open_handle(found->second);
  return STATUS_SUCCESS;
}

PKEVENT EventHandles::find(HANDLE handle) const {
  void* object = objects_.from_handle(handle);
  return events_.contains(object) ? static_cast<PKEVENT>(object) : nullptr;
}

void EventHandles::unreferenced(void* object) {
  const auto found = events_.extract(object);
  record_.ledger().release(found.mapped().entry);
  names_.erase(found.mapped().name);
  machine_.memory().kernel.drop(static_cast<PKEVENT>(object));
}

Exports event_handle_exports() {
  static const std::array rows = {
      kernel_row<
          "ZwCreateEvent", decltype(::ZwCreateEvent), create_event,
          Traits{.max_irql = Irql::passive, .may_fail = true, .failure = insufficient_resources}>(),
      kernel_row<"ZwOpenEvent", decltype(::ZwOpenEvent), open_event, passive_only>(),
      kernel_row<"ZwSetEvent", decltype(::ZwSetEvent), set_event, passive_only>(),
      kernel_row<"ZwResetEvent", decltype(::ZwResetEvent), reset_event, passive_only>(),
      kernel_row<"ZwClearEvent", decltype(::ZwClearEvent), clear_event, passive_only>(),
      kernel_row<"ZwWaitForSingleObject", decltype(::ZwWaitForSingleObject), wait_for_object,
                 passive_only>(),
  };
  return rows;
}

}  // namespace drydock::nt
