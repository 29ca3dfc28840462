// SPDX-License-Identifier: Apache-2.0
// The drydock program: reads the command line and hands over to one command.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <string_view>

#include "cli/command.h"
#include "explore/worker.h"
#include "remote/machine_worker.h"
#include "remote/protocol.h"
#include "remote/symbols_worker.h"

namespace drydock::cli {
namespace {

void add_common_options(CLI::App& app, Options& options) {
  static const std::map<std::string, Color> colors{
      {"auto", Color::automatic}, {"always", Color::always}, {"never", Color::never}};
  auto* quiet = app.add_flag("-q,--quiet", options.quiet, "Print results only");
  app.add_flag("-v,--verbose", options.verbose,
               "Print more: every frame, every consequence, every detail")
      ->excludes(quiet);
  app.add_option("--color", options.color, "auto (default), always or never; NO_COLOR is honoured")
      ->transform(CLI::Transformer(colors))
      ->option_text("WHEN");
  app.set_version_flag("--version", "drydock " DRYDOCK_VERSION);
}

void add_commands(CLI::App& app, Invocation& invocation) {
  app.fallthrough();  // -q and its like may follow the command's name; commands inherit it
  add_verify(app, invocation);
  add_run(app, invocation);
  add_explore(app, invocation);
  add_replay(app, invocation);
  add_inspect(app, invocation);
  add_rules(app, invocation);
  add_policy(app, invocation);
  app.require_subcommand(1);
}

// What CLI11 calls a missing subcommand or an unexpected argument may be a misspelled one.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  const auto leftover = app.remaining(true);
  if (leftover.empty()) return chosen.empty() ? "no command given" : error.what();
  if (leftover.front().starts_with('-'))
    return fmt::format("unknown option '{}'", leftover.front());
  return chosen.empty() ? fmt::format("unknown command '{}'", leftover.front())
                        : fmt::format("'{}' is one argument too many", leftover.front());
}

std::string command_line(int argc, char** argv) {
  std::string text = "drydock";
  for (int i = 1; i < argc; ++i) text += " " + quoted(argv[i]);
  return text;
}

// Processes of our own; not for people.
struct Internal {
  const char* name;
  int (*run)();
};
constexpr Internal internal_commands[] = {
    {explore::worker_command, explore::run_worker},
    {remote::machine_command, remote::run_machine},
    {remote::symbols_command, remote::answer_symbols},
};

int run(int argc, char** argv) {
  for (const Internal& command : internal_commands) {
    if (argc == 2 && std::string_view(argv[1]) == command.name) return command.run();
  }
  CLI::App app(
      "Runs Windows callout drivers on a simulated kernel and proves that they unload right.",
      "drydock");
  app.footer(
      "Examples:\n  drydock inspect mydriver.sys\n  drydock verify mydriver.sys\n"
      "  drydock explore mydriver.sys --seconds 60\n\n"
      "drydock COMMAND --help describes a command.\n"
      "Exit codes: 0 clean, 1 findings, 2 bad usage or input, 3 inconclusive, 70 a fault of "
      "drydock itself.");
  Invocation invocation;
  invocation.options.command_line = command_line(argc, argv);
  add_common_options(app, invocation.options);
  add_commands(app, invocation);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {  // --help, --version
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    return refuse(explain(app, error) + "\nTry 'drydock --help'.");
  }
  return invocation.command(invocation.options);
}

}  // namespace
}  // namespace drydock::cli

int main(int argc, char** argv) {
  try {
    return drydock::cli::run(argc, argv);
  } catch (const std::exception& fault) {
    fmt::print(stderr,
               "drydock: fault of drydock itself: {}\nPlease report it with the command line and "
               "the driver.\n",
               fault.what());
    return drydock::cli::exit_fault;
  }
}
