// SPDX-License-Identifier: Apache-2.0
// Drivers: load, DriverEntry, the stop request and its deferral, unload, gone.
#include <fmt/format.h>

#include <algorithm>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/io_manager.h"
#include "nt/kernel_strings.h"
#include "nt/processes.h"

namespace drydock::nt {

using ledger::EntryId;
using ledger::Moment;
using ledger::NoteKind;
using machine::CallbackKind;
using machine::DriverId;

namespace {

constexpr std::u16string_view services_key =
    u"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";
constexpr std::uint16_t force_integrity = 0x80;  // IMAGE_DLLCHARACTERISTICS_FORCE_INTEGRITY

PUNICODE_STRING kernel_string_object(machine::KernelArena& kernel, std::u16string_view text) {
  return kernel.make<UNICODE_STRING>(kernel_string(kernel, text));
}

// The outermost frame is the reason why the fiber is in the driver.
const machine::Frame* frame_in(const machine::Fiber& fiber, DriverId driver) {
  const machine::Frame* outermost = nullptr;
  for (const machine::Frame* frame = fiber.frames; frame != nullptr; frame = frame->outer) {
    if (frame->kind == machine::Frame::Kind::kernel_to_driver && frame->driver == driver)
      outermost = frame;
  }
  return outermost;
}

}  // namespace

IoManager::IoManager(machine::Machine& machine)
    : machine_(machine),
      record_(machine.get<ledger::Record>()),
      objects_(machine.get<Objects>()),
      default_dispatch_(reinterpret_cast<PDRIVER_DISPATCH>(
          machine.get<Loader>().store().exports.find("iomgr", "InvalidDeviceRequest"))),
      catch_routine_(reinterpret_cast<PIO_COMPLETION_ROUTINE>(
          machine.get<Loader>().store().exports.find("iomgr", "CatchIrp"))),
      pnp_(machine, *this, names_),
      cancel_lock_(machine.memory().kernel.make<KSPIN_LOCK>()) {
  machine.install(*this);
}

Driver& IoManager::add_driver(std::string_view service, std::uint64_t entry) {
  auto& kernel = machine_.memory().kernel;
  auto& driver = *drivers_.emplace_back(std::make_unique<Driver>());
  driver.id = static_cast<DriverId>(drivers_.size() - 1);
  driver.name = service;
  const std::u16string name = widen(service);
  auto* object = kernel.make<DRIVER_OBJECT>();
  object->Type = IO_TYPE_DRIVER;
  object->Size = sizeof(DRIVER_OBJECT);
  object->Flags = DRVO_LEGACY_DRIVER;
  object->DriverExtension = kernel.make<DRIVER_EXTENSION>();
  object->DriverExtension->DriverObject = object;
  object->DriverExtension->ServiceKeyName = kernel_string(kernel, name);
  object->DriverName = kernel_string(kernel, u"\\Driver\\" + name);
  object->HardwareDatabase =
      kernel_string_object(kernel, u"\\REGISTRY\\MACHINE\\HARDWARE\\DESCRIPTION\\SYSTEM");
  object->DriverInit = reinterpret_cast<PDRIVER_INITIALIZE>(entry);
  std::ranges::fill(object->MajorFunction, default_dispatch_);
  driver.object = object;
  driver.registry_path = kernel_string_object(kernel, std::u16string(services_key) + name);
  objects_.add(object, ObjectType::driver, *this);
  return driver;
}

PDRIVER_OBJECT IoManager::add_bus_driver(std::string_view name) {
  Driver& driver = add_driver(name, 0);
  driver.entry_status = STATUS_SUCCESS;
  driver.state = DriverState::loaded;
  return driver.object;
}

Result<DriverId> IoManager::load(DriverFile& file, std::string_view service) {
  const auto image = machine_.get<Loader>().load(file, static_cast<DriverId>(drivers_.size()));
  if (!image) return std::unexpected(image.error());
  Driver& driver = add_driver(service, (*image)->entry());
  driver.image = *image;
  driver.integrity_checked = (file.pe().dll_characteristics & force_integrity) != 0;
  driver.object->DriverStart = reinterpret_cast<PVOID>((*image)->base());
  driver.object->DriverSize = static_cast<ULONG>((*image)->size());
  start(driver);
  return driver.id;
}

DriverId IoManager::load_code(std::string_view service, PDRIVER_INITIALIZE entry) {
  Driver& driver = add_driver(service, reinterpret_cast<std::uint64_t>(entry));
  start(driver);
  return driver.id;
}

void IoManager::start(Driver& driver) {
  machine_.spawn("DriverEntry of " + driver.name, machine::Irql::passive,
                 [this, &driver] { run_driver_entry(driver); });
}

NTSTATUS IoManager::allocate_extension(PDRIVER_OBJECT object, const void* key, ULONG size,
                                       PVOID* memory) {
  if (extension(object, key) != nullptr) return STATUS_OBJECT_NAME_COLLISION;
  std::byte* block = machine_.memory().pool.allocate(std::max<std::size_t>(size, 1), std::byte{0});
  if (block == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  extensions_.push_back({object, key, block});
  *memory = block;
  return STATUS_SUCCESS;
}

PVOID IoManager::extension(const DRIVER_OBJECT* object, const void* key) const {
  const auto found = std::ranges::find_if(
      extensions_, [&](const Extension& one) { return one.object == object && one.key == key; });
  return found == extensions_.end() ? nullptr : found->memory;
}

PGENERIC_MAPPING IoManager::file_mapping() {
  constexpr GENERIC_MAPPING files = {0x120089, 0x120116, 0x1200A0, 0x1F01FF};
  if (file_mapping_ == nullptr)
    file_mapping_ = machine_.memory().kernel.make<GENERIC_MAPPING>(files);
  return file_mapping_;
}

void IoManager::run_driver_entry(Driver& driver) {
  if (driver.image != nullptr) {
    machine_.get<Processes>().notifications().image_loaded(
        driver_path(driver.name), 0, driver.image->base(), driver.image->size());
  }
  record_.moment(Moment::driver_entry_called, driver.id);
  const NTSTATUS status =
      ledger::call_driver({.kind = CallbackKind::driver_entry, .driver = driver.id},
                          driver.object->DriverInit, driver.object, driver.registry_path);
  record_.moment(Moment::driver_entry_returned, driver.id, static_cast<std::uint32_t>(status));
  driver.entry_status = status;
  if (!NT_SUCCESS(status)) {
    note_fibers_inside(driver);
    objects_.dereference(driver.object);
    return;
  }
  for (auto* device = driver.object->DeviceObject; device != nullptr; device = device->NextDevice)
    device->Flags &= ~static_cast<ULONG>(DO_DEVICE_INITIALIZING);
  if (driver.image != nullptr) machine_.get<Loader>().discard_initialisation(*driver.image);
  driver.plug_and_play = driver.object->DriverExtension->AddDevice != nullptr;
  if (driver.plug_and_play) pnp_.add_device(driver);
  change_state(driver, DriverState::loaded);
}

NTSTATUS IoManager::request_unload(DriverId id) {
  Driver& driver = *drivers_[id];
  if (driver.state == DriverState::gone) return STATUS_OBJECT_NAME_NOT_FOUND;
  if (driver.state == DriverState::starting) return STATUS_DEVICE_NOT_READY;
  if (driver.state != DriverState::loaded) return STATUS_DELETE_PENDING;
  NTSTATUS status = STATUS_SUCCESS;
  if (driver.object->DriverUnload == nullptr) {
    status = STATUS_INVALID_DEVICE_REQUEST;
  } else if (is_held(driver)) {
    status = STATUS_PENDING;
  }
  record_.moment(Moment::unload_requested, id, static_cast<std::uint32_t>(status));
  if (!NT_SUCCESS(status)) return status;
  driver.removal_status = STATUS_SUCCESS;
  change_state(driver, DriverState::unload_pending);
  if (status == STATUS_PENDING) {
    note_holders(driver);
  } else {
    start_unload(driver);
  }
  return status;
}

bool IoManager::is_file(EntryId holder) const {
  return record_.ledger().entry(holder).kind == ledger::Kind::file_object;
}

// Of the driver, or the one that its stack stands on.
bool IoManager::is_of(const Device& device, const Driver& driver, const RootDevice* root) {
  return device.driver == driver.id || (root != nullptr && device.object == root->physical);
}

// lifecycle.md 3.4. What the filter engine, DPCs, timers and threads hold does not count.
bool IoManager::is_held(const Driver& driver) const {
  const RootDevice* root = pnp_.device_of(driver.id);
  const bool left =
      driver.plug_and_play && root == nullptr && driver.object->DeviceObject != nullptr;
  if (left) return true;
  return std::ranges::any_of(devices_, [&](const auto& device) {
    if (root != nullptr)  // only open files keep the PnP manager from asking for the removal
      return is_of(*device, driver, root) &&
             std::ranges::any_of(device->holders,
                                 [this](EntryId holder) { return is_file(holder); });
    const bool attached = !device->deleted && device->object->AttachedDevice != nullptr;
    return device->driver == driver.id && (!device->holders.empty() || attached);
  });
}

void IoManager::note_holders(const Driver& driver) {
  const RootDevice* root = pnp_.device_of(driver.id);
  for (const auto& device : devices_) {
    if (!is_of(*device, driver, root)) continue;
    const bool physical = device->driver != driver.id;
    for (const EntryId holder : device->holders) {
      if (root != nullptr && !is_file(holder)) continue;
      record_.note(NoteKind::unload_deferred, holder, address_of(device->object), 0, driver.name,
                   driver.id);
    }
    if (!physical && !device->deleted && device->object->AttachedDevice != nullptr) {
      record_.note(NoteKind::unload_deferred, device->entry, address_of(device->object), 0,
                   driver.name, driver.id);
    }
  }
}

void IoManager::continue_unload(DriverId id) {
  Driver& driver = *drivers_[id];
  if (driver.state == DriverState::unload_pending && !is_held(driver)) start_unload(driver);
}

void IoManager::start_unload(Driver& driver) {
  change_state(driver, DriverState::unloading);
  driver.object->Flags |= DRVO_UNLOAD_INVOKED;
  machine_.spawn("unload of " + driver.name, machine::Irql::passive,
                 [this, &driver] { run_unload(driver); });
}

// The device of Plug and Play goes before the unload routine is called. False: there will be no
// such call now.
bool IoManager::remove_device(Driver& driver) {
  if (!driver.plug_and_play) return true;
  driver.removal_status = pnp_.remove_device(driver);
  if (!NT_SUCCESS(driver.removal_status)) {
    record_.note(NoteKind::unload_deferred, 0, 0, 0,
                 fmt::format("answer {:#010x} to IRP_MN_QUERY_REMOVE_DEVICE",
                             static_cast<std::uint32_t>(driver.removal_status)),
                 driver.id);
    change_state(driver, DriverState::loaded);
    return false;
  }
  if (!is_held(driver)) return true;
  note_left_devices(driver);
  note_holders(driver);
  change_state(driver, DriverState::unload_pending);
  return false;
}

// Windows unloads a driver of Plug and Play with its last device object.
void IoManager::note_left_devices(const Driver& driver) {
  for (const auto& device : devices_) {
    if (device->driver != driver.id || device->deleted) continue;
    record_.note(NoteKind::unload_deferred, device->entry, address_of(device->object),
                 left_after_removal, driver.name, driver.id);
  }
}

void IoManager::run_unload(Driver& driver) {
  if (!remove_device(driver)) return;
  record_.moment(Moment::unload_called, driver.id);
  ledger::call_driver({.kind = CallbackKind::unload, .driver = driver.id},
                      driver.object->DriverUnload, driver.object);
  record_.moment(Moment::unload_returned, driver.id);
  note_fibers_inside(driver);
  objects_.dereference(driver.object);
}

void IoManager::note_fibers_inside(const Driver& driver) {
  for (const auto& fiber : machine_.fibers()) {
    if (fiber->state == machine::FiberState::finished) continue;
    const machine::Frame* frame = frame_in(*fiber, driver.id);
    if (frame == nullptr) continue;
    record_.note_about(*fiber, NoteKind::fiber_in_image, frame->resource, fiber->id, fiber->name,
                       static_cast<std::uint64_t>(frame->callback), driver.id);
  }
}

// Windows keeps the image while a leaked device object still refers to the driver object. Here it
// goes when the driver object itself is no longer referenced, so that the leak shows as what it
// would do to a system that restarts the driver.
void IoManager::image_gone(Driver& driver) {
  for (const Extension& one : extensions_) {
    if (one.object == driver.object) machine_.memory().pool.release(one.memory);
  }
  std::erase_if(extensions_, [&](const Extension& one) { return one.object == driver.object; });
  if (driver.image != nullptr) machine_.get<Loader>().unload(*driver.image);
  record_.moment(Moment::image_gone, driver.id);
  change_state(driver, DriverState::gone);
}

void IoManager::change_state(Driver& driver, DriverState state) {
  driver.state = state;
  for (machine::Fiber* waiter : driver.waiters) machine_.make_ready(*waiter);
  driver.waiters.clear();
}

NTSTATUS IoManager::wait_started(DriverId id) {
  Driver& driver = *drivers_[id];
  while (driver.state == DriverState::starting) {
    driver.waiters.push_back(&machine_.running());
    machine_.block("DriverEntry to return");
  }
  return driver.entry_status;
}

bool IoManager::wait_gone(DriverId id) {
  Driver& driver = *drivers_[id];
  while (driver.state != DriverState::gone && NT_SUCCESS(driver.removal_status)) {
    driver.waiters.push_back(&machine_.running());
    machine_.block("the driver to be unloaded");
  }
  return driver.state == DriverState::gone;
}

const Driver* IoManager::driver_of(const DRIVER_OBJECT* object) const {
  const auto found =
      std::ranges::find_if(drivers_, [&](const auto& driver) { return driver->object == object; });
  return found == drivers_.end() ? nullptr : found->get();
}

}  // namespace drydock::nt
