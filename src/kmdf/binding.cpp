// SPDX-License-Identifier: Apache-2.0
// WDFLDR.SYS: how a driver's entry stub gets from its bind information to the table of functions,
// and back (contract of shipped 1.9 to 1.15 stubs; the v2 form of 1.25 and later).
#include <wdf.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "kmdf/check.h"
#include "kmdf/exports.h"
#include "kmdf/framework.h"
#include "ledger/export.h"
#include "nt/context.h"

namespace drydock::kmdf {

namespace {

// Table sizes of the released versions.
constexpr std::array<ULONG, 13> known_counts = {383, 386, 387, 396, 432, 438, 444,
                                                446, 448, 451, 453, 454, 458};
// Up to this many functions (KMDF 1.13) the driver owns the array; later it gets a pointer.
constexpr ULONG last_copied_count = 438;

constexpr ULONG structure_count = 0;  // no v2 client asks for sizes that it does not know

bool is_v2(const WDF_BIND_INFO& info) {
  return info.Size == sizeof(WDF_BIND_INFO2);
}

void fill_table(const Framework& framework, WDFFUNC* table, ULONG count) {
  for (ULONG i = 0; i < count; ++i) table[i] = framework.function(i);
}

void give_table(Framework& framework, Client& client, const WDF_BIND_INFO& info) {
  if (info.FuncCount <= last_copied_count) {
    fill_table(framework, info.FuncTable, info.FuncCount);
    return;
  }
  client.table = reinterpret_cast<WDFFUNC*>(
      framework.machine().memory().kernel.allocate(function_count * sizeof(WDFFUNC)));
  fill_table(framework, client.table, function_count);
  std::memcpy(info.FuncTable, &client.table, sizeof client.table);
}

void answer_v2(const WDF_BIND_INFO2& info) {
  if (info.ClientVersionHigherThanFramework != nullptr)
    *info.ClientVersionHigherThanFramework = FALSE;
  if (info.FuncCountPtr != nullptr) *info.FuncCountPtr = function_count;
  if (info.StructCountPtr != nullptr) *info.StructCountPtr = structure_count;
}

NTSTATUS check_bind_info(const WDF_BIND_INFO& info) {
  const bool known_size = info.Size == sizeof(WDF_BIND_INFO) || is_v2(info);
  if (!known_size || info.FuncTable == nullptr || info.Module != nullptr)
    return STATUS_INVALID_PARAMETER;
  const bool known_count = std::ranges::find(known_counts, info.FuncCount) != known_counts.end();
  return known_count ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

NTSTATUS version_bind(PDRIVER_OBJECT driver_object, PUNICODE_STRING registry_path,
                      PWDF_BIND_INFO info, PWDF_DRIVER_GLOBALS* globals) {
  if (driver_object == nullptr || registry_path == nullptr || info == nullptr || globals == nullptr)
    return STATUS_INVALID_PARAMETER;
  const NTSTATUS status = check_bind_info(*info);
  if (!NT_SUCCESS(status)) return status;
  Framework& owner = framework();
  Client& client = owner.bind(nt::the_machine().running().driver, driver_object, info->Version);
  give_table(owner, client, *info);
  if (is_v2(*info)) answer_v2(*reinterpret_cast<const WDF_BIND_INFO2*>(info));
  info->Module = client.globals;
  *globals = client.globals;
  return STATUS_SUCCESS;
}

NTSTATUS version_unbind(PUNICODE_STRING /*registry_path*/, PWDF_BIND_INFO info,
                        PWDF_DRIVER_GLOBALS globals) {
  Client* client = framework().client_of(globals);
  if (client == nullptr || info == nullptr) return STATUS_INVALID_PARAMETER;
  framework().unbind(*client);
  info->Module = nullptr;
  return STATUS_SUCCESS;
}

// There are no class extensions here; a driver that needs one cannot be loaded.
NTSTATUS version_bind_class(PWDF_BIND_INFO, PWDF_DRIVER_GLOBALS, PWDF_CLASS_BIND_INFO) {
  return STATUS_NOT_SUPPORTED;
}

void version_unbind_class(PWDF_BIND_INFO, PWDF_DRIVER_GLOBALS, PWDF_CLASS_BIND_INFO) {}

NTSTATUS query_interface(PWDF_INTERFACE_HEADER header) {
  return header == nullptr ? STATUS_INVALID_PARAMETER : STATUS_NOT_FOUND;
}

constexpr machine::Traits passive{.max_irql = machine::Irql::passive};
constexpr machine::Traits binds{
    .max_irql = machine::Irql::passive, .may_fail = true, .failure = nt::insufficient_resources};

#define ROW(name, implementation, traits) \
  &ledger::export_row<"wdfldr.sys", #name, decltype(::name), implementation, traits>()

}  // namespace

Exports loader_exports() {
  static const std::array rows{
      ROW(WdfVersionBind, version_bind, binds),
      ROW(WdfVersionUnbind, version_unbind, passive),
      ROW(WdfVersionBindClass, version_bind_class, passive),
      ROW(WdfVersionUnbindClass, version_unbind_class, passive),
      ROW(WdfLdrQueryInterface, query_interface, passive),
  };
  return rows;
}

}  // namespace drydock::kmdf
