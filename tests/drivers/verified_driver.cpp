// SPDX-License-Identifier: Apache-2.0
#include "verified_driver.h"

#include <fmt/format.h>

#include <cstdlib>
#include <set>

#include "base/files.h"
#include "scenario/plan_builder.h"
#include "scenario/run.h"
#include "scenario/run_env.h"
#include "scenario/standard_capture.h"

namespace drydock {

namespace {

template <class T>
T value_or_exit(Result<T> result) {
  if (result) return *std::move(result);
  fmt::print(stderr, "{}\n", result.error().message);
  std::exit(2);
}

// Only the driver differs: the capture is read and tracked once.
scenario::Plan plan_without_driver() {
  scenario::Inputs inputs;
  inputs.captures.push_back(scenario::standard_capture());
  return value_or_exit(scenario::build_plan(inputs));
}

}  // namespace

scenario::DriverInput input_of(const VerifiedDriver& driver) {
  const std::string path =
      fmt::format("{}/drivers/{}/{}.sys", DRYDOCK_BINARY_DIR, driver.compiler, driver.name);
  return {.path = path,
          .name = driver.name + ".sys",
          .service = driver.name,
          .content = value_or_exit(read_file(path)),
          .start_fails = driver.start_fails};
}

const scenario::Plan& standard_plan() {
  static const scenario::Plan plan = plan_without_driver();
  return plan;
}

scenario::RunResult run_driver(const VerifiedDriver& driver) {
  machine::RoundRobin plain;
  return run_driver(driver, plain);
}

scenario::RunResult run_driver(const VerifiedDriver& driver, machine::Choices& choices) {
  scenario::Plan plan = standard_plan();
  plan.driver = input_of(driver);
  plan.unload.service_restarts = driver.service_restarts;
  return value_or_exit(scenario::run(scenario::test_environment(), plan, choices));
}

std::vector<std::string> rules_of(const scenario::RunResult& result) {
  std::set<std::string> rules;
  for (const scenario::FindingResult& finding : result.findings) rules.insert(finding.rule);
  return {rules.begin(), rules.end()};
}

std::string explain(const scenario::RunResult& result) {
  std::string text;
  for (const scenario::FindingResult& finding : result.findings) {
    text += fmt::format("{} x{} (load {}): {}\n", finding.rule, finding.times, finding.load_number,
                        finding.what);
    for (const std::string& consequence : finding.consequences)
      text += fmt::format("    {}\n", consequence);
  }
  for (const std::string& line :
       {result.bug_check, result.internal_fault, result.why_inconclusive}) {
    if (!line.empty()) text += line + "\n";
  }
  return text;
}

}  // namespace drydock
