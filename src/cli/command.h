// SPDX-License-Identifier: Apache-2.0
// What the commands share: options, exit codes, and how a command puts itself on the command line.
#pragma once

#include <fmt/core.h>

#include <CLI/App.hpp>
#include <cstdint>
#include <string>

namespace drydock::cli {

// Exit codes are an interface: continuous integration branches on them.
enum ExitCode : int {
  exit_clean = 0,
  exit_findings = 1,
  exit_usage = 2,  // an option or input that cannot be used; nothing was run or written
  exit_inconclusive = 3,
  exit_fault = 70,  // Drydock's own
};

enum class Color : std::uint8_t { automatic, always, never };

// Everything the command line can say; a command reads its own part.
struct Options {
  bool quiet = false;
  int verbosity = 0;
  Color color = Color::automatic;
  std::string driver;  // path of the .sys
};

using Command = int (*)(const Options&);

// Where a command's add_ function leaves what was asked for.
struct Invocation {
  Options options;
  Command command = nullptr;
};

// Whether results on standard output get colour: --color, else NO_COLOR, else whether it is a
// terminal.
bool use_color(const Options& options);

// One line on standard error, then the exit code for input that cannot be used.
int refuse(const std::string& message);

// One pair a command, in cmd_<name>.cpp: its place on the command line, and its work.
void add_inspect(CLI::App& app, Invocation& invocation);
int run_inspect(const Options& options);

}  // namespace drydock::cli
