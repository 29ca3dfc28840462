// SPDX-License-Identifier: Apache-2.0
// What the policy commands share: their options, and files and stores read into an engine.
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "wfp/engine/engine.h"

namespace drydock::cli {

struct Invocation;
struct Options;

// POLICY... and --skip-unknown.
void add_policy_sources(CLI::App& command, Options& options);

// The command that explains, which has a file of its own.
void add_policy_explain(CLI::App& policy, Invocation& invocation);

// Everything that the sources hold, in `engine`. Prints what was left out or added to standard
// error. Error: one line.
Result<void> load_sources(const Options& options, wfp::Engine& engine);

}  // namespace drydock::cli
