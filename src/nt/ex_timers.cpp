// SPDX-License-Identifier: Apache-2.0
#include "nt/ex_timers.h"

#include <utility>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/exports.h"
#include "nt/processors.h"
#include "nt/timeouts.h"

namespace drydock::nt {

using ledger::EntryId;
using ledger::Kind;
using machine::Irql;

PEX_TIMER ExTimers::allocate(PEXT_CALLBACK callback, PVOID context) {
  auto* timer = machine_.memory().kernel.make<_EX_TIMER>();
  timer->callback = callback;
  timer->context = context;
  timer->driver = machine_.running().driver;
  return timer;
}

bool ExTimers::set(PEX_TIMER timer, LONGLONG due, LONGLONG period) {
  if (timer->disabled) return false;
  const bool was_set = cancel(timer);
  timer->due = due_time(due, machine_.now());
  timer->period = period;
  timer->entry =
      record_.ledger().acquire(Kind::timer, address_of(timer),
                               {.a = address_of(reinterpret_cast<const void*>(timer->callback)),
                                .b = static_cast<std::uint64_t>(period)});
  arm(timer);
  return was_set;
}

void ExTimers::arm(PEX_TIMER timer) {
  timer->handle = machine_.call_at(timer->due, [this, timer] { expire(timer); });
}

bool ExTimers::cancel(PEX_TIMER timer) {
  if (timer->entry == 0) return false;
  machine_.cancel(timer->handle);
  record_.ledger().release(std::exchange(timer->entry, 0));
  wake_waiters();
  return true;
}

void ExTimers::expire(PEX_TIMER timer) {
  const EntryId entry = timer->entry;
  ++timer->running;
  if (timer->period > 0 && !timer->disabled) {
    timer->due.ticks += timer->period;
    arm(timer);
  } else {
    record_.ledger().release(std::exchange(timer->entry, 0));
  }
  machine_.spawn_helper("system timer", Irql::dispatch,
                        [this, timer, entry] { run(timer, entry); });
}

void ExTimers::run(PEX_TIMER timer, EntryId entry) {
  ledger::call_driver({machine::CallbackKind::timer, timer->driver, entry, {address_of(timer), 0}},
                      timer->callback, timer, timer->context);
  --timer->running;
  wake_waiters();
  free_if_over(timer);
}

// First of all it is disabled: its callback, which may run, cannot set it again.
bool ExTimers::remove(PEX_TIMER timer, bool cancel_first, bool wait) {
  if (std::exchange(timer->disabled, true)) return false;
  const bool was_set = cancel_first && cancel(timer);
  while (wait && !is_idle(*timer)) {
    waiters_.push_back(&machine_.running());
    machine_.block("a timer's callback to return");
  }
  timer->deleted = true;
  free_if_over(timer);
  return was_set;
}

void ExTimers::free_if_over(PEX_TIMER timer) {
  if (timer->deleted && is_idle(*timer)) machine_.memory().kernel.drop(timer);
}

void ExTimers::wake_waiters() {
  for (machine::Fiber* fiber : waiters_) machine_.make_ready(*fiber);
  waiters_.clear();
}

namespace {

ExTimers& ex_timers() {
  return service<Processors>().ex_timers();
}

// The attributes choose a clock of higher resolution, or one that does not wake a machine.
PEX_TIMER allocate_timer(PEXT_CALLBACK callback, PVOID context, ULONG) {
  return ex_timers().allocate(callback, context);
}

BOOLEAN set_timer(PEX_TIMER timer, LONGLONG due, LONGLONG period, PEXT_SET_PARAMETERS) {
  return ex_timers().set(timer, due, period);
}

BOOLEAN cancel_timer(PEX_TIMER timer, PEXT_CANCEL_PARAMETERS) {
  return ex_timers().cancel(timer);
}

BOOLEAN delete_timer(PEX_TIMER timer, BOOLEAN cancel, BOOLEAN wait, PEXT_DELETE_PARAMETERS) {
  return ex_timers().remove(timer, cancel != FALSE, wait != FALSE);
}

}  // namespace

Exports ex_timer_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"ExAllocateTimer", decltype(::ExAllocateTimer), allocate_timer,
                 up_to_dispatch_or_null>(),
      kernel_row<"ExSetTimer", decltype(::ExSetTimer), set_timer, up_to_dispatch>(),
      kernel_row<"ExCancelTimer", decltype(::ExCancelTimer), cancel_timer, up_to_dispatch>(),
      kernel_row<"ExDeleteTimer", decltype(::ExDeleteTimer), delete_timer, up_to_dispatch>(),
  };
  return rows;
}

}  // namespace drydock::nt
