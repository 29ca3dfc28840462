// SPDX-License-Identifier: Apache-2.0
// Several drivers in one machine: each comes and goes when it is told to, and answers for what is
// its own.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "bug_drivers.h"
#include "explore/random.h"
#include "scenario/director.h"
#include "scenario/run.h"
#include "scenario/run_env.h"
#include "verified_driver.h"

namespace drydock {
namespace {

using scenario::DriverInput;
using scenario::DriverResult;
using scenario::Plan;
using scenario::RunResult;
using verify::Outcome;

DriverInput driver(const std::string& name, std::uint64_t load_at = 0,
                   std::optional<std::uint64_t> unload_at = {}) {
  DriverInput input = input_of({.name = name, .compiler = "clang"});
  input.load_at = load_at;
  input.unload_at = unload_at;
  return input;
}

Plan plan_of(DriverInput first, std::vector<DriverInput> others) {
  Plan plan = standard_plan();
  plan.driver = std::move(first);
  plan.beside = std::move(others);
  return plan;
}

RunResult run(const Plan& plan) {
  machine::RoundRobin choices;
  auto result = scenario::run(scenario::test_environment(), plan, choices);
  EXPECT_TRUE(result) << result.error().message;
  return result ? *std::move(result) : RunResult{};
}

// "a.sys CLEAN", in the order of the drivers.
std::vector<std::string> outcomes(const RunResult& result) {
  std::vector<std::string> lines;
  for (const DriverResult& each : result.drivers)
    lines.push_back(fmt::format("{} {}", each.name, verify::outcome_name(each.outcome)));
  return lines;
}

// "a.sys UNLOAD-01", each once, sorted.
std::vector<std::string> who_broke_what(const RunResult& result) {
  std::set<std::string> lines;
  for (const auto& finding : result.findings)
    lines.insert(fmt::format("{} {}", finding.driver, finding.rule));
  return {lines.begin(), lines.end()};
}

// What happened to which driver, in order.
std::vector<std::string> events(const Plan& plan) {
  machine::RoundRobin choices;
  scenario::Environment& environment = scenario::test_environment();
  scenario::World world(environment, plan, choices);
  std::vector<std::shared_ptr<nt::DriverFile>> files;
  std::vector<nt::DriverFile*> loadable;
  const auto open = [&](const DriverInput& input) {
    files.push_back(environment.images.cache.open(input.content, input.name).value());
    loadable.push_back(files.back().get());
  };
  open(plan.driver);
  std::ranges::for_each(plan.beside, open);
  scenario::Director director(world, plan, loadable);
  director.start();
  world.machine.run();
  std::vector<std::string> lines;
  for (const ledger::MomentRecord& moment : world.record.moments()) {
    const auto life = std::ranges::find(director.lives(), moment.driver, &verify::Life::driver);
    const bool told = moment.moment == ledger::Moment::driver_entry_returned ||
                      moment.moment == ledger::Moment::image_gone;
    if (told) lines.push_back(life->name + " " + ledger::moment_name(moment.moment));
  }
  return lines;
}

const std::string wdm = "reference_wdm.sys", kmdf = "reference_kmdf.sys";
const std::string loaded = " DriverEntry returned", gone = " image gone";

struct Stays {
  const char* name;
  std::uint64_t wdm_load, wdm_unload, kmdf_load, kmdf_unload;
  std::vector<std::string> events;  // of one life
};

class ReferenceDrivers : public testing::TestWithParam<Stays> {
 protected:
  [[nodiscard]] static Plan plan() {
    const Stays& stays = GetParam();
    return plan_of(driver("reference_wdm", stays.wdm_load, stays.wdm_unload),
                   {driver("reference_kmdf", stays.kmdf_load, stays.kmdf_unload)});
  }
};

TEST_P(ReferenceDrivers, are_both_clean) {
  const RunResult result = run(plan());
  EXPECT_EQ(outcomes(result), (std::vector{wdm + " CLEAN", kmdf + " CLEAN"})) << explain(result);
  EXPECT_EQ(result.lives.size(), 4U);
}

TEST_P(ReferenceDrivers, come_and_go_as_they_are_told) {
  Plan once = plan();
  once.unload.restart = false;
  EXPECT_EQ(events(once), GetParam().events);
}

INSTANTIATE_TEST_SUITE_P(
    Side, ReferenceDrivers,
    testing::Values(Stays{"first_in_first_out",
                          0,
                          600,
                          0,
                          900,
                          {wdm + loaded, kmdf + loaded, wdm + gone, kmdf + gone}},
                    Stays{"first_in_last_out",
                          0,
                          900,
                          0,
                          600,
                          {wdm + loaded, kmdf + loaded, kmdf + gone, wdm + gone}},
                    Stays{"one_within_the_other",
                          0,
                          900,
                          300,
                          600,
                          {wdm + loaded, kmdf + loaded, kmdf + gone, wdm + gone}},
                    Stays{"one_overlaps_the_other",
                          300,
                          900,
                          0,
                          600,
                          {kmdf + loaded, wdm + loaded, kmdf + gone, wdm + gone}},
                    Stays{"one_after_the_other",
                          0,
                          300,
                          600,
                          900,
                          {wdm + loaded, wdm + gone, kmdf + loaded, kmdf + gone}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(SeveralDrivers, every_schedule_leaves_both_reference_drivers_clean) {
  Plan plan = plan_of(driver("reference_wdm"), {driver("reference_kmdf")});
  plan.unload.restart = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    explore::Random choices(seed);
    const auto result = scenario::run(scenario::test_environment(), plan, choices);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, Outcome::clean) << seed << "\n" << explain(*result);
  }
}

class BesideBugDriver : public testing::TestWithParam<BugDriver> {};

// The good one is decided as far as the machine came.
TEST_P(BesideBugDriver, only_the_wrong_one_has_findings) {
  const std::string bug = std::string("bug_") + GetParam().name;
  Plan plan = plan_of(driver("reference_kmdf"), {driver(bug)});
  plan.unload.service_restarts = needs_service_restart(GetParam());
  const RunResult result = run(plan);
  std::vector<std::string> expected;
  for (const std::string& rule : GetParam().rules) expected.push_back(bug + ".sys " + rule);
  EXPECT_EQ(who_broke_what(result), expected) << explain(result);
  const DriverResult& good = result.drivers.at(0);
  if (result.bug_check.empty()) {
    EXPECT_EQ(good.outcome, Outcome::clean) << good.why_inconclusive;
  } else {
    EXPECT_TRUE(good.why_inconclusive.starts_with("Another driver stopped the machine with"))
        << good.why_inconclusive;
  }
}

INSTANTIATE_TEST_SUITE_P(Every, BesideBugDriver, testing::ValuesIn(bug_drivers()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(SeveralDrivers, memory_belongs_to_the_driver_whose_code_allocates_it) {
  const RunResult result = run(plan_of(driver("lender", 0, 600), {driver("borrower", 0, 300)}));
  EXPECT_EQ(outcomes(result), (std::vector<std::string>{"lender.sys CLEAN", "borrower.sys CLEAN"}))
      << explain(result);
}

TEST(SeveralDrivers, a_call_into_an_image_that_is_gone_is_a_finding_of_its_driver) {
  const RunResult result = run(plan_of(driver("lender", 0, 300), {driver("borrower", 0, 600)}));
  EXPECT_EQ(outcomes(result),
            (std::vector<std::string>{"lender.sys FINDINGS", "borrower.sys INCONCLUSIVE"}))
      << explain(result);
  EXPECT_EQ(who_broke_what(result), std::vector<std::string>{"lender.sys UNLOAD-03"})
      << explain(result);
}

}  // namespace
}  // namespace drydock
