// SPDX-License-Identifier: Apache-2.0
// From a world in which drivers have lived to plain results: what the rules say of each driver, and
// what else reports tell. For runs of a scenario and for machines under remote control alike.
#pragma once

#include <string>
#include <vector>

#include "scenario/plan.h"
#include "scenario/run_result.h"
#include "scenario/world.h"
#include "verify/run_view.h"

namespace drydock::scenario {

// The call of a driver in which a fiber waits; null: it does not, or may.
const machine::Frame* waits_in(const machine::Fiber& fiber);

// Writes down what is still in driver code at the end of a run and waits: for ever, because nothing
// can happen any more, or so far for an hour and more (`waited_long`).
void note_who_is_stuck(World& world, bool waited_long);

// One driver's verdict on its `lives`: nothing that another one did counts in it.
DriverResult judge_driver(World& world, const std::vector<verify::Life>& lives,
                          const DriverInput& driver, const nt::DriverFile& file,
                          const std::vector<Acceptance>& acceptances,
                          std::vector<FindingResult>& findings);

// The run's own outcome, from those of its drivers.
void take_worst(RunResult& result);
// Those of one severity stay in the order of their drivers.
void sort_by_severity(std::vector<FindingResult>& findings);
// What ended the run early.
void describe_stop(const World& world, RunResult& result);
LifeResult result_of(const World& world, const verify::Life& life);
// Those in driver code, innermost first.
std::vector<FrameRef> frames_of(const World& world, ledger::StackId stack);

// An acceptance that nothing needs any more hides what comes next.
std::vector<std::string> unused_acceptances(const std::vector<Acceptance>& acceptances,
                                            const std::vector<FindingResult>& findings);

}  // namespace drydock::scenario
