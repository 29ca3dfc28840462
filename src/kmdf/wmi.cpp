// SPDX-License-Identifier: Apache-2.0
// WDFWMIPROVIDER and WDFWMIINSTANCE: nobody queries them and nobody listens to their events.
#include <array>

#include "kmdf/check.h"
#include "kmdf/device.h"
#include "kmdf/rows.h"

namespace drydock::kmdf {

namespace {

class WmiProvider final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::wmi_provider;
  WmiProvider(Client& owner, Device& of) : Object(object_type, owner), device(of) {}

  Device& device;
};

class WmiInstance final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::wmi_instance;
  WmiInstance(Client& owner, WmiProvider& of) : Object(object_type, owner), provider(of) {}

  WmiProvider& provider;
};

NTSTATUS assign_mof_name(PWDF_DRIVER_GLOBALS, WDFDEVICE device, PCUNICODE_STRING name) {
  object_of<Device>(device);
  require(name);
  return STATUS_SUCCESS;
}

NTSTATUS make_provider(Client& client, Device& device, const WDF_WMI_PROVIDER_CONFIG& config,
                       const WDF_OBJECT_ATTRIBUTES* attributes, WmiProvider** provider) {
  if (config.Size != sizeof config) return STATUS_INFO_LENGTH_MISMATCH;
  return framework().create(client, attributes, &device, provider, device);
}

NTSTATUS provider_create(PWDF_DRIVER_GLOBALS globals, WDFDEVICE device,
                         PWDF_WMI_PROVIDER_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes,
                         WDFWMIPROVIDER* handle) {
  Client& client = client_of(globals);
  require(config);
  require(handle);
  NTSTATUS status = check_attributes(attributes, Parent::forbidden);
  if (!NT_SUCCESS(status)) return status;
  WmiProvider* provider = nullptr;
  status = make_provider(client, object_of<Device>(device), *config, attributes, &provider);
  if (NT_SUCCESS(status)) *handle = reinterpret_cast<WDFWMIPROVIDER>(provider->handle);
  return status;
}

WDFDEVICE provider_get_device(PWDF_DRIVER_GLOBALS, WDFWMIPROVIDER handle) {
  return reinterpret_cast<WDFDEVICE>(object_of<WmiProvider>(handle).device.handle);
}

BOOLEAN provider_is_enabled(PWDF_DRIVER_GLOBALS, WDFWMIPROVIDER handle, WDF_WMI_PROVIDER_CONTROL) {
  object_of<WmiProvider>(handle);
  return FALSE;
}

ULONGLONG provider_get_tracing_handle(PWDF_DRIVER_GLOBALS, WDFWMIPROVIDER handle) {
  object_of<WmiProvider>(handle);
  return 0;
}

// Exactly one of provider and provider configuration must be given.
NTSTATUS instance_create(PWDF_DRIVER_GLOBALS globals, WDFDEVICE device,
                         PWDF_WMI_INSTANCE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes,
                         WDFWMIINSTANCE* handle) {
  Client& client = client_of(globals);
  Device& of = object_of<Device>(device);
  require(config);
  if (config->Size != sizeof *config) return STATUS_INFO_LENGTH_MISMATCH;
  NTSTATUS status = check_attributes(attributes, Parent::forbidden);
  if (!NT_SUCCESS(status)) return status;
  if ((config->Provider == nullptr) == (config->ProviderConfig == nullptr))
    return STATUS_INVALID_PARAMETER;
  WmiProvider* provider = nullptr;
  if (config->Provider != nullptr) {
    provider = &object_of<WmiProvider>(config->Provider);
  } else {
    status = make_provider(client, of, *config->ProviderConfig, nullptr, &provider);
    if (!NT_SUCCESS(status)) return status;
  }
  WmiInstance* instance = nullptr;
  status = framework().create(client, attributes, provider, &instance, *provider);
  if (NT_SUCCESS(status) && handle != nullptr)
    *handle = reinterpret_cast<WDFWMIINSTANCE>(instance->handle);
  return status;
}

NTSTATUS instance_register(PWDF_DRIVER_GLOBALS, WDFWMIINSTANCE handle) {
  object_of<WmiInstance>(handle);
  return STATUS_SUCCESS;
}

void instance_deregister(PWDF_DRIVER_GLOBALS, WDFWMIINSTANCE handle) {
  object_of<WmiInstance>(handle);
}

WDFDEVICE instance_get_device(PWDF_DRIVER_GLOBALS, WDFWMIINSTANCE handle) {
  return reinterpret_cast<WDFDEVICE>(object_of<WmiInstance>(handle).provider.device.handle);
}

WDFWMIPROVIDER instance_get_provider(PWDF_DRIVER_GLOBALS, WDFWMIINSTANCE handle) {
  return reinterpret_cast<WDFWMIPROVIDER>(object_of<WmiInstance>(handle).provider.handle);
}

NTSTATUS instance_fire_event(PWDF_DRIVER_GLOBALS, WDFWMIINSTANCE handle, ULONG, PVOID) {
  object_of<WmiInstance>(handle);
  return STATUS_SUCCESS;
}

}  // namespace

Functions wmi_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfDeviceAssignMofResourceName, PFN_WDFDEVICEASSIGNMOFRESOURCENAME,
                      assign_mof_name, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfWmiProviderCreate, PFN_WDFWMIPROVIDERCREATE, provider_create,
                      creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfWmiProviderGetDevice, PFN_WDFWMIPROVIDERGETDEVICE, provider_get_device,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfWmiProviderIsEnabled, PFN_WDFWMIPROVIDERISENABLED, provider_is_enabled,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfWmiProviderGetTracingHandle, PFN_WDFWMIPROVIDERGETTRACINGHANDLE,
                      provider_get_tracing_handle, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfWmiInstanceCreate, PFN_WDFWMIINSTANCECREATE, instance_create,
                      creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfWmiInstanceRegister, PFN_WDFWMIINSTANCEREGISTER, instance_register,
                      creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfWmiInstanceDeregister, PFN_WDFWMIINSTANCEDEREGISTER, instance_deregister,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfWmiInstanceGetDevice, PFN_WDFWMIINSTANCEGETDEVICE, instance_get_device,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfWmiInstanceGetProvider, PFN_WDFWMIINSTANCEGETPROVIDER,
                      instance_get_provider, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfWmiInstanceFireEvent, PFN_WDFWMIINSTANCEFIREEVENT, instance_fire_event,
                      nt::up_to_apc),
  };
  return rows;
}

}  // namespace drydock::kmdf
