// SPDX-License-Identifier: Apache-2.0
// Timers of ExAllocateTimer: their callbacks, and what deleting one waits for.
#include "nt/kernel_run.h"

namespace drydock::nt {
namespace {

using ledger::Kind;
using machine::milliseconds;
using machine::seconds;

struct ExTimerTest {
  KernelRun run;
  PEX_TIMER timer = nullptr;
  int slow = 0;  // kernel calls that the callback makes

  // On a fiber, as driver.
  void allocate();
  void set(machine::VirtualTime due, machine::VirtualTime period) {
    KERNEL(ExSetTimer)(timer, -due.ticks, period.ticks, nullptr);
  }
  void sleep(machine::VirtualTime time) { run.machine.sleep_until(run.machine.now() + time); }
};

NTAPI void callback(PEX_TIMER timer, PVOID context) {
  auto& test = *static_cast<ExTimerTest*>(context);
  EXPECT_EQ(timer, test.timer);
  EXPECT_EQ(test.run.machine.irql(), machine::Irql::dispatch);
  EXPECT_EQ(test.run.machine.running().driver, test_driver);
  test.run.trace += "in ";
  for (int i = 0; i < test.slow; ++i) test.run.machine.switch_point();
  test.run.trace += "out ";
}

void ExTimerTest::allocate() {
  timer = KERNEL(ExAllocateTimer)(callback, this, 0);
}

TEST(ExTimer, is_set_until_it_expires_or_is_cancelled) {
  ExTimerTest test;
  test.run.run([&] {
    test.allocate();
    test.set(milliseconds(10), {});
    EXPECT_EQ(test.run.alive(Kind::timer), 1U);
    test.sleep(milliseconds(20));
    EXPECT_EQ(test.run.alive(Kind::timer), 0U);
    EXPECT_FALSE(KERNEL(ExCancelTimer)(test.timer, nullptr));
    test.set(milliseconds(10), milliseconds(10));
    test.sleep(milliseconds(25));
    EXPECT_TRUE(KERNEL(ExDeleteTimer)(test.timer, TRUE, TRUE, nullptr));
    EXPECT_EQ(test.run.alive(Kind::timer), 0U);
    test.sleep(seconds(1));
  });
  EXPECT_EQ(test.run.trace, "in out in out in out ");
}

std::string trace_of_deleting_in_the_callback(BOOLEAN wait) {
  ExTimerTest test;
  test.slow = 50;
  test.run.run([&] {
    test.allocate();
    test.set(milliseconds(10), {});
    test.sleep(milliseconds(10));
    KERNEL(ExDeleteTimer)(test.timer, TRUE, wait, nullptr);
    test.run.trace += "deleted ";
  });
  return test.run.trace;
}

TEST(ExTimer, waits_for_a_running_callback_only_when_told_to) {
  EXPECT_EQ(trace_of_deleting_in_the_callback(TRUE), "in out deleted ");
  EXPECT_EQ(trace_of_deleting_in_the_callback(FALSE), "in deleted out ");
}

NTAPI void told_of_deletion(PVOID context) {
  static_cast<ExTimerTest*>(context)->run.trace += "told ";
}

TEST(ExTimer, tells_of_its_deletion_when_the_last_callback_has_returned) {
  const auto trace = [](BOOLEAN cancel, BOOLEAN wait, machine::VirtualTime period) {
    ExTimerTest test;
    EXT_DELETE_PARAMETERS parameters{0, 0, told_of_deletion, &test};
    test.slow = 50;
    test.run.run([&] {
      test.allocate();
      test.set(milliseconds(10), period);
      test.sleep(milliseconds(10));
      KERNEL(ExDeleteTimer)(test.timer, cancel, wait, &parameters);
      test.run.trace += "deleted ";
      test.sleep(seconds(1));
    });
    EXPECT_EQ(test.run.alive(Kind::timer), 0U);
    return test.run.trace;
  };
  EXPECT_EQ(trace(TRUE, TRUE, {}), "in out told deleted ");
  EXPECT_EQ(trace(TRUE, FALSE, {}), "in deleted out told ");
  EXPECT_EQ(trace(FALSE, FALSE, milliseconds(10)), "in deleted out in out told ");
}

TEST(ExTimer, is_the_drivers_until_it_is_deleted_and_refuses_everything_after) {
  ExTimerTest test;
  test.run.run([&] {
    test.allocate();
    EXPECT_EQ(test.run.alive(Kind::timer_object), 1U);
    EXPECT_FALSE(KERNEL(ExDeleteTimer)(test.timer, TRUE, FALSE, nullptr));
    EXPECT_EQ(test.run.alive(Kind::timer_object), 0U);
    EXPECT_FALSE(KERNEL(ExDeleteTimer)(test.timer, TRUE, FALSE, nullptr));
    EXPECT_FALSE(KERNEL(ExSetTimer)(test.timer, -10, 0, nullptr));
    EXPECT_FALSE(KERNEL(ExCancelTimer)(test.timer, nullptr));
    EXPECT_NE(KERNEL(ExAllocateTimer)(callback, &test, 0), test.timer);
  });
  EXPECT_EQ(test.run.trace, "");
  EXPECT_TRUE(test.run.record.notes().empty());
}

TEST(ExTimer, that_is_waited_for_must_be_cancelled_too_and_below_dispatch_level) {
  ExTimerTest test;
  test.run.run([&] {
    test.allocate();
    const KIRQL old = KERNEL(KfRaiseIrql)(DISPATCH_LEVEL);
    KERNEL(ExDeleteTimer)(test.timer, TRUE, TRUE, nullptr);
    KERNEL(KeLowerIrql)(old);
    test.allocate();
    KERNEL(ExDeleteTimer)(test.timer, FALSE, TRUE, nullptr);
  });
  ASSERT_EQ(test.run.note_kinds(), std::vector{ledger::NoteKind::wrong_irql});
  EXPECT_EQ(test.run.record.notes()[0].name, "ExDeleteTimer");
  EXPECT_EQ(test.run.record.notes()[0].b, std::uint64_t{APC_LEVEL});
  EXPECT_EQ(test.run.bug_check_code(), 0xC7U);
}

}  // namespace
}  // namespace drydock::nt
