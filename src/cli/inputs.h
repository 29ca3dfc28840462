// SPDX-License-Identifier: Apache-2.0
// From the command line to a run's inputs: reads the scenario, the driver and the captures, and
// refuses what cannot be used before anything runs.
#pragma once

#include <CLI/App.hpp>

#include "base/error.h"
#include "cli/command.h"
#include "scenario/inputs.h"

namespace drydock::cli {

// DRIVER, SCENARIO and the options that say what a run is made of.
void add_input_options(CLI::App& command, Options& options);

struct GivenInputs {
  scenario::Inputs inputs;
  std::optional<std::uint64_t> seed;  // from the command line, else from the scenario
  std::string framework;              // of the driver, for messages
};

// The command line wins over the scenario, the scenario over the defaults. Errors: one line.
Result<GivenInputs> read_inputs(const Options& options);

}  // namespace drydock::cli
