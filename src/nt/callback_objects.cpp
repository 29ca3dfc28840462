// SPDX-License-Identifier: Apache-2.0
#include "nt/callback_objects.h"

#include <algorithm>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/io_exports.h"
#include "nt/names.h"
#include "nt/processes.h"

namespace drydock::nt {

namespace {

constexpr std::size_t opaque_size = 64;
constexpr Traits creates_at_apc{
    .max_irql = Irql::apc, .may_fail = true, .failure = insufficient_resources};
constexpr Traits up_to_apc_or_null{.max_irql = Irql::apc, .may_fail = true};

}  // namespace

CallbackObjects::Object* CallbackObjects::find(PCALLBACK_OBJECT address) {
  if (address == nullptr) return nullptr;
  const auto found = std::ranges::find(callbacks_, address, &Object::address);
  return found == callbacks_.end() ? nullptr : found->get();
}

CallbackObjects::Object* CallbackObjects::find(std::u16string_view canonical) {
  const auto found = std::ranges::find(callbacks_, canonical, &Object::name);
  return found == callbacks_.end() ? nullptr : found->get();
}

CallbackObjects::Object& CallbackObjects::make(std::u16string_view canonical, bool several) {
  auto& object = *callbacks_.emplace_back(std::make_unique<Object>());
  object.name = canonical;
  object.address =
      reinterpret_cast<PCALLBACK_OBJECT>(machine_.memory().kernel.allocate(opaque_size));
  object.several = several;
  objects_.add(object.address, ObjectType::callback, *this);
  return object;
}

void CallbackObjects::make_those_of_the_system() {
  if (system_ones_made_) return;
  system_ones_made_ = true;
  for (const char16_t* name :
       {u"\\Callback\\SetSystemTime", u"\\Callback\\PowerState", u"\\Callback\\ProcessorAdd"})
    make(canonical_name(name), true);
}

CallbackObjects::Opened CallbackObjects::open(std::u16string_view name, bool create, bool several) {
  make_those_of_the_system();
  const std::u16string canonical = name.empty() ? std::u16string() : canonical_name(name);
  Object* object = canonical.empty() ? nullptr : find(canonical);
  if (object != nullptr) {
    objects_.reference(object->address);
    return {STATUS_SUCCESS, object->address};
  }
  if (!create) return {STATUS_OBJECT_NAME_NOT_FOUND, nullptr};
  return {STATUS_SUCCESS, make(canonical, several).address};
}

PVOID CallbackObjects::add(PCALLBACK_OBJECT address, PCALLBACK_FUNCTION function, PVOID context) {
  Object* object = find(address);
  if (object == nullptr) return nullptr;
  const bool taken =
      std::ranges::any_of(object->registrations, [](const auto& other) { return !other->removed; });
  if (taken && !object->several) return nullptr;
  objects_.reference(address);
  auto& registration = *object->registrations.emplace_back(std::make_unique<Registration>());
  registration.function = function;
  registration.context = context;
  registration.driver = machine_.running().driver;
  registration.handle = machine_.memory().kernel.allocate(1);
  registration.entry =
      record_.ledger().acquire(ledger::Kind::callback, address_of(registration.handle),
                               {.name = "callback object registration"});
  return registration.handle;
}

void CallbackObjects::remove(PVOID handle) {
  for (const auto& object : callbacks_) {
    for (const auto& registration : object->registrations) {
      if (registration->handle != handle || registration->removed) continue;
      registration->removed = true;
      while (registration->running > 0) {
        registration->waiters.push_back(&machine_.running());
        machine_.block("a callback routine to return", registration->entry);
      }
      record_.ledger().release(registration->entry);
      objects_.dereference(object->address);
      return;
    }
  }
}

void CallbackObjects::notify(PCALLBACK_OBJECT address, PVOID first, PVOID second) {
  Object* object = find(address);
  if (object == nullptr) return;
  // NOLINTNEXTLINE(modernize-loop-convert): a routine may add or remove some
  for (std::size_t i = 0; i < object->registrations.size(); ++i) {
    Registration& registration = *object->registrations[i];
    if (registration.removed) continue;
    ++registration.running;
    ledger::call_driver({.kind = machine::CallbackKind::other,
                         .driver = registration.driver,
                         .entry = registration.entry,
                         .values = {address_of(first), address_of(second)}},
                        registration.function, registration.context, first, second);
    --registration.running;
    for (machine::Fiber* waiter : registration.waiters) machine_.make_ready(*waiter);
    registration.waiters.clear();
  }
}

void CallbackObjects::unreferenced(void* address) {
  Object* object = find(static_cast<PCALLBACK_OBJECT>(address));
  object->name.clear();  // can be made anew; the registrations stay known
  object->address = nullptr;
  machine_.memory().kernel.release(static_cast<std::byte*>(address), opaque_size);
}

namespace {

NTSTATUS create_callback(PCALLBACK_OBJECT* object, POBJECT_ATTRIBUTES attributes, BOOLEAN create,
                         BOOLEAN several) {
  const std::u16string_view name =
      attributes->ObjectName == nullptr ? std::u16string_view() : view_of(attributes->ObjectName);
  const auto opened = service<Processes>().callbacks().open(name, create != 0, several != 0);
  if (NT_SUCCESS(opened.status)) *object = opened.object;
  return opened.status;
}

PVOID register_callback(PCALLBACK_OBJECT object, PCALLBACK_FUNCTION function, PVOID context) {
  return service<Processes>().callbacks().add(object, function, context);
}

void unregister_callback(PVOID registration) {
  service<Processes>().callbacks().remove(registration);
}

void notify_callback(PCALLBACK_OBJECT object, PVOID first, PVOID second) {
  service<Processes>().callbacks().notify(object, first, second);
}

}  // namespace

Exports callback_object_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"ExCreateCallback", decltype(::ExCreateCallback), create_callback,
                 creates_at_apc>(),
      kernel_row<"ExRegisterCallback", decltype(::ExRegisterCallback), register_callback,
                 up_to_apc_or_null>(),
      kernel_row<"ExUnregisterCallback", decltype(::ExUnregisterCallback), unregister_callback,
                 up_to_apc>(),
      kernel_row<"ExNotifyCallback", decltype(::ExNotifyCallback), notify_callback,
                 up_to_dispatch>(),
  };
  return rows;
}

}  // namespace drydock::nt
