// SPDX-License-Identifier: Apache-2.0
// WdfDevice*Property and WdfFdoInit*Property: what was stored when the device was installed.
#include "nt/device_properties.h"

#include <array>

#include "kmdf/check.h"
#include "kmdf/device.h"
#include "kmdf/driver.h"
#include "kmdf/memory.h"
#include "kmdf/rows.h"
#include "nt/context.h"
#include "nt/io_manager.h"

namespace drydock::kmdf {

namespace {

constexpr NTSTATUS no_such_device = STATUS_INVALID_DEVICE_REQUEST;

const nt::RootDevice* root_of(PDEVICE_OBJECT physical) {
  return nt::service<nt::IoManager>().pnp().device_of(physical);
}

PDEVICE_OBJECT physical_of(PWDFDEVICE_INIT init) {
  require(init);
  return object_of<DeviceInit>(init).settings.physical;
}

NTSTATUS query(PDEVICE_OBJECT physical, DEVICE_REGISTRY_PROPERTY property, ULONG length,
               PVOID buffer, PULONG needed) {
  require(needed);
  const nt::RootDevice* device = root_of(physical);
  if (device == nullptr) return no_such_device;
  return nt::copy_property(*device, property, {static_cast<std::byte*>(buffer), length}, needed);
}

NTSTATUS allocate(Client& client, PDEVICE_OBJECT physical, DEVICE_REGISTRY_PROPERTY property,
                  const WDF_OBJECT_ATTRIBUTES* attributes, WDFMEMORY* memory) {
  require(memory);
  const nt::RootDevice* device = root_of(physical);
  if (device == nullptr) return no_such_device;
  const NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  const auto content = nt::property_of(*device, property);
  if (!content) return STATUS_OBJECT_NAME_NOT_FOUND;
  return make_pool_memory(client, attributes, client.globals->DriverTag, *content, memory);
}

NTSTATUS device_query(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, DEVICE_REGISTRY_PROPERTY property,
                      ULONG length, PVOID buffer, PULONG needed) {
  return query(object_of<Device>(handle).settings.physical, property, length, buffer, needed);
}

NTSTATUS device_allocate(PWDF_DRIVER_GLOBALS globals, WDFDEVICE handle,
                         DEVICE_REGISTRY_PROPERTY property, POOL_TYPE,
                         PWDF_OBJECT_ATTRIBUTES attributes, WDFMEMORY* memory) {
  return allocate(client_of(globals), object_of<Device>(handle).settings.physical, property,
                  attributes, memory);
}

NTSTATUS init_query(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT init, DEVICE_REGISTRY_PROPERTY property,
                    ULONG length, PVOID buffer, PULONG needed) {
  return query(physical_of(init), property, length, buffer, needed);
}

NTSTATUS init_allocate(PWDF_DRIVER_GLOBALS globals, PWDFDEVICE_INIT init,
                       DEVICE_REGISTRY_PROPERTY property, POOL_TYPE,
                       PWDF_OBJECT_ATTRIBUTES attributes, WDFMEMORY* memory) {
  return allocate(client_of(globals), physical_of(init), property, attributes, memory);
}

}  // namespace

Functions device_property_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfDeviceQueryProperty, PFN_WDFDEVICEQUERYPROPERTY, device_query,
                      passive_only),
      DRYDOCK_WDF_ROW(WdfDeviceAllocAndQueryProperty, PFN_WDFDEVICEALLOCANDQUERYPROPERTY,
                      device_allocate, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfFdoInitQueryProperty, PFN_WDFFDOINITQUERYPROPERTY, init_query,
                      passive_only),
      DRYDOCK_WDF_ROW(WdfFdoInitAllocAndQueryProperty, PFN_WDFFDOINITALLOCANDQUERYPROPERTY,
                      init_allocate, creates_at_passive),
  };
  return rows;
}

}  // namespace drydock::kmdf
