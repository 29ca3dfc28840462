// SPDX-License-Identifier: Apache-2.0
// drydock policy show, import, export: filtering policies in and out.
#include <CLI/CLI.hpp>
#include <filesystem>

#include "base/files.h"
#include "cli/command.h"
#include "cli/policy_options.h"
#include "policy/describe.h"
#include "policy/json_policy.h"
#include "policy/names.h"
#include "policy/store.h"

namespace drydock::cli {
namespace {

using wfp::Lifetime;

int run_show(const Options& options) {
  const wfp::Layer* layer = nullptr;
  if (!options.policy.layer.empty()) {
    layer = policy::parse_layer(options.policy.layer);
    if (layer == nullptr)
      return refuse(fmt::format("'{}' is no filtering layer", options.policy.layer));
  }
  wfp::Engine engine;
  if (const auto loaded = load_sources(options, engine); !loaded)
    return refuse(loaded.error().message);
  fmt::print("{}\n", policy::count_text(engine.export_objects(Lifetime::until_stop)));
  if (options.quiet) return exit_clean;
  fmt::print("{}", policy::listing(engine, {.layer = layer, .verbose = options.verbose}));
  return exit_clean;
}

int run_export(const Options& options) {
  wfp::Engine engine;
  if (const auto loaded = load_sources(options, engine); !loaded)
    return refuse(loaded.error().message);
  const auto text = policy::write_json(engine.export_objects(Lifetime::until_stop));
  if (options.out.empty()) {
    fmt::print("{}", text);
    return exit_clean;
  }
  const auto written = write_file(options.out, text);
  return written ? exit_clean : refuse(written.error().message);
}

// What is in the store already, when there is one.
Result<void> load_target(const std::string& path, wfp::Engine& engine) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return {};
  auto objects = policy::load_store(path);
  if (!objects) return std::unexpected(objects.error());
  return policy::apply({.name = path, .objects = std::move(*objects), .lines = {}}, engine);
}

int run_import(const Options& options) {
  wfp::Engine engine;
  if (const auto loaded = load_target(options.policy.store, engine); !loaded)
    return refuse(loaded.error().message);
  if (const auto loaded = load_sources(options, engine); !loaded)
    return refuse(loaded.error().message);
  const auto objects = engine.export_objects();
  if (const auto saved = policy::save_store(options.policy.store, objects); !saved)
    return refuse(saved.error().message);
  if (options.quiet) return exit_clean;
  fmt::print("{} now holds {}\n", options.policy.store, policy::count_text(objects));
  const auto all = engine.export_objects(Lifetime::until_stop);
  const std::size_t transient = all.filters.size() - objects.filters.size();
  if (transient != 0) {
    fmt::print(
        "{} filters are neither persistent nor for boot time, and a store does not hold "
        "such: they end with the filter engine\n",
        transient);
  }
  return exit_clean;
}

void add_show(CLI::App& policy, Invocation& invocation) {
  auto* command = policy.add_subcommand("show", "List filters in the order they are met");
  add_policy_sources(*command, invocation.options);
  command->add_option("--layer", invocation.options.policy.layer, "Only this layer")
      ->option_text("LAYER");
  command->footer(
      "Examples:\n  drydock policy show wfpstate.xml --layer ALE_AUTH_CONNECT_V4\n"
      "  drydock policy show -q rules.json   only how many objects there are");
  command->callback([&invocation] { invocation.command = run_show; });
}

void add_export(CLI::App& policy, Invocation& invocation) {
  auto* command = policy.add_subcommand("export", "Write as JSON, whatever the source is");
  add_policy_sources(*command, invocation.options);
  command->add_option("--out", invocation.options.out, "Where to write (default: standard output)")
      ->option_text("FILE");
  command->footer(
      "Examples:\n  drydock policy export wfpstate.xml --out windows.json\n"
      "  drydock policy export policy.store");
  command->callback([&invocation] { invocation.command = run_export; });
}

void add_import(CLI::App& policy, Invocation& invocation) {
  auto* command =
      policy.add_subcommand("import", "Add persistent objects to a store, all of a file or none");
  add_policy_sources(*command, invocation.options);
  command
      ->add_option("--store", invocation.options.policy.store,
                   "The store (an SQLite file); made if there is none")
      ->required()
      ->option_text("FILE");
  command->footer("Examples:\n  drydock policy import rules.json --store policy.store");
  command->callback([&invocation] { invocation.command = run_import; });
}

}  // namespace

void add_policy(CLI::App& app, Invocation& invocation) {
  auto* command =
      app.add_subcommand("policy", "Show, convert, store and explain filtering policies");
  command->require_subcommand(1);
  add_show(*command, invocation);
  add_export(*command, invocation);
  add_import(*command, invocation);
  add_policy_explain(*command, invocation);
  command->footer(
      "Examples:\n  drydock policy show wfpstate.xml\n"
      "  drydock policy export wfpstate.xml --out windows.json\n\n"
      "drydock policy COMMAND --help describes a command.\n"
      "Exit codes: 0 done, 2 bad usage or input, and then nothing was written.");
}

}  // namespace drydock::cli
