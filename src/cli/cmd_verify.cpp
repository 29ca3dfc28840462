// SPDX-License-Identifier: Apache-2.0
// drydock verify: one driver's life, audited.
#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/outcome.h"
#include "explore/supervisor.h"
#include "policy/json_policy.h"
#include "policy/store.h"

namespace drydock::cli {
namespace {

explore::Job job_of(const Options& options, const GivenInputs& given) {
  explore::Job job{.inputs = given.inputs, .work = explore::RunPlain{}, .twice = options.twice};
  if (given.seed) job.work = explore::RunSchedule{*given.seed};
  return job;
}

// The worker has no files: what its machine had on disk at the end is saved here, in one
// transaction. A run that ends without a result leaves the store as it was.
Result<void> keep_store(const scenario::Inputs& inputs, const scenario::RunResult& result) {
  if (!inputs.store || !result.store) return {};
  auto policy = policy::read_json(*result.store, inputs.store->path);
  if (!policy) return std::unexpected(policy.error());
  return policy::save_store(inputs.store->path, policy->objects);
}

}  // namespace

void add_verify(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand(
      "verify", "Load a driver, give it traffic, unload it, and audit what it left behind");
  add_input_options(*command, invocation.options);
  command
      ->add_option("--seed", invocation.options.seed,
                   "Run this random schedule instead of the plain one")
      ->option_text("N");
  command->add_flag("--no-restart", invocation.options.no_restart,
                    "Do not load the driver a second time");
  command->footer(
      "Examples:\n  drydock verify mydriver.sys\n"
      "  drydock verify mydriver.sys --capture my.pcapng --local 192.0.2.10\n"
      "  drydock verify mydriver.sys --attach all --json verdict.json\n"
      "  drydock verify --scenario two_drivers.toml\n"
      "  drydock verify mydriver.sys --policy wfpstate.xml --store policy.store --reboots 1\n\n"
      "Exit codes: 0 clean, 1 findings, 2 input that cannot be used, 3 inconclusive.");
  command->callback([&invocation] { invocation.command = run_verify; });
}

int run_verify(const Options& options) {
  const Stopwatch watch;
  const auto given = read_inputs(options);
  if (!given) return refuse(given.error().message);
  if (const auto checked = check_outputs(options); !checked) return refuse(checked.error().message);
  const auto end = explore::supervise(job_of(options, *given));
  if (const auto* refused = std::get_if<explore::Refused>(&end)) return refuse(refused->why);
  const auto result = *result_of(end, given->inputs.driver.name, given->framework);
  const int code = conclude(options, "verify", given->inputs, result,
                            {.seconds = watch.seconds(),
                             .again = options.command_line,
                             .color = use_color(options),
                             .brief = options.quiet,
                             .whole = options.verbose});
  const auto kept = keep_store(given->inputs, result);
  return kept ? code : refuse(kept.error().message);
}

}  // namespace drydock::cli
