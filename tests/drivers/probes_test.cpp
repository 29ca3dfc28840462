// SPDX-License-Identifier: Apache-2.0
// Drivers that call every export of a family and say which of their expectations did not hold.
#include <gtest/gtest.h>

#include <cstring>
#include <ostream>
#include <string>
#include <vector>

#include "base/files.h"
#include "drivers/verified_driver.h"
#include "scenario/application.h"
#include "scenario/run_env.h"
#include "scenario/world.h"

namespace drydock {
namespace {

using Lines = std::vector<std::string>;

std::string together(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// What any driver may do, and rules look at.
bool is_evidence_only(ledger::NoteKind kind) {
  using enum ledger::NoteKind;
  return kind == wait_for_thread || kind == wait_for_event || kind == management_status ||
         kind == management_deleted;
}

struct ProbeRun {
  machine::RoundRobin choices{1};
  scenario::World world{scenario::test_environment(), standard_plan(), choices};
  Lines said;

  ProbeRun() {
    world.record.events().send_all_to([this](const ledger::Event& event) {
      if (std::strcmp(event.name, "DbgPrint") == 0)
        said.emplace_back(reinterpret_cast<const char*>(event.values[0]));
    });
  }
  machine::DriverId load(const VerifiedDriver& driver) {
    const scenario::DriverInput input = input_of(driver);
    const auto file = scenario::test_environment().images.cache.open(input.content, input.name);
    EXPECT_TRUE(file);
    const auto id = world.kernel.io.load(**file, input.service);
    EXPECT_TRUE(id);
    world.machine.run();
    return *id;
  }
  void unload(machine::DriverId id) {
    EXPECT_EQ(world.kernel.io.request_unload(id), STATUS_SUCCESS);
    world.machine.run();
  }
  // What is left of the run: entries that live, and notes of things done wrong.
  [[nodiscard]] Lines left() const {
    Lines lines;
    for (const ledger::Entry& entry : world.record.ledger().entries()) {
      if (entry.alive()) lines.push_back(std::string(kind_name(entry.kind)) + " " + entry.name);
    }
    for (const ledger::Note& note : world.record.notes()) {
      if (!is_evidence_only(note.kind))
        lines.push_back("note " + std::to_string(static_cast<int>(note.kind)) + " " + note.name);
    }
    return lines;
  }
  [[nodiscard]] std::string stop() const {
    const auto& stopped = world.machine.stopped();
    if (!stopped) return "";
    if (const auto* check = std::get_if<machine::BugCheck>(&*stopped)) return check->what;
    if (const auto* unknown = std::get_if<machine::Inconclusive>(&*stopped)) return unknown->what;
    return "other";
  }
};

class Probes : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(Probes, every_call_does_what_is_documented_and_nothing_is_left) {
  ProbeRun run;
  const auto [compiler, name] = GetParam();
  const machine::DriverId id =
      run.load({.name = std::string("probe_") + name, .compiler = compiler});
  EXPECT_EQ(together(run.said), "done\n") << run.stop();
  run.said.clear();
  if (run.stop().empty()) run.unload(id);
  EXPECT_EQ(run.stop(), "");
  EXPECT_EQ(together(run.said), "");
  EXPECT_EQ(together(run.left()), "");
}

INSTANTIATE_TEST_SUITE_P(Every, Probes,
                         testing::Combine(testing::Values("clang", "mingw"),
                                          testing::Values("crt", "strings", "tables", "addresses",
                                                          "registry", "locks", "kernel",
                                                          "management", "unsupported", "ndis",
                                                          "system", "queues", "framework")),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param)) + "_" +
                                  std::get<1>(info.param);
                         });

TEST(ThreadWatcher, is_told_of_each_thread_of_a_program_in_that_thread) {
  ProbeRun run;
  const machine::DriverId id = run.load({.name = "probe_thread_watcher", .compiler = "clang"});
  scenario::ProcessPlan program;
  program.image = "a.exe";
  program.body = [](scenario::Application& application) { application.start_thread([] {}); };
  scenario::TrafficProgress traffic;
  scenario::Application application(run.world, program, traffic);
  application.start();
  run.world.machine.run();
  EXPECT_EQ(together(run.said), "done\nstarts\nends\nstarts\nends\n");
  run.said.clear();
  run.unload(id);
  EXPECT_EQ(together(run.said), "");
  EXPECT_EQ(together(run.left()), "");
}

}  // namespace
}  // namespace drydock
