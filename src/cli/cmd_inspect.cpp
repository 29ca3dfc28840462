// SPDX-License-Identifier: Apache-2.0
// drydock inspect: what a driver file is. Reads only, runs nothing.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "base/files.h"
#include "cli/command.h"
#include "nt/export_directory.h"
#include "report/coverage_page.h"
#include "report/inspection.h"
#include "scenario/environment.h"

namespace drydock::cli {

void add_inspect(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand(
      "inspect", "Show what a driver file is: framework, imports, sections, signer");
  auto* driver = command->add_option("DRIVER", invocation.options.driver, "The .sys file");
  command
      ->add_flag("--coverage", invocation.options.coverage,
                 "Instead of a file: which exports are implemented, as docs/coverage.md")
      ->excludes(driver);
  command->footer(
      "Reads only, runs nothing. Exit code 0: the file can be loaded; 2: it cannot, and the output "
      "says why.\n\n"
      "Examples:\n  drydock inspect mydriver.sys\n  drydock inspect -q mydriver.sys   only whether "
      "it can be loaded");
  command->callback([&invocation] { invocation.command = run_inspect; });
}

int run_inspect(const Options& options) {
  if (options.coverage) {
    fmt::print("{}", report::coverage_page(scenario::export_tables()));
    return exit_clean;
  }
  if (options.driver.empty()) return refuse("inspect needs a DRIVER, or --coverage");
  const auto bytes = read_file(options.driver);
  if (!bytes) return refuse(bytes.error().message);
  const auto tables = scenario::export_tables();
  const nt::ExportDirectory exports(tables);
  const auto inspection =
      report::inspect(*bytes, std::filesystem::path(options.driver).filename().string(),
                      [&](const image::Import& import) {
                        return !import.ordinal && exports.find(import.module, import.name) != 0;
                      });
  const bool has_headers = inspection.file.machine != 0;
  if (has_headers && !options.quiet) fmt::print("{}", report::inspection_text(inspection));
  // The page names all of them.
  return inspection.problems.empty() ? exit_clean : refuse(inspection.problems.front());
}

}  // namespace drydock::cli
