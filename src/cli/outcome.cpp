// SPDX-License-Identifier: Apache-2.0
#include "cli/outcome.h"

#include <fmt/core.h>

#include "base/files.h"
#include "report/document.h"
#include "report/symbols.h"

namespace drydock::cli {
namespace {

constexpr const char* please_report =
    "This is a fault of drydock itself. Please report it with the command line and the driver.\n";

scenario::RunResult empty_result(const std::string& driver, const std::string& framework) {
  scenario::RunResult result;
  result.driver = driver;
  result.framework = framework;
  result.outcome = verify::Outcome::inconclusive;
  return result;
}

}  // namespace

std::string tool_name() {
  return "drydock " DRYDOCK_VERSION;
}

int exit_code_of(const scenario::RunResult& result) {
  if (!result.internal_fault.empty()) return exit_fault;
  if (result.outcome == verify::Outcome::findings) return exit_findings;
  return result.outcome == verify::Outcome::clean ? exit_clean : exit_inconclusive;
}

Result<void> check_outputs(const Options& options) {
  for (const std::string& path : {options.json, options.out}) {
    if (path.empty()) continue;
    if (auto checked = check_writable(path); !checked) return checked;
  }
  return {};
}

int conclude(const Options& options, const char* command, const scenario::Inputs& inputs,
             const scenario::RunResult& result, const report::VerdictContext& context) {
  const int code = exit_code_of(result);
  const report::Symbols symbols(inputs, result);
  fmt::print("{}", report::verdict_text(result, symbols, context));
  if (code == exit_fault) fmt::print(stderr, "{}", please_report);
  if (options.json.empty()) return code;
  const auto document =
      report::document(inputs, result, symbols, context,
                       {.tool = tool_name(), .command = command, .exit_code = code});
  const auto written = write_file(options.json, report::document_text(document));
  return written ? code : refuse(written.error().message);
}

std::optional<scenario::RunResult> result_of(const explore::WorkerEnd& end,
                                             const std::string& driver,
                                             const std::string& framework) {
  if (const auto* done = std::get_if<explore::Done>(&end)) return done->result;
  auto result = empty_result(driver, framework);
  if (const auto* faulted = std::get_if<explore::Faulted>(&end)) {
    result.internal_fault = faulted->what;
    return result;
  }
  if (const auto* died = std::get_if<explore::Died>(&end)) {
    result.why_inconclusive = fmt::format(
        "The process that ran the driver {}. Either the driver damaged it or drydock has a fault.",
        died->how);
    return result;
  }
  return std::nullopt;
}

}  // namespace drydock::cli
