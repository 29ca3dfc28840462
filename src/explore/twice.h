// SPDX-License-Identifier: Apache-2.0
// Proof against ourselves: the same schedule run two times must be the same run. A difference is a
// fault of Drydock, never of the driver.
#pragma once

#include <functional>
#include <memory>

#include "base/error.h"
#include "machine/choices.h"
#include "scenario/run_result.h"

namespace drydock::explore {

// One whole run under the given choices: scenario::run with everything else bound.
using RunFunction = std::function<Result<scenario::RunResult>(machine::Choices&)>;
// A policy in its first state; each call gives an equal one.
using MakeChoices = std::function<std::unique_ptr<machine::Choices>()>;

// The first run's result; where the second one differs, its internal_fault says so ("not
// deterministic: ...").
Result<scenario::RunResult> run_twice(const RunFunction& run, const MakeChoices& make_choices);

}  // namespace drydock::explore
