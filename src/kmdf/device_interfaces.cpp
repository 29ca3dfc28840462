// SPDX-License-Identifier: Apache-2.0
// WdfDevice*Interface*: how applications find a device of Plug and Play. The framework enables its
// interfaces when the device has started and disables them when it is removed.
#include <algorithm>
#include <array>
#include <bit>

#include "kmdf/check.h"
#include "kmdf/device.h"
#include "kmdf/rows.h"
#include "kmdf/strings.h"
#include "nt/context.h"
#include "nt/io_manager.h"
#include "nt/names.h"

namespace drydock::kmdf {

namespace {

nt::PnpManager& pnp() {
  return nt::service<nt::IoManager>().pnp();
}

// Empty when the device has no interface of that class and reference.
std::u16string link_of(const Device& device, const GUID& device_class, PCUNICODE_STRING reference) {
  const std::u16string link = pnp().register_interface(
      device.settings.physical, std::bit_cast<Guid>(device_class), nt::view_of(reference));
  const bool ours = std::ranges::find(device.interfaces, link) != device.interfaces.end();
  return ours ? link : std::u16string();
}

NTSTATUS create(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, const GUID* device_class,
                PCUNICODE_STRING reference) {
  Device& device = object_of<Device>(handle);
  require(device_class);
  const std::u16string link = pnp().register_interface(
      device.settings.physical, std::bit_cast<Guid>(*device_class), nt::view_of(reference));
  if (link.empty()) return STATUS_INVALID_DEVICE_REQUEST;
  if (std::ranges::find(device.interfaces, link) != device.interfaces.end()) return STATUS_SUCCESS;
  device.interfaces.push_back(link);
  if (device.pnp_state == WdfDevStatePnpStarted) pnp().enable_interface(link, true);
  return STATUS_SUCCESS;
}

void set_state(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, const GUID* device_class,
               PCUNICODE_STRING reference, BOOLEAN enable) {
  const Device& device = object_of<Device>(handle);
  require(device_class);
  const std::u16string link = link_of(device, *device_class, reference);
  if (!link.empty()) pnp().enable_interface(link, enable != FALSE);
}

NTSTATUS retrieve_string(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, const GUID* device_class,
                         PCUNICODE_STRING reference, WDFSTRING string) {
  const Device& device = object_of<Device>(handle);
  require(device_class);
  String& text = object_of<String>(string);
  const std::u16string link = link_of(device, *device_class, reference);
  if (link.empty()) return STATUS_OBJECT_NAME_NOT_FOUND;
  return text.assign(link);
}

}  // namespace

Functions device_interface_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfDeviceCreateDeviceInterface, PFN_WDFDEVICECREATEDEVICEINTERFACE, create,
                      creates_at_passive),
      DRYDOCK_WDF_ROW(WdfDeviceSetDeviceInterfaceState, PFN_WDFDEVICESETDEVICEINTERFACESTATE,
                      set_state, passive_only),
      DRYDOCK_WDF_ROW(WdfDeviceRetrieveDeviceInterfaceString,
                      PFN_WDFDEVICERETRIEVEDEVICEINTERFACESTRING, retrieve_string,
                      creates_at_passive),
  };
  return rows;
}

}  // namespace drydock::kmdf
