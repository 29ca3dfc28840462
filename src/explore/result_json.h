// SPDX-License-Identifier: Apache-2.0
// A run's result as JSON and back: how it leaves the worker, and the core of what --json writes.
#pragma once

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "scenario/run_result.h"

namespace drydock::explore {

nlohmann::json to_json(const scenario::RunResult& result);
nlohmann::json to_json(const std::vector<scenario::FrameRef>& frames);

// Errors: a member is missing or has the wrong type; the message names it.
Result<scenario::RunResult> result_from_json(const nlohmann::json& json);

// Trace hashes are written as 16 hexadecimal digits: not every reader of JSON keeps 64-bit numbers.
std::string hash_text(std::uint64_t hash);
Result<std::uint64_t> parse_hash(const std::string& text);

}  // namespace drydock::explore
