// SPDX-License-Identifier: Apache-2.0
// The shipped WinDivert driver is unloaded in every state that an application can leave it in, in
// the plain schedule and in random ones. docs/windivert.md tells what was seen and why.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "explore/random.h"
#include "scenario/director.h"
#include "shipped/windivert_run.h"

namespace drydock::windivert {
namespace {

using ledger::Kind;
using ledger::Moment;
using scenario::Application;
using scenario::ProcessEnd;

// Two lives, and the request to unload comes in the middle of the traffic.
scenario::Plan plan_of_two_lives() {
  scenario::Plan plan = plan_for("standard.pcapng");
  plan.record_traffic = false;
  plan.lanes = 2;
  plan.unload = {};
  return plan;
}

void start(Handle& handle, Layer layer, std::uint64_t flags, std::uint64_t filter_flags,
           const std::vector<Test>& filter = always()) {
  EXPECT_EQ(handle.opened(), STATUS_SUCCESS);
  EXPECT_EQ(handle.initialize_layer(layer, flags), STATUS_SUCCESS);
  EXPECT_EQ(handle.start(filter, filter_flags), STATUS_SUCCESS);
}

void nothing(Application& /*application*/) {}

void open_only(Application& application) {
  const Handle handle(application);
  EXPECT_EQ(handle.opened(), STATUS_SUCCESS);
}

constexpr std::size_t reads_at_once = 3;

void read_and_wait(Application& application) {
  Handle handle(application);
  start(handle, Layer::network, flag::sniff, filter_flag::packets);
  application.ready();
  std::vector<std::vector<std::byte>> rooms(reads_at_once, std::vector<std::byte>(largest_packet));
  while (!application.ending()) {
    std::vector<Application::Ticket> tickets;
    tickets.reserve(reads_at_once);
    for (auto& room : rooms) tickets.push_back(handle.start_receive(room));
    for (const auto ticket : tickets) application.wait(ticket);
  }
}

// No packet is zero, so no read is ever answered.
void read_in_vain(Application& application) {
  Handle handle(application);
  start(handle, Layer::network, 0, filter_flag::packets, when(field::zero, 1));
  application.ready();
  std::vector<std::byte> room(largest_packet);
  std::vector<Application::Ticket> tickets;
  tickets.reserve(reads_at_once);
  for (std::size_t i = 0; i < reads_at_once; ++i) tickets.push_back(handle.start_receive(room));
  for (const auto ticket : tickets) EXPECT_EQ(application.wait(ticket).status, STATUS_CANCELLED);
}

// Nobody reads.
void let_queue(Application& application) {
  Handle handle(application);
  start(handle, Layer::network, 0, filter_flag::packets);
}

void give_back(Application& application) {
  Handle handle(application);
  start(handle, Layer::network, 0, filter_flag::packets);
  application.ready();
  while (!application.ending()) {
    const auto received = handle.receive_one();
    if (NT_SUCCESS(received.status)) handle.send_one(received.packet, received.address);
  }
}

void follow_flows(Application& application) {
  Handle handle(application);
  start(handle, Layer::flow, flag::sniff | flag::receive_only,
        filter_flag::packets | filter_flag::flow_deleted);
  application.ready();
  while (!application.ending()) handle.receive_one();
}

// Opens and closes all the time, each time with flows that hold the handle.
void come_and_go(Application& application) {
  application.ready();
  while (!application.ending()) {
    Handle handle(application);
    start(handle, Layer::flow, flag::sniff | flag::receive_only,
          filter_flag::packets | filter_flag::flow_deleted);
    for (int i = 0; i < 2 && !application.ending(); ++i) handle.receive_one();
    if (!application.ending()) handle.close();
  }
}

void follow_sockets(Application& application) {
  Handle handle(application);
  start(handle, Layer::socket, flag::sniff | flag::receive_only,
        filter_flag::packets | filter_flag::sockets);
  application.ready();
  while (!application.ending()) handle.receive_one();
}

// Something that must be there at a moment of the first life, or the state was not the one meant.
struct Present {
  Moment moment = Moment::unload_requested;
  Kind kind{};
  std::size_t least = 1;
};

struct State {
  const char* name;
  void (*application)(Application&);
  ProcessEnd end = ProcessEnd::before_unload;
  std::vector<Present> present = {};
};

std::ostream& operator<<(std::ostream& out, const State& state) {
  return out << state.name;
}

using enum Moment;

const std::vector<State> states = {
    {.name = "idle", .application = nothing},
    {.name = "handle_was_open", .application = open_only},
    {.name = "handle_open",
     .application = open_only,
     .end = ProcessEnd::after_unload,
     .present = {{unload_requested, Kind::file_object}}},
    {.name = "reads_were_answered", .application = read_and_wait},
    {.name = "reads_answered", .application = read_and_wait, .end = ProcessEnd::after_unload},
    {.name = "reads_were_pending", .application = read_in_vain},
    {.name = "reads_pending",
     .application = read_in_vain,
     .end = ProcessEnd::after_unload,
     .present = {{unload_requested, Kind::irp, reads_at_once}}},
    {.name = "packets_were_queued_so_injections_are_outstanding",
     .application = let_queue,
     .present = {{unload_called, Kind::injection, 10}}},
    {.name = "packets_queued",
     .application = let_queue,
     .end = ProcessEnd::after_unload,
     .present = {{unload_requested, Kind::pool_block, 30}, {unload_called, Kind::injection, 10}}},
    {.name = "packets_given_back", .application = give_back},
    {.name = "packets_being_given_back", .application = give_back, .end = ProcessEnd::after_unload},
    {.name = "flows_were_followed", .application = follow_flows},
    {.name = "flows_followed",
     .application = follow_flows,
     .end = ProcessEnd::after_unload,
     .present = {{unload_requested, Kind::flow_context, 5}}},
    {.name = "handles_that_come_and_go", .application = come_and_go},
    {.name = "sockets_followed", .application = follow_sockets, .end = ProcessEnd::after_unload},
};

// Completions of injections come as late as they may.
class Late final : public machine::Choices {
 public:
  std::size_t pick_fiber(std::span<const machine::FiberId> candidates, bool goes_on) override {
    return plain_.pick_fiber(candidates, goes_on);
  }
  std::size_t choose(machine::Question question, std::size_t options) override {
    return question == machine::Question::completion_delay ? options - 1 : 0;
  }

 private:
  machine::RoundRobin plain_;
};

class WinDivertUnload : public ::testing::TestWithParam<State> {
 protected:
  void SetUp() override {
    if (!at_hand()) GTEST_SKIP() << "no " << image::testing::windivert;
    plan = plan_of_two_lives();
    add_process(plan, GetParam().application, GetParam().end);
  }
  // A stop request that finds a handle open waits for it: a warning, and Windows' doing.
  [[nodiscard]] std::vector<std::string> expected_findings() const {
    if (GetParam().end == ProcessEnd::before_unload) return {};
    return {"UNLOAD-06"};
  }
  void expect_right(const scenario::RunResult& result, const std::string& schedule) const {
    EXPECT_EQ(result.outcome, verify::Outcome::clean) << schedule << trouble(result);
    std::vector<std::string> rules;
    rules.reserve(result.findings.size());
    for (const auto& finding : result.findings) rules.push_back(finding.rule);
    EXPECT_EQ(rules, expected_findings()) << schedule << trouble(result);
    EXPECT_EQ(result.lives.size(), 2U) << schedule;
    for (const auto& life : result.lives) EXPECT_TRUE(life.unload_returned) << schedule;
  }

  scenario::Plan plan;
};

INSTANTIATE_TEST_SUITE_P(States, WinDivertUnload, ::testing::ValuesIn(states),
                         [](const auto& state) { return std::string(state.param.name); });

TEST_P(WinDivertUnload, is_right_in_every_schedule) {
  expect_right(run(plan), "plain schedule");
  constexpr std::uint64_t schedules = 4;
  for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
    explore::Random choices(seed);
    const auto result = scenario::run(scenario::test_environment(), plan, choices);
    ASSERT_TRUE(result) << result.error().message;
    expect_right(*result, "seed " + std::to_string(seed));
  }
}

TEST_P(WinDivertUnload, comes_when_the_driver_has_what_the_state_means) {
  Late choices;
  scenario::World world(scenario::test_environment(), plan, choices);
  const auto file =
      scenario::test_environment().images.cache.open(plan.driver.content, "WinDivert");
  ASSERT_TRUE(file);
  scenario::Director director(world, plan, std::array{file->get()});
  director.start();
  world.machine.run();
  EXPECT_TRUE(director.finished());
  for (const Present& present : GetParam().present) {
    const auto moment = world.record.find(present.moment, director.lives().at(0).driver);
    ASSERT_TRUE(moment);
    const auto count =
        std::ranges::count_if(world.record.ledger().entries(), [&](const ledger::Entry& entry) {
          return entry.kind == present.kind && entry.alive_at(moment->seq) &&
                 entry.owner == director.lives()[0].driver;
        });
    EXPECT_GE(static_cast<std::size_t>(count), present.least) << ledger::kind_name(present.kind);
  }
}

TEST(WinDivertUnloadNever, happens_while_an_application_keeps_its_handle) {
  if (!at_hand()) GTEST_SKIP() << "no " << image::testing::windivert;
  scenario::Plan plan = plan_of_two_lives();
  add_process(plan, open_only, ProcessEnd::never);
  const auto result = run(plan);
  EXPECT_EQ(result.outcome, verify::Outcome::findings);
  ASSERT_EQ(result.findings.size(), 1U) << trouble(result);
  EXPECT_EQ(result.findings[0].rule, "UNLOAD-06");
  EXPECT_EQ(result.findings[0].what,
            "The stop request did never reach the unload routine: the driver's file object holds "
            "the device.");
  ASSERT_EQ(result.lives.size(), 1U);
  EXPECT_FALSE(result.lives[0].unload_called);
}

}  // namespace
}  // namespace drydock::windivert
