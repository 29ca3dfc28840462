// SPDX-License-Identifier: Apache-2.0
// Recorded choices as JSON: one short text an answer, so that a replay file can be read and
// compared by people ("17 next_fiber 1/3 9f3a0c11": 17 zeros, then answer 1 of 3).
#pragma once

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "explore/recording.h"

namespace drydock::explore {

nlohmann::json to_json(const Recorded& recorded);
// Errors: what is missing or malformed, with the number of the answer.
Result<Recorded> recorded_from_json(const nlohmann::json& json);

}  // namespace drydock::explore
