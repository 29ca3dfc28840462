// SPDX-License-Identifier: Apache-2.0
#include "nt/exports.h"

#include "nt/io_exports.h"

namespace drydock::nt {

std::vector<const ExportRow*> all_exports() {
  constexpr Exports (*tables[])() = {
      pool_exports,
      lookaside_exports,
      mdl_exports,
      memory_exports,
      string_exports,
      string_conversion_exports,
      c_string_exports,
      version_exports,
      irql_exports,
      spin_lock_exports,
      mutex_exports,
      resource_exports,
      rundown_exports,
      interlocked_list_exports,
      event_exports,
      wait_exports,
      dpc_exports,
      timer_exports,
      ex_timer_exports,
      thread_exports,
      work_item_exports,
      time_exports,
      debug_exports,
      error_log_exports,
      avl_table_exports,
      ip_string_exports,
      formatted_exports,
      ip_string_reader_exports,
      security_exports,
      stack_exports,
      tracing_exports,
      object_exports,
      device_exports,
      pnp_exports,
      module_registrar_exports,
      notification_exports,
      event_handle_exports,
      io_more_exports,
      remove_lock_exports,
      cancel_safe_queue_exports,
      request_exports,
      internal_exports,
      loader_exports,
      process_exports,
      callback_object_exports,
      sorting_exports,
      registry_exports,
      registry_query_exports,
      exception_exports,
      c_specific_handler_exports,
  };
  std::vector<const ExportRow*> rows;
  for (const auto table : tables) {
    const Exports more = table();
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

}  // namespace drydock::nt
