// SPDX-License-Identifier: Apache-2.0
// The machine-readable verdict: one JSON document, described in docs/json.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "report/symbols.h"
#include "report/verdict_text.h"
#include "scenario/inputs.h"

namespace drydock::report {

inline constexpr int document_schema = 1;

struct DocumentContext {
  std::string tool;     // "drydock 0.1.0"
  std::string command;  // "verify"
  int exit_code = 0;
};

// Members in the order of docs/json.md. Only "wall_seconds" differs between two equal runs.
nlohmann::ordered_json document(const scenario::Inputs& inputs, const scenario::RunResult& result,
                                const Symbols& symbols, const VerdictContext& verdict,
                                const DocumentContext& context);

// As written to a file: indented, ended by a newline, always valid UTF-8.
std::string document_text(const nlohmann::ordered_json& document);

}  // namespace drydock::report
