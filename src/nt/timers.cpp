// SPDX-License-Identifier: Apache-2.0
#include "nt/timers.h"

#include "nt/context.h"
#include "nt/presence.h"
#include "nt/processors.h"
#include "nt/stop.h"
#include "nt/timeouts.h"
#include "nt/waits.h"

namespace drydock::nt {

using ledger::Kind;

bool Timers::set(KTIMER& timer, LONGLONG due, LONG period, PKDPC dpc) {
  const bool was_set = cancel(timer);
  const machine::Fiber& fiber = machine_.running();
  Setting setting{.due = due_time(due, machine_.now()),
                  .period = period,
                  .driver = fiber.driver,
                  .cpu = fiber.cpu,
                  .dpc = dpc};
  if (dpc != nullptr) {
    setting.routine = dpc->DeferredRoutine;
    setting.context = dpc->DeferredContext;
  }
  timer.DueTime.QuadPart = static_cast<ULONGLONG>(setting.due.ticks);
  timer.Period = static_cast<ULONG>(period);
  timer.Dpc = dpc;
  service<Waits>().clear(timer.Header);
  setting.entry = record_.ledger().acquire(Kind::timer, address_of(&timer),
                                           {.a = reinterpret_cast<std::uint64_t>(setting.routine),
                                            .b = static_cast<std::uint64_t>(period)});
  arm(timer, settings_[&timer] = setting);
  return was_set;
}

void Timers::arm(KTIMER& timer, Setting& setting) {
  setting.handle = machine_.call_at(setting.due, [this, &timer] { expire(timer); });
}

bool Timers::cancel(KTIMER& timer) {
  const auto found = settings_.extract(&timer);
  if (found.empty()) return false;
  machine_.cancel(found.mapped().handle);
  record_.ledger().release(found.mapped().entry);
  return true;
}

void Timers::expire(KTIMER& timer) {
  const auto found = settings_.find(&timer);
  Setting setting = found->second;
  switch (presence_of(&timer)) {
    case Presence::here:
      service<Waits>().signal(timer.Header, 1);
      break;
    case Presence::freed:
      request_bug_check(bugcheck::timer_or_dpc_invalid, "a timer was set in pool that was freed",
                        {0, address_of(&timer), 0, 0}, setting.entry);
      return;
    case Presence::image_gone:
      break;  // its DPC shows what that leads to
  }
  if (setting.period > 0) {
    found->second.due = setting.due + machine::milliseconds(setting.period);
    arm(timer, found->second);
  } else {
    settings_.erase(found);
    record_.ledger().release(setting.entry);
  }
  if (setting.dpc != nullptr) {
    service<Processors>().queue_for_timer(setting.dpc, setting.routine, setting.context,
                                          setting.cpu, {setting.driver, setting.entry});
  }
}

}  // namespace drydock::nt
