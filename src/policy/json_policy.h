// SPDX-License-Identifier: Apache-2.0
// Policies as JSON, docs/policy.md describes the form. Reading is strict, and what is written reads
// back as the same and is written again as the same bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "policy/policy.h"

namespace drydock::policy {

// `name` begins every error: "name:line: what is wrong". What only an engine can know, such as
// whether a sublayer exists, apply() finds.
Result<Policy> read_json(std::string_view text, const std::string& name);

std::string write_json(const wfp::ObjectSet& objects);

}  // namespace drydock::policy
