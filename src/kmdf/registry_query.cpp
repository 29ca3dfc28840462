// SPDX-License-Identifier: Apache-2.0
// WdfRegistryQuery*: values of a key by type.
#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "kmdf/check.h"
#include "kmdf/collections.h"
#include "kmdf/driver.h"
#include "kmdf/memory.h"
#include "kmdf/registry_keys.h"
#include "kmdf/rows.h"
#include "kmdf/strings.h"
#include "nt/context.h"
#include "nt/names.h"

namespace drydock::kmdf {

namespace {

using Value = nt::Registry::Value;

bool is_text(ULONG type) {
  return type == REG_SZ || type == REG_EXPAND_SZ;
}

// Null when there is none of that name.
const Value* value_of(WDFKEY handle, PCUNICODE_STRING name) {
  const RegistryKey& key = object_of<RegistryKey>(handle);
  require(name);
  return nt::service<nt::Registry>().find(key.path, nt::view_of(name));
}

// As much as fits, and how much there is.
NTSTATUS query_value(PWDF_DRIVER_GLOBALS, WDFKEY handle, PCUNICODE_STRING name, ULONG length,
                     PVOID buffer, PULONG queried, PULONG type) {
  const Value* value = value_of(handle, name);
  if (length > 0) require(buffer);
  if (value == nullptr) return STATUS_OBJECT_NAME_NOT_FOUND;
  if (queried != nullptr) *queried = static_cast<ULONG>(value->data.size());
  if (type != nullptr) *type = value->type;
  if (value->data.size() > length) return STATUS_BUFFER_OVERFLOW;
  if (!value->data.empty()) std::memcpy(buffer, value->data.data(), value->data.size());
  return STATUS_SUCCESS;
}

NTSTATUS query_memory(PWDF_DRIVER_GLOBALS globals, WDFKEY handle, PCUNICODE_STRING name, POOL_TYPE,
                      PWDF_OBJECT_ATTRIBUTES attributes, WDFMEMORY* memory, PULONG type) {
  Client& client = client_of(globals);
  const Value* value = value_of(handle, name);
  require(memory);
  *memory = nullptr;
  const NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  if (value == nullptr) return STATUS_OBJECT_NAME_NOT_FOUND;
  if (type != nullptr) *type = value->type;
  return make_pool_memory(client, attributes, 0, value->data, memory);
}

// The text without the zero that a well-formed value ends with.
std::u16string text_of(const Value& value) {
  std::u16string text(value.data.size() / sizeof(char16_t), u'\0');
  if (!text.empty()) std::memcpy(text.data(), value.data.data(), text.size() * sizeof(char16_t));
  if (!text.empty() && text.back() == u'\0') text.pop_back();
  return text;
}

// Strings up to an empty one; the value must end with two zeros.
bool is_multi_string(const Value& value) {
  const std::u16string text = text_of(value);
  const bool whole = value.data.size() % sizeof(char16_t) == 0;
  const bool ends =
      value.data.size() >= sizeof(char16_t) && text.size() < value.data.size() / sizeof(char16_t);
  return whole && ends && (text.empty() || text.back() == u'\0');
}

NTSTATUS add_strings(Client& client, const WDF_OBJECT_ATTRIBUTES* attributes,
                     std::u16string_view strings, Collection& collection) {
  while (!strings.empty() && strings.front() != u'\0') {
    const std::u16string_view one = strings.substr(0, strings.find(u'\0'));
    String* string = nullptr;
    const NTSTATUS status = make_string(client, attributes, one, &string);
    if (!NT_SUCCESS(status)) return status;
    collection.add(*string);
    strings.remove_prefix(std::min(strings.size(), one.size() + 1));
  }
  return STATUS_SUCCESS;
}

NTSTATUS query_multi_string(PWDF_DRIVER_GLOBALS globals, WDFKEY handle, PCUNICODE_STRING name,
                            PWDF_OBJECT_ATTRIBUTES attributes, WDFCOLLECTION collection_handle) {
  Client& client = client_of(globals);
  const Value* value = value_of(handle, name);
  Collection& collection = object_of<Collection>(collection_handle);
  NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  if (value == nullptr) return STATUS_OBJECT_NAME_NOT_FOUND;
  if (value->type != REG_MULTI_SZ) return STATUS_OBJECT_TYPE_MISMATCH;
  if (!is_multi_string(*value)) return STATUS_OBJECT_TYPE_MISMATCH;
  const std::size_t before = collection.items.size();
  status = add_strings(client, attributes, text_of(*value), collection);
  while (!NT_SUCCESS(status) && collection.items.size() > before) collection.remove(before);
  return status;
}

// Without a buffer the caller asks for the length only.
NTSTATUS query_unicode_string(PWDF_DRIVER_GLOBALS, WDFKEY handle, PCUNICODE_STRING name,
                              PUSHORT length, PUNICODE_STRING text) {
  const Value* value = value_of(handle, name);
  if (value == nullptr) return STATUS_OBJECT_NAME_NOT_FOUND;
  if (value->data.size() > std::numeric_limits<USHORT>::max()) return STATUS_INVALID_BUFFER_SIZE;
  const auto size = static_cast<USHORT>(value->data.size());
  const bool fits = text != nullptr && size <= text->MaximumLength;
  if (fits && !is_text(value->type)) return STATUS_OBJECT_TYPE_MISMATCH;
  if (length != nullptr) *length = size;
  if (!fits) return STATUS_BUFFER_OVERFLOW;
  if (size != 0) std::memcpy(text->Buffer, value->data.data(), size);
  text->Length = static_cast<USHORT>(text_of(*value).size() * sizeof(WCHAR));
  return STATUS_SUCCESS;
}

NTSTATUS query_string(PWDF_DRIVER_GLOBALS, WDFKEY handle, PCUNICODE_STRING name,
                      WDFSTRING string_handle) {
  const Value* value = value_of(handle, name);
  String& string = object_of<String>(string_handle);
  if (value == nullptr) return STATUS_OBJECT_NAME_NOT_FOUND;
  if (!is_text(value->type)) return STATUS_OBJECT_TYPE_MISMATCH;
  if (value->data.size() > std::numeric_limits<USHORT>::max()) return STATUS_INVALID_BUFFER_SIZE;
  return string.assign(text_of(*value));
}

NTSTATUS query_ulong(PWDF_DRIVER_GLOBALS, WDFKEY handle, PCUNICODE_STRING name, PULONG number) {
  const Value* value = value_of(handle, name);
  require(number);
  if (value == nullptr) return STATUS_OBJECT_NAME_NOT_FOUND;
  if (value->type != REG_DWORD || value->data.size() != sizeof *number)
    return STATUS_OBJECT_TYPE_MISMATCH;
  std::memcpy(number, value->data.data(), sizeof *number);
  return STATUS_SUCCESS;
}

}  // namespace

Functions registry_query_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfRegistryQueryValue, PFN_WDFREGISTRYQUERYVALUE, query_value, passive_only),
      DRYDOCK_WDF_ROW(WdfRegistryQueryMemory, PFN_WDFREGISTRYQUERYMEMORY, query_memory,
                      creates_at_passive),
      DRYDOCK_WDF_ROW(WdfRegistryQueryMultiString, PFN_WDFREGISTRYQUERYMULTISTRING,
                      query_multi_string, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfRegistryQueryUnicodeString, PFN_WDFREGISTRYQUERYUNICODESTRING,
                      query_unicode_string, passive_only),
      DRYDOCK_WDF_ROW(WdfRegistryQueryString, PFN_WDFREGISTRYQUERYSTRING, query_string,
                      creates_at_passive),
      DRYDOCK_WDF_ROW(WdfRegistryQueryULong, PFN_WDFREGISTRYQUERYULONG, query_ulong, passive_only),
  };
  return rows;
}

}  // namespace drydock::kmdf
