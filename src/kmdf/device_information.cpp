// SPDX-License-Identifier: Apache-2.0
// What drivers ask and tell about a device that changes nothing in how it works here.
#include <array>
#include <cstring>

#include "kmdf/check.h"
#include "kmdf/device.h"
#include "kmdf/rows.h"
#include "kmdf/strings.h"
#include "nt/context.h"
#include "nt/io_manager.h"

namespace drydock::kmdf {

namespace {

constexpr ULONG state_size_1_0 = 28;  // without AssignedToGuest
constexpr ULONG state_size_1_31 = sizeof(WDF_DEVICE_STATE);

NTSTATUS retrieve_name(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, WDFSTRING string) {
  const Device& device = object_of<Device>(handle);
  String& text = object_of<String>(string);
  const nt::Device* below =
      device.wdm == nullptr ? nullptr : nt::service<nt::IoManager>().device_of(device.wdm);
  if (below == nullptr || below->name.empty()) return STATUS_INVALID_DEVICE_REQUEST;
  return text.assign(below->name);
}

ULONG get_alignment(PWDF_DRIVER_GLOBALS, WDFDEVICE handle) {
  const Device& device = object_of<Device>(handle);
  return device.wdm == nullptr ? 0 : device.wdm->AlignmentRequirement;
}

void set_alignment(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, ULONG alignment) {
  const Device& device = object_of<Device>(handle);
  if (device.wdm != nullptr) device.wdm->AlignmentRequirement = alignment;
}

// No paging, dump or hibernation file is ever put on a device here.
void set_special_file_support(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, WDF_SPECIAL_FILE_TYPE,
                              BOOLEAN) {
  object_of<Device>(handle);
}

bool known_size(ULONG size) {
  return size == state_size_1_0 || size == state_size_1_31;
}

// The Size of the given structure says how much of it is there.
void get_state(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, PWDF_DEVICE_STATE state) {
  const Device& device = object_of<Device>(handle);
  require(state);
  const ULONG size = state->Size;
  if (!known_size(size)) return;
  std::memcpy(state, &device.state, size);
  state->Size = size;
}

void set_state(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, PWDF_DEVICE_STATE state) {
  Device& device = object_of<Device>(handle);
  require(state);
  if (known_size(state->Size)) std::memcpy(&device.state, state, state->Size);
}

WDF_DEVICE_PNP_STATE get_pnp_state(PWDF_DRIVER_GLOBALS, WDFDEVICE handle) {
  return object_of<Device>(handle).pnp_state;
}

WDF_DEVICE_POWER_STATE get_power_state(PWDF_DRIVER_GLOBALS, WDFDEVICE handle) {
  return object_of<Device>(handle).power_state;
}

WDF_DEVICE_POWER_POLICY_STATE get_power_policy_state(PWDF_DRIVER_GLOBALS, WDFDEVICE handle) {
  return object_of<Device>(handle).power_policy_state;
}

}  // namespace

Functions device_information_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfDeviceRetrieveDeviceName, PFN_WDFDEVICERETRIEVEDEVICENAME, retrieve_name,
                      creates_at_passive),
      DRYDOCK_WDF_ROW(WdfDeviceGetAlignmentRequirement, PFN_WDFDEVICEGETALIGNMENTREQUIREMENT,
                      get_alignment, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceSetAlignmentRequirement, PFN_WDFDEVICESETALIGNMENTREQUIREMENT,
                      set_alignment, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceSetSpecialFileSupport, PFN_WDFDEVICESETSPECIALFILESUPPORT,
                      set_special_file_support, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceGetDeviceState, PFN_WDFDEVICEGETDEVICESTATE, get_state,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceSetDeviceState, PFN_WDFDEVICESETDEVICESTATE, set_state,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceGetDevicePnpState, PFN_WDFDEVICEGETDEVICEPNPSTATE, get_pnp_state,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceGetDevicePowerState, PFN_WDFDEVICEGETDEVICEPOWERSTATE,
                      get_power_state, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceGetDevicePowerPolicyState, PFN_WDFDEVICEGETDEVICEPOWERPOLICYSTATE,
                      get_power_policy_state, up_to_dispatch_quiet),
  };
  return rows;
}

}  // namespace drydock::kmdf
