// SPDX-License-Identifier: Apache-2.0
// What the commands share: options, exit codes, and how a command puts itself on the command line.
#pragma once

#include <fmt/core.h>

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

// Of the policy commands, and of those that run drivers.
struct PolicyOptions {
  std::vector<std::string> sources;  // policy files and stores
  bool skip_unknown = false;
  std::string layer;
  std::string store;  // to write
  std::string connection;
  std::uint32_t packet = 0;           // of the capture, from 1
  std::vector<std::string> fields;    // NAME=VALUE
  std::vector<std::string> callouts;  // KEY=ANSWER
};

// Everything the command line can say; a command reads its own part.
struct Options {
  std::string command_line;  // as typed, quoted for a shell
  bool quiet = false;
  bool verbose = false;
  Color color = Color::automatic;
  std::string driver;    // path of the .sys
  std::string scenario;  // path of the .toml; may be empty
  std::string replay;    // path of the .replay
  std::string rule;      // id; empty: all
  std::vector<std::string> captures;
  std::vector<std::string> local;
  std::vector<std::string> attach;  // KEY@LAYER, or "all"
  std::optional<std::uint64_t> seed;
  std::optional<std::uint32_t> processors;
  bool markdown = false;
  bool coverage = false;
  bool no_restart = false;
  std::vector<std::string> policies;  // beside the driver
  std::optional<std::uint32_t> reboots;
  bool twice = false;
  std::optional<std::uint64_t> runs;
  std::optional<double> seconds;
  std::string json;  // file to write
  std::string out;   // replay or policy file to write
  PolicyOptions policy;
  std::string in;      // capture to read
  bool stats = false;  // print packets and bytes by verdict and layer
  std::string tun;     // HOST,NETWORK: TUN devices
  std::optional<std::uint32_t> unload_after;
  std::optional<std::uint32_t> live_seconds;
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

// A text as one word of a shell's command line.
std::string quoted(const std::string& text);

// One pair a command, in cmd_<name>.cpp: its place on the command line, and its work.
void add_verify(CLI::App& app, Invocation& invocation);
int run_verify(const Options& options);
void add_run(CLI::App& app, Invocation& invocation);
int run_run(const Options& options);
void add_explore(CLI::App& app, Invocation& invocation);
int run_explore(const Options& options);
void add_replay(CLI::App& app, Invocation& invocation);
int run_replay(const Options& options);
void add_inspect(CLI::App& app, Invocation& invocation);
int run_inspect(const Options& options);
void add_rules(CLI::App& app, Invocation& invocation);
int run_rules(const Options& options);
void add_policy(CLI::App& app, Invocation& invocation);  // has commands of its own

}  // namespace drydock::cli
