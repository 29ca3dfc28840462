// SPDX-License-Identifier: Apache-2.0
// How a file of this folder offers the framework functions that it implements: one line a function.
#pragma once

#include <wdf.h>

#include <cstddef>
#include <span>
#include <type_traits>

#include "ledger/export.h"
#include "nt/rows.h"

namespace drydock::kmdf {

struct FunctionRow {
  std::size_t index = 0;  // in the table of functions
  const machine::ExportRow* row = nullptr;
};

using Functions = std::span<const FunctionRow>;

using machine::Traits;
using nt::any_irql;
using nt::any_irql_quiet;
using nt::passive_only;
using nt::passive_quiet;
using nt::up_to_dispatch;
using nt::up_to_dispatch_quiet;

using nt::insufficient_resources;
// Creates something: the fault injector may let it fail.
inline constexpr Traits creates_up_to_dispatch{
    .max_irql = machine::Irql::dispatch, .may_fail = true, .failure = insufficient_resources};
inline constexpr Traits creates_at_passive{
    .max_irql = machine::Irql::passive, .may_fail = true, .failure = insufficient_resources};
inline constexpr Traits allocates_at_passive{.max_irql = machine::Irql::passive, .may_fail = true};

#define DRYDOCK_WDF_ROW(function, declared, implementation, traits)                              \
  FunctionRow {                                                                                  \
    function##TableIndex, &ledger::export_row<"wdf", #function, std::remove_pointer_t<declared>, \
                                              implementation, traits>()                          \
  }

// One per file that implements functions.
Functions driver_functions();
Functions object_functions();
Functions device_init_functions();
Functions device_functions();
Functions file_functions();
Functions queue_functions();
Functions request_functions();
Functions request_buffer_functions();
Functions timer_functions();
Functions work_item_functions();
Functions lock_functions();
Functions callback_lock_functions();
Functions dpc_functions();
Functions lookaside_functions();
Functions wdm_dispatch_functions();
Functions pnp_init_functions();
Functions pnp_device_functions();
Functions device_interface_functions();
Functions device_property_functions();
Functions device_information_functions();
Functions driver_information_functions();
Functions queue_search_functions();
Functions wmi_functions();
Functions io_target_functions();
Functions sent_request_functions();
Functions target_transfer_functions();
Functions memory_functions();
Functions collection_functions();
Functions string_functions();
Functions registry_key_functions();
Functions registry_query_functions();
Functions registry_assign_functions();

}  // namespace drydock::kmdf
