// SPDX-License-Identifier: Apache-2.0
// drydock run: a capture through a driver, and what became of each packet.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <string_view>

#include "base/files.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/outcome.h"
#include "explore/supervisor.h"

namespace drydock::cli {
namespace {

void print_verdicts(const net::TrafficStats& stats) {
  fmt::print("{:>10} {:>14}  verdict\n", "packets", "bytes");
  for (const auto& [verdict, count] : stats) {
    fmt::print("{:>10} {:>14}  {}\n", count.packets, count.bytes, verdict);
  }
}

std::uint64_t counter(const scenario::RunResult& result, const std::string& name) {
  const auto found = result.counters.find(name);
  return found == result.counters.end() ? 0 : found->second;
}

void print_layers(const scenario::RunResult& result) {
  constexpr std::string_view prefix = "classify ";
  fmt::print("\n{:>10} {:>14} {:>10}  layer\n", "seen", "by callouts", "blocked");
  for (const auto& [name, count] : result.counters) {
    if (!name.starts_with(prefix)) continue;
    const std::string layer = name.substr(prefix.size());
    fmt::print("{:>10} {:>14} {:>10}  {}\n", count, counter(result, "classifyFn " + layer),
               counter(result, "block " + layer), layer);
  }
}

}  // namespace

void add_run(CLI::App& app, Invocation& invocation) {
  Options& options = invocation.options;
  auto* command = app.add_subcommand(
      "run", "Send a capture through a driver and write what becomes of each packet");
  command->add_option("DRIVER", options.driver, "The .sys file")->required();
  command->add_option("SCENARIO", options.scenario, "A scenario file (.toml)");
  command->add_option("--in", options.in, "The capture: a pcap or pcapng file")
      ->required()
      ->option_text("CAPTURE");
  command
      ->add_option("--out", options.out,
                   "Write a pcapng file: each packet with its verdict as comment")
      ->option_text("CAPTURE");
  command
      ->add_option("--local", options.local,
                   "Address of the simulated host in the capture; may be repeated")
      ->allow_extra_args(false)
      ->delimiter(',')
      ->option_text("ADDR");
  command
      ->add_option("--attach", options.attach,
                   "Add a filter for a callout that the driver attaches to no layer itself: "
                   "KEY@LAYER, or all")
      ->allow_extra_args(false)
      ->option_text("WHAT");
  command->add_flag("--stats", options.stats, "Print packets and bytes by verdict and layer");
  command->add_option("--json", options.json, "Write the verdict as JSON")->option_text("FILE");
  command->footer(
      "Examples:\n  drydock run mydriver.sys --in my.pcapng --out after.pcapng --stats\n"
      "  drydock run mydriver.sys --in my.pcap --local 192.0.2.10,2001:db8::10\n\n"
      "The driver is loaded once, all packets pass it, and it is unloaded; what is found wrong on "
      "the way is\nreported as by verify, with the same exit codes. The capture written holds "
      "every "
      "packet with its verdict\nas comment (frame.comment); of a stream that the driver edits, the "
      "packets of the edited connection.");
  command->callback([&invocation] { invocation.command = run_run; });
}

int run_run(const Options& options) {
  const Stopwatch watch;
  Options with_capture = options;
  with_capture.captures = {options.in};
  auto given = read_inputs(with_capture);
  if (!given) return refuse(given.error().message);
  given->inputs.record_traffic = true;
  const auto end = explore::supervise({.inputs = given->inputs, .work = explore::RunPlain{}});
  if (const auto* refused = std::get_if<explore::Refused>(&end)) return refuse(refused->why);
  auto result = *result_of(end, given->inputs.driver.name, given->framework);
  const auto traffic = std::exchange(result.traffic, {});
  if (!traffic.empty() && !options.out.empty()) {
    const auto& bytes = traffic.front().pcapng;
    const auto written =
        write_file(options.out, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!written) return refuse(written.error().message);
  }
  if (!traffic.empty() && options.stats) {
    print_verdicts(traffic.front().stats);
    print_layers(result);
    fmt::print("\n");
  }
  return conclude(options, "run", given->inputs, result,
                  {.seconds = watch.seconds(),
                   .again = options.command_line,
                   .color = use_color(options),
                   .brief = options.quiet});
}

}  // namespace drydock::cli
