// SPDX-License-Identifier: Apache-2.0
// WDFDEVICE (control devices and function devices of Plug and Play), what describes one before it
// exists, and WDFFILEOBJECT.
#pragma once

#include <wdf.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kmdf/callback_lock.h"
#include "kmdf/framework.h"
#include "kmdf/object.h"

namespace drydock::kmdf {

class Queue;
class FileObject;
class IoTarget;
class ResourceList;

// A driver's routine that sees IRPs of a kind first; of every minor function when it names none.
struct Preprocessor {
  UCHAR major = 0;
  std::vector<UCHAR> minors;
  PFN_WDFDEVICE_WDM_IRP_PREPROCESS callback = nullptr;
};

// A driver's routine that decides which way an IRP goes.
struct Dispatcher {
  PFN_WDFDEVICE_WDM_IRP_DISPATCH callback = nullptr;
  WDFCONTEXT context = nullptr;
};

// What the WdfDeviceInit* functions have set.
struct DeviceSettings {
  std::u16string name;
  bool security_descriptor = false;  // SDDL was given
  ULONG type = FILE_DEVICE_UNKNOWN;
  ULONG characteristics = 0;
  bool exclusive = false;
  WDF_DEVICE_IO_TYPE io_type = WdfDeviceIoBuffered;
  PFN_WDF_DEVICE_FILE_CREATE file_create = nullptr;
  PFN_WDF_FILE_CLOSE file_close = nullptr;
  PFN_WDF_FILE_CLEANUP file_cleanup = nullptr;
  bool file_objects = true;
  std::optional<WDF_OBJECT_ATTRIBUTES> file_attributes;
  std::optional<WDF_OBJECT_ATTRIBUTES> request_attributes;
  PFN_WDF_IO_IN_CALLER_CONTEXT in_caller_context = nullptr;
  PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION shutdown = nullptr;
  std::vector<Preprocessor> preprocessors;
  // Of Plug and Play.
  PDEVICE_OBJECT physical = nullptr;  // null for control devices
  bool filter = false;
  WDF_PNPPOWER_EVENT_CALLBACKS pnp{};
};

// PWDFDEVICE_INIT
class DeviceInit final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::device_init;
  explicit DeviceInit(Client& owner) : Object(object_type, owner) {}

  DeviceSettings settings;
};

class Device final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::device;
  explicit Device(Client& owner) : Object(object_type, owner) {}

  void on_dispose() override;
  [[nodiscard]] bool disposed_at_passive() const override { return true; }
  [[nodiscard]] CallbackLock* callback_lock() const override { return lock.get(); }
  // The lock of the device, also when only one of its queues asks for it.
  CallbackLock& make_lock();

  // Detaches, deletes link and DEVICE_OBJECT; the latter still takes the close of open files.
  // Harmless when done before.
  void retire();
  [[nodiscard]] FileObject* file_of(const FILE_OBJECT* wdm) const;
  // The queue for requests of that kind: configured, or the default one; null when there is none.
  [[nodiscard]] Queue* queue_for(UCHAR major) const;

  DeviceSettings settings;
  PDEVICE_OBJECT wdm = nullptr;
  std::u16string link;
  std::unique_ptr<CallbackLock> lock;
  bool initialised = false;  // WdfControlFinishInitializing
  bool retired = false;      // IoDeleteDevice was called
  Queue* default_queue = nullptr;
  std::array<Queue*, IRP_MJ_MAXIMUM_FUNCTION + 1> queues{};  // by major function
  std::array<Dispatcher, IRP_MJ_MAXIMUM_FUNCTION + 1> dispatchers{};
  std::vector<FileObject*> files;
  WDF_DEVICE_STATE state{.Size = sizeof(WDF_DEVICE_STATE),
                         .Disabled = WdfUseDefault,
                         .DontDisplayInUI = WdfUseDefault,
                         .Failed = WdfUseDefault,
                         .NotDisableable = WdfUseDefault,
                         .Removed = WdfUseDefault,
                         .ResourcesChanged = WdfUseDefault,
                         .AssignedToGuest = WdfUseDefault};
  // Of Plug and Play: the device below, and how far the start has come (pnp.cpp).
  PDEVICE_OBJECT attached = nullptr;
  IoTarget* lower_target = nullptr;  // made on demand
  bool prepared = false;             // EvtDevicePrepareHardware was called
  bool working = false;              // in D0
  bool self_managed = false;         // EvtDeviceSelfManagedIoInit was called
  bool suspended = false;            // its I/O, until EvtDeviceSelfManagedIoRestart
  ResourceList* raw_resources = nullptr;
  ResourceList* translated_resources = nullptr;
  std::vector<std::u16string> interfaces;  // their links
  WDF_DEVICE_PNP_STATE pnp_state = WdfDevStatePnpInvalid;
  WDF_DEVICE_POWER_STATE power_state = WdfDevStatePowerInvalid;
  WDF_DEVICE_POWER_POLICY_STATE power_policy_state = WdfDevStatePwrPolInvalid;
};

class FileObject final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::file_object;
  FileObject(Client& owner, Device& of, PFILE_OBJECT file)
      : Object(object_type, owner), device(of), wdm(file) {}

  void on_dispose() override;
  [[nodiscard]] bool disposed_at_passive() const override { return true; }

  Device& device;
  PFILE_OBJECT wdm;
  ULONG process = 0;  // that opened the file
};

// Deletes the file; its device too, when only that file has kept it.
void remove_file(FileObject& file);

}  // namespace drydock::kmdf
