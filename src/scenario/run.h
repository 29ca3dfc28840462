// SPDX-License-Identifier: Apache-2.0
// A run is a function: (plan, choices) -> result. It builds its whole world and takes it down
// again.
#pragma once

#include "base/error.h"
#include "machine/choices.h"
#include "scenario/environment.h"
#include "scenario/plan.h"
#include "scenario/run_result.h"

namespace drydock::scenario {

// Errors: the driver cannot be loaded at all. Whatever the driver does once it runs is in the
// result.
Result<RunResult> run(Environment& environment, const Plan& plan, machine::Choices& choices);

}  // namespace drydock::scenario
