// SPDX-License-Identifier: Apache-2.0
// The table under a verdict: how much of the driver's work was seen, so that CLEAN can be judged.
#pragma once

#include "report/page.h"
#include "scenario/run_result.h"

namespace drydock::report {

void show_exercised(const scenario::RunResult& result, Page& page);

}  // namespace drydock::report
