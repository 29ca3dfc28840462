// SPDX-License-Identifier: Apache-2.0
#include "nt/processors.h"

#include <algorithm>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/idle.h"
#include "nt/presence.h"
#include "nt/stop.h"

namespace drydock::nt {

using ledger::EntryId;
using ledger::Kind;
using machine::CpuId;
using machine::Irql;

namespace {

constexpr UCHAR dpc_object = 0x13;

// KDPC.Number: 0 is "where it was queued".
CpuId target_of(const KDPC& dpc, CpuId cpu, CpuId processors) {
  return dpc.Number == 0 ? cpu : (dpc.Number - 1U) % processors;
}

}  // namespace

void initialize_dpc(KDPC& dpc, PKDEFERRED_ROUTINE routine, PVOID context) {
  dpc = {};
  dpc.Type = dpc_object;
  dpc.Importance = MediumImportance;
  dpc.DeferredRoutine = routine;
  dpc.DeferredContext = context;
}

bool Processors::queue(KDPC& dpc, CpuId cpu, PVOID argument1, PVOID argument2) {
  if (dpc.DpcData != nullptr) return false;
  dpc.SystemArgument1 = argument1;
  dpc.SystemArgument2 = argument2;
  const CpuId target = target_of(dpc, cpu, machine_.processors());
  dpc.DpcData = &dpc;
  const EntryId entry = record_.ledger().acquire(
      Kind::dpc, address_of(&dpc), {.a = reinterpret_cast<std::uint64_t>(dpc.DeferredRoutine)});
  append(processors_[target],
         {&dpc, dpc.DeferredRoutine, dpc.DeferredContext, argument1, argument2,
          machine_.running().driver, entry, next_number_++},
         dpc.Importance == HighImportance);
  start(processors_[target], target);
  return true;
}

void Processors::queue_for_timer(KDPC* dpc, PKDEFERRED_ROUTINE routine, PVOID context, CpuId cpu,
                                 DpcOrigin origin) {
  Queued item{dpc, routine, context, nullptr, nullptr, origin.driver, 0, next_number_++};
  CpuId target = cpu;
  bool first = false;
  if (presence_of(dpc) == Presence::here) {
    if (dpc->DpcData != nullptr) return;
    target = target_of(*dpc, cpu, machine_.processors());
    first = dpc->Importance == HighImportance;
    item.routine = dpc->DeferredRoutine;
    item.context = dpc->DeferredContext;
    dpc->SystemArgument1 = nullptr;
    dpc->SystemArgument2 = nullptr;
    dpc->DpcData = dpc;
  }
  ledger::Ledger& ledger = record_.ledger();
  item.entry =
      ledger.acquire(Kind::dpc, address_of(dpc),
                     {.a = reinterpret_cast<std::uint64_t>(item.routine), .related = origin.timer});
  ledger.entry(item.entry).owner = origin.driver;
  ledger.entry(item.entry).stack = ledger.entry(origin.timer).stack;
  append(processors_[target], item, first);
  start(processors_[target], target);
}

void Processors::append(Processor& processor, const Queued& item, bool first) {
  if (first) {
    processor.queue.insert(processor.queue.begin(), item);
  } else {
    processor.queue.push_back(item);
  }
}

void Processors::start(Processor& processor, CpuId cpu) {
  if (processor.fiber == nullptr) {
    processor.fiber = &machine_.spawn_pinned("DPCs of a processor", Irql::dispatch, cpu,
                                             [this, &processor] { serve(processor); });
  } else if (is_idle(*processor.fiber)) {
    machine_.make_ready(*processor.fiber);
  }
}

bool Processors::remove(KDPC& dpc) {
  if (dpc.DpcData == nullptr) return false;
  for (Processor& processor : processors_) {
    const auto found = std::ranges::find(processor.queue, &dpc, &Queued::dpc);
    if (found == processor.queue.end()) continue;
    record_.ledger().release(found->entry);
    processor.queue.erase(found);
    dpc.DpcData = nullptr;
    wake_flushers();
    return true;
  }
  return false;
}

// An idle loop must not hold its processor, so it waits below DISPATCH_LEVEL.
void Processors::serve(Processor& processor) {
  for (;;) {
    if (processor.queue.empty()) {
      machine_.set_irql(Irql::passive);
      machine_.block(idle_system_fiber);
      machine_.set_irql(Irql::dispatch);
      continue;
    }
    const Queued item = processor.queue.front();
    processor.queue.erase(processor.queue.begin());
    processor.running = item.number;
    call(item);
    processor.running = 0;
    wake_flushers();
    machine_.switch_point();
  }
}

void Processors::call(const Queued& item) {
  switch (presence_of(item.dpc)) {
    case Presence::here:
      item.dpc->DpcData = nullptr;
      break;
    case Presence::freed:
      bug_check(bugcheck::timer_or_dpc_invalid, "a queued DPC lay in pool that was freed",
                {1, address_of(item.dpc), 0, 0}, item.entry);
    case Presence::image_gone:
      break;  // the call below shows what that leads to
  }
  ledger::call_driver({machine::CallbackKind::dpc,
                       item.driver,
                       item.entry,
                       {address_of(item.dpc), address_of(item.context)}},
                      item.routine, item.dpc, item.context, item.argument1, item.argument2);
  record_.ledger().release(item.entry);
}

bool Processors::any_up_to(std::uint64_t number) const {
  return std::ranges::any_of(processors_, [number](const Processor& processor) {
    return (processor.running != 0 && processor.running <= number) ||
           std::ranges::any_of(processor.queue,
                               [number](const Queued& item) { return item.number <= number; });
  });
}

void Processors::flush() {
  const std::uint64_t last = next_number_ - 1;
  while (any_up_to(last)) {
    flushers_.push_back(&machine_.running());
    machine_.block("queued DPCs to run");
  }
}

void Processors::wake_flushers() {
  for (machine::Fiber* fiber : flushers_) machine_.make_ready(*fiber);
  flushers_.clear();
}

}  // namespace drydock::nt
