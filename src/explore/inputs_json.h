// SPDX-License-Identifier: Apache-2.0
// A run's inputs as JSON: with the files' bytes for a worker, with their SHA-256 for a replay file.
#pragma once

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "scenario/inputs.h"

namespace drydock::explore {

enum class Contents : std::uint8_t {
  bytes,   // only for binary forms of JSON
  hashes,  // inputs read back have no content, and load_contents() gets it
};

nlohmann::json to_json(const scenario::Inputs& inputs, Contents contents);
Result<scenario::Inputs> inputs_from_json(const nlohmann::json& json);

// Reads the files that `described` (written with Contents::hashes) names into `inputs`; a file that
// is not where it was is looked for beside the replay file, in `folder`. `driver` takes the place
// of the driver's path when not empty. Errors: a file is missing or its hash differs.
Result<void> load_contents(scenario::Inputs& inputs, const nlohmann::json& described,
                           const std::string& folder, const std::string& driver);

}  // namespace drydock::explore
