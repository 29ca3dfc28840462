// SPDX-License-Identifier: Apache-2.0
// Applications open and close devices: file objects, and the create, cleanup and close requests.
#include <wdm/files.h>

#include <cstring>

#include "nt/context.h"
#include "nt/io_manager.h"
#include "nt/threads.h"

namespace drydock::nt {

using ledger::Kind;

namespace {

// As CreateFile asks with GENERIC_READ | GENERIC_WRITE for what exists.
PIO_SECURITY_CONTEXT describe_create(PIRP irp) {
  constexpr ACCESS_MASK read_and_write = 0x0012019f;  // FILE_GENERIC_READ | FILE_GENERIC_WRITE
  constexpr ULONG disposition_at = 24;                // in Options
  auto* security = the_machine().memory().kernel.make<IO_SECURITY_CONTEXT>();
  security->DesiredAccess = read_and_write;
  auto& create = IoGetNextIrpStackLocation(irp)->Parameters.Create;
  create.SecurityContext = security;
  create.Options = ULONG{FILE_OPEN} << disposition_at;
  create.ShareAccess = FILE_SHARE_READ | FILE_SHARE_WRITE;
  return security;
}

}  // namespace

// a device whose driver is being unloaded cannot be opened. The one on top of the stack
// decides.
NTSTATUS IoManager::may_open(const Device& device) const {
  const DriverState state = drivers_[device.driver]->state;
  if (state == DriverState::unload_pending || state == DriverState::unloading ||
      state == DriverState::gone || device.deleted) {
    return STATUS_DELETE_PENDING;
  }
  if ((device.object->Flags & DO_DEVICE_INITIALIZING) != 0) return STATUS_NO_SUCH_DEVICE;
  const bool exclusive = (device.object->Flags & DO_EXCLUSIVE) != 0;
  if (exclusive && device.object->ReferenceCount > 0) return STATUS_ACCESS_DENIED;
  return STATUS_SUCCESS;
}

PFILE_OBJECT IoManager::make_file(Device& device, std::u16string_view rest, Opener opener) {
  const std::size_t name_bytes = rest.size() * sizeof(WCHAR);
  const std::size_t size = sizeof(FILE_OBJECT) + name_bytes;
  std::byte* block = machine_.memory().pool.allocate(size, std::byte{0});
  if (block == nullptr) return nullptr;
  auto* object = reinterpret_cast<PFILE_OBJECT>(block);
  object->Type = IO_TYPE_FILE;
  object->Size = sizeof(FILE_OBJECT);
  object->DeviceObject = device.object;
  object->Flags = FO_SYNCHRONOUS_IO;
  object->ReadAccess = object->WriteAccess = TRUE;
  if (!rest.empty()) {
    object->FileName = {static_cast<USHORT>(name_bytes), static_cast<USHORT>(name_bytes),
                        reinterpret_cast<PWSTR>(object + 1)};
    std::memcpy(object + 1, rest.data(), name_bytes);
  }
  object->IrpList.Flink = object->IrpList.Blink = &object->IrpList;
  auto file = std::make_unique<File>();
  file->object = object;
  file->block_size = size;
  file->device = &device;
  file->process = opener.process;
  file->mode = opener.mode;
  file->entry = record_.ledger().acquire(Kind::file_object, address_of(object),
                                         {.name = printable(device.name), .related = device.entry});
  record_.ledger().entry(file->entry).owner = existing_device(top_of(device.object)).driver;
  ++device.object->ReferenceCount;
  reference_device(device.object, file->entry, DeviceHold::defers_unload);
  objects_.add(object, ObjectType::file, *this);
  files_[object] = std::move(file);
  return object;
}

void IoManager::free_file(PFILE_OBJECT object) {
  const auto found = files_.extract(object);
  const File& file = *found.mapped();
  objects_.remove(object);
  PDEVICE_OBJECT device = file.device->object;
  const ledger::EntryId entry = file.entry;
  --device->ReferenceCount;
  record_.ledger().release(entry);
  machine_.memory().pool.release(reinterpret_cast<std::byte*>(object));
  dereference_device(device, entry, DeviceHold::defers_unload);
}

NTSTATUS IoManager::send_file_request(UCHAR major, PFILE_OBJECT file) {
  const RequestId id = new_request(file, major);
  PIO_SECURITY_CONTEXT security =
      major == IRP_MJ_CREATE ? describe_create(requests_[id]->irp) : nullptr;
  send(id);
  const NTSTATUS status = wait(id).status;
  if (security != nullptr) machine_.memory().kernel.drop(security);
  return status;
}

// The close request is sent at PASSIVE_LEVEL whatever the IRQL of the last dereference.
void IoManager::close_file(PFILE_OBJECT file) {
  if (machine_.irql() > machine::Irql::passive) {
    machine_.spawn_helper("deferred close", machine::Irql::passive,
                          [this, file] { close_file(file); });
    return;
  }
  send_file_request(IRP_MJ_CLOSE, file);
  free_file(file);
}

IoManager::OpenFile IoManager::open_file(std::u16string_view name, Opener opener) {
  PFILE_OBJECT object = nullptr;
  {
    const DeviceNames::Found found = names_.resolve(name);
    if (found.device == nullptr) return {STATUS_OBJECT_NAME_NOT_FOUND};
    Device& device = existing_device(found.device);
    const Device& top = existing_device(top_of(found.device));
    if (const NTSTATUS status = may_open(top); !NT_SUCCESS(status)) return {status};
    object = make_file(device, found.rest, opener);
  }
  if (object == nullptr) return {STATUS_INSUFFICIENT_RESOURCES};
  const NTSTATUS status = send_file_request(IRP_MJ_CREATE, object);
  if (NT_SUCCESS(status)) return {status, object};
  free_file(object);
  return {status};
}

OpenResult IoManager::open(std::u16string_view name, ProcessId process, KPROCESSOR_MODE mode) {
  const CalledFrom caller(mode);
  const OpenFile file = open_file(name, {process, mode});
  if (file.object == nullptr) return {file.status};
  const HANDLE handle = objects_.open_handle(file.object);
  objects_.dereference(file.object);  // from here on the handle holds it
  return {file.status, handle};
}

NTSTATUS IoManager::close(HANDLE handle, KPROCESSOR_MODE mode) {
  const CalledFrom caller(mode);
  return objects_.close_handle(handle);
}

void IoManager::last_handle_closed(void* object) {
  if (files_.contains(object)) send_file_request(IRP_MJ_CLEANUP, static_cast<PFILE_OBJECT>(object));
}

NTSTATUS IoManager::device_pointer(std::u16string_view name, PFILE_OBJECT* file,
                                   PDEVICE_OBJECT* device) {
  const CalledFrom mode(KernelMode);
  const OpenFile opened = open_file(name, {system_process, KernelMode});
  if (opened.object == nullptr) return opened.status;
  // The handle is closed before the caller gets the file: the reference is its own.
  send_file_request(IRP_MJ_CLEANUP, opened.object);
  *file = opened.object;
  *device = top_of(opened.object->DeviceObject);
  return STATUS_SUCCESS;
}

}  // namespace drydock::nt
