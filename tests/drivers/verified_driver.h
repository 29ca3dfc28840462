// SPDX-License-Identifier: Apache-2.0
// One run of a driver built here, on the standard capture.
#pragma once

#include <string>
#include <vector>

#include "machine/choices.h"
#include "scenario/plan.h"
#include "scenario/run_result.h"

namespace drydock {

struct VerifiedDriver {
  std::string name;               // "bug_flow_01"
  std::string compiler;           // "clang" or "mingw"
  bool start_fails = false;       // what the scenario says of DriverEntry
  bool service_restarts = false;  // and of the filtering engine's service during the unload
};

// Its file, read. Ends the test program with a message when that fails.
scenario::DriverInput input_of(const VerifiedDriver& driver);
// On the standard capture; drivers are yet to be named.
const scenario::Plan& standard_plan();

// With the plain schedule. Ends the test program with a message when the driver or the capture
// cannot be read.
scenario::RunResult run_driver(const VerifiedDriver& driver);
scenario::RunResult run_driver(const VerifiedDriver& driver, machine::Choices& choices);

// Ids of its findings, each once, sorted.
std::vector<std::string> rules_of(const scenario::RunResult& result);

// All findings with their words, for the message of a failing test.
std::string explain(const scenario::RunResult& result);

}  // namespace drydock
