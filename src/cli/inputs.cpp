// SPDX-License-Identifier: Apache-2.0
#include "cli/inputs.h"

#include <filesystem>
#include <span>

#include "base/files.h"
#include "image/framework.h"
#include "image/pe.h"
#include "net/tracker.h"
#include "policy/json_policy.h"
#include "policy/store.h"
#include "scenario/plan_builder.h"
#include "scenario/policy.h"
#include "scenario/scenario_file.h"
#include "scenario/standard_capture.h"

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;
using scenario::CaptureInput;
using scenario::DriverInput;
using scenario::ScenarioFile;

constexpr std::uint32_t most_processors = 64;
constexpr std::uint32_t most_reboots = 100;

// With its text in the inputs: it goes on to the worker.
Result<ScenarioFile> read_scenario(const std::string& path, scenario::Inputs& inputs) {
  if (path.empty()) return ScenarioFile{};
  const auto bytes = read_file(path);
  if (!bytes) return std::unexpected(bytes.error());
  const std::string text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  auto file = scenario::parse_scenario(text, path);
  inputs.scenario = {path, text};
  return file;
}

std::vector<std::string> standard_addresses() {
  return scenario::standard_capture().local_addresses;
}

// Of the host that the scenario describes, else of the standard traffic.
std::vector<std::string> local_addresses(const ScenarioFile& scenario) {
  if (!scenario.host) return standard_addresses();
  std::vector<std::string> texts;
  for (const net::IpAddress& address : scenario.host->addresses) texts.push_back(address.text());
  return texts;
}

Result<CaptureInput> read_capture(const std::string& path, std::vector<std::string> local,
                                  const ScenarioFile& scenario) {
  auto content = read_file(path);
  if (!content) return std::unexpected(content.error());
  if (local.empty()) local = local_addresses(scenario);
  return CaptureInput{path, std::move(local), std::move(*content)};
}

struct Named {
  std::string path;
  std::vector<std::string> local;
};

std::vector<Named> named_captures(const Options& options, const ScenarioFile& scenario) {
  std::vector<Named> named;
  named.reserve(options.captures.size() + scenario.traffic.size());
  for (const auto& path : options.captures) named.push_back({path, options.local});
  if (!named.empty()) return named;
  const auto folder = fs::path(options.scenario).parent_path();
  for (const auto& traffic : scenario.traffic) {
    named.push_back({(folder / traffic.capture).string(), traffic.local});
  }
  return named;
}

Result<std::vector<CaptureInput>> read_captures(const Options& options,
                                                const ScenarioFile& scenario) {
  const auto named = named_captures(options, scenario);
  if (named.empty() && scenario.no_traffic) return std::vector<CaptureInput>{};
  if (named.empty()) return std::vector{scenario::standard_capture()};
  std::vector<CaptureInput> captures;
  for (const auto& [path, local] : named) {
    auto capture = read_capture(path, local, scenario);
    if (!capture) return std::unexpected(capture.error());
    captures.push_back(std::move(*capture));
  }
  return captures;
}

// With its content; `framework` becomes its own.
Result<DriverInput> read_driver(DriverInput driver, std::string& framework) {
  auto content = read_file(driver.path);
  if (!content) return std::unexpected(content.error());
  const auto file = image::parse(*content, driver.name);
  if (!file) return std::unexpected(file.error());
  framework = to_string(image::detect_framework(*file));
  driver.content = std::move(*content);
  return driver;
}

// Relative to the scenario file when that names it.
std::string in_scenario(const Options& options, const std::string& path) {
  return (fs::path(options.scenario).parent_path() / path).string();
}

// The one of the command line, or those of the scenario.
Result<std::vector<DriverInput>> named_drivers(const Options& options,
                                               const ScenarioFile& scenario) {
  const fs::path path = options.driver;
  if (path.extension() == ".toml")
    return failure(fmt::format(
        "{}: a scenario is no driver: give it with --scenario, or behind one", options.driver));
  if (options.driver.empty() && scenario.drivers.empty())
    return failure("no driver: name a DRIVER, or a --scenario with [[driver]] in it");
  if (!options.driver.empty() && !scenario.drivers.empty())
    return failure(fmt::format("{}: names its drivers itself, and {} is none of them",
                               options.scenario, options.driver));
  if (!options.driver.empty()) {
    return std::vector{DriverInput{.path = options.driver,
                                   .name = path.filename().string(),
                                   .service = scenario.service.value_or(path.stem().string()),
                                   .content = {},
                                   .start_fails = scenario.start_fails.value_or(false)}};
  }
  std::vector<DriverInput> drivers;
  for (const scenario::ScenarioDriver& driver : scenario.drivers) {
    drivers.push_back({.path = in_scenario(options, driver.file),
                       .name = driver.name,
                       .service = driver.service,
                       .content = {},
                       .start_fails = driver.start_fails,
                       .load_at = driver.load_at,
                       .unload_at = driver.unload_at});
  }
  return drivers;
}

Result<void> read_drivers(const Options& options, const ScenarioFile& scenario,
                          GivenInputs& given) {
  auto named = named_drivers(options, scenario);
  if (!named) return std::unexpected(named.error());
  for (DriverInput& driver : *named) {
    std::string framework;
    auto read = read_driver(std::move(driver), framework);
    if (!read) return std::unexpected(read.error());
    if (given.inputs.driver.path.empty()) {
      given.inputs.driver = std::move(*read);
      given.framework = std::move(framework);
    } else {
      given.inputs.beside.push_back(std::move(*read));
    }
  }
  return {};
}

std::vector<std::string> named_policies(const Options& options, const ScenarioFile& scenario) {
  if (!options.policies.empty()) return options.policies;
  std::vector<std::string> paths;
  paths.reserve(scenario.policies.size());
  for (const std::string& path : scenario.policies) paths.push_back(in_scenario(options, path));
  return paths;
}

// A store that is not there yet is an empty one.
Result<scenario::PolicyInput> read_store(const std::string& path) {
  std::error_code ignored;
  wfp::ObjectSet objects;
  if (fs::exists(path, ignored)) {
    auto loaded = policy::load_store(path);
    if (!loaded) return std::unexpected(loaded.error());
    objects = std::move(*loaded);
  }
  const auto text = policy::write_json(objects);
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return scenario::PolicyInput{path, {begin, begin + text.size()}};
}

Result<void> read_policy(const Options& options, const ScenarioFile& file,
                         scenario::Inputs& inputs) {
  for (const std::string& path : named_policies(options, file)) {
    auto content = read_file(path);
    if (!content) return std::unexpected(content.error());
    inputs.policies.push_back({path, std::move(*content)});
  }
  inputs.skip_unknown_policy =
      options.policy.skip_unknown || file.skip_unknown_policy.value_or(false);
  std::string path = options.policy.store;
  if (path.empty() && file.store) path = in_scenario(options, *file.store);
  if (!path.empty()) {
    auto store = read_store(path);
    if (!store) return std::unexpected(store.error());
    inputs.store = std::move(*store);
  }
  scenario::PolicyNotes notes;
  const auto plan = scenario::plan_policy(inputs, &notes);
  if (!plan) return std::unexpected(plan.error());
  for (const auto& note : notes) {
    if (!options.quiet) fmt::print(stderr, "drydock: {}\n", note);
  }
  return {};
}

void apply(const Options& options, const ScenarioFile& file, GivenInputs& given) {
  scenario::Inputs& inputs = given.inputs;
  inputs.processors = options.processors.value_or(file.processors.value_or(inputs.processors));
  given.seed = options.seed ? options.seed : file.seed;
  inputs.variants = file.variants;
  inputs.seed = given.seed.value_or(inputs.seed);
  inputs.reboots = options.reboots.value_or(file.reboots.value_or(0));
  inputs.boot_start = file.boot_start.value_or(false);
  inputs.unload.restart = !options.no_restart && file.restart.value_or(true);
  inputs.unload.at_once = file.restart_at_once.value_or(false);
  inputs.unload.service_restarts = file.service_restarts.value_or(false);
  inputs.unload.rebalance = file.rebalance.value_or(false);
  inputs.unload.unplugged = file.unplugged.value_or(false);
  for (const auto& attachment : options.attach) {
    if (attachment == "all") {
      inputs.attach_all = true;
    } else {
      inputs.attachments.push_back(attachment);
    }
  }
}

}  // namespace

void add_input_options(CLI::App& command, Options& options) {
  command.add_option("DRIVER", options.driver,
                     "The .sys file; left out when the scenario names several");
  auto* scenario = command.add_option("SCENARIO", options.scenario, "A scenario file (.toml)");
  command.add_option("--scenario", options.scenario, "The same, where no DRIVER comes before it")
      ->excludes(scenario)
      ->option_text("FILE");
  auto* capture =
      command
          .add_option("--capture", options.captures,
                      "Traffic instead of the standard one: a pcap or pcapng file; may be repeated")
          ->allow_extra_args(false)
          ->option_text("FILE");
  command
      .add_option("--local", options.local,
                  "Address of the simulated host in the captures; may be repeated")
      ->allow_extra_args(false)
      ->delimiter(',')
      ->needs(capture)
      ->option_text("ADDR");
  command
      .add_option("--attach", options.attach,
                  "Add a filter for a callout that the driver attaches to no layer itself: "
                  "KEY@LAYER, or all")
      ->allow_extra_args(false)
      ->option_text("WHAT");
  command
      .add_option("--policy", options.policies,
                  "Filtering policy beside the driver: JSON, or what netsh wfp show wrote; may be "
                  "repeated")
      ->allow_extra_args(false)
      ->option_text("FILE");
  command.add_flag("--skip-unknown", options.policy.skip_unknown,
                   "Leave out of the policy what is not known, instead of refusing it");
  command
      .add_option("--store", options.policy.store,
                  "Where persistent objects are kept beyond the run (an SQLite file)")
      ->option_text("FILE");
  command
      .add_option("--reboots", options.reboots, "Boot the machine again so often, and live again")
      ->check(CLI::Range(0U, most_reboots))
      ->option_text("N");
  command.add_option("--processors", options.processors, "Simulated processors (default 2)")
      ->check(CLI::Range(1U, most_processors))
      ->option_text("N");
  command.add_flag("--twice", options.twice,
                   "Run everything two times and compare: checks drydock itself");
  command.add_option("--json", options.json, "Write the verdict as JSON")->option_text("FILE");
}

Result<GivenInputs> read_inputs(const Options& options) {
  GivenInputs given;
  const auto scenario = read_scenario(options.scenario, given.inputs);
  if (!scenario) return std::unexpected(scenario.error());
  if (auto drivers = read_drivers(options, *scenario, given); !drivers)
    return std::unexpected(drivers.error());
  apply(options, *scenario, given);
  if (auto policy = read_policy(options, *scenario, given.inputs); !policy)
    return std::unexpected(policy.error());
  auto captures = read_captures(options, *scenario);
  if (!captures) return std::unexpected(captures.error());
  given.inputs.captures = std::move(*captures);
  // The worker builds the plan that counts; here only its errors matter, while nothing runs yet.
  if (const auto plan = scenario::build_plan(given.inputs); !plan)
    return std::unexpected(plan.error());
  return given;
}

}  // namespace drydock::cli
