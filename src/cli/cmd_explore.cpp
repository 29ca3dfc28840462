// SPDX-License-Identifier: Apache-2.0
// drydock explore: random schedules, until one shows a finding or the budget is used up.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "base/files.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/outcome.h"
#include "explore/random.h"
#include "explore/replay_file.h"
#include "explore/search.h"

namespace drydock::cli {
namespace {

using scenario::RunResult;

constexpr double default_seconds = 10;

// Short lives, thousands a second: the moment of unload lies early, the tail is short.
constexpr scenario::UnloadPlan short_life{.restart = false,
                                          .at_once = false,
                                          .earliest_step = 0,
                                          .latest_step = 300,
                                          .steps_after_gone = 100};

explore::CampaignOptions budget(const Options& options, std::uint64_t seed) {
  explore::CampaignOptions campaign{.seed = seed, .twice = options.twice};
  if (options.runs) campaign.runs = *options.runs;
  if (options.seconds) campaign.seconds = *options.seconds;
  if (!options.runs && !options.seconds) campaign.seconds = default_seconds;
  return campaign;
}

class ProgressLine {
 public:
  explicit ProgressLine(const Options& options)
      : shown_(!options.quiet && isatty(STDERR_FILENO) == 1) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() {
    if (shown_) fmt::print(stderr, "\r\x1b[K");
  }

  void show(std::uint64_t schedules) const {
    if (!shown_) return;
    fmt::print(stderr, "\r{} schedules, {:.0f} a second", schedules,
               static_cast<double>(schedules) / watch_.seconds());
    std::fflush(stderr);
  }

 private:
  bool shown_;
  Stopwatch watch_;
};

std::string replay_path(const Options& options) {
  if (!options.out.empty()) return options.out;
  return std::filesystem::path(options.driver.empty() ? options.scenario : options.driver)
             .stem()
             .string() +
         ".replay";
}

// The files it names are found from anywhere.
void make_paths_absolute(scenario::Inputs& inputs) {
  std::error_code ignored;
  inputs.driver.path = std::filesystem::absolute(inputs.driver.path, ignored).string();
  for (auto& driver : inputs.beside)
    driver.path = std::filesystem::absolute(driver.path, ignored).string();
  for (auto& capture : inputs.captures) {
    if (std::filesystem::exists(capture.path, ignored))
      capture.path = std::filesystem::absolute(capture.path, ignored).string();
  }
}

Result<std::string> write_replay_of(const Options& options, const scenario::Inputs& inputs,
                                    const explore::SearchEnd& search) {
  explore::ReplayFile replay{.tool = tool_name(),
                             .inputs = inputs,
                             .recorded = search.recorded,
                             .trace_hash = search.result.trace_hash,
                             .rules = explore::rules_found(search.result)};
  make_paths_absolute(replay.inputs);
  auto path = replay_path(options);
  const auto written = write_file(path, explore::write_replay(replay));
  if (!written) return std::unexpected(written.error());
  return path;
}

report::Search facts_of(const explore::SearchEnd& search, std::uint64_t seed) {
  report::Search facts{.seed = seed,
                       .schedules = search.schedules,
                       .distinct = search.distinct,
                       .inconclusive = search.inconclusive,
                       .workers_lost = search.workers_lost,
                       .how_lost = search.how_lost};
  if (search.found) facts.run = search.run;
  return facts;
}

int show(const Options& options, const GivenInputs& given, const explore::SearchEnd& search,
         double seconds) {
  report::VerdictContext context{.seconds = seconds,
                                 .again = "",
                                 .color = use_color(options),
                                 .brief = options.quiet,
                                 .whole = options.verbose,
                                 .search = facts_of(search, given.seed.value_or(1))};
  RunResult result = search.result;
  result.driver = given.inputs.driver.name;
  result.framework = given.framework;
  if (search.found && result.internal_fault.empty()) {
    const auto path = write_replay_of(options, given.inputs, search);
    if (!path) return refuse(path.error().message);
    context.again = "drydock replay " + quoted(*path);
  }
  return conclude(options, "explore", given.inputs, result, context);
}

}  // namespace

void add_explore(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand(
      "explore", "Run random thread schedules until one shows a finding or the budget is used up");
  add_input_options(*command, invocation.options);
  command->add_option("--seed", invocation.options.seed, "Where the search begins (default 1)")
      ->option_text("N");
  command->add_option("--runs", invocation.options.runs, "Schedules to try at most")
      ->check(CLI::Range(1U, UINT32_MAX))
      ->option_text("N");
  command
      ->add_option("--seconds", invocation.options.seconds,
                   "Time to spend (default 10, unless --runs is given)")
      ->check(CLI::Range(0.001, 1e9))
      ->option_text("S");
  command
      ->add_option("--out", invocation.options.out,
                   "Where the finding's schedule is written (default DRIVER.replay)")
      ->option_text("FILE");
  command->footer(
      "Examples:\n  drydock explore mydriver.sys\n"
      "  drydock explore mydriver.sys --runs 100000 --seed 7 --out bug.replay\n\n"
      "Exit codes: as for verify; 0 says that no schedule that was tried showed a finding.");
  command->callback([&invocation] { invocation.command = run_explore; });
}

int run_explore(const Options& options) {
  const Stopwatch watch;
  auto given = read_inputs(options);
  if (!given) return refuse(given.error().message);
  if (const auto checked = check_outputs(options); !checked) return refuse(checked.error().message);
  given->inputs.unload = short_life;
  const auto campaign = budget(options, given->seed.value_or(1));
  const auto search = [&] {
    const ProgressLine line(options);
    return explore::search(given->inputs, campaign, [&](std::uint64_t n) { line.show(n); });
  }();
  if (!search) return refuse(search.error().message);
  return show(options, *given, *search, watch.seconds());
}

}  // namespace drydock::cli
