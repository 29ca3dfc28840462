// SPDX-License-Identifier: Apache-2.0
// What the framework gives to the export directory: the functions that drivers import from
// wdfldr.sys, and the table of functions that binding hands them.
#pragma once

#include <cstddef>
#include <span>

#include "kmdf/function_names.h"
#include "ledger/export.h"
#include "nt/rows.h"

namespace drydock::kmdf {

using nt::Exports;

// wdfldr.sys
Exports loader_exports();

// The module name under which the directory keeps the functions of the table; no driver imports
// from it.
inline constexpr const char* function_module = "wdf";

// All functions in the order of their index - those that are not implemented end the run as
// inconclusive when called - then the framework's own routines that the I/O manager calls.
Exports function_exports();

inline constexpr std::size_t unload_index = function_count;
inline constexpr std::size_t dispatch_index = function_count + 1;
inline constexpr std::size_t cancel_index = function_count + 2;
inline constexpr std::size_t dpc_index = function_count + 3;
inline constexpr std::size_t completion_index = function_count + 4;
inline constexpr std::size_t add_device_index = function_count + 5;
inline constexpr std::size_t row_count = function_count + 6;

}  // namespace drydock::kmdf
