// SPDX-License-Identifier: Apache-2.0
// Rtl* of the registry: RtlQueryRegistryValues with its table of values and routines, and the
// one-call forms.
#include <ntddk.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/io_exports.h"
#include "nt/names.h"
#include "nt/pool.h"
#include "nt/registry.h"

namespace drydock::nt {

namespace {

constexpr ULONG relative_handle = 0x40000000;
constexpr ULONG relative_mask = 0xff;
constexpr ULONG flag_subkey = 0x01;
constexpr ULONG flag_top_key = 0x02;
constexpr ULONG flag_required = 0x04;
constexpr ULONG flag_no_value = 0x08;
constexpr ULONG flag_no_expand = 0x10;
constexpr ULONG flag_direct = 0x20;
constexpr ULONG flag_delete = 0x40;
constexpr ULONG flag_type_check = 0x100;          // the type stands in the high byte of DefaultType
constexpr std::uint32_t string_tag = 0x72537452;  // 'RtSr'

// By the RelativeTo of wdm.h: absolute, services, control, Windows NT, device map.
constexpr std::array<std::u16string_view, 5> roots = {
    u"",
    u"\\Registry\\Machine\\System\\CurrentControlSet\\Services",
    u"\\Registry\\Machine\\System\\CurrentControlSet\\Control",
    u"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion",
    u"\\Registry\\Machine\\Hardware\\DeviceMap",
};

std::u16string path_from(ULONG relative_to, PCWSTR path) {
  if ((relative_to & relative_handle) != 0) {
    const auto* root = service<Registry>().path_of(
        reinterpret_cast<HANDLE>(reinterpret_cast<std::uint64_t>(path)));
    return root != nullptr ? *root : std::u16string();
  }
  const std::u16string tail = path != nullptr ? std::u16string(path) : std::u16string();
  const std::u16string root(roots[std::min<std::size_t>(relative_to & relative_mask, 4)]);
  if (root.empty() || tail.empty()) return root + tail;
  return root + u'\\' + tail;
}

// A value as the driver's routine gets it: in kernel memory, so that this stack owns nothing while
// driver code runs.
struct Shown {
  bool found = false;
  ULONG type = REG_NONE;
  PWSTR name = nullptr;
  PVOID data = nullptr;
  ULONG size = 0;
  std::size_t name_bytes = 0;  // 0: nothing of it is ours
};

bool is_string(ULONG type) {
  return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ;
}

Shown show(const Registry::Value* value) {
  if (value == nullptr) return {};
  auto& kernel = the_machine().memory().kernel;
  Shown shown{.found = true, .type = value->type};
  shown.size = static_cast<ULONG>(value->data.size());
  shown.name_bytes = (value->name.size() + 1) * sizeof(WCHAR);
  shown.name = reinterpret_cast<PWSTR>(kernel.allocate(shown.name_bytes));
  std::ranges::copy(value->name, shown.name);
  shown.data = kernel.allocate(value->data.size());
  std::ranges::copy(value->data, static_cast<std::byte*>(shown.data));
  return shown;
}

void give_back(const Shown& value) {
  if (value.name_bytes == 0) return;
  auto& kernel = the_machine().memory().kernel;
  kernel.release(reinterpret_cast<std::byte*>(value.name), value.name_bytes);
  kernel.release(static_cast<std::byte*>(value.data), value.size);
}

// Up to the terminator, or as far as the data go.
std::u16string_view first_string(std::u16string_view text) {
  return text.substr(0, text.find(u'\0'));
}

std::u16string_view text_of(const Shown& value) {
  return {static_cast<PCWSTR>(value.data), value.size / sizeof(WCHAR)};
}

ULONG default_type(const RTL_QUERY_REGISTRY_TABLE& row) {
  return (row.Flags & flag_type_check) != 0 ? row.DefaultType & 0xffffffU : row.DefaultType;
}

bool is_of_wrong_type(const RTL_QUERY_REGISTRY_TABLE& row, const Shown& value) {
  const bool checked = (row.Flags & flag_type_check) != 0 && (row.Flags & flag_direct) != 0;
  return checked && row.DefaultType >> 24 != value.type;
}

ULONG default_size(const RTL_QUERY_REGISTRY_TABLE& row) {
  const ULONG type = default_type(row);
  if (row.DefaultLength != 0 || !is_string(type) || row.DefaultData == nullptr)
    return row.DefaultLength;
  const auto* begin = static_cast<PCWSTR>(row.DefaultData);
  const auto* end = begin;
  do {
    end += std::u16string_view(end).size() + 1;
  } while (type == REG_MULTI_SZ && *end != 0);
  if (type == REG_MULTI_SZ) ++end;
  return static_cast<ULONG>((end - begin) * sizeof(WCHAR));
}

Shown value_or_default(const RTL_QUERY_REGISTRY_TABLE& row, const Shown& value) {
  if (value.found || default_type(row) == REG_NONE) return value;
  return {true, default_type(row), row.Name, row.DefaultData, default_size(row)};
}

NTSTATUS store_string(UNICODE_STRING& target, const Shown& value) {
  if (target.Buffer == nullptr) {
    target.Buffer = static_cast<PWSTR>(
        service<Pool>().allocate(value.size, string_tag, Pool::Contents::zeroed));
    if (target.Buffer == nullptr) return STATUS_NO_MEMORY;
    target.MaximumLength = static_cast<USHORT>(value.size);
  } else if (target.MaximumLength < value.size) {
    return STATUS_BUFFER_TOO_SMALL;
  }
  if (value.size > 0) std::memcpy(target.Buffer, value.data, value.size);
  target.Length = static_cast<USHORT>(value.size < sizeof(WCHAR) ? 0 : value.size - sizeof(WCHAR));
  return STATUS_SUCCESS;
}

// Larger than a ULONG and no string: the buffer begins with its size, negative when only the data
// is wanted.
NTSTATUS store_binary(void* target, const Shown& value) {
  LONG size = 0;
  std::memcpy(&size, target, sizeof size);
  if (size < 0) {
    if (static_cast<ULONG>(-size) < value.size) return STATUS_BUFFER_TOO_SMALL;
    std::memcpy(target, value.data, value.size);
    return STATUS_SUCCESS;
  }
  if (static_cast<ULONG>(size) < value.size + 2 * sizeof(ULONG)) return STATUS_BUFFER_TOO_SMALL;
  auto* words = static_cast<ULONG*>(target);
  words[0] = value.size;
  words[1] = value.type;
  std::memcpy(words + 2, value.data, value.size);
  return STATUS_SUCCESS;
}

NTSTATUS store(const RTL_QUERY_REGISTRY_TABLE& row, const Shown& value) {
  if (is_string(value.type))
    return store_string(*static_cast<PUNICODE_STRING>(row.EntryContext), value);
  if (value.size > sizeof(ULONG)) return store_binary(row.EntryContext, value);
  if (value.size > 0) std::memcpy(row.EntryContext, value.data, value.size);
  return STATUS_SUCCESS;
}

NTSTATUS hand_over(const RTL_QUERY_REGISTRY_TABLE& row, const Shown& value, PVOID context) {
  if ((row.Flags & flag_direct) != 0) return store(row, value);
  return ledger::call_driver(
      {.kind = machine::CallbackKind::other, .driver = the_machine().running().driver},
      row.QueryRoutine, value.name, value.type, value.data, value.size, context, row.EntryContext);
}

// What the environment of the system process says; other names stay as they are.
std::u16string expanded(std::u16string_view text) {
  constexpr std::array<std::pair<std::u16string_view, std::u16string_view>, 3> variables = {{
      {u"%SYSTEMROOT%", u"C:\\Windows"},
      {u"%WINDIR%", u"C:\\Windows"},
      {u"%SYSTEMDRIVE%", u"C:"},
  }};
  std::u16string result(text);
  for (const auto& [name, value] : variables) {
    for (std::size_t at = 0; (at = folded(result).find(name, at)) != std::u16string::npos;
         at += value.size())
      result.replace(at, name.size(), value);
  }
  return result;
}

// A copy of the value with other text.
Shown with_text(const Shown& value, std::u16string_view text) {
  Shown shown{.found = true, .type = REG_SZ};
  const std::u16string_view name(value.name);
  auto& kernel = the_machine().memory().kernel;
  shown.name_bytes = (name.size() + 1) * sizeof(WCHAR);
  shown.name = reinterpret_cast<PWSTR>(kernel.allocate(shown.name_bytes));
  std::ranges::copy(name, shown.name);
  shown.size = static_cast<ULONG>((text.size() + 1) * sizeof(WCHAR));
  shown.data = kernel.allocate(shown.size);
  std::ranges::copy(text, static_cast<PWSTR>(shown.data));
  return shown;
}

NTSTATUS deliver_copy(const RTL_QUERY_REGISTRY_TABLE& row, const Shown& copy, PVOID context) {
  const NTSTATUS status = hand_over(row, copy, context);
  give_back(copy);
  return status;
}

// One call for each string, in order; an empty one ends them.
NTSTATUS deliver_each(const RTL_QUERY_REGISTRY_TABLE& row, const Shown& value, PVOID context) {
  NTSTATUS status = STATUS_SUCCESS;
  std::size_t at = 0;
  for (;;) {
    const std::u16string_view one = first_string(text_of(value).substr(at));
    if (one.empty() || !NT_SUCCESS(status)) return status;
    at = std::min(at + one.size() + 1, text_of(value).size());
    status = deliver_copy(row, with_text(value, one), context);
  }
}

NTSTATUS deliver(const RTL_QUERY_REGISTRY_TABLE& row, const Shown& value, PVOID context) {
  const bool expands = (row.Flags & flag_no_expand) == 0;
  const bool direct = (row.Flags & flag_direct) != 0;
  if (expands && value.type == REG_EXPAND_SZ) {
    const Shown copy = with_text(value, expanded(first_string(text_of(value))));
    return deliver_copy(row, copy, context);
  }
  if (expands && !direct && value.type == REG_MULTI_SZ) return deliver_each(row, value, context);
  return hand_over(row, value, context);
}

// Where a query stands: the key given, and the one that rows read now. In kernel memory for the
// same reason as Shown.
struct Place {
  PCWSTR top = nullptr;
  PCWSTR key = nullptr;
};

PCWSTR keep_text(const std::u16string& text) {
  auto* copy = reinterpret_cast<PWSTR>(
      the_machine().memory().kernel.allocate((text.size() + 1) * sizeof(WCHAR)));
  std::ranges::copy(text, copy);
  return copy;
}

void forget_text(PCWSTR text) {
  auto* block = reinterpret_cast<std::byte*>(const_cast<PWSTR>(text));
  the_machine().memory().kernel.release(block,
                                        (std::u16string_view(text).size() + 1) * sizeof(WCHAR));
}

void return_to_top(Place& place) {
  if (place.key != place.top) forget_text(place.key);
  place.key = place.top;
}

NTSTATUS query_one(const RTL_QUERY_REGISTRY_TABLE& row, PCWSTR key, PVOID context) {
  const Shown value =
      value_or_default(row, show(service<Registry>().find(key, std::u16string_view(row.Name))));
  if (!value.found)
    return (row.Flags & flag_required) != 0 ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_SUCCESS;
  const NTSTATUS status =
      is_of_wrong_type(row, value) ? STATUS_OBJECT_TYPE_MISMATCH : deliver(row, value, context);
  give_back(value);
  if (NT_SUCCESS(status) && (row.Flags & flag_delete) != 0)
    service<Registry>().remove(key, std::u16string_view(row.Name));
  return status;
}

// A row without a name gets every value of the key.
NTSTATUS query_all(const RTL_QUERY_REGISTRY_TABLE& row, PCWSTR key, PVOID context) {
  std::size_t count = 0;
  for (;; ++count) {
    const Shown value = show(service<Registry>().at(key, count));
    if (!value.found) break;
    const NTSTATUS status = deliver(row, value, context);
    give_back(value);
    if (!NT_SUCCESS(status)) return status;
  }
  const bool missing = count == 0 && (row.Flags & flag_required) != 0;
  return missing ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_SUCCESS;
}

NTSTATUS enter_subkey(const RTL_QUERY_REGISTRY_TABLE& row, Place& place) {
  std::u16string path = std::u16string(place.top) + u'\\' + std::u16string(row.Name);
  if (service<Registry>().has_key(path)) {
    return_to_top(place);
    place.key = keep_text(path);
    return STATUS_SUCCESS;
  }
  return (row.Flags & flag_required) != 0 ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_SUCCESS;
}

NTSTATUS query_row(const RTL_QUERY_REGISTRY_TABLE& row, Place& place, PVOID context) {
  if ((row.Flags & flag_top_key) != 0) return_to_top(place);
  if ((row.Flags & flag_subkey) != 0) {
    const NTSTATUS status = enter_subkey(row, place);
    if (!NT_SUCCESS(status) || row.QueryRoutine == nullptr) return status;
    return query_all(row, place.key, context);
  }
  if ((row.Flags & flag_no_value) != 0) return deliver(row, Shown{.found = true}, context);
  return row.Name == nullptr ? query_all(row, place.key, context)
                             : query_one(row, place.key, context);
}

NTSTATUS find_place(ULONG relative_to, PCWSTR path, Place& place) {
  const std::u16string full = path_from(relative_to, path);
  if (full.empty()) return STATUS_INVALID_PARAMETER;
  if (!service<Registry>().has_key(full)) return STATUS_OBJECT_NAME_NOT_FOUND;
  place.top = place.key = keep_text(full);
  return STATUS_SUCCESS;
}

NTSTATUS query_values(ULONG relative_to, PCWSTR path, PRTL_QUERY_REGISTRY_TABLE table,
                      PVOID context, PVOID) {
  Place place;
  NTSTATUS status = find_place(relative_to, path, place);
  const auto is_last = [](const RTL_QUERY_REGISTRY_TABLE& row) {
    return row.QueryRoutine == nullptr && (row.Flags & (flag_subkey | flag_direct)) == 0;
  };
  for (const RTL_QUERY_REGISTRY_TABLE* row = table; NT_SUCCESS(status) && !is_last(*row); ++row)
    status = query_row(*row, place, context);
  if (place.top != nullptr) {
    return_to_top(place);
    forget_text(place.top);
  }
  return status;
}

NTSTATUS check_key(ULONG relative_to, PWSTR path) {
  return service<Registry>().has_key(path_from(relative_to, path)) ? STATUS_SUCCESS
                                                                   : STATUS_OBJECT_NAME_NOT_FOUND;
}

// Keys that every Windows has, whether or not this registry has anything below them.
bool is_there(std::u16string_view path) {
  constexpr std::array<std::u16string_view, 5> always = {
      u"\\Registry\\Machine\\Software", u"\\Registry\\Machine\\Software\\Microsoft",
      u"\\Registry\\Machine\\System", u"\\Registry\\Machine\\System\\CurrentControlSet",
      u"\\Registry\\User"};
  const std::u16string wanted = canonical_name(path);
  const auto is_wanted = [&](std::u16string_view one) {
    return !one.empty() && canonical_name(one) == wanted;
  };
  return std::ranges::any_of(always, is_wanted) || std::ranges::any_of(roots, is_wanted) ||
         service<Registry>().has_key(path);
}

// Only the last key of the path is made.
NTSTATUS create_key(ULONG relative_to, PWSTR path) {
  const std::u16string key = path_from(relative_to, path);
  const std::size_t end = key.rfind(u'\\');
  if (end == std::u16string::npos || end == 0) return STATUS_OBJECT_NAME_INVALID;
  if (!is_there(std::u16string_view(key).substr(0, end))) return STATUS_OBJECT_NAME_NOT_FOUND;
  service<Registry>().create_key(key);
  return STATUS_SUCCESS;
}

NTSTATUS write_value(ULONG relative_to, PCWSTR path, PCWSTR name, ULONG type, PVOID data,
                     ULONG size) {
  const std::u16string key = path_from(relative_to, path);
  if (!service<Registry>().has_key(key)) return STATUS_OBJECT_NAME_NOT_FOUND;
  service<Registry>().set(key, name, type, {static_cast<const std::byte*>(data), size});
  return STATUS_SUCCESS;
}

NTSTATUS delete_value(ULONG relative_to, PCWSTR path, PCWSTR name) {
  return service<Registry>().remove(path_from(relative_to, path), name)
             ? STATUS_SUCCESS
             : STATUS_OBJECT_NAME_NOT_FOUND;
}

}  // namespace

Exports registry_query_exports() {
  static const std::array rows = {
      kernel_row<"RtlCreateRegistryKey", NTSTATUS(ULONG, PWSTR), create_key, passive_only>(),
      kernel_row<"RtlQueryRegistryValues", decltype(::RtlQueryRegistryValues), query_values,
                 passive_only>(),
      kernel_row<"RtlCheckRegistryKey", decltype(::RtlCheckRegistryKey), check_key, passive_only>(),
      kernel_row<"RtlWriteRegistryValue", decltype(::RtlWriteRegistryValue), write_value,
                 passive_only>(),
      kernel_row<"RtlDeleteRegistryValue", decltype(::RtlDeleteRegistryValue), delete_value,
                 passive_only>(),
  };
  return rows;
}

}  // namespace drydock::nt
