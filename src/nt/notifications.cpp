// SPDX-License-Identifier: Apache-2.0
#include "nt/notifications.h"

#include <algorithm>
#include <ranges>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/io_manager.h"
#include "nt/kernel_strings.h"
#include "nt/names.h"

namespace drydock::nt {

using machine::CallbackKind;

namespace {

constexpr USHORT filter_version = 0x100;    // OB_FLT_REGISTRATION_VERSION
constexpr ULONG addressing_mode_32bit = 3;  // IMAGE_ADDRESSING_MODE_32BIT
constexpr ULONG system_mode_image = 1U << 8;
constexpr ULONG create_or_duplicate = 3;  // OB_OPERATION_HANDLE_*

bool is_sensible(const OB_OPERATION_REGISTRATION& operation) {
  const bool some_routine = operation.PreOperation != nullptr || operation.PostOperation != nullptr;
  const ULONG operations = operation.Operations;
  return operation.ObjectType != nullptr && *operation.ObjectType != nullptr && some_routine &&
         operations != 0 && (operations & ~create_or_duplicate) == 0;
}

bool is_sensible(const OB_CALLBACK_REGISTRATION& given) {
  if (given.Version != filter_version || given.OperationRegistrationCount == 0) return false;
  if (given.OperationRegistration == nullptr || given.Altitude.Length == 0) return false;
  return std::ranges::all_of(
      std::span(given.OperationRegistration, given.OperationRegistrationCount),
      [](const OB_OPERATION_REGISTRATION& one) { return is_sensible(one); });
}

// Altitudes are decimal numbers with a fraction.
double value_of(std::u16string_view altitude) {
  double value = 0;
  double scale = 1;
  bool fraction = false;
  for (const char16_t c : altitude) {
    if (c == u'.') fraction = true;
    if (c < u'0' || c > u'9') continue;
    if (fraction) scale /= 10;
    value = fraction ? value + scale * (c - u'0') : value * 10 + (c - u'0');
  }
  return value;
}

const OB_OPERATION_REGISTRATION* operation_for(std::span<const OB_OPERATION_REGISTRATION> all,
                                               POBJECT_TYPE type) {
  for (const OB_OPERATION_REGISTRATION& one : all) {
    if (*one.ObjectType == type && (one.Operations & OB_OPERATION_HANDLE_CREATE) != 0) return &one;
  }
  return nullptr;
}

}  // namespace

Notifications::Registration& Notifications::add(List& list, const void* key, const char* name) {
  auto& registration = *list.emplace_back(std::make_unique<Registration>());
  registration.driver = machine_.running().driver;
  registration.entry =
      record_.ledger().acquire(ledger::Kind::callback, address_of(key), {.name = name});
  return registration;
}

void Notifications::remove(Registration& registration, const char* what) {
  registration.removed = true;
  while (registration.running > 0) {
    registration.waiters.push_back(&machine_.running());
    machine_.block(what, registration.entry);
  }
  record_.ledger().release(registration.entry);
}

template <class Call>
void Notifications::run(Registration& registration, Call call) {
  if (registration.removed) return;
  ++registration.running;
  call(ledger::CallbackInfo{
      .kind = CallbackKind::other, .driver = registration.driver, .entry = registration.entry});
  --registration.running;
  for (machine::Fiber* waiter : registration.waiters) machine_.make_ready(*waiter);
  registration.waiters.clear();
}

bool Notifications::is_full(const List& list) {
  const auto present = std::ranges::count_if(list, [](const auto& one) { return !one->removed; });
  return present >= std::ptrdiff_t{max_routines};
}

bool Notifications::taken(const List& list, std::u16string_view altitude) {
  return std::ranges::any_of(
      list, [&](const auto& one) { return !one->removed && one->altitude == altitude; });
}

// --- images

NTSTATUS Notifications::add_image_routine(PLOAD_IMAGE_NOTIFY_ROUTINE routine) {
  if (is_full(images_)) return STATUS_INSUFFICIENT_RESOURCES;
  add(images_, reinterpret_cast<const void*>(routine), "image notify routine").image_routine =
      routine;
  return STATUS_SUCCESS;
}

NTSTATUS Notifications::remove_image_routine(PLOAD_IMAGE_NOTIFY_ROUTINE routine) {
  const auto found = std::ranges::find_if(
      images_, [&](const auto& one) { return !one->removed && one->image_routine == routine; });
  if (found == images_.end()) return STATUS_PROCEDURE_NOT_FOUND;
  remove(**found, "an image notify routine to return");
  return STATUS_SUCCESS;
}

void Notifications::image_loaded(std::u16string_view path, ProcessId process, std::uint64_t base,
                                 std::uint64_t size) {
  const bool watched = std::ranges::any_of(images_, [](const auto& one) { return !one->removed; });
  if (!watched) return;
  auto& kernel = machine_.memory().kernel;
  auto* name = kernel.make<UNICODE_STRING>(kernel_string(kernel, path));
  auto* image = kernel.make<IMAGE_INFO>();
  image->Properties = addressing_mode_32bit | (process == 0 ? system_mode_image : 0);
  image->ImageBase = reinterpret_cast<PVOID>(base);
  image->ImageSize = size;
  const auto id = reinterpret_cast<HANDLE>(std::uint64_t{process});
  // NOLINTNEXTLINE(modernize-loop-convert): a routine may add or remove some
  for (std::size_t i = 0; i < images_.size(); ++i) {
    const PLOAD_IMAGE_NOTIFY_ROUTINE routine = images_[i]->image_routine;
    run(*images_[i], [&](const ledger::CallbackInfo& info) {
      ledger::call_driver(info, routine, name, id, image);
    });
  }
  kernel.release(reinterpret_cast<std::byte*>(name->Buffer), name->MaximumLength);
  kernel.drop(image);
  kernel.drop(name);
}

// --- threads

NTSTATUS Notifications::add_thread_routine(PCREATE_THREAD_NOTIFY_ROUTINE routine, ThreadKind kind) {
  if (is_full(threads_)) return STATUS_INSUFFICIENT_RESOURCES;
  Registration& registration =
      add(threads_, reinterpret_cast<const void*>(routine), "thread notify routine");
  registration.thread_routine = routine;
  registration.threads = kind;
  return STATUS_SUCCESS;
}

NTSTATUS Notifications::remove_thread_routine(PCREATE_THREAD_NOTIFY_ROUTINE routine) {
  const auto found = std::ranges::find_if(
      threads_, [&](const auto& one) { return !one->removed && one->thread_routine == routine; });
  if (found == threads_.end()) return STATUS_PROCEDURE_NOT_FOUND;
  remove(**found, "a thread notify routine to return");
  return STATUS_SUCCESS;
}

void Notifications::thread_changed(ProcessId process, std::uint64_t thread, bool created) {
  const auto process_id = reinterpret_cast<HANDLE>(std::uint64_t{process});
  const auto thread_id = reinterpret_cast<HANDLE>(thread);
  // NOLINTNEXTLINE(modernize-loop-convert): a routine may add or remove some
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    Registration& one = *threads_[i];
    if (one.threads == ThreadKind::of_programs && process == system_process) continue;
    run(one, [&](const ledger::CallbackInfo& info) {
      ledger::call_driver(info, one.thread_routine, process_id, thread_id, created ? TRUE : FALSE);
    });
  }
}

// --- opening processes and threads

NTSTATUS Notifications::add_object_callbacks(const OB_CALLBACK_REGISTRATION& given, PVOID* handle) {
  if (!is_sensible(given)) return STATUS_INVALID_PARAMETER;
  const auto& io = machine_.get<IoManager>();
  const machine::DriverId driver = machine_.running().driver;
  if (driver < io.driver_count() && !io.driver(driver).integrity_checked)
    return STATUS_ACCESS_DENIED;
  const std::u16string_view altitude = view_of(&given.Altitude);
  if (taken(objects_, altitude)) return STATUS_FLT_INSTANCE_ALTITUDE_COLLISION;
  *handle = machine_.memory().kernel.allocate(sizeof(std::uint64_t));
  Registration& registration = add(objects_, *handle, "object callback registration");
  registration.altitude = altitude;
  registration.context = given.RegistrationContext;
  registration.operations.assign(given.OperationRegistration,
                                 given.OperationRegistration + given.OperationRegistrationCount);
  return STATUS_SUCCESS;
}

void Notifications::remove_object_callbacks(PVOID handle) {
  const auto found = std::ranges::find_if(objects_, [&](const auto& one) {
    return !one->removed && record_.ledger().entry(one->entry).key == address_of(handle);
  });
  if (found == objects_.end()) {
    machine_.stop(machine::Inconclusive{
        "ObUnRegisterCallbacks was given something that is no registration: what Windows does then "
        "is not known"});
  }
  remove(**found, "an object callback to return");
}

std::vector<Notifications::Registration*> Notifications::by_altitude() const {
  std::vector<Registration*> sorted;
  for (const auto& one : objects_) {
    if (!one->removed) sorted.push_back(one.get());
  }
  std::ranges::sort(sorted, std::ranges::greater{},
                    [](const Registration* one) { return value_of(one->altitude); });
  return sorted;
}

void Notifications::opening(void* object, POBJECT_TYPE type, ACCESS_MASK access) {
  auto& kernel = machine_.memory().kernel;
  for (Registration* one : by_altitude()) {
    const OB_OPERATION_REGISTRATION* operation = operation_for(one->operations, type);
    if (operation == nullptr || operation->PreOperation == nullptr) continue;
    auto* parameters = kernel.make<OB_PRE_OPERATION_PARAMETERS>();
    parameters->CreateHandleInformation = {access, access};
    auto* information = kernel.make<OB_PRE_OPERATION_INFORMATION>();
    information->Operation = OB_OPERATION_HANDLE_CREATE;
    information->KernelHandle = 1;
    information->Object = object;
    information->ObjectType = type;
    information->Parameters = parameters;
    run(*one, [&](const ledger::CallbackInfo& info) {
      ledger::call_driver(info, operation->PreOperation, one->context, information);
    });
    kernel.drop(information);
    kernel.drop(parameters);
  }
}

void Notifications::opened(void* object, POBJECT_TYPE type, ACCESS_MASK access, NTSTATUS status) {
  auto& kernel = machine_.memory().kernel;
  const std::vector<Registration*> sorted = by_altitude();
  for (Registration* one : std::views::reverse(sorted)) {
    const OB_OPERATION_REGISTRATION* operation = operation_for(one->operations, type);
    if (operation == nullptr || operation->PostOperation == nullptr) continue;
    auto* parameters = kernel.make<OB_POST_OPERATION_PARAMETERS>();
    parameters->CreateHandleInformation = {access};
    auto* information = kernel.make<OB_POST_OPERATION_INFORMATION>();
    information->Operation = OB_OPERATION_HANDLE_CREATE;
    information->KernelHandle = 1;
    information->Object = object;
    information->ObjectType = type;
    information->ReturnStatus = status;
    information->Parameters = parameters;
    run(*one, [&](const ledger::CallbackInfo& info) {
      ledger::call_driver(info, operation->PostOperation, one->context, information);
    });
    kernel.drop(information);
    kernel.drop(parameters);
  }
}

// --- the registry

NTSTATUS Notifications::add_registry_callback(PEX_CALLBACK_FUNCTION function,
                                              std::u16string_view altitude, PVOID context,
                                              LARGE_INTEGER* cookie) {
  if (!altitude.empty() && taken(registry_, altitude))
    return STATUS_FLT_INSTANCE_ALTITUDE_COLLISION;
  const std::byte* key = machine_.memory().kernel.allocate(sizeof(std::uint64_t));
  Registration& registration = add(registry_, key, "registry callback");
  registration.altitude = altitude;
  registration.context = context;
  registration.registry_function = function;
  cookie->QuadPart = static_cast<LONGLONG>(address_of(key));
  return STATUS_SUCCESS;
}

NTSTATUS Notifications::remove_registry_callback(LARGE_INTEGER cookie) {
  const auto found = std::ranges::find_if(registry_, [&](const auto& one) {
    return !one->removed &&
           record_.ledger().entry(one->entry).key == static_cast<std::uint64_t>(cookie.QuadPart);
  });
  if (found == registry_.end()) return STATUS_INVALID_PARAMETER;
  remove(**found, "a registry callback to return");
  return STATUS_SUCCESS;
}

}  // namespace drydock::nt
