// SPDX-License-Identifier: Apache-2.0
#include "machine/machine.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "machine/shared_memory.h"

namespace drydock::machine {
namespace {

struct MachineTest : testing::Test {
  static Memory& memory() { return shared_memory(); }
};

TEST_F(MachineTest, fibers_interleave_at_switch_points_by_quantum) {
  RoundRobin choices(2);
  Machine machine(memory(), choices, {});
  std::string trace;
  for (const char name : {'a', 'b'}) {
    machine.spawn(std::string(1, name), Irql::passive, [&trace, &machine, name] {
      for (int i = 0; i < 3; ++i) {
        trace += name;
        machine.switch_point();
      }
    });
  }
  machine.run();
  EXPECT_EQ(trace, "aabbab");
}

TEST_F(MachineTest, waiting_costs_virtual_time_only_and_timers_fire_in_order) {
  RoundRobin choices;
  Machine machine(memory(), choices, {});
  std::string trace;
  machine.spawn("late", Irql::passive, [&] {
    machine.sleep_until(seconds(20));
    trace += "late ";
  });
  machine.spawn("early", Irql::passive, [&] {
    machine.sleep_until(seconds(10));
    trace += "early ";
  });
  machine.run();
  EXPECT_EQ(trace, "early late ");
  EXPECT_EQ(machine.now(), seconds(20));
}

TEST_F(MachineTest, dispatch_level_holds_the_processor_and_keeps_others_off_it) {
  RoundRobin choices(1);
  Machine machine(memory(), choices, {.processors = 1});
  std::string trace;
  machine.spawn("raised", Irql::passive, [&] {
    machine.set_irql(Irql::dispatch);
    trace += "r";
    machine.switch_point();
    trace += "r";
    machine.set_irql(Irql::passive);
    machine.switch_point();
    trace += "r";
  });
  machine.spawn("other", Irql::passive, [&] { trace += "o"; });
  machine.run();
  EXPECT_EQ(trace, "rror");
}

TEST_F(MachineTest, two_fibers_at_dispatch_level_interleave_on_two_processors_and_a_third_waits) {
  RoundRobin choices(1);
  Machine machine(memory(), choices, {.processors = 2});
  std::string trace;
  for (const char name : {'a', 'b', 'c'}) {
    machine.spawn(std::string(1, name), Irql::dispatch, [&trace, &machine, name] {
      trace += name;
      machine.switch_point();
      trace += name;
    });
  }
  machine.run();
  EXPECT_EQ(trace, "abacbc");
}

TEST_F(MachineTest, ten_thousand_pieces_of_work_one_after_the_other_need_one_helper) {
  RoundRobin choices;
  Machine machine(memory(), choices, {});
  int done = 0;
  std::move_only_function<void()> again;
  const auto work = [&] {
    EXPECT_TRUE(machine.running().locks.empty());
    machine.running().locks.push_back({});
    if (++done < 10'000) again();
  };
  again = [&] {
    machine.call_at(machine.now() + microseconds(1),
                    [&] { machine.spawn_helper("helper", Irql::dispatch, work); });
  };
  again();
  machine.run();
  EXPECT_EQ(done, 10'000);
  EXPECT_EQ(machine.fibers().size(), 1u);
}

TEST_F(MachineTest, helpers_that_work_at_the_same_time_are_several) {
  RoundRobin choices(1);
  Machine machine(memory(), choices, {});
  std::string trace;
  for (const char name : {'a', 'b'}) {
    machine.spawn_helper("helper", Irql::passive, [&trace, &machine, name] {
      trace += name;
      machine.switch_point();
      trace += name;
    });
  }
  machine.run();
  EXPECT_EQ(trace, "abab");
  EXPECT_EQ(machine.fibers().size(), 2u);
}

TEST_F(MachineTest, others_get_their_turn_behind_a_call_too_at_no_cost_in_time) {
  RoundRobin choices(1);
  Machine machine(memory(), choices, {});
  std::string trace;
  for (const char name : {'a', 'b'}) {
    machine.spawn(std::string(1, name), Irql::passive, [&trace, &machine, name] {
      trace += name;
      machine.switch_point_behind();
      trace += name;
    });
  }
  machine.run();
  EXPECT_EQ(trace, "abab");
  EXPECT_EQ(machine.now(), VirtualTime{});
}

TEST_F(MachineTest, stop_leaves_everything_where_it_is_and_the_next_machine_starts_afresh) {
  for (int life = 0; life < 3; ++life) {
    RoundRobin choices;
    Machine machine(memory(), choices, {});
    bool reached = false;
    machine.spawn("stops", Irql::passive, [&] { machine.stop(Inconclusive{"enough"}); });
    machine.spawn("never", Irql::passive, [&] { reached = true; });
    machine.run();
    ASSERT_TRUE(machine.stopped());
    EXPECT_EQ(std::get<Inconclusive>(*machine.stopped()).what, "enough");
    EXPECT_FALSE(reached);
  }
}

TEST_F(MachineTest, running_out_of_kernel_memory_or_threads_ends_the_run_as_inconclusive) {
  constexpr std::size_t mebibyte = std::size_t{1} << 20;
  const auto end_of = [&](std::function<void(Machine&)> use_up) {
    RoundRobin choices;
    Machine machine(memory(), choices, {});
    machine.spawn("greedy", Irql::passive, [&] {
      for (;;) use_up(machine);
    });
    machine.run();
    return std::get<Inconclusive>(machine.stopped().value()).what;
  };
  EXPECT_EQ(end_of([](Machine& machine) { machine.memory().kernel.allocate(mebibyte); }),
            "the simulated kernel needs more than 256 MiB");
  EXPECT_EQ(end_of([](Machine& machine) { machine.memory().kernel.allocate(~std::size_t{0}); }),
            "the simulated kernel needs more than 256 MiB");
  EXPECT_EQ(end_of([](Machine& machine) { machine.spawn("one more", Irql::passive, [] {}); }),
            "the simulated machine needs more than 4032 threads");
}

TEST_F(MachineTest, kernel_memory_is_used_again_zeroed_whatever_its_size) {
  memory().reset();
  KernelArena& arena = memory().kernel;
  for (const std::size_t size : {16UL, 4096UL, 4097UL, 300'000UL}) {
    std::byte* block = arena.allocate(size);
    block[size - 1] = std::byte{1};
    arena.release(block, size);
    EXPECT_EQ(arena.allocate(size), block);
    EXPECT_EQ(block[size - 1], std::byte{0});
  }
}

TEST_F(MachineTest, a_fiber_that_nothing_can_wake_is_left_blocked_when_all_is_quiet) {
  RoundRobin choices;
  Machine machine(memory(), choices, {});
  machine.spawn("stuck", Irql::passive, [&] { machine.block("godot"); });
  machine.run();
  EXPECT_EQ(machine.fibers()[0]->state, FiberState::blocked);
  EXPECT_STREQ(machine.fibers()[0]->waiting_for, "godot");
}

}  // namespace
}  // namespace drydock::machine
