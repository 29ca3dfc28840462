// SPDX-License-Identifier: Apache-2.0
#include "cli/inputs.h"

#include <filesystem>
#include <span>

#include "base/files.h"
#include "image/framework.h"
#include "image/pe.h"
#include "net/tracker.h"
#include "scenario/plan_builder.h"
#include "scenario/scenario_file.h"
#include "scenario/standard_capture.h"

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;
using scenario::CaptureInput;
using scenario::ScenarioFile;

constexpr std::uint32_t most_processors = 64;

Result<ScenarioFile> read_scenario(const std::string& path) {
  if (path.empty()) return ScenarioFile{};
  const auto bytes = read_file(path);
  if (!bytes) return std::unexpected(bytes.error());
  return scenario::parse_scenario({reinterpret_cast<const char*>(bytes->data()), bytes->size()},
                                  path);
}

std::vector<std::string> standard_addresses() {
  return scenario::standard_capture().local_addresses;
}

Result<CaptureInput> read_capture(const std::string& path, std::vector<std::string> local) {
  auto content = read_file(path);
  if (!content) return std::unexpected(content.error());
  if (local.empty()) local = standard_addresses();
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
  if (named.empty()) return std::vector{scenario::standard_capture()};
  std::vector<CaptureInput> captures;
  for (const auto& [path, local] : named) {
    auto capture = read_capture(path, local);
    if (!capture) return std::unexpected(capture.error());
    captures.push_back(std::move(*capture));
  }
  return captures;
}

Result<GivenInputs> read_driver(const Options& options) {
  const fs::path path = options.driver;
  auto content = read_file(path);
  if (!content) return std::unexpected(content.error());
  const auto file = image::parse(*content, path.filename().string());
  if (!file) return std::unexpected(file.error());
  GivenInputs given;
  given.inputs.driver = {.path = options.driver,
                         .name = path.filename().string(),
                         .service = path.stem().string(),
                         .content = std::move(*content)};
  given.framework = to_string(image::detect_framework(*file));
  return given;
}

void apply(const Options& options, const ScenarioFile& file, GivenInputs& given) {
  scenario::Inputs& inputs = given.inputs;
  if (file.service) inputs.driver.service = *file.service;
  inputs.processors = options.processors.value_or(file.processors.value_or(inputs.processors));
  given.seed = options.seed ? options.seed : file.seed;
  inputs.variants = file.variants;
  inputs.seed = given.seed.value_or(inputs.seed);
  inputs.unload.restart = !options.no_restart && file.restart.value_or(true);
  inputs.start_fails = file.start_fails.value_or(false);
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
  command.add_option("DRIVER", options.driver, "The .sys file")->required();
  command.add_option("SCENARIO", options.scenario, "A scenario file (.toml)");
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
  command.add_option("--processors", options.processors, "Simulated processors (default 2)")
      ->check(CLI::Range(1U, most_processors))
      ->option_text("N");
  command.add_flag("--twice", options.twice,
                   "Run everything two times and compare: checks drydock itself");
  command.add_option("--json", options.json, "Write the verdict as JSON")->option_text("FILE");
}

Result<GivenInputs> read_inputs(const Options& options) {
  auto given = read_driver(options);
  if (!given) return given;
  const auto scenario = read_scenario(options.scenario);
  if (!scenario) return std::unexpected(scenario.error());
  apply(options, *scenario, *given);
  auto captures = read_captures(options, *scenario);
  if (!captures) return std::unexpected(captures.error());
  given->inputs.captures = std::move(*captures);
  // The worker builds the plan that counts; here only its errors matter, while nothing runs yet.
  if (const auto plan = scenario::build_plan(given->inputs); !plan)
    return std::unexpected(plan.error());
  return given;
}

}  // namespace drydock::cli
