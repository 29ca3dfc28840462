// SPDX-License-Identifier: Apache-2.0
// Plug and Play, as far as a root-enumerated software device meets it: one device for each driver
// that has an AddDevice routine, from its start to its removal, and the interfaces of devices.
#pragma once

#include <ntddk.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/guid.h"
#include "machine/machine.h"
#include "nt/io_types.h"
#include "nt/names.h"

namespace drydock::nt {

class IoManager;

// A device of the root bus and the driver that was installed for it.
struct RootDevice {
  PDEVICE_OBJECT physical = nullptr;
  machine::DriverId driver = 0;  // the function driver
  std::u16string name;           // of its service
  bool started = false;
  bool unplugged = false;  // IRP_MN_SURPRISE_REMOVAL was sent
};

// A class of things that a device offers, as applications find it.
struct DeviceInterface {
  std::u16string link;  // \??\ROOT#NAME#0000#{class}
  Guid device_class;
  PDEVICE_OBJECT physical = nullptr;
  bool enabled = false;
};

class PnpManager {
 public:
  PnpManager(machine::Machine& machine, IoManager& io, DeviceNames& names)
      : machine_(machine), io_(io), names_(names) {}

  // On a fiber at PASSIVE_LEVEL, after DriverEntry: makes the device, calls AddDevice, starts what
  // that attached, and asks what Windows asks after a start. Driver::device_status says how it
  // went.
  void add_device(Driver& driver);
  // On a fiber at PASSIVE_LEVEL: IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_REMOVE_DEVICE. What the driver
  // answered to the first; when that is a refusal the device stays.
  NTSTATUS remove_device(const Driver& driver);

  // The same, from outside: stops the device to give it other resources (the same none here) and
  // starts it again. What the driver answered to IRP_MN_QUERY_STOP_DEVICE or to the start.
  NTSTATUS rebalance(const Driver& driver);
  // The device is pulled out: IRP_MN_SURPRISE_REMOVAL. remove_device follows with the unload.
  void unplug(const Driver& driver);

  // Null when the driver has none, or it has been removed.
  [[nodiscard]] const RootDevice* device_of(machine::DriverId driver) const;
  // Null when it is no physical device object.
  [[nodiscard]] const RootDevice* device_of(const DEVICE_OBJECT* physical) const;
  // Is this the driver object of the bus? Its devices are not called but answered for.
  [[nodiscard]] bool is_bus(const DRIVER_OBJECT* object) const { return object == bus_; }
  // The bus driver's part of an IRP.
  NTSTATUS answer(PDEVICE_OBJECT physical, PIRP irp);

  // --- interfaces

  // The link of the interface, which is registered when it is not yet. `reference` may be empty.
  // Empty when `physical` is no physical device object.
  std::u16string register_interface(PDEVICE_OBJECT physical, const Guid& device_class,
                                    std::u16string_view reference);
  // STATUS_OBJECT_NAME_NOT_FOUND; STATUS_OBJECT_NAME_EXISTS when it is enabled already.
  NTSTATUS enable_interface(std::u16string_view link, bool enable);
  // Links of the enabled ones (of that device, unless null), in order of registration.
  [[nodiscard]] std::vector<std::u16string> interfaces(const Guid& device_class,
                                                       const DEVICE_OBJECT* physical) const;

 private:
  RootDevice* make_device(const Driver& driver);
  void make_bus();
  [[nodiscard]] RootDevice* find(machine::DriverId driver) const;
  NTSTATUS start(RootDevice& device);
  void ask_capabilities(const RootDevice& device);
  void ask_after_start(const RootDevice& device);
  void remove(RootDevice& device);
  void disable_interfaces(const RootDevice& device);
  NTSTATUS send(const RootDevice& device, UCHAR minor);
  NTSTATUS answer_pnp(PIRP irp);

  machine::Machine& machine_;
  IoManager& io_;
  DeviceNames& names_;
  PDRIVER_OBJECT bus_ = nullptr;  // made for the first device
  std::uint32_t next_number_ = 0;
  std::vector<std::unique_ptr<RootDevice>> devices_;
  std::vector<DeviceInterface> interfaces_;  // in order of registration
};

// "ROOT\NAME"
std::u16string hardware_id(const RootDevice& device);
// "ROOT\NAME\0000"
std::u16string instance_path(const RootDevice& device);

}  // namespace drydock::nt
