// SPDX-License-Identifier: Apache-2.0
// Filtering policy in a run: what a machine's disk and services put into the engine beside the
// driver under test.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "scenario/inputs.h"
#include "scenario/plan.h"
#include "wfp/engine/engine.h"

namespace drydock::scenario {

// What was left out or added while reading, one sentence each.
using PolicyNotes = std::vector<std::string>;

// Filters of Windows' own callouts are left out: the simulated host has no such components, and
// without functions their callouts would block everything. Error: one line.
Result<PolicyPlan> plan_policy(const Inputs& inputs, PolicyNotes* notes = nullptr);

// What the services of the machine add at a boot; what is there already stays as it is. Error: the
// engine, as the driver left it, refuses something.
Result<void> add_policies(const PolicyPlan& plan, wfp::Engine& engine);

}  // namespace drydock::scenario
