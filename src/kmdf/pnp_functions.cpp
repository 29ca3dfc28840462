// SPDX-License-Identifier: Apache-2.0
// WdfFdoInit*, and the WdfDevice* functions about Plug and Play and power.
#include <array>
#include <cstring>

#include "kmdf/check.h"
#include "kmdf/device.h"
#include "kmdf/io_target.h"
#include "kmdf/pnp.h"
#include "kmdf/rows.h"
#include "nt/context.h"
#include "nt/io_manager.h"

namespace drydock::kmdf {

namespace {

constexpr ULONG callbacks_size_1_9 = 136;  // ends before EvtDeviceUsageNotificationEx
constexpr ULONG callbacks_size_1_11 = sizeof(WDF_PNPPOWER_EVENT_CALLBACKS);

DeviceSettings& settings_of(PWDFDEVICE_INIT init) {
  require(init);
  return object_of<DeviceInit>(init).settings;
}

void set_pnp_callbacks(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT init,
                       PWDF_PNPPOWER_EVENT_CALLBACKS callbacks) {
  DeviceSettings& settings = settings_of(init);
  require(callbacks);
  const ULONG size = callbacks->Size;
  if (size != callbacks_size_1_9 && size != callbacks_size_1_11) return;
  settings.pnp = {};
  std::memcpy(&settings.pnp, callbacks, size);
}

// The machine never sleeps and no device wakes it: these callbacks are never due.
void set_power_policy_callbacks(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT init,
                                PWDF_POWER_POLICY_EVENT_CALLBACKS callbacks) {
  settings_of(init);
  require(callbacks);
}

// Who decides about power matters only when power changes.
void set_power_policy_ownership(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT init, BOOLEAN) {
  settings_of(init);
}

void set_power_attribute(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT init) {
  settings_of(init);
}

void set_remove_lock_options(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT init,
                             PWDF_REMOVE_LOCK_OPTIONS options) {
  settings_of(init);
  require(options);
}

// There are no resources to filter.
void set_fdo_callbacks(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT init,
                       PWDF_FDO_EVENT_CALLBACKS callbacks) {
  settings_of(init);
  require(callbacks);
}

// Control devices have nothing below them that they could filter.
void set_filter(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT init) {
  settings_of(init).filter = settings_of(init).physical != nullptr;
}

PDEVICE_OBJECT init_physical_device(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT init) {
  return settings_of(init).physical;
}

PDEVICE_OBJECT attached_device(PWDF_DRIVER_GLOBALS, WDFDEVICE handle) {
  return object_of<Device>(handle).attached;
}

PDEVICE_OBJECT physical_device(PWDF_DRIVER_GLOBALS, WDFDEVICE handle) {
  return object_of<Device>(handle).settings.physical;
}

// The target below the device; null for control devices, which have none.
WDFIOTARGET io_target(PWDF_DRIVER_GLOBALS, WDFDEVICE handle) {
  Device& device = object_of<Device>(handle);
  if (device.attached == nullptr) return nullptr;
  if (device.lower_target == nullptr) {
    const NTSTATUS status =
        framework().create(device.client, nullptr, &device, &device.lower_target, device);
    if (!NT_SUCCESS(status)) return nullptr;
    device.lower_target->wdm = device.attached;
    device.lower_target->state = WdfIoTargetStarted;
  }
  return reinterpret_cast<WDFIOTARGET>(device.lower_target->handle);
}

// What the bus and the user interface would be told.
void set_pnp_capabilities(PWDF_DRIVER_GLOBALS, WDFDEVICE handle,
                          PWDF_DEVICE_PNP_CAPABILITIES capabilities) {
  object_of<Device>(handle);
  require(capabilities);
}

void set_power_capabilities(PWDF_DRIVER_GLOBALS, WDFDEVICE handle,
                            PWDF_DEVICE_POWER_CAPABILITIES capabilities) {
  object_of<Device>(handle);
  require(capabilities);
}

// The device never idles: it stays in D0, as one that is always busy.
NTSTATUS assign_idle_settings(PWDF_DRIVER_GLOBALS, WDFDEVICE handle,
                              PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS settings) {
  const Device& device = object_of<Device>(handle);
  require(settings);
  return device.attached != nullptr ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_REQUEST;
}

// A root-enumerated device has no wire to wake the system by.
NTSTATUS assign_wake_settings(PWDF_DRIVER_GLOBALS, WDFDEVICE handle,
                              PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS settings) {
  object_of<Device>(handle);
  require(settings);
  return STATUS_POWER_STATE_INVALID;
}

NTSTATUS stop_idle(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, BOOLEAN) {
  return object_of<Device>(handle).working ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_STATE;
}

NTSTATUS stop_idle_actual(PWDF_DRIVER_GLOBALS globals, WDFDEVICE handle, BOOLEAN wait, PVOID, LONG,
                          PCCH) {
  return stop_idle(globals, handle, wait);
}

void resume_idle(PWDF_DRIVER_GLOBALS, WDFDEVICE handle) {
  object_of<Device>(handle);
}

void resume_idle_actual(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, PVOID, LONG, PCCH) {
  object_of<Device>(handle);
}

POWER_ACTION system_power_action(PWDF_DRIVER_GLOBALS, WDFDEVICE handle) {
  object_of<Device>(handle);
  return PowerActionNone;
}

ULONG resource_count(PWDF_DRIVER_GLOBALS, WDFCMRESLIST list) {
  object_of<ResourceList>(list);
  return 0;
}

PCM_PARTIAL_RESOURCE_DESCRIPTOR resource_descriptor(PWDF_DRIVER_GLOBALS, WDFCMRESLIST list, ULONG) {
  object_of<ResourceList>(list);
  return nullptr;
}

}  // namespace

Functions pnp_init_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfDeviceInitSetPnpPowerEventCallbacks,
                      PFN_WDFDEVICEINITSETPNPPOWEREVENTCALLBACKS, set_pnp_callbacks,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceInitSetPowerPolicyEventCallbacks,
                      PFN_WDFDEVICEINITSETPOWERPOLICYEVENTCALLBACKS, set_power_policy_callbacks,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceInitSetPowerPolicyOwnership,
                      PFN_WDFDEVICEINITSETPOWERPOLICYOWNERSHIP, set_power_policy_ownership,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceInitSetPowerPageable, PFN_WDFDEVICEINITSETPOWERPAGEABLE,
                      set_power_attribute, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceInitSetPowerNotPageable, PFN_WDFDEVICEINITSETPOWERNOTPAGEABLE,
                      set_power_attribute, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceInitSetPowerInrush, PFN_WDFDEVICEINITSETPOWERINRUSH,
                      set_power_attribute, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceInitSetRemoveLockOptions, PFN_WDFDEVICEINITSETREMOVELOCKOPTIONS,
                      set_remove_lock_options, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfFdoInitSetEventCallbacks, PFN_WDFFDOINITSETEVENTCALLBACKS,
                      set_fdo_callbacks, passive_quiet),
      DRYDOCK_WDF_ROW(WdfFdoInitSetFilter, PFN_WDFFDOINITSETFILTER, set_filter, passive_quiet),
      DRYDOCK_WDF_ROW(WdfFdoInitWdmGetPhysicalDevice, PFN_WDFFDOINITWDMGETPHYSICALDEVICE,
                      init_physical_device, up_to_dispatch_quiet),
  };
  return rows;
}

Functions pnp_device_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfDeviceWdmGetAttachedDevice, PFN_WDFDEVICEWDMGETATTACHEDDEVICE,
                      attached_device, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceWdmGetPhysicalDevice, PFN_WDFDEVICEWDMGETPHYSICALDEVICE,
                      physical_device, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceGetIoTarget, PFN_WDFDEVICEGETIOTARGET, io_target, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDeviceSetPnpCapabilities, PFN_WDFDEVICESETPNPCAPABILITIES,
                      set_pnp_capabilities, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceSetPowerCapabilities, PFN_WDFDEVICESETPOWERCAPABILITIES,
                      set_power_capabilities, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceAssignS0IdleSettings, PFN_WDFDEVICEASSIGNS0IDLESETTINGS,
                      assign_idle_settings, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDeviceAssignSxWakeSettings, PFN_WDFDEVICEASSIGNSXWAKESETTINGS,
                      assign_wake_settings, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDeviceStopIdleNoTrack, PFN_WDFDEVICESTOPIDLENOTRACK, stop_idle,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDeviceResumeIdleNoTrack, PFN_WDFDEVICERESUMEIDLENOTRACK, resume_idle,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDeviceStopIdleActual, PFN_WDFDEVICESTOPIDLEACTUAL, stop_idle_actual,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDeviceResumeIdleActual, PFN_WDFDEVICERESUMEIDLEACTUAL, resume_idle_actual,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDeviceGetSystemPowerAction, PFN_WDFDEVICEGETSYSTEMPOWERACTION,
                      system_power_action, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfCmResourceListGetCount, PFN_WDFCMRESOURCELISTGETCOUNT, resource_count,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfCmResourceListGetDescriptor, PFN_WDFCMRESOURCELISTGETDESCRIPTOR,
                      resource_descriptor, up_to_dispatch_quiet),
  };
  return rows;
}

}  // namespace drydock::kmdf
