// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/kernel_run.h"

namespace drydock::nt {
namespace {

using ledger::Kind;
using machine::Irql;

TEST(SpinLock, excludes_a_fiber_on_another_processor_and_restores_the_irql) {
  KernelRun run;
  auto* lock = run.make<KSPIN_LOCK>();
  for (const char name : {'a', 'b'}) {
    run.as_driver(std::string(1, name), [&run, lock, name] {
      const KIRQL old = KERNEL(KeAcquireSpinLockRaiseToDpc)(lock);
      EXPECT_EQ(run.machine.irql(), Irql::dispatch);
      EXPECT_EQ(run.machine.running().locks.size(), 1U);
      run.trace += name;
      for (int i = 0; i < 5; ++i) run.machine.switch_point();
      run.trace += name;
      KERNEL(KeReleaseSpinLock)(lock, old);
      EXPECT_EQ(run.machine.irql(), Irql::passive);
    });
  }
  run.machine.run();
  EXPECT_EQ(run.trace, "aabb");
  EXPECT_EQ(run.alive(Kind::lock), 0U);
  EXPECT_EQ(*lock, 0U);
  EXPECT_TRUE(run.record.notes().empty());
}

TEST(SpinLock, taken_twice_by_one_fiber_spins_for_ever) {
  KernelRun run;
  auto* lock = run.make<KSPIN_LOCK>();
  run.run([&] {
    KERNEL(KeAcquireSpinLockRaiseToDpc)(lock);
    KERNEL(KeAcquireSpinLockAtDpcLevel)(lock);
    run.trace += "impossible";
  });
  EXPECT_EQ(run.trace, "");
  const machine::Fiber& stuck = *run.machine.fibers()[0];
  EXPECT_EQ(stuck.state, machine::FiberState::blocked);
  EXPECT_STREQ(stuck.waiting_for, "spin lock");
  EXPECT_EQ(stuck.waiting_resource, run.record.ledger().find(Kind::lock, address_of(lock)));
}

TEST(SpinLock, of_an_interlocked_list_is_waited_for_while_somebody_walks_the_list) {
  KernelRun run;
  auto* lock = run.make<KSPIN_LOCK>();
  auto* head = run.make<LIST_ENTRY>();
  auto* entries = run.make<std::array<LIST_ENTRY, 3>>();
  head->Flink = head->Blink = head;
  const auto length = [head] {
    int count = 0;
    for (const LIST_ENTRY* at = head->Flink; at != head; at = at->Flink) ++count;
    return count;
  };
  run.as_driver("walker", [&] {
    const KIRQL old = KERNEL(KeAcquireSpinLockRaiseToDpc)(lock);
    for (int i = 0; i < 10; ++i) run.machine.switch_point();
    EXPECT_EQ(length(), 0);
    KERNEL(KeReleaseSpinLock)(lock, old);
  });
  run.as_driver("inserter", [&] {
    KERNEL(ExInterlockedInsertTailList)(head, &(*entries)[0], lock);
    KERNEL(ExInterlockedInsertHeadList)(head, &(*entries)[1], lock);
    EXPECT_EQ(run.machine.irql(), Irql::passive);
    EXPECT_EQ(length(), 2);
    EXPECT_EQ(KERNEL(ExInterlockedRemoveHeadList)(head, lock), &(*entries)[1]);
    run.trace += "inserted";
  });
  run.machine.run();
  EXPECT_EQ(run.trace, "inserted");
  EXPECT_EQ(*lock, 0U);
}

TEST(SpinLock, of_an_interlocked_list_that_the_caller_holds_is_waited_for_in_vain) {
  KernelRun run;
  auto* lock = run.make<KSPIN_LOCK>();
  auto* head = run.make<LIST_ENTRY>();
  head->Flink = head->Blink = head;
  run.run([&] {
    KERNEL(KeAcquireSpinLockRaiseToDpc)(lock);
    KERNEL(ExInterlockedRemoveHeadList)(head, lock);
    run.trace += "impossible";
  });
  EXPECT_EQ(run.trace, "");
}

TEST(SpinLock, taken_as_if_at_dispatch_level_below_it_is_noted) {
  KernelRun run;
  auto* lock = run.make<KSPIN_LOCK>();
  run.run([&] {
    KERNEL(KeAcquireSpinLockAtDpcLevel)(lock);
    KERNEL(KeReleaseSpinLockFromDpcLevel)(lock);
    const KIRQL old = KERNEL(KfRaiseIrql)(DISPATCH_LEVEL);
    KERNEL(KeAcquireSpinLockAtDpcLevel)(lock);
    KERNEL(KeReleaseSpinLockFromDpcLevel)(lock);
    KERNEL(KeLowerIrql)(old);
  });
  ASSERT_EQ(run.note_kinds(), std::vector(2, ledger::NoteKind::wrong_irql));
  EXPECT_EQ(run.record.notes()[0].name, "KeAcquireSpinLockAtDpcLevel");
  EXPECT_EQ(run.record.notes()[0].a, std::uint64_t{PASSIVE_LEVEL});
  EXPECT_EQ(run.record.notes()[0].b, std::uint64_t{DISPATCH_LEVEL});
}

TEST(SpinLock, queued_locks_remember_the_irql_in_their_handle) {
  KernelRun run;
  auto* lock = run.make<KSPIN_LOCK>();
  run.run([&] {
    KLOCK_QUEUE_HANDLE handle;
    KERNEL(KfRaiseIrql)(APC_LEVEL);
    KERNEL(KeAcquireInStackQueuedSpinLock)(lock, &handle);
    EXPECT_EQ(run.machine.irql(), Irql::dispatch);
    EXPECT_FALSE(KERNEL(KeTryToAcquireSpinLockAtDpcLevel)(lock));
    KERNEL(KeReleaseInStackQueuedSpinLock)(&handle);
    EXPECT_EQ(run.machine.irql(), Irql::apc);
    KERNEL(KeLowerIrql)(PASSIVE_LEVEL);
  });
  EXPECT_EQ(run.alive(Kind::lock), 0U);
}

TEST(SpinLock, readers_share_and_a_writer_waits_for_the_last_of_them) {
  KernelRun run({.processors = 3});
  auto* lock = run.make<EX_SPIN_LOCK>();
  for (const char name : {'r', 's', 'w'}) {
    run.as_driver(std::string(1, name), [&run, lock, name] {
      const bool shared = name != 'w';
      const KIRQL old =
          shared ? KERNEL(ExAcquireSpinLockShared)(lock) : KERNEL(ExAcquireSpinLockExclusive)(lock);
      run.trace += name;
      for (int i = 0; i < 4; ++i) run.machine.switch_point();
      run.trace += name;
      shared ? KERNEL(ExReleaseSpinLockShared)(lock, old)
             : KERNEL(ExReleaseSpinLockExclusive)(lock, old);
    });
  }
  run.machine.run();
  EXPECT_EQ(run.trace, "rsrsww");
  EXPECT_EQ(run.alive(Kind::lock), 0U);
}

NTAPI void keep_lock(PVOID lock) {
  KERNEL(KeAcquireSpinLockRaiseToDpc)(static_cast<PKSPIN_LOCK>(lock));
}

TEST(SpinLock, kept_at_the_return_of_a_callback_is_one_note_with_its_entry) {
  KernelRun run;
  auto* lock = run.make<KSPIN_LOCK>();
  run.run([&] {
    ledger::call_driver({machine::CallbackKind::other, test_driver}, &keep_lock, lock);
    EXPECT_EQ(run.machine.irql(), Irql::passive);
  });
  ASSERT_EQ(run.note_kinds(), std::vector{ledger::NoteKind::lock_held_at_return});
  const ledger::Entry& entry = run.record.ledger().entry(run.record.notes()[0].entry);
  EXPECT_EQ(entry.kind, Kind::lock);
  EXPECT_EQ(entry.key, address_of(lock));
  EXPECT_EQ(entry.name, "spin lock");
}

NTAPI void stay_raised(PVOID) {
  KERNEL(KfRaiseIrql)(DISPATCH_LEVEL);
}

TEST(Irql, left_raised_by_a_callback_is_noted_and_put_right) {
  KernelRun run;
  run.run([&] {
    ledger::call_driver({machine::CallbackKind::other, test_driver}, &stay_raised, nullptr);
    EXPECT_EQ(run.machine.irql(), Irql::passive);
  });
  ASSERT_EQ(run.note_kinds(), std::vector{ledger::NoteKind::irql_changed});
  EXPECT_EQ(run.record.notes()[0].b, std::uint64_t{DISPATCH_LEVEL});
}

TEST(FastMutex, runs_its_holder_at_apc_level_and_lets_others_wait_without_a_processor) {
  KernelRun run({.processors = 1});
  auto* mutex = run.make<FAST_MUTEX>();
  mutex->Count = 1;
  for (const char name : {'a', 'b'}) {
    run.as_driver(std::string(1, name), [&run, mutex, name] {
      KERNEL(ExAcquireFastMutex)(mutex);
      EXPECT_EQ(run.machine.irql(), Irql::apc);
      run.trace += name;
      for (int i = 0; i < 5; ++i) run.machine.switch_point();
      run.trace += name;
      KERNEL(ExReleaseFastMutex)(mutex);
      EXPECT_EQ(run.machine.irql(), Irql::passive);
    });
  }
  run.machine.run();
  EXPECT_EQ(run.trace, "aabb");
  EXPECT_EQ(mutex->Count, 1);
}

TEST(Resource, is_recursive_for_its_owner_and_shared_among_readers) {
  KernelRun run;
  auto* resource = run.make<ERESOURCE>();
  run.run([&] {
    KERNEL(ExInitializeResourceLite)(resource);
    EXPECT_TRUE(KERNEL(ExAcquireResourceExclusiveLite)(resource, TRUE));
    EXPECT_TRUE(KERNEL(ExAcquireResourceSharedLite)(resource, FALSE));
    KERNEL(ExReleaseResourceLite)(resource);
    run.as_driver("other", [&run, resource] {
      run.trace += KERNEL(ExAcquireResourceSharedLite)(resource, FALSE) ? "too early " : "busy ";
      EXPECT_TRUE(KERNEL(ExAcquireResourceSharedLite)(resource, TRUE));
      run.trace += "shared";
      KERNEL(ExReleaseResourceLite)(resource);
    });
    for (int i = 0; i < 5; ++i) run.machine.switch_point();
    run.trace += "released ";
    KERNEL(ExReleaseResourceLite)(resource);
  });
  EXPECT_EQ(run.trace, "busy released shared");
  EXPECT_EQ(run.alive(Kind::lock), 0U);
}

TEST(Resource, released_by_somebody_else_ends_the_run) {
  KernelRun run;
  auto* resource = run.make<ERESOURCE>();
  run.run([&] { KERNEL(ExReleaseResourceLite)(resource); });
  EXPECT_EQ(run.bug_check_code(), 0xE3U);
}

TEST(Rundown, waits_for_the_last_reference_and_gives_no_more) {
  KernelRun run;
  auto* rundown = run.make<EX_RUNDOWN_REF>();
  run.run([&] {
    EXPECT_TRUE(KERNEL(ExAcquireRundownProtection)(rundown));
    run.as_driver("unload", [&run, rundown] {
      KERNEL(ExWaitForRundownProtectionRelease)(rundown);
      run.trace += "waited ";
    });
    for (int i = 0; i < 5; ++i) run.machine.switch_point();
    EXPECT_FALSE(KERNEL(ExAcquireRundownProtection)(rundown));
    run.trace += "release ";
    KERNEL(ExReleaseRundownProtection)(rundown);
  });
  EXPECT_EQ(run.trace, "release waited ");
}

TEST(Irql, lowering_upwards_ends_the_run) {
  KernelRun run;
  run.run([] { KERNEL(KeLowerIrql)(DISPATCH_LEVEL); });
  EXPECT_EQ(run.bug_check_code(), 0x0AU);
}

}  // namespace
}  // namespace drydock::nt
