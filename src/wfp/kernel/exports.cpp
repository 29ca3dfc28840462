// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/exports.h"

namespace drydock::wfp {

std::vector<const machine::ExportRow*> all_exports() {
  std::vector<const machine::ExportRow*> rows;
  for (const ExportRows table :
       {callout_exports(), flow_exports(), management_exports(), enumeration_exports(),
        security_exports(), refused_exports(), injection_exports(), stream_exports(),
        operation_exports(), endpoint_exports()}) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  return rows;
}

}  // namespace drydock::wfp
