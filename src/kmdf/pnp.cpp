// SPDX-License-Identifier: Apache-2.0
#include "kmdf/pnp.h"

#include <utility>

#include "kmdf/check.h"
#include "kmdf/device.h"
#include "kmdf/dispatch.h"
#include "kmdf/driver.h"
#include "kmdf/internal_routines.h"
#include "kmdf/queue.h"
#include "nt/context.h"
#include "nt/io_manager.h"

namespace drydock::kmdf {

namespace {

WDFDEVICE handle_of(const Device& device) {
  return reinterpret_cast<WDFDEVICE>(device.handle);
}

WDFCMRESLIST handle_of(const ResourceList* list) {
  return list == nullptr ? nullptr : reinterpret_cast<WDFCMRESLIST>(list->handle);
}

// A callback that a driver did not give succeeds.
template <class... P, class... A>
NTSTATUS ask(const Device& device, NTSTATUS(__attribute__((ms_abi)) * callback)(WDFDEVICE, P...),
             A... arguments) {
  return callback == nullptr ? STATUS_SUCCESS
                             : framework().call(device, callback, handle_of(device), arguments...);
}

void tell(const Device& device, void(__attribute__((ms_abi)) * callback)(WDFDEVICE)) {
  if (callback != nullptr) framework().call(device, callback, handle_of(device));
}

template <class Action>
void each_queue(Device& device, Action action) {
  // NOLINTNEXTLINE(modernize-loop-convert): queues call the driver, which may make more
  for (std::size_t i = 0; i < device.children.size(); ++i) {
    if (device.children[i]->type == ObjectType::queue)
      action(static_cast<Queue&>(*device.children[i]));
  }
}

void enable_interfaces(const Device& device, bool enable) {
  for (const std::u16string& link : device.interfaces)
    nt::service<nt::IoManager>().pnp().enable_interface(link, enable);
}

// --- up

NTSTATUS prepare_hardware(Device& device) {
  framework().create(device.client, nullptr, &device, &device.raw_resources);
  framework().create(device.client, nullptr, &device, &device.translated_resources);
  device.prepared = true;
  return ask(device, device.settings.pnp.EvtDevicePrepareHardware, handle_of(device.raw_resources),
             handle_of(device.translated_resources));
}

NTSTATUS enter_d0(Device& device) {
  constexpr WDF_POWER_DEVICE_STATE from = WdfPowerDeviceD3Final;
  NTSTATUS status = ask(device, device.settings.pnp.EvtDeviceD0Entry, from);
  if (!NT_SUCCESS(status)) return status;
  device.working = true;
  device.power_state = WdfDevStatePowerD0;
  return ask(device, device.settings.pnp.EvtDeviceD0EntryPostInterruptsEnabled, from);
}

NTSTATUS start_self_managed_io(Device& device) {
  const WDF_PNPPOWER_EVENT_CALLBACKS& callbacks = device.settings.pnp;
  const bool again = std::exchange(device.self_managed, true);
  const NTSTATUS status = ask(device, again ? callbacks.EvtDeviceSelfManagedIoRestart
                                            : callbacks.EvtDeviceSelfManagedIoInit);
  device.suspended = !NT_SUCCESS(status);  // what has not begun needs no suspending
  return status;
}

// Every way down that there is here is a final one: nobody sleeps.
NTSTATUS power_up(Device& device) {
  NTSTATUS status = prepare_hardware(device);
  if (NT_SUCCESS(status)) status = enter_d0(device);
  if (!NT_SUCCESS(status)) return status;
  each_queue(device, [](Queue& queue) { queue.power_on(); });
  status = start_self_managed_io(device);
  if (!NT_SUCCESS(status)) return status;
  enable_interfaces(device, true);
  device.pnp_state = WdfDevStatePnpStarted;
  device.power_policy_state = WdfDevStatePwrPolStarted;
  return STATUS_SUCCESS;
}

// --- down: what has come up, in the opposite order

void leave_d0(Device& device) {
  constexpr WDF_POWER_DEVICE_STATE to = WdfPowerDeviceD3Final;
  if (!std::exchange(device.working, false)) return;
  ask(device, device.settings.pnp.EvtDeviceD0ExitPreInterruptsDisabled, to);
  ask(device, device.settings.pnp.EvtDeviceD0Exit, to);
  device.power_state = WdfDevStatePowerStopped;
}

void release_hardware(Device& device) {
  if (!std::exchange(device.prepared, false)) return;
  ask(device, device.settings.pnp.EvtDeviceReleaseHardware, handle_of(device.translated_resources));
  framework().remove(*std::exchange(device.raw_resources, nullptr));
  framework().remove(*std::exchange(device.translated_resources, nullptr));
}

void power_down(Device& device, WDF_REQUEST_STOP_ACTION_FLAGS action) {
  if (device.self_managed && !std::exchange(device.suspended, true))
    ask(device, device.settings.pnp.EvtDeviceSelfManagedIoSuspend);
  each_queue(device, [action](Queue& queue) { queue.power_off(action); });
  leave_d0(device);
  release_hardware(device);
  device.power_policy_state = WdfDevStatePwrPolStopped;
}

void leave_for_good(Device& device) {
  enable_interfaces(device, false);
  power_down(device, WdfRequestStopActionPurge);
  if (std::exchange(device.self_managed, false)) {
    tell(device, device.settings.pnp.EvtDeviceSelfManagedIoFlush);
    tell(device, device.settings.pnp.EvtDeviceSelfManagedIoCleanup);
  }
  device.pnp_state = WdfDevStatePnpRemoved;
  device.power_policy_state = WdfDevStatePwrPolRemoved;
}

// --- the PnP manager's requests

NTSTATUS on_start(Device& device, PIRP irp) {
  nt::service<nt::IoManager>().forward_and_wait(device.attached, irp);
  NTSTATUS status = irp->IoStatus.Status;
  if (NT_SUCCESS(status)) status = power_up(device);
  return refuse_irp(irp, status);
}

NTSTATUS pass_with_success(const Device& device, PIRP irp) {
  irp->IoStatus.Status = STATUS_SUCCESS;
  return pass_down(device, irp);
}

NTSTATUS on_query(const Device& device, PIRP irp,
                  NTSTATUS(__attribute__((ms_abi)) * callback)(WDFDEVICE)) {
  const NTSTATUS status = ask(device, callback);
  return NT_SUCCESS(status) ? pass_with_success(device, irp) : refuse_irp(irp, status);
}

NTSTATUS on_stop(Device& device, PIRP irp) {
  power_down(device, WdfRequestStopActionSuspend);
  device.pnp_state = WdfDevStatePnpStopped;
  return pass_with_success(device, irp);
}

NTSTATUS on_surprise_removal(Device& device, PIRP irp) {
  tell(device, device.settings.pnp.EvtDeviceSurpriseRemoval);
  enable_interfaces(device, false);
  power_down(device, WdfRequestStopActionPurge);
  return pass_with_success(device, irp);
}

// The request is gone before the device is; it holds the DEVICE_OBJECT until then.
NTSTATUS on_remove(Device& device, PIRP irp) {
  leave_for_good(device);
  const NTSTATUS status = pass_with_success(device, irp);
  framework().remove(device);
  return status;
}

}  // namespace

NTSTATUS pass_down(const Device& device, PIRP irp) {
  IoSkipCurrentIrpStackLocation(irp);
  return nt::service<nt::IoManager>().call_driver(device.attached, irp);
}

NTSTATUS dispatch_pnp(Device& device, PIRP irp) {
  if (device.attached == nullptr) return refuse_irp(irp, STATUS_INVALID_DEVICE_REQUEST);
  const WDF_PNPPOWER_EVENT_CALLBACKS& callbacks = device.settings.pnp;
  switch (IoGetCurrentIrpStackLocation(irp)->MinorFunction) {
    case IRP_MN_START_DEVICE:
      return on_start(device, irp);
    case IRP_MN_QUERY_REMOVE_DEVICE:
      return on_query(device, irp, callbacks.EvtDeviceQueryRemove);
    case IRP_MN_QUERY_STOP_DEVICE:
      return on_query(device, irp, callbacks.EvtDeviceQueryStop);
    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
      return pass_with_success(device, irp);
    case IRP_MN_STOP_DEVICE:
      return on_stop(device, irp);
    case IRP_MN_SURPRISE_REMOVAL:
      return on_surprise_removal(device, irp);
    case IRP_MN_REMOVE_DEVICE:
      return on_remove(device, irp);
    default:
      return pass_down(device, irp);
  }
}

// A driver that creates no device stays out of the stack.
NTSTATUS framework_add_device(PDRIVER_OBJECT wdm_driver, PDEVICE_OBJECT physical) {
  Client* client = framework().client_of(wdm_driver);
  if (client == nullptr || client->driver == nullptr) return STATUS_NO_SUCH_DEVICE;
  DriverObject& driver = *client->driver;
  DeviceInit* init = nullptr;
  NTSTATUS status = framework().create(*client, nullptr, nullptr, &init);
  if (!NT_SUCCESS(status)) return status;
  init->settings.physical = physical;
  const auto handle = reinterpret_cast<PWDFDEVICE_INIT>(init->handle);
  driver.added = nullptr;
  status = framework().call(driver, driver.device_add, reinterpret_cast<WDFDRIVER>(driver.handle),
                            handle);
  if (Object* unused = framework().find(handle)) framework().remove(*unused);
  Device* device = std::exchange(driver.added, nullptr);
  if (device == nullptr) return status;
  if (NT_SUCCESS(status)) {
    device->wdm->Flags &= ~static_cast<ULONG>(DO_DEVICE_INITIALIZING);
  } else {
    framework().remove(*device);
  }
  return status;
}

}  // namespace drydock::kmdf
