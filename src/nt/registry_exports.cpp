// SPDX-License-Identifier: Apache-2.0
// Zw* of the registry as drivers see it.
#include <ntddk.h>
#include <wdm/files.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "nt/context.h"
#include "nt/io_exports.h"
#include "nt/names.h"
#include "nt/registry.h"

namespace drydock::nt {

namespace {

constexpr Traits open_traits{
    .max_irql = Irql::passive, .may_fail = true, .failure = insufficient_resources};

// Empty when the root handle is no key's.
std::u16string full_path(const OBJECT_ATTRIBUTES& attributes) {
  const std::u16string_view name = view_of(attributes.ObjectName);
  if (attributes.RootDirectory == nullptr) return std::u16string(name);
  const std::u16string* root = service<Registry>().path_of(attributes.RootDirectory);
  if (root == nullptr) return {};
  return name.empty() ? *root : *root + u'\\' + std::u16string(name);
}

NTSTATUS open_key(PHANDLE handle, ACCESS_MASK, POBJECT_ATTRIBUTES attributes) {
  auto& registry = service<Registry>();
  const std::u16string path = full_path(*attributes);
  if (path.empty()) return service<Registry>().why_no_path(attributes->RootDirectory);
  if (!registry.has_key(path)) return STATUS_OBJECT_NAME_NOT_FOUND;
  *handle = registry.open(path);
  return STATUS_SUCCESS;
}

NTSTATUS create_key(PHANDLE handle, ACCESS_MASK, POBJECT_ATTRIBUTES attributes, ULONG,
                    PUNICODE_STRING, ULONG, PULONG disposition) {
  constexpr ULONG created_new = 1;
  constexpr ULONG opened_existing = 2;
  auto& registry = service<Registry>();
  const std::u16string path = full_path(*attributes);
  if (path.empty()) return service<Registry>().why_no_path(attributes->RootDirectory);
  if (disposition != nullptr) *disposition = registry.has_key(path) ? opened_existing : created_new;
  registry.create_key(path);
  *handle = registry.open(path);
  return STATUS_SUCCESS;
}

struct Sink {
  std::byte* buffer;
  ULONG length;
  PULONG result_length;

  // Header words, then the parts one after the other: as much as fits. Less than the header is too
  // small, less than all of it an overflow.
  NTSTATUS put(std::span<const ULONG> header, std::span<const std::byte> first,
               std::span<const std::byte> second) const {
    const std::size_t needed = header.size_bytes() + first.size() + second.size();
    *result_length = static_cast<ULONG>(needed);
    if (length < header.size_bytes()) return STATUS_BUFFER_TOO_SMALL;
    std::size_t at = 0;
    for (const auto part : {std::as_bytes(header), first, second}) {
      const std::size_t size = std::min<std::size_t>(part.size(), length - at);
      std::copy_n(part.begin(), size, buffer + at);
      at += size;
    }
    return length < needed ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
  }
};

NTSTATUS describe_value(const Registry::Value* value, KEY_VALUE_INFORMATION_CLASS what,
                        const Sink& sink) {
  const auto value_name = std::as_bytes(std::span(value->name));
  const auto name_size = static_cast<ULONG>(value_name.size());
  const auto data_size = static_cast<ULONG>(value->data.size());
  switch (what) {
    case KeyValueBasicInformation:
      return sink.put(std::array<ULONG, 3>{0, value->type, name_size}, value_name, {});
    case KeyValueFullInformation:
      return sink.put(std::array<ULONG, 5>{0, value->type, 20 + name_size, data_size, name_size},
                      value_name, value->data);
    case KeyValuePartialInformation:
      return sink.put(std::array<ULONG, 3>{0, value->type, data_size}, value->data, {});
    case KeyValueFullInformationAlign64:
    case KeyValuePartialInformationAlign64:
      break;
  }
  return STATUS_INVALID_PARAMETER;
}

NTSTATUS query_value(HANDLE key, PUNICODE_STRING name, KEY_VALUE_INFORMATION_CLASS what,
                     PVOID buffer, ULONG length, PULONG result_length) {
  auto& registry = service<Registry>();
  const std::u16string* path = registry.path_of(key);
  if (path == nullptr) return service<Registry>().why_no_path(key);
  const Registry::Value* value = registry.find(*path, view_of(name));
  if (value == nullptr) return STATUS_OBJECT_NAME_NOT_FOUND;
  return describe_value(value, what, {static_cast<std::byte*>(buffer), length, result_length});
}

NTSTATUS enumerate_value(HANDLE key, ULONG index, KEY_VALUE_INFORMATION_CLASS what, PVOID buffer,
                         ULONG length, PULONG result_length) {
  auto& registry = service<Registry>();
  const std::u16string* path = registry.path_of(key);
  if (path == nullptr) return service<Registry>().why_no_path(key);
  const Registry::Value* value = registry.at(*path, index);
  if (value == nullptr) return STATUS_NO_MORE_ENTRIES;
  return describe_value(value, what, {static_cast<std::byte*>(buffer), length, result_length});
}

// Names of the keys directly below a path, in the registry's order.
std::vector<std::u16string> keys_below(std::u16string_view path) {
  const std::u16string above = canonical_name(path) + u'\\';
  std::vector<std::u16string> names;
  for (const auto& [key, values] : service<Registry>().contents()) {
    if (!key.starts_with(above)) continue;
    const std::u16string_view rest = std::u16string_view(key).substr(above.size());
    std::u16string name(rest.substr(0, rest.find(u'\\')));
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  }
  return names;
}

// Two words for a time that nobody wrote down, and the title index.
constexpr ULONG no_time = 0;

NTSTATUS describe_key(std::u16string_view name, KEY_INFORMATION_CLASS what, const Sink& sink) {
  const auto bytes = std::as_bytes(std::span(name));
  const auto size = static_cast<ULONG>(bytes.size());
  if (what == KeyBasicInformation)
    return sink.put(std::array<ULONG, 4>{no_time, no_time, 0, size}, bytes, {});
  if (what == KeyNodeInformation)
    return sink.put(std::array<ULONG, 6>{no_time, no_time, 0, ~ULONG{0}, 0, size}, bytes, {});
  return STATUS_INVALID_PARAMETER;
}

NTSTATUS enumerate_key(HANDLE key, ULONG index, KEY_INFORMATION_CLASS what, PVOID buffer,
                       ULONG length, PULONG result_length) {
  const std::u16string* path = service<Registry>().path_of(key);
  if (path == nullptr) return service<Registry>().why_no_path(key);
  const std::vector<std::u16string> names = keys_below(*path);
  if (index >= names.size()) return STATUS_NO_MORE_ENTRIES;
  return describe_key(names[index], what, {static_cast<std::byte*>(buffer), length, result_length});
}

template <class Range, class Size>
ULONG longest(const Range& range, Size size) {
  ULONG found = 0;
  for (const auto& one : range) found = std::max(found, static_cast<ULONG>(size(one)));
  return found;
}

NTSTATUS describe_contents(std::u16string_view path, const Sink& sink) {
  const std::vector<std::u16string> keys = keys_below(path);
  const auto& all = service<Registry>().contents();
  const auto found = all.find(canonical_name(path));
  const Registry::Values none;
  const Registry::Values& values = found == all.end() ? none : found->second;
  return sink.put(
      std::array<ULONG, 11>{
          no_time, no_time, 0, ~ULONG{0}, 0, static_cast<ULONG>(keys.size()),
          longest(keys, [](const auto& key) { return key.size() * sizeof(WCHAR); }), 0,
          static_cast<ULONG>(values.size()),
          longest(values, [](const auto& one) { return one.second.name.size() * sizeof(WCHAR); }),
          longest(values, [](const auto& one) { return one.second.data.size(); })},
      {}, {});
}

NTSTATUS query_key(HANDLE key, KEY_INFORMATION_CLASS what, PVOID buffer, ULONG length,
                   PULONG result_length) {
  const std::u16string* path = service<Registry>().path_of(key);
  if (path == nullptr) return service<Registry>().why_no_path(key);
  const Sink sink{static_cast<std::byte*>(buffer), length, result_length};
  if (what == KeyFullInformation) return describe_contents(*path, sink);
  if (what == KeyNameInformation) {
    const auto bytes = std::as_bytes(std::span(*path));
    return sink.put(std::array<ULONG, 1>{static_cast<ULONG>(bytes.size())}, bytes, {});
  }
  return describe_key(std::u16string_view(*path).substr(path->rfind(u'\\') + 1), what, sink);
}

NTSTATUS delete_key(HANDLE key) {
  auto& registry = service<Registry>();
  const std::u16string* path = registry.path_of(key);
  if (path == nullptr) return service<Registry>().why_no_path(key);
  return registry.remove_key(*path) ? STATUS_SUCCESS : STATUS_CANNOT_DELETE;
}

// What is set is there at once.
NTSTATUS flush_key(HANDLE key) {
  const auto& registry = service<Registry>();
  return registry.path_of(key) == nullptr ? registry.why_no_path(key) : STATUS_SUCCESS;
}

NTSTATUS open_key_ex(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes, ULONG) {
  return open_key(handle, access, attributes);
}

NTSTATUS set_value(HANDLE key, PUNICODE_STRING name, ULONG, ULONG type, PVOID data, ULONG size) {
  auto& registry = service<Registry>();
  const std::u16string* path = registry.path_of(key);
  if (path == nullptr) return service<Registry>().why_no_path(key);
  registry.set(*path, view_of(name), type, {static_cast<const std::byte*>(data), size});
  return STATUS_SUCCESS;
}

NTSTATUS delete_value(HANDLE key, PUNICODE_STRING name) {
  auto& registry = service<Registry>();
  const std::u16string* path = registry.path_of(key);
  if (path == nullptr) return service<Registry>().why_no_path(key);
  return registry.remove(*path, view_of(name)) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

}  // namespace

Exports registry_exports() {
  static const std::array rows = {
      kernel_row<"ZwOpenKey", decltype(::ZwOpenKey), open_key, open_traits>(),
      kernel_row<"ZwCreateKey", decltype(::ZwCreateKey), create_key, open_traits>(),
      kernel_row<"ZwQueryValueKey", decltype(::ZwQueryValueKey), query_value, passive_only>(),
      kernel_row<"ZwSetValueKey", decltype(::ZwSetValueKey), set_value, passive_only>(),
      kernel_row<"ZwOpenKeyEx", decltype(::ZwOpenKeyEx), open_key_ex, open_traits>(),
      kernel_row<"ZwEnumerateValueKey", decltype(::ZwEnumerateValueKey), enumerate_value,
                 passive_only>(),
      kernel_row<"ZwEnumerateKey", decltype(::ZwEnumerateKey), enumerate_key, passive_only>(),
      kernel_row<"ZwQueryKey", decltype(::ZwQueryKey), query_key, passive_only>(),
      kernel_row<"ZwDeleteKey", decltype(::ZwDeleteKey), delete_key, passive_only>(),
      kernel_row<"ZwFlushKey", decltype(::ZwFlushKey), flush_key, passive_only>(),
      kernel_row<"ZwDeleteValueKey", decltype(::ZwDeleteValueKey), delete_value, passive_only>(),
  };
  return rows;
}

}  // namespace drydock::nt
