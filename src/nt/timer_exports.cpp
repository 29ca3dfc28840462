// SPDX-License-Identifier: Apache-2.0
// KeSetTimer and its like.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/processors.h"
#include "nt/waits.h"

namespace drydock::nt {

namespace {

Timers& timers() {
  return service<Processors>().timers();
}

void initialize_timer_ex(PKTIMER timer, TIMER_TYPE type) {
  *timer = {};
  service<Waits>().initialize(timer->Header,
                              type == SynchronizationTimer ? DispatcherType::synchronization_timer
                                                           : DispatcherType::notification_timer,
                              sizeof *timer, 0);
}

void initialize_timer(PKTIMER timer) {
  initialize_timer_ex(timer, NotificationTimer);
}

BOOLEAN set_timer_ex(PKTIMER timer, LARGE_INTEGER due, LONG period, PKDPC dpc) {
  return timers().set(*timer, due.QuadPart, period, dpc);
}

BOOLEAN set_timer(PKTIMER timer, LARGE_INTEGER due, PKDPC dpc) {
  return set_timer_ex(timer, due, 0, dpc);
}

// The tolerable delay only lets Windows save power.
BOOLEAN set_coalescable_timer(PKTIMER timer, LARGE_INTEGER due, ULONG period, ULONG, PKDPC dpc) {
  return set_timer_ex(timer, due, static_cast<LONG>(period), dpc);
}

BOOLEAN cancel_timer(PKTIMER timer) {
  return timers().cancel(*timer);
}

BOOLEAN read_state_timer(PKTIMER timer) {
  return timer->Header.SignalState > 0;
}

}  // namespace

Exports timer_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"KeInitializeTimer", decltype(::KeInitializeTimer), initialize_timer,
                 up_to_dispatch_quiet>(),
      kernel_row<"KeInitializeTimerEx", decltype(::KeInitializeTimerEx), initialize_timer_ex,
                 up_to_dispatch_quiet>(),
      kernel_row<"KeSetTimer", decltype(::KeSetTimer), set_timer, up_to_dispatch>(),
      kernel_row<"KeSetTimerEx", decltype(::KeSetTimerEx), set_timer_ex, up_to_dispatch>(),
      kernel_row<"KeSetCoalescableTimer", decltype(::KeSetCoalescableTimer), set_coalescable_timer,
                 up_to_dispatch>(),
      kernel_row<"KeCancelTimer", decltype(::KeCancelTimer), cancel_timer, up_to_dispatch>(),
      kernel_row<"KeReadStateTimer", decltype(::KeReadStateTimer), read_state_timer,
                 up_to_dispatch>(),
  };
  return rows;
}

}  // namespace drydock::nt
