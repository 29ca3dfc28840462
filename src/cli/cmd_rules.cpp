// SPDX-License-Identifier: Apache-2.0
// drydock rules: what is checked, why, and where it is documented.
#include <fmt/core.h>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "report/rules_page.h"
#include "report/rules_text.h"
#include "verify/rules.h"

namespace drydock::cli {

void add_rules(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("rules", "Explain what is checked");
  command->add_option("RULE", invocation.options.rule, "A rule's id; all when left out");
  command->add_flag("--markdown", invocation.options.markdown, "All of them as docs/rules.md");
  command->footer("Examples:\n  drydock rules\n  drydock rules FLOW-01");
  command->callback([&invocation] { invocation.command = run_rules; });
}

int run_rules(const Options& options) {
  if (options.markdown) {
    fmt::print("{}", report::rules_page());
    return exit_clean;
  }
  if (options.rule.empty()) {
    fmt::print("{}", report::rules_text(use_color(options)));
    return exit_clean;
  }
  const auto* rule = verify::find_rule(options.rule);
  if (rule == nullptr)
    return refuse(fmt::format("no rule '{}'; 'drydock rules' lists them", options.rule));
  fmt::print("{}", report::rule_text(rule->info, use_color(options)));
  return exit_clean;
}

}  // namespace drydock::cli
