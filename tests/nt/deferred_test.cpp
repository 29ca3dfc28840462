// SPDX-License-Identifier: Apache-2.0
// DPCs, timers and work items: what runs later, and what of it the ledger knows meanwhile.
#include "nt/context.h"
#include "nt/idle.h"
#include "nt/kernel_run.h"

namespace drydock::nt {
namespace {

using ledger::Kind;
using machine::Irql;
using machine::milliseconds;
using machine::seconds;

struct DpcTest {
  KernelRun run;
  KDPC dpc;
  std::vector<machine::CpuId> cpus;
  int slow = 0;  // kernel calls that the routine makes
};

NTAPI void dpc_routine(PKDPC dpc, PVOID context, PVOID argument1, PVOID) {
  auto& test = *static_cast<DpcTest*>(context);
  KernelRun& run = test.run;
  EXPECT_EQ(dpc, &test.dpc);
  EXPECT_EQ(run.machine.irql(), Irql::dispatch);
  EXPECT_EQ(run.machine.running().driver, test_driver);
  EXPECT_EQ(run.alive(Kind::dpc), 1U);
  test.cpus.push_back(run.machine.running().cpu);
  for (int i = 0; i < test.slow; ++i) run.machine.switch_point();
  run.trace += "dpc" + std::to_string(reinterpret_cast<std::uint64_t>(argument1)) + " ";
}

PVOID argument(std::uint64_t value) {
  return reinterpret_cast<PVOID>(value);
}

TEST(Dpc, runs_at_dispatch_level_on_its_target_processor_and_is_an_entry_until_it_returned) {
  for (const CCHAR cpu : {CCHAR{0}, CCHAR{1}}) {
    DpcTest test;
    test.run.run([&] {
      KERNEL(KeInitializeDpc)(&test.dpc, dpc_routine, &test);
      KERNEL(KeSetTargetProcessorDpc)(&test.dpc, cpu);
      EXPECT_TRUE(KERNEL(KeInsertQueueDpc)(&test.dpc, argument(7), nullptr));
    });
    EXPECT_EQ(test.run.trace, "dpc7 ");
    EXPECT_EQ(test.cpus, std::vector{static_cast<machine::CpuId>(cpu)});
    EXPECT_EQ(test.run.alive(Kind::dpc), 0U);
    EXPECT_TRUE(test.run.record.notes().empty());
    EXPECT_TRUE(is_idle(*test.run.machine.fibers()[1]));
  }
}

TEST(Dpc, that_is_threaded_runs_as_well) {
  DpcTest test;
  test.run.run([&] {
    KERNEL(KeInitializeThreadedDpc)(&test.dpc, dpc_routine, &test);
    EXPECT_EQ(test.dpc.Type, 0x18);
    EXPECT_TRUE(KERNEL(KeInsertQueueDpc)(&test.dpc, argument(7), nullptr));
  });
  EXPECT_EQ(test.run.trace, "dpc7 ");
}

TEST(Dpc, is_queued_once_and_can_be_removed_before_it_runs) {
  DpcTest test;
  test.run.run([&] {
    KERNEL(KeInitializeDpc)(&test.dpc, dpc_routine, &test);
    KERNEL(KfRaiseIrql)(DISPATCH_LEVEL);
    KERNEL(KeSetTargetProcessorDpc)(&test.dpc, static_cast<CCHAR>(test.run.machine.running().cpu));
    EXPECT_TRUE(KERNEL(KeInsertQueueDpc)(&test.dpc, argument(1), nullptr));
    EXPECT_FALSE(KERNEL(KeInsertQueueDpc)(&test.dpc, argument(2), nullptr));
    EXPECT_EQ(test.run.alive(Kind::dpc), 1U);
    EXPECT_TRUE(KERNEL(KeRemoveQueueDpc)(&test.dpc));
    EXPECT_FALSE(KERNEL(KeRemoveQueueDpc)(&test.dpc));
    KERNEL(KeLowerIrql)(PASSIVE_LEVEL);
  });
  EXPECT_EQ(test.run.trace, "");
  EXPECT_EQ(test.run.alive(Kind::dpc), 0U);
}

TEST(Dpc, flushing_waits_for_the_queued_and_for_the_running) {
  DpcTest test;
  test.slow = 20;
  test.run.run([&] {
    KERNEL(KeInitializeDpc)(&test.dpc, dpc_routine, &test);
    KERNEL(KeSetTargetProcessorDpc)(&test.dpc, 1);
    KERNEL(KeInsertQueueDpc)(&test.dpc, argument(1), nullptr);
    for (int i = 0; i < 5; ++i) test.run.machine.switch_point();
    EXPECT_EQ(test.run.trace, "");  // it runs by now
    KERNEL(KeFlushQueuedDpcs)();
    test.run.trace += "flushed";
  });
  EXPECT_EQ(test.run.trace, "dpc1 flushed");
}

struct TimerTest : DpcTest {
  KTIMER timer;
};

TEST(Timer, expires_in_virtual_time_signals_and_queues_its_dpc) {
  TimerTest test;
  test.run.run([&] {
    KERNEL(KeInitializeDpc)(&test.dpc, dpc_routine, &test);
    KERNEL(KeInitializeTimer)(&test.timer);
    EXPECT_FALSE(KERNEL(KeSetTimer)(&test.timer, relative(seconds(2)), &test.dpc));
    EXPECT_EQ(test.run.alive(Kind::timer), 1U);
    EXPECT_EQ(KERNEL(KeWaitForSingleObject)(&test.timer, Executive, KernelMode, FALSE, nullptr),
              STATUS_SUCCESS);
    EXPECT_GE(test.run.machine.now(), seconds(2));
    EXPECT_TRUE(KERNEL(KeReadStateTimer)(&test.timer));
    KERNEL(KeFlushQueuedDpcs)();
  });
  EXPECT_EQ(test.run.trace, "dpc0 ");
  EXPECT_EQ(test.run.alive(Kind::timer), 0U);
}

TEST(Timer, with_a_period_goes_on_until_it_is_cancelled) {
  TimerTest test;
  test.run.run([&] {
    KERNEL(KeInitializeDpc)(&test.dpc, dpc_routine, &test);
    KERNEL(KeInitializeTimerEx)(&test.timer, SynchronizationTimer);
    KERNEL(KeSetTimerEx)(&test.timer, relative(milliseconds(100)), 100, &test.dpc);
    LARGE_INTEGER interval = relative(milliseconds(350));
    KERNEL(KeDelayExecutionThread)(KernelMode, FALSE, &interval);
    EXPECT_EQ(test.run.alive(Kind::timer), 1U);
    EXPECT_TRUE(KERNEL(KeCancelTimer)(&test.timer));
    EXPECT_FALSE(KERNEL(KeCancelTimer)(&test.timer));
  });
  EXPECT_EQ(test.run.trace, "dpc0 dpc0 dpc0 ");
  EXPECT_EQ(test.run.alive(Kind::timer), 0U);
  EXPECT_LT(test.run.machine.now(), seconds(1));
}

TEST(Timer, set_again_starts_anew) {
  TimerTest test;
  test.run.run([&] {
    KERNEL(KeInitializeDpc)(&test.dpc, dpc_routine, &test);
    KERNEL(KeInitializeTimer)(&test.timer);
    KERNEL(KeSetTimer)(&test.timer, relative(seconds(1)), &test.dpc);
    EXPECT_TRUE(KERNEL(KeSetTimer)(&test.timer, relative(seconds(5)), &test.dpc));
  });
  EXPECT_EQ(test.run.trace, "dpc0 ");
  EXPECT_GE(test.run.machine.now(), seconds(5));
}

TEST(Timer, whose_memory_was_freed_ends_the_run_with_its_entry) {
  KernelRun run;
  run.run([&] {
    auto* timer =
        static_cast<PKTIMER>(KERNEL(ExAllocatePool2)(POOL_FLAG_NON_PAGED, sizeof(KTIMER), 'remT'));
    KERNEL(KeInitializeTimer)(timer);
    KERNEL(KeSetTimer)(timer, relative(seconds(1)), nullptr);
    KERNEL(ExFreePoolWithTag)(timer, 'remT');
  });
  EXPECT_EQ(run.bug_check_code(), 0xC7U);
  const auto& check = std::get<machine::BugCheck>(*run.machine.stopped());
  EXPECT_EQ(check.driver, test_driver);
  EXPECT_EQ(run.record.ledger().entry(check.resource).kind, Kind::timer);
}

// --- work items

struct WorkTest {
  KernelRun run;
  WORK_QUEUE_ITEM item{};
  KEVENT event;
};

NTAPI void work_routine(PVOID context) {
  auto& test = *static_cast<WorkTest*>(context);
  EXPECT_EQ(test.run.machine.irql(), Irql::passive);
  EXPECT_EQ(test.run.alive(Kind::work_item), 1U);
  test.run.trace += "work ";
}

TEST(WorkItem, runs_at_passive_level_on_a_worker_and_is_an_entry_until_it_returned) {
  WorkTest test;
  test.item = {{}, work_routine, &test};
  test.run.run([&] { KERNEL(ExQueueWorkItem)(&test.item, DelayedWorkQueue); });
  EXPECT_EQ(test.run.trace, "work ");
  EXPECT_EQ(test.run.alive(Kind::work_item), 0U);
  EXPECT_TRUE(is_idle(*test.run.machine.fibers()[1]));
}

NTAPI void wait_in_work(PVOID context) {
  auto& test = *static_cast<WorkTest*>(context);
  KERNEL(KeWaitForSingleObject)(&test.event, Executive, KernelMode, FALSE, nullptr);
  test.run.trace += "waited ";
}

NTAPI void set_in_work(PVOID context) {
  auto& test = *static_cast<WorkTest*>(context);
  test.run.trace += "set ";
  KERNEL(KeSetEvent)(&test.event, 0, FALSE);
}

TEST(WorkItem, that_waits_for_another_one_does_not_keep_it_from_running) {
  WorkTest test;
  WORK_QUEUE_ITEM waits{{}, wait_in_work, &test};
  WORK_QUEUE_ITEM sets{{}, set_in_work, &test};
  test.run.run([&] {
    KERNEL(KeInitializeEvent)(&test.event, NotificationEvent, FALSE);
    KERNEL(ExQueueWorkItem)(&waits, DelayedWorkQueue);
    KERNEL(ExQueueWorkItem)(&sets, DelayedWorkQueue);
  });
  EXPECT_EQ(test.run.trace, "set waited ");
}

TEST(WorkItem, queued_twice_ends_the_run) {
  KernelRun run({.processors = 1});
  WORK_QUEUE_ITEM item{{}, work_routine, nullptr};
  run.run([&] {
    KERNEL(KfRaiseIrql)(DISPATCH_LEVEL);  // no worker can run
    KERNEL(ExQueueWorkItem)(&item, DelayedWorkQueue);
    KERNEL(ExQueueWorkItem)(&item, DelayedWorkQueue);
  });
  EXPECT_EQ(run.bug_check_code(), 0xE4U);
}

// --- work items of a device

struct IoWorkTest {
  KernelRun run;
  PDEVICE_OBJECT device = nullptr;
  PIO_WORKITEM item = nullptr;
};

IoWorkTest* the_test(PDEVICE_OBJECT device) {
  return *static_cast<IoWorkTest**>(device->DeviceExtension);
}

NTAPI void io_work(PDEVICE_OBJECT device, PVOID) {
  IoWorkTest& test = *the_test(device);
  EXPECT_FALSE(test.run.kernel.io.device_of(device)->holders.empty());
  test.run.trace += "work ";
  KERNEL(IoFreeWorkItem)(test.item);
}

NTAPI NTSTATUS driver_entry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  PDEVICE_OBJECT device = nullptr;
  return KERNEL(IoCreateDevice)(driver, sizeof(void*), nullptr, FILE_DEVICE_NETWORK, 0, FALSE,
                                &device);
}

TEST(WorkItem, of_a_device_holds_the_device_until_it_returned) {
  IoWorkTest test;
  KernelRun& run = test.run;
  const machine::DriverId id = run.kernel.io.load_code("dock", driver_entry);
  run.run([&] {
    EXPECT_EQ(run.kernel.io.wait_started(id), STATUS_SUCCESS);
    test.device = run.kernel.io.driver(id).object->DeviceObject;
    *static_cast<IoWorkTest**>(test.device->DeviceExtension) = &test;
    test.item = KERNEL(IoAllocateWorkItem)(test.device);
    EXPECT_EQ(run.alive(Kind::work_item_object), 1U);
    KERNEL(IoQueueWorkItem)(test.item, io_work, DelayedWorkQueue, nullptr);
    EXPECT_EQ(run.kernel.io.device_of(test.device)->holders.size(), 1U);
  });
  EXPECT_EQ(run.trace, "work ");
  EXPECT_TRUE(run.kernel.io.device_of(test.device)->holders.empty());
  EXPECT_EQ(run.alive(Kind::work_item_object), 0U);
  EXPECT_EQ(run.alive(Kind::work_item), 0U);
  EXPECT_FALSE(run.machine.stopped());
}

TEST(WorkItem, of_a_device_that_was_freed_is_not_queued) {
  KernelRun run;
  const machine::DriverId id = run.kernel.io.load_code("dock", driver_entry);
  run.run([&] {
    EXPECT_EQ(run.kernel.io.wait_started(id), STATUS_SUCCESS);
    PIO_WORKITEM item = KERNEL(IoAllocateWorkItem)(run.kernel.io.driver(id).object->DeviceObject);
    KERNEL(IoFreeWorkItem)(item);
    KERNEL(IoQueueWorkItem)(item, io_work, DelayedWorkQueue, nullptr);
  });
  EXPECT_EQ(run.bug_check_code(), 0xE4U);
  EXPECT_EQ(run.trace, "");
}

TEST(ErrorLog, entry_is_given_back_once) {
  KernelRun run;
  run.run([&] {
    EXPECT_EQ(KERNEL(IoAllocateErrorLogEntry)(nullptr, 0xff), nullptr);
    PVOID freed = KERNEL(IoAllocateErrorLogEntry)(nullptr, 0x40);
    PVOID written = KERNEL(IoAllocateErrorLogEntry)(nullptr, 0x40);
    EXPECT_EQ(run.alive(Kind::error_log_entry), 2U);
    KERNEL(IoFreeErrorLogEntry)(freed);
    KERNEL(IoWriteErrorLogEntry)(written);
    EXPECT_EQ(run.alive(Kind::error_log_entry), 0U);
    KERNEL(IoFreeErrorLogEntry)(nullptr);
    KERNEL(IoWriteErrorLogEntry)(written);
  });
  EXPECT_EQ(run.note_kinds(), std::vector{ledger::NoteKind::pool_bad_free});
  EXPECT_EQ(run.bug_check_code(), 0xC2U);
}

TEST(Determinism, the_same_run_leaves_the_same_trace) {
  const auto hash = [] {
    TimerTest test;
    auto* lock = test.run.make<KSPIN_LOCK>();
    for (int i = 0; i < 3; ++i) {
      test.run.as_driver("contender", [lock] {
        for (int round = 0; round < 10; ++round) {
          KERNEL(KeReleaseSpinLock)(lock, KERNEL(KeAcquireSpinLockRaiseToDpc)(lock));
          KERNEL(ExFreePool)(KERNEL(ExAllocatePool2)(POOL_FLAG_NON_PAGED, 32, 'tseT'));
        }
      });
    }
    test.run.machine.run();
    return test.run.record.events().hash();
  };
  EXPECT_EQ(hash(), hash());
}

}  // namespace
}  // namespace drydock::nt
