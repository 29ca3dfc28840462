// SPDX-License-Identifier: Apache-2.0
// WdfRegistryAssign* and WdfRegistryRemoveValue: what a driver writes below a key.
#include <array>
#include <span>
#include <vector>

#include "kmdf/check.h"
#include "kmdf/collections.h"
#include "kmdf/memory.h"
#include "kmdf/registry_keys.h"
#include "kmdf/rows.h"
#include "kmdf/strings.h"
#include "nt/context.h"
#include "nt/names.h"

namespace drydock::kmdf {

namespace {

using Bytes = std::span<const std::byte>;

NTSTATUS assign(const RegistryKey& key, PCUNICODE_STRING name, ULONG type, Bytes data) {
  nt::service<nt::Registry>().set(key.path, nt::view_of(name), type, data);
  return STATUS_SUCCESS;
}

RegistryKey& key_of(WDFKEY handle, PCUNICODE_STRING name) {
  RegistryKey& key = object_of<RegistryKey>(handle);
  require(name);
  return key;
}

NTSTATUS assign_value(PWDF_DRIVER_GLOBALS, WDFKEY handle, PCUNICODE_STRING name, ULONG type,
                      ULONG length, PVOID data) {
  const RegistryKey& key = key_of(handle, name);
  if (length > 0) require(data);
  return assign(key, name, type, {static_cast<const std::byte*>(data), length});
}

NTSTATUS assign_memory(PWDF_DRIVER_GLOBALS, WDFKEY handle, PCUNICODE_STRING name, ULONG type,
                       WDFMEMORY memory_handle, PWDFMEMORY_OFFSET offsets) {
  const RegistryKey& key = key_of(handle, name);
  const Memory& memory = object_of<Memory>(memory_handle);
  Slice slice;
  const NTSTATUS status = slice_of(memory, offsets, &slice);
  if (!NT_SUCCESS(status)) return status;
  return assign(key, name, type, {static_cast<const std::byte*>(slice.data), slice.size});
}

std::u16string terminated(std::u16string_view text) {
  return std::u16string(text) + u'\0';
}

NTSTATUS assign_text(const RegistryKey& key, PCUNICODE_STRING name, ULONG type,
                     std::u16string_view text) {
  return assign(key, name, type, std::as_bytes(std::span(text)));
}

NTSTATUS assign_unicode_string(PWDF_DRIVER_GLOBALS, WDFKEY handle, PCUNICODE_STRING name,
                               PCUNICODE_STRING text) {
  const RegistryKey& key = key_of(handle, name);
  require(text);
  return assign_text(key, name, REG_SZ, terminated(nt::view_of(text)));
}

NTSTATUS assign_string(PWDF_DRIVER_GLOBALS, WDFKEY handle, PCUNICODE_STRING name,
                       WDFSTRING string) {
  const RegistryKey& key = key_of(handle, name);
  return assign_text(key, name, REG_SZ, terminated(nt::view_of(&object_of<String>(string).text)));
}

NTSTATUS assign_multi_string(PWDF_DRIVER_GLOBALS, WDFKEY handle, PCUNICODE_STRING name,
                             WDFCOLLECTION collection) {
  const RegistryKey& key = key_of(handle, name);
  std::u16string all;
  for (const Object* item : object_of<Collection>(collection).items) {
    if (item->type != ObjectType::string) return STATUS_INVALID_PARAMETER;
    all += terminated(nt::view_of(&static_cast<const String*>(item)->text));
  }
  return assign_text(key, name, REG_MULTI_SZ, terminated(all));
}

NTSTATUS assign_ulong(PWDF_DRIVER_GLOBALS, WDFKEY handle, PCUNICODE_STRING name, ULONG number) {
  return assign(key_of(handle, name), name, REG_DWORD, std::as_bytes(std::span(&number, 1)));
}

NTSTATUS remove_value(PWDF_DRIVER_GLOBALS, WDFKEY handle, PCUNICODE_STRING name) {
  const RegistryKey& key = key_of(handle, name);
  return nt::service<nt::Registry>().remove(key.path, nt::view_of(name))
             ? STATUS_SUCCESS
             : STATUS_OBJECT_NAME_NOT_FOUND;
}

}  // namespace

Functions registry_assign_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfRegistryAssignValue, PFN_WDFREGISTRYASSIGNVALUE, assign_value,
                      creates_at_passive),
      DRYDOCK_WDF_ROW(WdfRegistryAssignMemory, PFN_WDFREGISTRYASSIGNMEMORY, assign_memory,
                      creates_at_passive),
      DRYDOCK_WDF_ROW(WdfRegistryAssignMultiString, PFN_WDFREGISTRYASSIGNMULTISTRING,
                      assign_multi_string, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfRegistryAssignUnicodeString, PFN_WDFREGISTRYASSIGNUNICODESTRING,
                      assign_unicode_string, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfRegistryAssignString, PFN_WDFREGISTRYASSIGNSTRING, assign_string,
                      creates_at_passive),
      DRYDOCK_WDF_ROW(WdfRegistryAssignULong, PFN_WDFREGISTRYASSIGNULONG, assign_ulong,
                      creates_at_passive),
      DRYDOCK_WDF_ROW(WdfRegistryRemoveValue, PFN_WDFREGISTRYREMOVEVALUE, remove_value,
                      passive_only),
  };
  return rows;
}

}  // namespace drydock::kmdf
