// SPDX-License-Identifier: Apache-2.0
// The export tables of ntoskrnl.exe and hal.dll, one per subject, and all of them together for the
// loader.
#pragma once

#include <vector>

#include "nt/rows.h"

namespace drydock::nt {

Exports pool_exports();
Exports lookaside_exports();
Exports mdl_exports();
Exports memory_exports();
Exports string_exports();
Exports string_conversion_exports();
Exports c_string_exports();
Exports version_exports();
Exports irql_exports();
Exports spin_lock_exports();
Exports mutex_exports();
Exports resource_exports();
Exports rundown_exports();
Exports interlocked_list_exports();
Exports event_exports();
Exports wait_exports();
Exports dpc_exports();
Exports timer_exports();
Exports ex_timer_exports();
Exports thread_exports();
Exports work_item_exports();
Exports time_exports();
Exports debug_exports();
Exports exception_exports();
Exports c_specific_handler_exports();
Exports error_log_exports();
Exports avl_table_exports();
Exports ip_string_exports();
Exports formatted_exports();
Exports ip_string_reader_exports();
Exports security_exports();
Exports stack_exports();
Exports tracing_exports();

// Every row of this folder, in no particular order.
std::vector<const ExportRow*> all_exports();

}  // namespace drydock::nt
