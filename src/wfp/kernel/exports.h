// SPDX-License-Identifier: Apache-2.0
// The functions of fwpkclnt.sys that drivers import, by subject. An export that is in no table
// binds to a trap.
#pragma once

#include <span>
#include <vector>

#include "ledger/export.h"

namespace drydock::wfp {

using ExportRows = std::span<const machine::ExportRow* const>;

ExportRows callout_exports();
ExportRows flow_exports();
ExportRows management_exports();
ExportRows enumeration_exports();
ExportRows security_exports();
ExportRows refused_exports();
ExportRows injection_exports();
ExportRows stream_exports();
ExportRows operation_exports();
ExportRows endpoint_exports();

// Every row of this folder, in no particular order.
std::vector<const machine::ExportRow*> all_exports();

// A row of one of the tables: the export's name, its implementation, its traits.
#define FWPKCLNT_ROW(name, implementation, ...)                                \
  &ledger::export_row<"fwpkclnt.sys", #name, decltype(::name), implementation, \
                      machine::Traits{__VA_ARGS__}>()

}  // namespace drydock::wfp
