// SPDX-License-Identifier: Apache-2.0
// Io* and Po*: device stacks, device interfaces, properties and power as drivers of Plug and Play
// see them.
#include <ntddk.h>
#include <wdm/pnp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/device_properties.h"
#include "nt/io_exports.h"
#include "nt/io_manager.h"
#include "nt/registry.h"
#include "nt/string_buffers.h"

namespace drydock::nt {

namespace {

constexpr Traits creates{
    .max_irql = Irql::passive, .may_fail = true, .failure = insufficient_resources};

IoManager& io() {
  return service<IoManager>();
}

// --- stacks

PDEVICE_OBJECT attach_to_stack(PDEVICE_OBJECT source, PDEVICE_OBJECT target) {
  return io().attach_device(source, target);
}

void detach(PDEVICE_OBJECT target) {
  io().detach_device(target);
}

PDEVICE_OBJECT attached_device(PDEVICE_OBJECT device) {
  return IoManager::top_of(device);
}

PDEVICE_OBJECT referenced(PDEVICE_OBJECT device) {
  if (device != nullptr) service<Objects>().reference(device);
  return device;
}

PDEVICE_OBJECT attached_device_reference(PDEVICE_OBJECT device) {
  return referenced(IoManager::top_of(device));
}

PDEVICE_OBJECT lower_device_reference(PDEVICE_OBJECT device) {
  return referenced(io().lower_device(device));
}

PDEVICE_OBJECT related_device(PFILE_OBJECT file) {
  return IoManager::top_of(file->DeviceObject);
}

BOOLEAN forward_synchronously(PDEVICE_OBJECT device, PIRP irp) {
  if (irp->CurrentLocation <= 1) return FALSE;
  io().forward_and_wait(device, irp);
  return TRUE;
}

// --- interfaces

NTSTATUS register_interface(PDEVICE_OBJECT physical, const GUID* device_class,
                            PUNICODE_STRING reference, PUNICODE_STRING link) {
  const std::u16string name = io().pnp().register_interface(
      physical, std::bit_cast<Guid>(*device_class), view_of(reference));
  if (name.empty()) return STATUS_INVALID_DEVICE_REQUEST;
  const std::size_t bytes = name.size() * sizeof(WCHAR);
  if (!allocate_buffer(*link, bytes + sizeof(WCHAR))) return STATUS_INSUFFICIENT_RESOURCES;
  std::memcpy(link->Buffer, name.data(), bytes);
  link->Length = static_cast<USHORT>(bytes);
  return STATUS_SUCCESS;
}

NTSTATUS set_interface_state(PUNICODE_STRING link, BOOLEAN enable) {
  return io().pnp().enable_interface(view_of(link), enable != FALSE);
}

// A list of zero-terminated links in a pool block of the driver's, with an empty one at its end.
NTSTATUS get_interfaces(const GUID* device_class, PDEVICE_OBJECT physical, ULONG, PWSTR* list) {
  std::u16string text;
  for (const std::u16string& link :
       io().pnp().interfaces(std::bit_cast<Guid>(*device_class), physical))
    text += link + u'\0';
  text += u'\0';
  const std::size_t bytes = text.size() * sizeof(WCHAR);
  *list = static_cast<PWSTR>(service<Pool>().allocate(bytes, string_tag, Pool::Contents::zeroed));
  if (*list == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  std::memcpy(*list, text.data(), bytes);
  return STATUS_SUCCESS;
}

// --- properties and keys

NTSTATUS get_property(PDEVICE_OBJECT physical, DEVICE_REGISTRY_PROPERTY property, ULONG length,
                      PVOID buffer, PULONG needed) {
  const RootDevice* device = io().pnp().device_of(physical);
  if (device == nullptr) return STATUS_INVALID_DEVICE_REQUEST;
  return copy_property(*device, property, {static_cast<std::byte*>(buffer), length}, needed);
}

NTSTATUS open_key(PDEVICE_OBJECT physical, ULONG kind, ACCESS_MASK, PHANDLE handle) {
  const RootDevice* device = io().pnp().device_of(physical);
  if (device == nullptr) return STATUS_INVALID_DEVICE_REQUEST;
  const std::u16string path = registry_path_of(*device, kind);
  if (path.empty()) return STATUS_INVALID_PARAMETER;
  auto& registry = service<Registry>();
  registry.create_key(path);
  *handle = registry.open(path);
  return STATUS_SUCCESS;
}

// The manager would ask for the device's state again, and do nothing about it.
void invalidate_state(PDEVICE_OBJECT) {}

// --- power

void start_next_power_irp(PIRP) {}

NTSTATUS call_power_driver(PDEVICE_OBJECT device, PIRP irp) {
  return io().call_driver(device, irp);
}

// The devices of this machine stay in D0; nobody looks at what they say they are in.
POWER_STATE set_power_state(PDEVICE_OBJECT, POWER_STATE_TYPE type, POWER_STATE) {
  POWER_STATE before{};
  if (type == DevicePowerState) {
    before.DeviceState = PowerDeviceD0;
  } else {
    before.SystemState = PowerSystemWorking;
  }
  return before;
}

void tell_power_done(PDEVICE_OBJECT device, const IO_STACK_LOCATION& what, POWER_STATE state,
                     PREQUEST_POWER_COMPLETE done, PVOID context, const Transfer& result) {
  if (done == nullptr) return;
  const Device* known = io().device_of(device);
  if (known == nullptr) return;
  auto* status = the_machine().memory().kernel.make<IO_STATUS_BLOCK>();
  status->Status = result.status;
  status->Information = result.information;
  ledger::call_driver({.kind = machine::CallbackKind::other, .driver = known->driver}, done, device,
                      what.MinorFunction, state, context, status);
  the_machine().memory().kernel.drop(status);
}

NTSTATUS request_power(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state,
                       PREQUEST_POWER_COMPLETE done, PVOID context, PIRP* irp) {
  if (minor != IRP_MN_QUERY_POWER && minor != IRP_MN_SET_POWER && minor != IRP_MN_WAIT_WAKE)
    return STATUS_INVALID_PARAMETER_2;
  IO_STACK_LOCATION what{};
  what.MajorFunction = IRP_MJ_POWER;
  what.MinorFunction = minor;
  what.Parameters.Power.Type = DevicePowerState;
  what.Parameters.Power.State = state;
  return io().request_power(
      device, what,
      [=](const Transfer& result) { tell_power_done(device, what, state, done, context, result); },
      irp);
}

}  // namespace

Exports pnp_exports() {
  static const std::array rows = {
      kernel_row<"IoAttachDeviceToDeviceStack", decltype(::IoAttachDeviceToDeviceStack),
                 attach_to_stack, up_to_dispatch>(),
      kernel_row<"IoDetachDevice", decltype(::IoDetachDevice), detach, passive_only>(),
      kernel_row<"IoGetAttachedDevice", decltype(::IoGetAttachedDevice), attached_device,
                 up_to_dispatch_quiet>(),
      kernel_row<"IoGetAttachedDeviceReference", decltype(::IoGetAttachedDeviceReference),
                 attached_device_reference, up_to_dispatch>(),
      kernel_row<"IoGetLowerDeviceObject", decltype(::IoGetLowerDeviceObject),
                 lower_device_reference, up_to_dispatch>(),
      kernel_row<"IoGetRelatedDeviceObject", decltype(::IoGetRelatedDeviceObject), related_device,
                 up_to_dispatch_quiet>(),
      kernel_row<"IoForwardIrpSynchronously", decltype(::IoForwardIrpSynchronously),
                 forward_synchronously, passive_only>(),
      kernel_row<"IoRegisterDeviceInterface", decltype(::IoRegisterDeviceInterface),
                 register_interface, creates>(),
      kernel_row<"IoSetDeviceInterfaceState", decltype(::IoSetDeviceInterfaceState),
                 set_interface_state, passive_only>(),
      kernel_row<"IoGetDeviceInterfaces", decltype(::IoGetDeviceInterfaces), get_interfaces,
                 creates>(),
      kernel_row<"IoGetDeviceProperty", decltype(::IoGetDeviceProperty), get_property,
                 passive_only>(),
      kernel_row<"IoOpenDeviceRegistryKey", decltype(::IoOpenDeviceRegistryKey), open_key,
                 creates>(),
      kernel_row<"IoInvalidateDeviceState", decltype(::IoInvalidateDeviceState), invalidate_state,
                 up_to_dispatch_quiet>(),
      kernel_row<"PoStartNextPowerIrp", decltype(::PoStartNextPowerIrp), start_next_power_irp,
                 up_to_dispatch_quiet>(),
      kernel_row<"PoCallDriver", decltype(::PoCallDriver), call_power_driver,
                 up_to_dispatch_raises>(),
      kernel_row<"PoSetPowerState", decltype(::PoSetPowerState), set_power_state,
                 up_to_dispatch_quiet>(),
      kernel_row<"PoRequestPowerIrp", decltype(::PoRequestPowerIrp), request_power,
                 up_to_dispatch>(),
  };
  return rows;
}

}  // namespace drydock::nt
