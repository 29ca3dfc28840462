// SPDX-License-Identifier: Apache-2.0
#include "nt/ex_timers.h"

#include <utility>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/exports.h"
#include "nt/irql_notes.h"
#include "nt/processors.h"
#include "nt/stop.h"
#include "nt/timeouts.h"

namespace drydock::nt {

using ledger::EntryId;
using ledger::Kind;
using machine::Irql;

PEX_TIMER ExTimers::allocate(PEXT_CALLBACK callback, PVOID context) {
  auto* timer =
      reinterpret_cast<PEX_TIMER>(machine_.memory().pool.allocate(sizeof(_EX_TIMER), std::byte{0}));
  if (timer == nullptr) return nullptr;
  timer->callback = callback;
  timer->context = context;
  timer->driver = machine_.running().driver;
  timer->object =
      record_.ledger().acquire(Kind::timer_object, address_of(timer),
                               {.a = address_of(reinterpret_cast<const void*>(callback))});
  return timer;
}

bool ExTimers::usable(PEX_TIMER timer) const {
  return record_.ledger().find(Kind::timer_object, address_of(timer)) != 0;
}

bool ExTimers::set(PEX_TIMER timer, LONGLONG due, LONGLONG period) {
  if (!usable(timer)) return false;
  const bool was_set = take_back(timer);
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
  return usable(timer) && take_back(timer);
}

bool ExTimers::take_back(PEX_TIMER timer) {
  if (timer->entry == 0) return false;
  machine_.cancel(timer->handle);
  record_.ledger().release(std::exchange(timer->entry, 0));
  return true;
}

void ExTimers::expire(PEX_TIMER timer) {
  const EntryId entry = timer->entry;
  ++timer->running;
  if (timer->period > 0 && !timer->deleted) {
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
  if (timer->deleted && is_idle(*timer)) end(timer);
}

// From the first moment on its callback, which may run, cannot set it again.
bool ExTimers::remove(PEX_TIMER timer, bool cancel_first, bool wait,
                      PEXT_DELETE_PARAMETERS parameters) {
  if (!usable(timer)) return false;
  const EntryId object = timer->object;
  if (wait && !cancel_first) {
    // Documented without its number.
    bug_check(bugcheck::timer_or_dpc_invalid,
              "ExDeleteTimer was told to wait for a timer but not to cancel it",
              {0, address_of(timer), 0, 0}, object);
  }
  timer->deleted = true;
  record_.ledger().release(object);
  if (parameters != nullptr) {
    timer->delete_callback = parameters->DeleteCallback;
    timer->delete_context = parameters->DeleteContext;
  }
  const bool was_set = cancel_first && take_back(timer);
  if (is_idle(*timer)) {
    end(timer);
  } else if (wait) {
    wait_for_end(*timer);
  }
  return was_set;
}

void ExTimers::wait_for_end(_EX_TIMER& timer) {
  bool over = false;
  const EntryId object = timer.object;
  timer.waiter = &machine_.running();
  timer.over = &over;
  while (!over) machine_.block("a timer's callback to return", object);
}

void ExTimers::end(PEX_TIMER timer) {
  if (timer->delete_callback != nullptr) {
    ledger::call_driver({machine::CallbackKind::timer, timer->driver, timer->object, {}},
                        timer->delete_callback, timer->delete_context);
  }
  if (timer->waiter != nullptr) {
    *timer->over = true;
    machine_.make_ready(*timer->waiter);
  }
  machine_.memory().pool.release(reinterpret_cast<std::byte*>(timer));
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

BOOLEAN delete_timer(PEX_TIMER timer, BOOLEAN cancel, BOOLEAN wait,
                     PEXT_DELETE_PARAMETERS parameters) {
  if (wait != FALSE) note_above(Irql::apc, "ExDeleteTimer");
  return ex_timers().remove(timer, cancel != FALSE, wait != FALSE, parameters);
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
