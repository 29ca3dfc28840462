// SPDX-License-Identifier: Apache-2.0
// drydock run: a capture through a driver, and what became of each packet.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <string_view>

#include "base/files.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/outcome.h"
#include "cli/tun.h"
#include "explore/supervisor.h"
#include "scenario/plan_builder.h"

namespace drydock::cli {
namespace {

constexpr std::uint32_t longest_live_run = 24 * 3600;
constexpr std::uint32_t seconds_after_unload = 10;

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

Result<GivenInputs> read_recorded(const Options& options) {
  Options with_capture = options;
  with_capture.captures = {options.in};
  auto given = read_inputs(with_capture);
  if (given) given->inputs.record_traffic = true;
  return given;
}

// What the processes of a scenario do with their sockets.
Result<GivenInputs> read_sockets(const Options& options) {
  auto given = read_inputs(options);
  if (!given) return given;
  given->inputs.captures.clear();
  given->inputs.record_traffic = true;
  const auto plan = scenario::build_plan(given->inputs);
  if (!plan) return std::unexpected(plan.error());
  if (!plan->network)
    return failure(
        fmt::format("{}: no process has a socket; name a capture with --in", options.scenario));
  return given;
}

Result<GivenInputs> read_live(const Options& options) {
  auto given = read_inputs(options);
  if (!given) return given;
  scenario::Inputs& inputs = given->inputs;
  inputs.live = scenario::LiveInput{.local_addresses = options.local,
                                    .keeps_packets = !options.out.empty()};
  inputs.captures.clear();
  inputs.live->unload_after = options.unload_after.value_or(inputs.live->unload_after);
  inputs.live->seconds =
      options.live_seconds.value_or(inputs.live->unload_after + seconds_after_unload);
  if (inputs.live->seconds < inputs.live->unload_after)
    return failure("--seconds: ends before --unload-after");
  if (const auto plan = scenario::build_plan(inputs); !plan) return std::unexpected(plan.error());
  return given;
}

// Both or, without --tun, none.
struct LiveDescriptors {
  explore::Descriptor host;
  explore::Descriptor network;
};

Result<LiveDescriptors> open_live_files(const std::string& names) {
  if (names.empty()) return LiveDescriptors{};
  const auto comma = names.find(',');
  if (comma == std::string::npos) return failure("--tun: expected two devices, HOST,NETWORK");
  auto host = open_tun(names.substr(0, comma));
  if (!host) return std::unexpected(host.error());
  auto network = open_tun(names.substr(comma + 1));
  if (!network) return std::unexpected(network.error());
  return LiveDescriptors{*std::move(host), *std::move(network)};
}

explore::WorkerEnd supervise(const GivenInputs& given, const LiveDescriptors& files) {
  const explore::Job job{.inputs = given.inputs, .work = explore::RunPlain{}};
  if (!given.inputs.live) return explore::supervise(job);
  const auto patience = std::chrono::seconds(given.inputs.live->seconds + 60);
  return explore::supervise(
      job, {.run_limit = patience,
            .live_files = {.host = files.host.get(), .network = files.network.get()}});
}

}  // namespace

void add_run(CLI::App& app, Invocation& invocation) {
  Options& options = invocation.options;
  auto* command = app.add_subcommand(
      "run", "Send a capture through a driver and write what becomes of each packet");
  command->add_option("DRIVER", options.driver, "The .sys file")->required();
  command->add_option("SCENARIO", options.scenario, "A scenario file (.toml)");
  auto* in = command->add_option("--in", options.in, "The capture: a pcap or pcapng file")
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
  auto* tun = command
                  ->add_option("--tun", options.tun,
                               "Real traffic: the TUN devices towards the host's programs and "
                               "towards its network, each [NAMESPACE/]DEVICE")
                  ->excludes(in)
                  ->option_text("HOST,NETWORK");
  command
      ->add_option("--unload-after", options.unload_after,
                   "With --tun: seconds until the driver is unloaded (default 10)")
      ->needs(tun)
      ->check(CLI::Range(1U, longest_live_run))
      ->option_text("SECONDS");
  command
      ->add_option("--seconds", options.live_seconds,
                   "With --tun: seconds in all (default: 10 more than until the unload)")
      ->needs(tun)
      ->check(CLI::Range(1U, longest_live_run))
      ->option_text("SECONDS");
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
      "  drydock run mydriver.sys --in my.pcap --local 192.0.2.10,2001:db8::10\n"
      "  drydock run mydriver.sys --tun app/wire0,out/wire1 --unload-after 10\n\n"
      "The driver is loaded once, all packets pass it, and it is unloaded; what is found wrong on "
      "the way is\nreported as by verify, with the same exit codes. The capture written holds "
      "every "
      "packet with its verdict\nas comment (frame.comment); of a stream that the driver edits, the "
      "packets of the edited connection.");
  command->callback([&invocation] { invocation.command = run_run; });
}

int run_run(const Options& options) {
  if (options.in.empty() && options.tun.empty() && options.scenario.empty())
    return refuse(
        "nothing to run: name a capture with --in, TUN devices with --tun, or a scenario whose "
        "processes have sockets");
  const Stopwatch watch;
  auto given = !options.tun.empty()  ? read_live(options)
               : !options.in.empty() ? read_recorded(options)
                                     : read_sockets(options);
  if (!given) return refuse(given.error().message);
  const auto files = open_live_files(options.tun);
  if (!files) return refuse(files.error().message);
  if (const auto checked = check_outputs(options); !checked) return refuse(checked.error().message);
  const auto end = supervise(*given, *files);
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
