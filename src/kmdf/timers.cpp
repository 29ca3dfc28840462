// SPDX-License-Identifier: Apache-2.0
// WDFTIMER: stopped, and waited for, when it is deleted (lifecycle.md section 5.1b).
#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "kmdf/callback_lock.h"
#include "kmdf/check.h"
#include "kmdf/rows.h"
#include "nt/context.h"
#include "nt/timeouts.h"

namespace drydock::kmdf {

using ledger::Kind;
using machine::Irql;

namespace {

class Timer final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::timer;
  explicit Timer(Client& owner) : Object(object_type, owner) {}

  void on_dispose() override {
    stopping = true;
    stop();
    wait_for_callbacks();
  }
  [[nodiscard]] bool disposed_at_passive() const override { return true; }

  void start(machine::VirtualTime due);
  bool stop();
  void wait_for_callbacks();

  PFN_WDF_TIMER callback = nullptr;
  std::int64_t period = 0;  // 100 ns; 0: once
  bool stopping = false;
  CallbackLock* lock = nullptr;

 private:
  void arm(machine::VirtualTime due);
  void fire();
  void run();

  machine::TimerHandle armed_ = 0;
  ledger::EntryId set_ = 0;  // Kind::timer while armed
  machine::VirtualTime due_;
  std::vector<machine::Fiber*> running_;  // inside the callback, or about to be
  std::vector<machine::Fiber*> waiters_;
};

void Timer::arm(machine::VirtualTime due) {
  due_ = due;
  armed_ = nt::the_machine().call_at(due, [this] { fire(); });
}

void Timer::start(machine::VirtualTime due) {
  set_ = nt::the_ledger().acquire(Kind::timer, nt::address_of(handle),
                                  {.name = "WDFTIMER", .related = entry});
  arm(due);
}

bool Timer::stop() {
  if (armed_ == 0) return false;
  nt::the_machine().cancel(std::exchange(armed_, 0));
  nt::the_ledger().release(std::exchange(set_, 0));
  return true;
}

// On no fiber: the callback needs one, at DISPATCH_LEVEL like the DPC it is on Windows.
void Timer::fire() {
  armed_ = 0;
  if (period != 0) {
    arm({due_.ticks + period});
  } else {
    nt::the_ledger().release(std::exchange(set_, 0));
  }
  const bool passive = level == WdfExecutionLevelPassive;
  framework().reference(*this);
  running_.push_back(&nt::the_machine().spawn_helper(
      "framework timer", passive ? Irql::passive : Irql::dispatch, [this] { run(); }));
}

void Timer::run() {
  machine::Machine& machine = nt::the_machine();
  {
    const Serialized serialized(lock);
    if (!stopping) framework().call(*this, callback, reinterpret_cast<WDFTIMER>(handle));
  }
  std::erase(running_, &machine.running());
  for (machine::Fiber* waiter : waiters_) machine.make_ready(*waiter);
  waiters_.clear();
  framework().release(*this);
}

// A callback that deletes or stops its own timer does not wait for itself.
void Timer::wait_for_callbacks() {
  const Kept kept(*this);
  machine::Machine& machine = nt::the_machine();
  const auto others = [&] {
    return std::ranges::any_of(running_,
                               [&](const machine::Fiber* f) { return f != &machine.running(); });
  };
  while (others()) {
    waiters_.push_back(&machine.running());
    machine.block("a framework timer's callback", entry);
  }
}

constexpr ULONG config_size_1_7 = 24;
constexpr ULONG config_size_1_9 = sizeof(WDF_TIMER_CONFIG_V1_9);
constexpr ULONG config_size_1_13 = sizeof(WDF_TIMER_CONFIG_V1_13);

bool known_size(ULONG size) {
  return size == config_size_1_7 || size == config_size_1_9 || size == config_size_1_13;
}

NTSTATUS timer_create(PWDF_DRIVER_GLOBALS globals, PWDF_TIMER_CONFIG config,
                      PWDF_OBJECT_ATTRIBUTES attributes, WDFTIMER* handle) {
  Client& client = client_of(globals);
  require(config);
  require(handle);
  if (!known_size(config->Size)) return STATUS_INFO_LENGTH_MISMATCH;
  if (config->EvtTimerFunc == nullptr) return STATUS_INVALID_PARAMETER;
  NTSTATUS status = check_attributes(attributes, Parent::required);
  if (!NT_SUCCESS(status)) return status;
  Object* parent = parent_in(attributes, nullptr);
  if (device_above(parent) == nullptr) return STATUS_INVALID_DEVICE_REQUEST;
  const bool passive = attributes->ExecutionLevel == WdfExecutionLevelPassive;
  if (passive && config->Period != 0) return STATUS_NOT_SUPPORTED;
  CallbackLock* lock = nullptr;
  status = lock_for_child(parent, config->AutomaticSerialization != FALSE, passive, &lock);
  if (!NT_SUCCESS(status)) return status;
  Timer* timer = nullptr;
  status = framework().create(client, attributes, parent, &timer);
  if (!NT_SUCCESS(status)) return status;
  timer->callback = config->EvtTimerFunc;
  timer->lock = lock;
  timer->period = machine::milliseconds(config->Period).ticks;
  *handle = reinterpret_cast<WDFTIMER>(timer->handle);
  return STATUS_SUCCESS;
}

BOOLEAN timer_start(PWDF_DRIVER_GLOBALS, WDFTIMER handle, LONGLONG due) {
  Timer& timer = object_of<Timer>(handle);
  const bool was_set = timer.stop();
  if (!timer.stopping) timer.start(nt::due_time(due, nt::the_machine().now()));
  return was_set ? TRUE : FALSE;
}

BOOLEAN timer_stop(PWDF_DRIVER_GLOBALS, WDFTIMER handle, BOOLEAN wait) {
  Timer& timer = object_of<Timer>(handle);
  const bool was_set = timer.stop();
  const MayBlock may_block(wait != FALSE, "WdfTimerStop");
  if (wait != FALSE) timer.wait_for_callbacks();
  return was_set ? TRUE : FALSE;
}

WDFOBJECT timer_get_parent(PWDF_DRIVER_GLOBALS, WDFTIMER handle) {
  const Timer& timer = object_of<Timer>(handle);
  return timer.parent == nullptr ? nullptr : timer.parent->handle;
}

}  // namespace

Functions timer_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfTimerCreate, PFN_WDFTIMERCREATE, timer_create, creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfTimerStart, PFN_WDFTIMERSTART, timer_start, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfTimerStop, PFN_WDFTIMERSTOP, timer_stop, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfTimerGetParentObject, PFN_WDFTIMERGETPARENTOBJECT, timer_get_parent,
                      up_to_dispatch_quiet),
  };
  return rows;
}

}  // namespace drydock::kmdf
