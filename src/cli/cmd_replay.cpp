// SPDX-License-Identifier: Apache-2.0
// drydock replay: a recorded run again, to the byte, or a plain word that it is not.
#include <CLI/CLI.hpp>

#include "base/files.h"
#include "cli/command.h"
#include "cli/outcome.h"
#include "explore/replay_file.h"
#include "explore/result_json.h"
#include "explore/supervisor.h"

namespace drydock::cli {
namespace {

using scenario::RunResult;

// Empty when the run is the recorded one.
std::string difference(const explore::WorkerEnd& end, const explore::ReplayFile& replay) {
  const auto* done = std::get_if<explore::Done>(&end);
  if (done == nullptr) return {};
  if (done->divergence) return *done->divergence;
  if (done->result.trace_hash != replay.trace_hash) {
    return fmt::format("the trace hash is {}, recorded was {}",
                       explore::hash_text(done->result.trace_hash),
                       explore::hash_text(replay.trace_hash));
  }
  if (explore::rules_found(done->result) != replay.rules)
    return "the trace is the recorded one, the findings are not";
  return {};
}

// Another version may behave otherwise, and then nothing is known; the same one must not.
void blame(const std::string& difference, const explore::ReplayFile& replay, RunResult& result) {
  if (replay.tool == tool_name()) {
    result.internal_fault = "not the recorded run: " + difference;
    return;
  }
  result.outcome = verify::Outcome::inconclusive;
  result.why_inconclusive =
      fmt::format("This is not the recorded run, which was made by {} (this is {}): {}.",
                  replay.tool, tool_name(), difference);
}

}  // namespace

void add_replay(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("replay", "Run a recorded schedule again");
  command->add_option("REPLAY", invocation.options.replay, "A .replay file of drydock explore")
      ->required();
  command
      ->add_option("--driver", invocation.options.driver,
                   "Where the driver file is now, if it moved; its content must be the same")
      ->option_text("FILE");
  command->add_option("--json", invocation.options.json, "Write the verdict as JSON")
      ->option_text("FILE");
  command->footer(
      "Examples:\n  drydock replay mydriver.replay\n\n"
      "Exit codes: as for verify; 3 when another version of drydock recorded another run.");
  command->callback([&invocation] { invocation.command = run_replay; });
}

int run_replay(const Options& options) {
  const Stopwatch watch;
  const auto bytes = read_file(options.replay);
  if (!bytes) return refuse(bytes.error().message);
  const auto replay =
      explore::read_replay({reinterpret_cast<const char*>(bytes->data()), bytes->size()},
                           options.replay, options.driver);
  if (!replay) return refuse(replay.error().message);
  if (const auto checked = check_outputs(options); !checked) return refuse(checked.error().message);
  const auto end = explore::supervise(
      {.inputs = replay->inputs, .work = explore::RunRecorded{replay->recorded}});
  if (const auto* refused = std::get_if<explore::Refused>(&end)) return refuse(refused->why);
  auto result = *result_of(end, replay->inputs.driver.name, "");
  if (const auto found = difference(end, *replay); !found.empty()) blame(found, *replay, result);
  return conclude(options, "replay", replay->inputs, result,
                  {.seconds = watch.seconds(),
                   .again = options.command_line,
                   .color = use_color(options),
                   .brief = options.quiet,
                   .whole = options.verbose});
}

}  // namespace drydock::cli
