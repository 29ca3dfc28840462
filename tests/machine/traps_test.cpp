// SPDX-License-Identifier: Apache-2.0
#include "machine/traps.h"

#include <gtest/gtest.h>

#include <csignal>
#include <ctime>
#include <optional>

#include "machine/shared_data.h"
#include "machine/shared_memory.h"

namespace drydock::machine {
namespace {

// Ends the run with the fault's kind and address, so that a test can look at both.
class TellingPolicy final : public FaultPolicy {
 public:
  [[noreturn]] void handle(const CpuFault& fault) override {
    seen = fault;
    Machine::current()->stop(Stopped{"fault"});
  }
  [[nodiscard]] bool is_handling() const override { return seen.has_value(); }
  [[nodiscard]] bool is_driver_code(std::uint64_t /*instruction*/) const override {
    return !only_our_own_code_runs;
  }
  bool only_our_own_code_runs = false;
  std::optional<CpuFault> seen;
};

template <class Body>
std::optional<CpuFault> fault_of(Body body, bool only_our_own_code_runs = false) {
  Traps traps(std::chrono::milliseconds(200));
  TellingPolicy policy;
  policy.only_our_own_code_runs = only_our_own_code_runs;
  RoundRobin choices;
  Machine machine(shared_memory(), choices, {});
  traps.set_policy(&policy);
  machine.spawn("faulting", Irql::passive, std::move(body));
  machine.run();
  return policy.seen;
}

std::uint64_t read_at(std::uint64_t address) {
  return *reinterpret_cast<const volatile std::uint64_t*>(address);
}

TEST(Traps, bad_reads_and_writes_are_told_with_their_address) {
  const auto read = fault_of([] { read_at(0x1230); });
  ASSERT_TRUE(read);
  EXPECT_EQ(read->kind, CpuFault::Kind::read);
  EXPECT_EQ(read->address, 0x1230u);
  const auto write = fault_of([] { *reinterpret_cast<volatile int*>(0x4560) = 1; });
  ASSERT_TRUE(write);
  EXPECT_EQ(write->kind, CpuFault::Kind::write);
  EXPECT_EQ(write->address, 0x4560u);
}

TEST(Traps, jump_into_inaccessible_memory_is_an_execute_fault_there) {
  const auto fault = fault_of([] { reinterpret_cast<void (*)()>(home::pool + 64)(); });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, CpuFault::Kind::execute);
  EXPECT_EQ(fault->instruction, home::pool + 64);
}

TEST(Traps, fast_fail_gives_its_code) {
  const auto fault = fault_of([] { asm volatile("int $0x29" : : "c"(3)); });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, CpuFault::Kind::fast_fail);
  EXPECT_EQ(fault->fast_fail_code, 3u);
}

TEST(Traps, ring_0_divide_illegal_and_breakpoint_instructions_are_told_apart) {
  EXPECT_EQ(fault_of([] { asm volatile("cli"); })->kind, CpuFault::Kind::privileged);
  EXPECT_EQ(
      fault_of([] {
        asm volatile("xor %%ecx, %%ecx; mov $1, %%eax; cltd; idiv %%ecx" : : : "eax", "ecx", "edx");
      })->kind,
      CpuFault::Kind::divide);
  EXPECT_EQ(fault_of([] { asm volatile("ud2"); })->kind, CpuFault::Kind::illegal);
  EXPECT_EQ(fault_of([] { asm volatile("int3"); })->kind, CpuFault::Kind::breakpoint);
}

TEST(Traps, access_through_what_is_no_address_is_no_privileged_instruction) {
  const auto fault = fault_of([] { read_at(0x8000'0000'0000'0000); });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, CpuFault::Kind::no_address);
  EXPECT_EQ(fault->address, ~std::uint64_t{0});
}

TEST(Traps, quotient_that_does_not_fit_is_no_division_by_zero) {
  const auto divided_by = [](std::int32_t divisor) {
    return fault_of([divisor] {
             asm volatile("cltd; idivl %0" : : "m"(divisor), "a"(INT32_MIN) : "edx");
           })
        ->kind;
  };
  EXPECT_EQ(divided_by(-1), CpuFault::Kind::overflow);
  EXPECT_EQ(divided_by(0), CpuFault::Kind::divide);
}

TEST(Traps, trap_flag_ends_with_the_first_trap) {
  const auto fault = fault_of([] { asm volatile("pushfq; orl $0x100, (%rsp); popfq; nop; nop"); });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, CpuFault::Kind::breakpoint);
}

TEST(Traps, breakpoint_is_told_with_its_own_place) {
  const auto fault = fault_of([] { asm volatile("int3"); });
  ASSERT_TRUE(fault);
  EXPECT_EQ(*reinterpret_cast<const std::uint8_t*>(fault->instruction), 0xCC);
}

// NOLINTNEXTLINE(misc-no-recursion): that is the point
[[gnu::noinline]] int descend(int depth) {
  volatile char block[4096];
  block[0] = static_cast<char>(depth);
  return depth < 0 ? 0 : descend(depth + 1) + block[0];
}

TEST(Traps, exhausted_stack_is_told_as_such) {
  const auto fault = fault_of([] { descend(0); });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, CpuFault::Kind::stack_exhausted);
}

TEST(Traps, endless_loop_without_kernel_calls_is_ended_by_the_watchdog) {
  const auto fault = fault_of([] {
    for (volatile unsigned i = 0;; i = i + 1) {
    }
  });
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, CpuFault::Kind::no_progress);
}

// A driver whose filter insists on continuing faults again and again, and nearly all the time is
// ours.
TEST(Traps, watchdog_that_meets_our_own_code_waits_for_the_next_fault) {
  bool interrupted = true;
  const auto fault = fault_of(
      [&] {
        const std::clock_t until = std::clock() + CLOCKS_PER_SEC / 2;
        while (std::clock() < until)
          for (volatile unsigned i = 0; i < 100'000; i = i + 1) {
          }
        interrupted = false;
        read_at(0x1230);
      },
      true);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, CpuFault::Kind::no_progress);
  EXPECT_FALSE(interrupted);
}

TEST(Traps, watchdog_ends_an_endless_loop_of_our_own_in_the_end) {
  const auto fault = fault_of(
      [] {
        for (volatile unsigned i = 0;; i = i + 1) {
        }
      },
      true);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, CpuFault::Kind::no_progress);
}

// A driver that has written over our memory can leave us in a loop outside of every run.
TEST(Traps, watchdog_ends_the_process_when_what_it_ended_in_our_own_code_does_not_end) {
  const auto loop = [] {
    for (volatile unsigned i = 0;; i = i + 1) {
    }
  };
  const auto damaged = [&] {
    Traps traps(std::chrono::milliseconds(10));
    TellingPolicy policy;
    policy.only_our_own_code_runs = true;
    RoundRobin choices;
    Machine machine(shared_memory(), choices, {});
    traps.set_policy(&policy);
    machine.spawn("faulting", Irql::passive, loop);
    machine.run();
    traps.set_policy(nullptr);
    loop();
  };
  EXPECT_EXIT(damaged(), ::testing::KilledBySignal(SIGABRT), "");
}

TEST(Traps, shared_user_data_reads_show_virtual_time) {
  std::uint64_t through_register = 0;
  std::uint64_t through_moffs = 0;
  const auto fault = fault_of([&] {
    Machine::current()->sleep_until(seconds(7));
    through_register = read_at(kuser_shared_data + 8);
    asm volatile("movabs 0xFFFFF78000000008, %%rax" : "=a"(through_moffs));
  });
  EXPECT_FALSE(fault);
  EXPECT_EQ(through_register, 70'000'000u);
  EXPECT_EQ(through_moffs, 70'000'000u);
}

TEST(Traps, cr8_reads_and_writes_are_the_irql) {
  std::uint64_t at_start = 99;
  Irql raised = Irql::passive;
  const auto fault = fault_of([&] {
    asm volatile("mov %%cr8, %0" : "=r"(at_start));
    asm volatile("mov %0, %%cr8" : : "r"(std::uint64_t{2}));
    raised = Machine::current()->irql();
  });
  EXPECT_FALSE(fault);
  EXPECT_EQ(at_start, 0u);
  EXPECT_EQ(raised, Irql::dispatch);
}

}  // namespace
}  // namespace drydock::machine
