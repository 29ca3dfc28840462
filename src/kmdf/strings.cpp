// SPDX-License-Identifier: Apache-2.0
#include "kmdf/strings.h"

#include <array>
#include <cstring>

#include "kmdf/check.h"
#include "kmdf/driver.h"
#include "kmdf/rows.h"
#include "nt/names.h"

namespace drydock::kmdf {

namespace {

// In characters: MaximumLength counts a zero behind them.
constexpr std::size_t longest_text = 0x7ffe;

NTSTATUS string_create(PWDF_DRIVER_GLOBALS globals, PCUNICODE_STRING text,
                       PWDF_OBJECT_ATTRIBUTES attributes, WDFSTRING* handle) {
  Client& client = client_of(globals);
  require(handle);
  NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  String* string = nullptr;
  status = make_string(client, attributes,
                       text == nullptr ? std::u16string_view() : nt::view_of(text), &string);
  if (NT_SUCCESS(status)) *handle = reinterpret_cast<WDFSTRING>(string->handle);
  return status;
}

void string_get(PWDF_DRIVER_GLOBALS, WDFSTRING handle, PUNICODE_STRING text) {
  require(text);
  *text = object_of<String>(handle).text;
}

void drop(UNICODE_STRING& text) {
  if (text.Buffer == nullptr) return;
  framework().machine().memory().kernel.release(reinterpret_cast<std::byte*>(text.Buffer),
                                                text.MaximumLength);
  text = {};
}

}  // namespace

void String::on_destroy() {
  drop(text);
}

NTSTATUS String::assign(std::u16string_view content) {
  if (content.size() > longest_text) return STATUS_INTEGER_OVERFLOW;
  drop(text);
  if (content.empty()) return STATUS_SUCCESS;
  const auto size = static_cast<USHORT>(content.size() * sizeof(WCHAR));
  const auto whole = static_cast<USHORT>(size + sizeof(WCHAR));
  text = {size, whole,
          reinterpret_cast<PWSTR>(framework().machine().memory().kernel.allocate(whole))};
  std::memcpy(text.Buffer, content.data(), size);
  return STATUS_SUCCESS;
}

NTSTATUS make_string(Client& client, const WDF_OBJECT_ATTRIBUTES* attributes,
                     std::u16string_view content, String** string) {
  NTSTATUS status =
      framework().create(client, attributes, parent_in(attributes, client.driver), string);
  if (!NT_SUCCESS(status)) return status;
  status = (*string)->assign(content);
  if (!NT_SUCCESS(status)) framework().remove(**string);
  return status;
}

Functions string_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfStringCreate, PFN_WDFSTRINGCREATE, string_create, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfStringGetUnicodeString, PFN_WDFSTRINGGETUNICODESTRING, string_get,
                      passive_only),
  };
  return rows;
}

}  // namespace drydock::kmdf
