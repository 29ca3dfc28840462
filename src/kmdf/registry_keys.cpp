// SPDX-License-Identifier: Apache-2.0
// Opening, making, closing and removing keys of the registry, and the keys that belong to a driver.
#include "kmdf/registry_keys.h"

#include <array>

#include "kmdf/check.h"
#include "kmdf/device.h"
#include "kmdf/driver.h"
#include "kmdf/rows.h"
#include "nt/context.h"
#include "nt/device_properties.h"
#include "nt/io_manager.h"
#include "nt/names.h"
#include "nt/objects.h"

namespace drydock::kmdf {

namespace {

constexpr ULONG created_new_key = 1;      // REG_CREATED_NEW_KEY
constexpr ULONG opened_existing_key = 2;  // REG_OPENED_EXISTING_KEY

nt::Registry& registry() {
  return nt::service<nt::Registry>();
}

// Below the parent key, or absolute without one.
std::u16string full_path(WDFKEY parent, PCUNICODE_STRING name) {
  const std::u16string_view relative = nt::view_of(name);
  if (parent == nullptr) return std::u16string(relative);
  const std::u16string& above = object_of<RegistryKey>(parent).path;
  return relative.empty() ? above : above + u'\\' + std::u16string(relative);
}

NTSTATUS open_named(PWDF_DRIVER_GLOBALS globals, WDFKEY parent, PCUNICODE_STRING name, ACCESS_MASK,
                    PWDF_OBJECT_ATTRIBUTES attributes, WDFKEY* handle) {
  Client& client = client_of(globals);
  require(name);
  require(handle);
  *handle = nullptr;
  const NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  return open_key(client, full_path(parent, name), MissingKey::fails, attributes, client.driver,
                  handle);
}

NTSTATUS create_named(PWDF_DRIVER_GLOBALS globals, WDFKEY parent, PCUNICODE_STRING name,
                      ACCESS_MASK, ULONG, PULONG disposition, PWDF_OBJECT_ATTRIBUTES attributes,
                      WDFKEY* handle) {
  Client& client = client_of(globals);
  require(name);
  require(handle);
  *handle = nullptr;
  NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  const std::u16string path = full_path(parent, name);
  const ULONG answer = registry().has_key(path) ? opened_existing_key : created_new_key;
  status = open_key(client, path, MissingKey::is_made, attributes, client.driver, handle);
  if (NT_SUCCESS(status) && disposition != nullptr) *disposition = answer;
  return status;
}

void close(PWDF_DRIVER_GLOBALS, WDFKEY handle) {
  framework().remove(object_of<RegistryKey>(handle));
}

HANDLE wdm_get_handle(PWDF_DRIVER_GLOBALS, WDFKEY handle) {
  return object_of<RegistryKey>(handle).kernel_handle;
}

// The object goes with the key; when the key must stay, so does the object.
NTSTATUS remove_key(PWDF_DRIVER_GLOBALS, WDFKEY handle) {
  RegistryKey& key = object_of<RegistryKey>(handle);
  if (!registry().remove_key(key.path)) return STATUS_CANNOT_DELETE;
  framework().remove(key);
  return STATUS_SUCCESS;
}

NTSTATUS open_below_driver(PWDF_DRIVER_GLOBALS globals, WDFDRIVER driver_handle,
                           std::u16string_view subkey, MissingKey missing,
                           PWDF_OBJECT_ATTRIBUTES attributes, WDFKEY* handle) {
  Client& client = client_of(globals);
  DriverObject& driver = object_of<DriverObject>(driver_handle);
  require(handle);
  *handle = nullptr;
  const NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  const auto* service = reinterpret_cast<const char16_t*>(driver.registry_path);
  return open_key(client, std::u16string(service) + std::u16string(subkey), missing, attributes,
                  &driver, handle);
}

NTSTATUS open_parameters(PWDF_DRIVER_GLOBALS globals, WDFDRIVER driver, ACCESS_MASK access,
                         PWDF_OBJECT_ATTRIBUTES attributes, WDFKEY* handle) {
  constexpr ACCESS_MASK create_sub_key = 0x4;
  constexpr ACCESS_MASK may_create = create_sub_key | GENERIC_ALL | GENERIC_WRITE;
  return open_below_driver(globals, driver, u"\\Parameters",
                           (access & may_create) != 0 ? MissingKey::is_made : MissingKey::fails,
                           attributes, handle);
}

// Where a driver keeps its state across reboots (KMDF 1.25); Windows makes it on demand.
NTSTATUS open_persistent_state(PWDF_DRIVER_GLOBALS globals, WDFDRIVER driver, ACCESS_MASK,
                               PWDF_OBJECT_ATTRIBUTES attributes, WDFKEY* handle) {
  return open_below_driver(globals, driver, u"\\PersistentState", MissingKey::is_made, attributes,
                           handle);
}

// Only devices of Plug and Play have keys of their own.
NTSTATUS open_of_physical(Client& client, PDEVICE_OBJECT physical, ULONG kind,
                          const WDF_OBJECT_ATTRIBUTES* attributes, Object* parent, WDFKEY* handle) {
  require(handle);
  *handle = nullptr;
  const NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  const nt::RootDevice* device = nt::service<nt::IoManager>().pnp().device_of(physical);
  if (device == nullptr) return STATUS_INVALID_DEVICE_REQUEST;
  const std::u16string path = nt::registry_path_of(*device, kind);
  if (path.empty()) return STATUS_INVALID_PARAMETER;
  return open_key(client, path, MissingKey::is_made, attributes, parent, handle);
}

NTSTATUS open_of_device(PWDF_DRIVER_GLOBALS globals, WDFDEVICE handle, ULONG kind, ACCESS_MASK,
                        PWDF_OBJECT_ATTRIBUTES attributes, WDFKEY* key) {
  Device& device = object_of<Device>(handle);
  return open_of_physical(client_of(globals), device.settings.physical, kind, attributes, &device,
                          key);
}

NTSTATUS open_of_init(PWDF_DRIVER_GLOBALS globals, PWDFDEVICE_INIT init, ULONG kind, ACCESS_MASK,
                      PWDF_OBJECT_ATTRIBUTES attributes, WDFKEY* key) {
  require(init);
  Client& client = client_of(globals);
  return open_of_physical(client, object_of<DeviceInit>(init).settings.physical, kind, attributes,
                          client.driver, key);
}

}  // namespace

void RegistryKey::on_dispose() {
  if (kernel_handle != nullptr) nt::service<nt::Objects>().close_handle(kernel_handle);
  kernel_handle = nullptr;
}

NTSTATUS open_key(Client& client, std::u16string_view path, MissingKey missing,
                  const WDF_OBJECT_ATTRIBUTES* attributes, Object* parent, WDFKEY* handle) {
  if (missing == MissingKey::fails && !registry().has_key(path))
    return STATUS_OBJECT_NAME_NOT_FOUND;
  RegistryKey* key = nullptr;
  const NTSTATUS status =
      framework().create(client, attributes, parent_in(attributes, parent), &key, path);
  if (!NT_SUCCESS(status)) return status;
  if (missing == MissingKey::is_made) registry().create_key(path);
  key->kernel_handle = registry().open(path);
  *handle = reinterpret_cast<WDFKEY>(key->handle);
  return STATUS_SUCCESS;
}

Functions registry_key_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfRegistryOpenKey, PFN_WDFREGISTRYOPENKEY, open_named, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfRegistryCreateKey, PFN_WDFREGISTRYCREATEKEY, create_named,
                      creates_at_passive),
      DRYDOCK_WDF_ROW(WdfRegistryClose, PFN_WDFREGISTRYCLOSE, close, passive_only),
      DRYDOCK_WDF_ROW(WdfRegistryWdmGetHandle, PFN_WDFREGISTRYWDMGETHANDLE, wdm_get_handle,
                      passive_quiet),
      DRYDOCK_WDF_ROW(WdfRegistryRemoveKey, PFN_WDFREGISTRYREMOVEKEY, remove_key, passive_only),
      DRYDOCK_WDF_ROW(WdfDriverOpenParametersRegistryKey, PFN_WDFDRIVEROPENPARAMETERSREGISTRYKEY,
                      open_parameters, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfDriverOpenPersistentStateRegistryKey,
                      PFN_WDFDRIVEROPENPERSISTENTSTATEREGISTRYKEY, open_persistent_state,
                      creates_at_passive),
      DRYDOCK_WDF_ROW(WdfFdoInitOpenRegistryKey, PFN_WDFFDOINITOPENREGISTRYKEY, open_of_init,
                      creates_at_passive),
      DRYDOCK_WDF_ROW(WdfDeviceOpenRegistryKey, PFN_WDFDEVICEOPENREGISTRYKEY, open_of_device,
                      creates_at_passive),
  };
  return rows;
}

}  // namespace drydock::kmdf
