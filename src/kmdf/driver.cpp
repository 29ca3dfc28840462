// SPDX-License-Identifier: Apache-2.0
// WDFDRIVER: creation, and the unload routine that the framework puts into the DRIVER_OBJECT.
#include "kmdf/driver.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "kmdf/check.h"
#include "kmdf/internal_routines.h"
#include "kmdf/rows.h"
#include "nt/context.h"

namespace drydock::kmdf {

namespace {

constexpr ULONG known_flags =
    WdfDriverInitNonPnpDriver | WdfDriverInitNoDispatchOverride | WdfDriverInitCompanion;

std::u16string_view view_of(const UNICODE_STRING& text) {
  return {reinterpret_cast<const char16_t*>(text.Buffer), text.Length / sizeof(WCHAR)};
}

// The last component of the registry path, as far as it is ASCII and fits.
void set_name(WDF_DRIVER_GLOBALS& globals, const UNICODE_STRING& registry_path) {
  std::u16string_view path = view_of(registry_path);
  path.remove_prefix(std::min(path.size(), path.rfind(u'\\') + 1));
  std::size_t length = 0;
  for (const char16_t c : path.substr(0, sizeof globals.DriverName - 1))
    globals.DriverName[length++] = static_cast<CHAR>(c < 0x80 ? c : u'?');
  globals.DriverName[length] = 0;
}

// Without a tag of its own a driver gets the first letters of its name.
ULONG tag_for(const WDF_DRIVER_GLOBALS& globals, ULONG requested) {
  if (requested != 0) return requested;
  ULONG tag = 0;
  std::memcpy(&tag, globals.DriverName, sizeof tag);
  return tag;
}

NTSTATUS check_config(const WDF_DRIVER_CONFIG& config) {
  if (config.Size != sizeof config) return STATUS_INFO_LENGTH_MISMATCH;
  const bool non_pnp = (config.DriverInitFlags & WdfDriverInitNonPnpDriver) != 0;
  if ((config.DriverInitFlags & ~known_flags) != 0) return STATUS_INVALID_PARAMETER;
  return non_pnp && config.EvtDriverDeviceAdd != nullptr ? STATUS_INVALID_PARAMETER
                                                         : STATUS_SUCCESS;
}

// Which of the driver object's routines the framework takes.
void take_over(DRIVER_OBJECT& object, const WDF_DRIVER_CONFIG& config) {
  if ((config.DriverInitFlags & WdfDriverInitNoDispatchOverride) != 0) return;
  const bool non_pnp = (config.DriverInitFlags & WdfDriverInitNonPnpDriver) != 0;
  const Framework& owner = framework();
  object.DriverExtension->AddDevice =
      config.EvtDriverDeviceAdd != nullptr ? owner.add_device_routine() : nullptr;
  object.DriverUnload =
      !non_pnp || config.EvtDriverUnload != nullptr ? owner.unload_routine() : nullptr;
  std::ranges::fill(object.MajorFunction, owner.dispatch_routine());
}

bool displaces_unload(const WDF_DRIVER_CONFIG& config) {
  constexpr ULONG without_pnp = WdfDriverInitNonPnpDriver | WdfDriverInitNoDispatchOverride;
  return (config.DriverInitFlags & without_pnp) == 0 || config.EvtDriverUnload != nullptr;
}

void keep_registry_path(DriverObject& driver, const UNICODE_STRING& path) {
  driver.registry_path_size = path.Length + sizeof(WCHAR);
  driver.registry_path = reinterpret_cast<PWSTR>(
      framework().machine().memory().kernel.allocate(driver.registry_path_size));
  std::memcpy(driver.registry_path, path.Buffer, path.Length);
}

NTSTATUS driver_create(PWDF_DRIVER_GLOBALS globals, PDRIVER_OBJECT wdm_driver,
                       PCUNICODE_STRING registry_path, PWDF_OBJECT_ATTRIBUTES attributes,
                       PWDF_DRIVER_CONFIG config, WDFDRIVER* handle) {
  Client& client = client_of(globals);
  require(wdm_driver);
  require(registry_path);
  require(config);
  NTSTATUS status = check_config(*config);
  if (NT_SUCCESS(status) && client.driver != nullptr) status = STATUS_DRIVER_INTERNAL_ERROR;
  if (NT_SUCCESS(status)) status = check_attributes(attributes, Parent::forbidden);
  if (!NT_SUCCESS(status)) return status;
  DriverObject* driver = nullptr;
  status = framework().create(client, attributes, nullptr, &driver);
  if (!NT_SUCCESS(status)) return status;
  driver->unload = config->EvtDriverUnload;
  driver->device_add = config->EvtDriverDeviceAdd;
  keep_registry_path(*driver, *registry_path);
  set_name(*globals, *registry_path);
  globals->DriverTag = tag_for(*globals, config->DriverPoolTag);
  globals->DriverFlags |= config->DriverInitFlags;
  globals->DisplaceDriverUnload = displaces_unload(*config) ? TRUE : FALSE;
  globals->Driver = reinterpret_cast<WDFDRIVER>(driver->handle);
  client.driver = driver;
  take_over(*wdm_driver, *config);
  if (handle != nullptr) *handle = globals->Driver;
  return STATUS_SUCCESS;
}

// Contract, unload order 1a to 1c.
void unload(Client& client) {
  if (client.driver == nullptr) return;
  DriverObject& driver = *client.driver;
  if (driver.unload != nullptr)
    framework().call(driver, driver.unload, reinterpret_cast<WDFDRIVER>(driver.handle));
  framework().remove(driver);
  framework().wait_for_disposals(client);
}

PWSTR driver_get_registry_path(PWDF_DRIVER_GLOBALS, WDFDRIVER driver) {
  return object_of<DriverObject>(driver).registry_path;
}

PDRIVER_OBJECT driver_wdm_get_driver_object(PWDF_DRIVER_GLOBALS, WDFDRIVER driver) {
  return object_of<DriverObject>(driver).client.wdm_driver;
}

WDFDRIVER wdm_driver_get_handle(PWDF_DRIVER_GLOBALS, PDRIVER_OBJECT wdm_driver) {
  require(wdm_driver);
  const Client* client = framework().client_of(wdm_driver);
  return client == nullptr ? nullptr : client->globals->Driver;
}

void driver_miniport_unload(PWDF_DRIVER_GLOBALS globals, WDFDRIVER driver) {
  object_of<DriverObject>(driver);
  unload(client_of(globals));
}

BOOLEAN driver_is_version_available(PWDF_DRIVER_GLOBALS, WDFDRIVER driver,
                                    PWDF_DRIVER_VERSION_AVAILABLE_PARAMS parameters) {
  object_of<DriverObject>(driver);
  require(parameters);
  constexpr ULONG newest_minor = 33;
  return parameters->MajorVersion == 1 && parameters->MinorVersion <= newest_minor ? TRUE : FALSE;
}

}  // namespace

void DriverObject::on_destroy() {
  client.driver = nullptr;
  client.globals->Driver = nullptr;
  framework().machine().memory().kernel.release(reinterpret_cast<std::byte*>(registry_path),
                                                registry_path_size);
}

void framework_unload(PDRIVER_OBJECT wdm_driver) {
  Client* client = framework().client_of(wdm_driver);
  if (client != nullptr) unload(*client);
}

Functions driver_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfDriverCreate, PFN_WDFDRIVERCREATE, driver_create, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfDriverGetRegistryPath, PFN_WDFDRIVERGETREGISTRYPATH,
                      driver_get_registry_path, passive_quiet),
      DRYDOCK_WDF_ROW(WdfDriverWdmGetDriverObject, PFN_WDFDRIVERWDMGETDRIVEROBJECT,
                      driver_wdm_get_driver_object, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfWdmDriverGetWdfDriverHandle, PFN_WDFWDMDRIVERGETWDFDRIVERHANDLE,
                      wdm_driver_get_handle, any_irql_quiet),
      DRYDOCK_WDF_ROW(WdfDriverMiniportUnload, PFN_WDFDRIVERMINIPORTUNLOAD, driver_miniport_unload,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDriverIsVersionAvailable, PFN_WDFDRIVERISVERSIONAVAILABLE,
                      driver_is_version_available, passive_quiet),
  };
  return rows;
}

}  // namespace drydock::kmdf
