// SPDX-License-Identifier: Apache-2.0
// Device objects, their names and links, and what keeps them.
#include <algorithm>
#include <cstring>

#include "nt/context.h"
#include "nt/io_manager.h"
#include "nt/stop.h"

namespace drydock::nt {

using ledger::EntryId;
using ledger::Kind;
using ledger::NoteKind;

namespace {

constexpr std::uint32_t reference_by_pointer = 0x18;

std::uint64_t link_key(std::u16string_view name) {
  return ledger::name_hash(printable(canonical_name(name)).c_str());
}

NTSTATUS status_of(DeviceNames::Added added) {
  switch (added) {
    case DeviceNames::Added::yes:
      return STATUS_SUCCESS;
    case DeviceNames::Added::exists:
      return STATUS_OBJECT_NAME_COLLISION;
    case DeviceNames::Added::no_such_directory:
      return STATUS_OBJECT_PATH_NOT_FOUND;
    case DeviceNames::Added::invalid:
      return STATUS_OBJECT_NAME_INVALID;
  }
  return STATUS_OBJECT_NAME_INVALID;
}

}  // namespace

// Object and extension are one guarded block, the extension at its end: what a driver does behind
// the extension or after IoDeleteDevice faults.
PDEVICE_OBJECT IoManager::allocate_device(ULONG extension_size) {
  std::byte* block =
      machine_.memory().pool.allocate(sizeof(DEVICE_OBJECT) + extension_size, std::byte{0});
  if (block == nullptr) return nullptr;
  auto* device = reinterpret_cast<PDEVICE_OBJECT>(block);
  device->Type = IO_TYPE_DEVICE;
  device->Size = static_cast<USHORT>(sizeof(DEVICE_OBJECT) + extension_size);
  device->StackSize = 1;
  if (extension_size != 0) device->DeviceExtension = device + 1;
  device->DeviceObjectExtension = machine_.memory().kernel.make<DEVOBJ_EXTENSION>();
  device->DeviceObjectExtension->Type = IO_TYPE_DEVICE_OBJECT_EXTENSION;
  device->DeviceObjectExtension->Size = sizeof(DEVOBJ_EXTENSION);
  device->DeviceObjectExtension->DeviceObject = device;
  return device;
}

void IoManager::link_device(DRIVER_OBJECT& driver, PDEVICE_OBJECT device) {
  device->DriverObject = &driver;
  device->NextDevice = driver.DeviceObject;
  driver.DeviceObject = device;
}

void IoManager::unlink_device(PDEVICE_OBJECT device) {
  PDEVICE_OBJECT* place = &device->DriverObject->DeviceObject;
  while (*place != nullptr && *place != device) place = &(*place)->NextDevice;
  if (*place == device) *place = device->NextDevice;
  device->NextDevice = nullptr;
}

NTSTATUS IoManager::create_device(PDRIVER_OBJECT driver_object, ULONG extension_size,
                                  std::u16string_view name, ULONG type, ULONG characteristics,
                                  bool exclusive, PDEVICE_OBJECT* device) {
  *device = nullptr;
  const Driver* driver = driver_of(driver_object);
  if (driver == nullptr) return STATUS_INVALID_PARAMETER;
  PDEVICE_OBJECT object = allocate_device(extension_size);
  if (object == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  if (!name.empty()) {
    const NTSTATUS status = status_of(names_.add_device(name, object));
    if (status == STATUS_OBJECT_NAME_COLLISION) {
      record_.note(NoteKind::object_name_collision, 0, static_cast<std::uint32_t>(status), 0,
                   printable(name));
    }
    if (!NT_SUCCESS(status)) {
      machine_.memory().kernel.drop(object->DeviceObjectExtension);
      machine_.memory().pool.release(reinterpret_cast<std::byte*>(object));
      return status;
    }
  }
  object->DeviceType = type;
  object->Characteristics = characteristics;
  object->Flags = DO_DEVICE_INITIALIZING | (exclusive ? DO_EXCLUSIVE : 0) |
                  (name.empty() ? 0 : DO_DEVICE_HAS_NAME);
  link_device(*driver_object, object);
  auto& state = *devices_.emplace_back(std::make_unique<Device>());
  state.object = object;
  state.driver = driver->id;
  state.name = name;
  state.entry = record_.ledger().acquire(Kind::device, address_of(object),
                                         {.name = printable(name), .a = extension_size});
  record_.ledger().entry(state.entry).owner = driver->id;
  objects_.add(object, ObjectType::device, *this);
  *device = object;
  return STATUS_SUCCESS;
}

Device& IoManager::existing_device(const DEVICE_OBJECT* object) {
  const auto found =
      std::ranges::find_if(devices_, [&](const auto& device) { return device->object == object; });
  if (found == devices_.end()) {
    bug_check(reference_by_pointer, "a device object was used that does not exist any more",
              {0, address_of(object), 0, 0},
              record_.ledger().find_latest(Kind::device, address_of(object)));
  }
  return **found;
}

const Device* IoManager::device_of(const DEVICE_OBJECT* object) const {
  const auto found =
      std::ranges::find_if(devices_, [&](const auto& device) { return device->object == object; });
  return found == devices_.end() ? nullptr : found->get();
}

void IoManager::delete_device(PDEVICE_OBJECT object) {
  Device& device = existing_device(object);
  if (device.deleted) {
    bug_check(reference_by_pointer, "IoDeleteDevice was called twice for one device object",
              {0, address_of(object), 0, 0}, device.entry);
  }
  check_detached(device);
  if ((object->Flags & DO_SHUTDOWN_REGISTERED) != 0) unregister_shutdown(object);
  device.deleted = true;
  unlink_device(object);
  if (!device.name.empty()) names_.remove_device(device.name);
  record_.ledger().release(device.entry);
  const machine::DriverId driver = device.driver;
  free_if_unused(device);
  continue_unload(driver);
}

// `device` is gone afterwards, if so.
void IoManager::free_if_unused(Device& device) {
  const bool attached = device.object->AttachedDevice != nullptr;
  if (!device.deleted || !device.holders.empty() || device.keepers != 0 || attached) return;
  objects_.remove(device.object);
  machine_.memory().kernel.drop(device.object->DeviceObjectExtension);
  const auto corruption =
      machine_.memory().pool.release(reinterpret_cast<std::byte*>(device.object));
  if (corruption != machine::Corruption::none) {
    record_.note(NoteKind::pool_corrupted, device.entry, static_cast<std::uint64_t>(corruption));
  }
  std::erase_if(devices_, [&](const auto& other) { return other.get() == &device; });
}

void IoManager::reference_device(PDEVICE_OBJECT object, EntryId holder, DeviceHold hold) {
  Device& device = existing_device(object);
  if (hold == DeviceHold::keeps_object) {
    ++device.keepers;
  } else {
    device.holders.push_back(holder);
  }
}

void IoManager::dereference_device(PDEVICE_OBJECT object, EntryId holder, DeviceHold hold) {
  Device& device = existing_device(object);
  const RootDevice* root = pnp_.device_of(object);
  const machine::DriverId driver = root != nullptr ? root->driver : device.driver;
  if (hold == DeviceHold::keeps_object) {
    --device.keepers;
  } else {
    const auto found = std::ranges::find(device.holders, holder);
    if (found != device.holders.end()) device.holders.erase(found);
  }
  free_if_unused(device);
  continue_unload(driver);
}

NTSTATUS IoManager::create_link(std::u16string_view name, std::u16string_view target) {
  const NTSTATUS status = status_of(names_.add_link(name, target));
  if (status == STATUS_OBJECT_NAME_COLLISION) {
    record_.note(NoteKind::object_name_collision, 0, static_cast<std::uint32_t>(status), 0,
                 printable(name));
  }
  if (NT_SUCCESS(status))
    record_.ledger().acquire(Kind::symbolic_link, link_key(name), {.name = printable(name)});
  return status;
}

NTSTATUS IoManager::delete_link(std::u16string_view name) {
  if (!names_.remove_link(name)) return STATUS_OBJECT_NAME_NOT_FOUND;
  record_.ledger().release(Kind::symbolic_link, link_key(name));
  return STATUS_SUCCESS;
}

NTSTATUS IoManager::register_shutdown(PDEVICE_OBJECT object) {
  Device& device = existing_device(object);
  object->Flags |= DO_SHUTDOWN_REGISTERED;
  record_.ledger().acquire(Kind::callback, address_of(object),
                           {.name = "shutdown notification", .related = device.entry});
  return STATUS_SUCCESS;
}

void IoManager::unregister_shutdown(PDEVICE_OBJECT object) {
  existing_device(object);
  object->Flags &= ~static_cast<ULONG>(DO_SHUTDOWN_REGISTERED);
  record_.ledger().release(Kind::callback, address_of(object));
}

// --- references by ObReferenceObject and handles

void IoManager::referenced(void* object) {
  if (objects_.type_of(object) != ObjectType::device) return;
  auto* device = static_cast<PDEVICE_OBJECT>(object);
  reference_device(device, existing_device(device).entry, DeviceHold::defers_unload);
}

void IoManager::dereferenced(void* object) {
  if (objects_.type_of(object) != ObjectType::device) return;
  auto* device = static_cast<PDEVICE_OBJECT>(object);
  const Device& state = existing_device(device);
  if (objects_.references(object) < 1) {
    bug_check(reference_by_pointer, "a device object was dereferenced more often than referenced",
              {0, address_of(object), 0, 0}, state.entry);
  }
  dereference_device(device, state.entry, DeviceHold::defers_unload);
}

void IoManager::unreferenced(void* object) {
  if (const auto found = std::ranges::find_if(
          drivers_, [&](const auto& driver) { return driver->object == object; });
      found != drivers_.end()) {
    image_gone(**found);
    return;
  }
  if (files_.contains(object)) close_file(static_cast<PFILE_OBJECT>(object));
}

}  // namespace drydock::nt
