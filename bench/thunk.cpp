// SPDX-License-Identifier: Apache-2.0
// What a kernel call costs a driver: through its import stub and the thunk (IRQL check, event,
// trace hash, switch point), against the same function called directly.
#include <ntddk.h>

#include <memory>

#include "host_run.h"

namespace {

using namespace drydock;
using bench::HostRun;

[[gnu::noinline]] BOOLEAN NTAPI bare_test(PKSPIN_LOCK lock) {
  benchmark::DoNotOptimize(lock);
  return *lock == 0;
}

// Runs `body` once an iteration, as driver code.
template <class Body>
void in_driver(benchmark::State& state, Body body) {
  const auto run = std::make_unique<HostRun>();
  run->as_driver([&] {
    for (auto _ : state) body();
  });
  if (run->world.machine.stopped()) state.SkipWithError("the run was stopped");
}

void bare_call(benchmark::State& state) {
  KSPIN_LOCK lock = 0;
  in_driver(state, [&] { benchmark::DoNotOptimize(bare_test(&lock)); });
}
BENCHMARK(bare_call);

void thunk(benchmark::State& state) {
  auto* test = DRYDOCK_IMPORT(KeTestSpinLock);
  KSPIN_LOCK lock = 0;
  in_driver(state, [&] { benchmark::DoNotOptimize(test(&lock)); });
}
BENCHMARK(thunk);

void quiet_thunk(benchmark::State& state) {
  auto* irql = DRYDOCK_IMPORT(KeGetCurrentIrql);
  in_driver(state, [&] { benchmark::DoNotOptimize(irql()); });
}
BENCHMARK(quiet_thunk);

void spin_lock_pair(benchmark::State& state) {
  auto* acquire = DRYDOCK_IMPORT(KeAcquireSpinLockRaiseToDpc);
  auto* release = DRYDOCK_IMPORT(KeReleaseSpinLock);
  KSPIN_LOCK lock = 0;
  in_driver(state, [&] { release(&lock, acquire(&lock)); });
}
BENCHMARK(spin_lock_pair);

void set_event(benchmark::State& state) {
  auto* initialize = DRYDOCK_IMPORT(KeInitializeEvent);
  auto* set = DRYDOCK_IMPORT(KeSetEvent);
  KEVENT event;
  bool first = true;
  in_driver(state, [&] {
    if (first) initialize(&event, NotificationEvent, FALSE);
    first = false;
    benchmark::DoNotOptimize(set(&event, 0, FALSE));
  });
}
BENCHMARK(set_event);

// A thousand blocks lie within what the pool keeps open; a hundred thousand go through quarantine.
void pool_pair(benchmark::State& state) {
  auto* allocate = DRYDOCK_IMPORT(ExAllocatePool2);
  auto* release = DRYDOCK_IMPORT(ExFreePoolWithTag);
  in_driver(state, [&] { release(allocate(POOL_FLAG_NON_PAGED, 64, 'hcnB'), 'hcnB'); });
}
BENCHMARK(pool_pair)->Iterations(400);
BENCHMARK(pool_pair)->Iterations(100'000);

}  // namespace
