// SPDX-License-Identifier: Apache-2.0
#include "scenario/environment.h"

#include "kmdf/exports.h"
#include "ndis/exports.h"
#include "nt/exports.h"
#include "nt/io_exports.h"
#include "wfp/kernel/exports.h"

namespace drydock::scenario {

std::vector<nt::ExportTable> export_tables() {
  static const std::vector<const machine::ExportRow*> kernel = nt::all_exports();
  static const std::vector<const machine::ExportRow*> filtering = wfp::all_exports();
  return {
      kernel, ndis::ndis_exports(), kmdf::loader_exports(), kmdf::function_exports(), filtering,
  };
}

Environment::Environment(std::chrono::milliseconds patience)
    : traps(patience), images(export_tables()) {}

}  // namespace drydock::scenario
