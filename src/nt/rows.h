// SPDX-License-Identifier: Apache-2.0
// Shorthands for the export tables of this folder: one line a function, its IRQL and its failure in
// the line.
#pragma once

#include <span>

#include "ledger/export.h"

namespace drydock::nt {

using machine::ExportRow;
using machine::Irql;
using machine::Traits;
using Exports = std::span<const ExportRow* const>;

// STATUS_INSUFFICIENT_RESOURCES, as what an injected failure returns.
inline constexpr std::uint64_t insufficient_resources = 0xC000009A;

// Without switch points: the call has no effect that another processor could see.
inline constexpr Traits any_irql_quiet{.max_irql = Irql::high, .quiet = true};
inline constexpr Traits any_irql{.max_irql = Irql::high};
inline constexpr Traits from_dispatch_on{.max_irql = Irql::high, .min_irql = Irql::dispatch};
inline constexpr Traits at_dispatch{.max_irql = Irql::dispatch, .min_irql = Irql::dispatch};
inline constexpr Traits up_to_dispatch{.max_irql = Irql::dispatch};
inline constexpr Traits up_to_apc{.max_irql = Irql::apc};
inline constexpr Traits passive_only{.max_irql = Irql::passive};
inline constexpr Traits up_to_dispatch_or_null{.max_irql = Irql::dispatch, .may_fail = true};
inline constexpr Traits up_to_dispatch_quiet{.max_irql = Irql::dispatch, .quiet = true};
inline constexpr Traits up_to_apc_quiet{.max_irql = Irql::apc, .quiet = true};
inline constexpr Traits up_to_dispatch_or_null_raises{
    .max_irql = Irql::dispatch, .may_fail = true, .may_raise = true};
inline constexpr Traits up_to_dispatch_raises{.max_irql = Irql::dispatch, .may_raise = true};
// Works on memory of the driver's and owns nothing.
inline constexpr Traits touches_memory{.max_irql = Irql::high, .quiet = true, .may_fault = true};
inline constexpr Traits passive_quiet{.max_irql = Irql::passive, .quiet = true};

template <ledger::Literal Name, class Declared, auto Implementation, Traits T>
const ExportRow* kernel_row() {
  return &ledger::export_row<"ntoskrnl.exe", Name, Declared, Implementation, T>();
}

template <ledger::Literal Name, class Declared, auto Implementation, Traits T>
const ExportRow* hal_row() {
  return &ledger::export_row<"hal.dll", Name, Declared, Implementation, T>();
}

}  // namespace drydock::nt
