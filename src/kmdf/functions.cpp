// SPDX-License-Identifier: Apache-2.0
// The table of functions, put together from the files that implement some, with a trap for each of
// the others.
#include <fmt/core.h>

#include <array>
#include <utility>

#include "kmdf/exports.h"
#include "kmdf/internal_routines.h"
#include "kmdf/rows.h"
#include "nt/context.h"

namespace drydock::kmdf {

using machine::ExportRow;

namespace {

using Rows = std::array<const ExportRow*, row_count>;
using Storage = std::array<ExportRow, row_count>;

template <std::size_t Index>
__attribute__((ms_abi)) void trap() {
  nt::the_machine().stop(machine::Inconclusive{
      fmt::format("KMDF function {} (index {}) is not implemented", function_name(Index), Index)});
}

template <std::size_t... Index>
auto make_traps(std::index_sequence<Index...>) {
  return std::array<void*, sizeof...(Index)>{reinterpret_cast<void*>(&trap<Index>)...};
}

ExportRow row_for(const char* name, void* entry) {
  return {.module = function_module, .name = name, .traits = {}, .entry = entry, .name_hash = 0};
}

Storage make_storage() {
  Storage storage{};
  const auto traps = make_traps(std::make_index_sequence<function_count>());
  for (std::size_t i = 0; i < function_count; ++i) storage[i] = row_for(function_name(i), traps[i]);
  storage[unload_index] = row_for("unload routine", reinterpret_cast<void*>(&framework_unload));
  storage[dispatch_index] =
      row_for("dispatch routine", reinterpret_cast<void*>(&framework_dispatch));
  storage[cancel_index] = row_for("cancel routine", reinterpret_cast<void*>(&framework_cancel));
  storage[completion_index] =
      row_for("completion routine", reinterpret_cast<void*>(&framework_completion));
  storage[add_device_index] =
      row_for("AddDevice routine", reinterpret_cast<void*>(&framework_add_device));
  storage[dpc_index] = row_for("DPC routine", reinterpret_cast<void*>(&framework_dpc));
  return storage;
}

Rows make_rows(const Storage& storage) {
  Rows rows{};
  for (std::size_t i = 0; i < row_count; ++i) rows[i] = &storage[i];
  for (const Functions functions : {driver_functions(),
                                    object_functions(),
                                    device_init_functions(),
                                    device_functions(),
                                    file_functions(),
                                    queue_functions(),
                                    request_functions(),
                                    request_buffer_functions(),
                                    timer_functions(),
                                    work_item_functions(),
                                    lock_functions(),
                                    memory_functions(),
                                    collection_functions(),
                                    string_functions(),
                                    registry_key_functions(),
                                    callback_lock_functions(),
                                    dpc_functions(),
                                    lookaside_functions(),
                                    wdm_dispatch_functions(),
                                    pnp_init_functions(),
                                    pnp_device_functions(),
                                    device_interface_functions(),
                                    device_property_functions(),
                                    device_information_functions(),
                                    driver_information_functions(),
                                    queue_search_functions(),
                                    wmi_functions(),
                                    io_target_functions(),
                                    sent_request_functions(),
                                    target_transfer_functions(),
                                    registry_query_functions(),
                                    registry_assign_functions()}) {
    for (const FunctionRow& function : functions) rows[function.index] = function.row;
  }
  return rows;
}

}  // namespace

Exports function_exports() {
  static const Storage storage = make_storage();
  static const Rows rows = make_rows(storage);
  return rows;
}

}  // namespace drydock::kmdf
