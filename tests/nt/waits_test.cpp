// SPDX-License-Identifier: Apache-2.0
#include "nt/context.h"
#include "nt/kernel_run.h"

namespace drydock::nt {
namespace {

using ledger::Kind;
using ledger::NoteKind;
using machine::Irql;
using machine::milliseconds;
using machine::seconds;

NTSTATUS wait_for(PVOID object, PLARGE_INTEGER timeout = nullptr) {
  return KERNEL(KeWaitForSingleObject)(object, Executive, KernelMode, FALSE, timeout);
}

PKEVENT make_event(KernelRun& run, EVENT_TYPE type, bool state = false) {
  auto* event = run.make<KEVENT>();
  KERNEL(KeInitializeEvent)(event, type, state);
  return event;
}

TEST(Event, of_notification_type_lets_everybody_go_until_it_is_reset) {
  KernelRun run;
  run.run([&] {
    PKEVENT event = make_event(run, NotificationEvent);
    for (const char name : {'a', 'b'}) {
      run.as_driver(std::string(1, name), [&run, event, name] {
        EXPECT_EQ(wait_for(event), STATUS_SUCCESS);
        run.trace += name;
      });
    }
    for (int i = 0; i < 5; ++i) run.machine.switch_point();
    run.trace += "set ";
    EXPECT_EQ(KERNEL(KeSetEvent)(event, 0, FALSE), 0);
    EXPECT_EQ(KERNEL(KeReadStateEvent)(event), 1);
    EXPECT_EQ(KERNEL(KeResetEvent)(event), 1);
    EXPECT_EQ(event->Header.SignalState, 0);
  });
  EXPECT_EQ(run.trace, "set ab");
}

TEST(Event, of_synchronization_type_lets_one_go_for_each_time_it_is_set) {
  KernelRun run;
  run.run([&] {
    PKEVENT event = make_event(run, SynchronizationEvent);
    for (const char name : {'a', 'b'}) {
      run.as_driver(std::string(1, name), [&run, event, name] {
        wait_for(event);
        run.trace += name;
      });
    }
    for (int i = 0; i < 5; ++i) run.machine.switch_point();
    KERNEL(KeSetEvent)(event, 0, FALSE);
    EXPECT_EQ(event->Header.SignalState, 0);
  });
  EXPECT_EQ(run.trace, "a");
  EXPECT_EQ(run.machine.fibers()[2]->state, machine::FiberState::blocked);
}

TEST(Wait, times_out_in_virtual_time_relative_or_absolute) {
  KernelRun run;
  run.run([&] {
    PKEVENT event = make_event(run, NotificationEvent);
    LARGE_INTEGER timeout = relative(seconds(5));
    EXPECT_EQ(wait_for(event, &timeout), STATUS_TIMEOUT);
    EXPECT_GE(run.machine.now(), seconds(5));
    EXPECT_LT(run.machine.now(), seconds(5) + milliseconds(1));
    KERNEL(KeQuerySystemTimePrecise)(&timeout);
    timeout.QuadPart += seconds(5).ticks;
    EXPECT_EQ(wait_for(event, &timeout), STATUS_TIMEOUT);
    EXPECT_GE(run.machine.now(), seconds(10));
    timeout.QuadPart = 0;
    EXPECT_EQ(wait_for(event, &timeout), STATUS_TIMEOUT);
    EXPECT_LT(run.machine.now(), seconds(10) + milliseconds(1));
  });
}

TEST(Wait, at_dispatch_level_is_noted_unless_it_only_looks) {
  KernelRun run;
  run.run([&] {
    PKEVENT event = make_event(run, NotificationEvent);
    LARGE_INTEGER timeout{};
    KERNEL(KfRaiseIrql)(DISPATCH_LEVEL);
    EXPECT_EQ(wait_for(event, &timeout), STATUS_TIMEOUT);
    EXPECT_TRUE(run.record.notes().empty());
    timeout = relative(seconds(1));
    EXPECT_EQ(wait_for(event, &timeout), STATUS_TIMEOUT);
    EXPECT_EQ(run.machine.irql(), Irql::dispatch);
    KERNEL(KeLowerIrql)(PASSIVE_LEVEL);
  });
  ASSERT_EQ(run.note_kinds(), std::vector{NoteKind::wrong_irql});
  EXPECT_EQ(run.record.notes()[0].name, "KeWaitForSingleObject");
  EXPECT_EQ(run.record.notes()[0].a, std::uint64_t{DISPATCH_LEVEL});
  EXPECT_EQ(run.record.notes()[0].b, std::uint64_t{APC_LEVEL});
}

TEST(Wait, for_any_of_several_tells_which_and_for_all_takes_them_together) {
  KernelRun run;
  run.run([&] {
    PVOID objects[] = {make_event(run, SynchronizationEvent),
                       make_event(run, SynchronizationEvent, true)};
    const auto wait = [&](WAIT_TYPE type, PLARGE_INTEGER timeout) {
      return KERNEL(KeWaitForMultipleObjects)(2, objects, type, Executive, KernelMode, FALSE,
                                              timeout, nullptr);
    };
    LARGE_INTEGER none{};
    EXPECT_EQ(wait(WaitAll, &none), STATUS_TIMEOUT);
    EXPECT_EQ(wait(WaitAny, nullptr), STATUS_WAIT_1);
    EXPECT_EQ(wait(WaitAny, &none), STATUS_TIMEOUT);
    run.as_driver("setter", [&] {
      for (PVOID object : objects) {
        run.trace += "set ";
        KERNEL(KeSetEvent)(static_cast<PKEVENT>(object), 0, FALSE);
      }
    });
    EXPECT_EQ(wait(WaitAll, nullptr), STATUS_WAIT_0);
    run.trace += "both";
    EXPECT_EQ(wait(WaitAny, &none), STATUS_TIMEOUT);
  });
  EXPECT_EQ(run.trace, "set set both");
}

TEST(Wait, on_more_objects_than_wait_blocks_ends_the_run) {
  KernelRun run;
  run.run([&] {
    PVOID objects[4] = {};
    KERNEL(KeWaitForMultipleObjects)
    (4, objects, WaitAny, Executive, KernelMode, FALSE, nullptr, nullptr);
  });
  EXPECT_EQ(run.bug_check_code(), 0x0CU);
}

TEST(Semaphore, lets_as_many_go_as_it_counts) {
  KernelRun run;
  auto* semaphore = run.make<KSEMAPHORE>();
  run.run([&] {
    KERNEL(KeInitializeSemaphore)(semaphore, 0, 5);
    for (int i = 0; i < 3; ++i) {
      run.as_driver("waiter", [&run, semaphore] {
        wait_for(semaphore);
        run.trace += 'w';
      });
    }
    for (int i = 0; i < 9; ++i) run.machine.switch_point();
    EXPECT_EQ(KERNEL(KeReleaseSemaphore)(semaphore, 0, 2, FALSE), 0);
  });
  EXPECT_EQ(run.trace, "ww");
  EXPECT_EQ(semaphore->Header.SignalState, 0);
}

TEST(Mutex, may_be_taken_again_by_its_owner_and_counts_as_a_lock) {
  KernelRun run;
  auto* mutex = run.make<KMUTEX>();
  run.run([&] {
    KERNEL(KeInitializeMutex)(mutex, 0);
    wait_for(mutex);
    wait_for(mutex);
    EXPECT_EQ(mutex->Header.SignalState, -1);
    EXPECT_EQ(run.machine.running().locks.size(), 2U);
    run.as_driver("other", [&run, mutex] {
      wait_for(mutex);
      run.trace += "other";
      KERNEL(KeReleaseMutex)(mutex, FALSE);
    });
    KERNEL(KeReleaseMutex)(mutex, FALSE);
    for (int i = 0; i < 5; ++i) run.machine.switch_point();
    run.trace += "released ";
    EXPECT_EQ(KERNEL(KeReleaseMutex)(mutex, FALSE), 0);
  });
  EXPECT_EQ(run.trace, "released other");
  EXPECT_EQ(run.alive(Kind::lock), 0U);
  EXPECT_EQ(mutex->Header.SignalState, 1);
}

// --- system threads

struct ThreadTest {
  KernelRun run;
  KEVENT done;
  HANDLE handle = nullptr;
  PVOID object = nullptr;

  void start(PKSTART_ROUTINE routine) {
    EXPECT_EQ(KERNEL(PsCreateSystemThread)(&handle, 0, nullptr, nullptr, nullptr, routine, this),
              STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(ObReferenceObjectByHandle)(handle, 0, nullptr, KernelMode, &object, nullptr),
              STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(ZwClose)(handle), STATUS_SUCCESS);
  }
};

NTAPI void set_done_and_return(PVOID context) {
  auto& test = *static_cast<ThreadTest*>(context);
  EXPECT_EQ(test.run.machine.running().driver, test_driver);
  test.run.trace += "thread ";
  KERNEL(KeSetEvent)(&test.done, 0, FALSE);
}

NTAPI void terminate(PVOID context) {
  auto& test = *static_cast<ThreadTest*>(context);
  EXPECT_EQ(test.run.alive(Kind::system_thread), 1U);
  test.run.trace += "thread ";
  KERNEL(PsTerminateSystemThread)(STATUS_SUCCESS);
  test.run.trace += "impossible ";
}

TEST(SystemThread, is_an_entry_until_it_has_left_the_driver_and_its_object_is_then_signalled) {
  ThreadTest test;
  test.run.run([&] {
    test.start(terminate);
    EXPECT_EQ(wait_for(test.object), STATUS_SUCCESS);
    EXPECT_EQ(test.run.alive(Kind::system_thread), 0U);
    test.run.trace += "waited";
    EXPECT_EQ(KERNEL(ObfDereferenceObject)(test.object), 0);
  });
  EXPECT_EQ(test.run.trace, "thread waited");
  ASSERT_EQ(test.run.note_kinds(), std::vector{NoteKind::wait_for_thread});
  EXPECT_EQ(test.run.record.ledger().entry(test.run.record.notes()[0].entry).kind,
            Kind::system_thread);
}

TEST(SystemThread, that_announces_its_end_by_an_event_is_noted_as_such) {
  ThreadTest test;
  test.run.run([&] {
    KERNEL(KeInitializeEvent)(&test.done, NotificationEvent, FALSE);
    test.start(set_done_and_return);
    EXPECT_EQ(wait_for(&test.done), STATUS_SUCCESS);
    test.run.trace += "waited";
  });
  EXPECT_EQ(test.run.trace, "thread waited");
  ASSERT_EQ(test.run.note_kinds(), std::vector{NoteKind::wait_for_event});
  EXPECT_EQ(test.run.record.ledger().entry(test.run.record.notes()[0].entry).kind,
            Kind::system_thread);
}

NTAPI void terminate_with_lock(PVOID context) {
  auto* lock = static_cast<ThreadTest*>(context)->run.make<KSPIN_LOCK>();
  KERNEL(KeLowerIrql)(KERNEL(KeAcquireSpinLockRaiseToDpc)(lock));
  KERNEL(PsTerminateSystemThread)(STATUS_SUCCESS);
}

TEST(SystemThread, that_ends_with_a_lock_is_noted) {
  ThreadTest test;
  test.run.run([&] { test.start(terminate_with_lock); });
  EXPECT_EQ(test.run.note_kinds(), std::vector{NoteKind::lock_held_at_return});
}

TEST(SystemThread, only_may_terminate_itself) {
  KernelRun run;
  run.run([&] {
    EXPECT_EQ(KERNEL(PsTerminateSystemThread)(STATUS_SUCCESS), STATUS_INVALID_PARAMETER);
    run.trace += "on";
  });
  EXPECT_EQ(run.trace, "on");
}

TEST(Delay, costs_virtual_time_only) {
  KernelRun run;
  run.run([&] {
    LARGE_INTEGER interval = relative(seconds(30));
    KERNEL(KeDelayExecutionThread)(KernelMode, FALSE, &interval);
    LARGE_INTEGER frequency;
    const LARGE_INTEGER counter = KERNEL(KeQueryPerformanceCounter)(&frequency);
    EXPECT_EQ(counter.QuadPart / frequency.QuadPart, 30);
    TIME_FIELDS fields{};
    LARGE_INTEGER time;
    KERNEL(KeQuerySystemTimePrecise)(&time);
    KERNEL(RtlTimeToTimeFields)(&time, &fields);
    EXPECT_EQ(fields.Year, 2021);
    EXPECT_EQ(fields.Month, 1);
    EXPECT_EQ(fields.Day, 1);
    EXPECT_EQ(fields.Second, 30);
    EXPECT_EQ(fields.Weekday, 5);  // a Friday
  });
}

}  // namespace
}  // namespace drydock::nt
