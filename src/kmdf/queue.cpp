// SPDX-License-Identifier: Apache-2.0
// How queues hand out requests.
#include "kmdf/queue.h"

#include <algorithm>
#include <utility>

#include "kmdf/check.h"
#include "nt/context.h"

namespace drydock::kmdf {

using machine::Irql;

NTSTATUS Queue::insert(Request& request, bool at_head) {
  if (!accepts || state != ObjectState::live) return STATUS_WDF_BUSY;
  const bool was_empty = waiting.empty();
  request.queue = this;
  request.state = RequestState::queued;
  waiting.insert(at_head ? waiting.begin() : waiting.end(), &request);
  if (!arm_cancel(request)) {
    cancelled(request);
    return STATUS_SUCCESS;
  }
  if (was_empty && ready != nullptr) call_state(ready, ready_context);
  pump();
  return STATUS_SUCCESS;
}

NTSTATUS Queue::configure_lock() {
  const bool passive = execution_level(*this) == WdfExecutionLevelPassive;
  switch (synchronization_scope(*this)) {
    case WdfSynchronizationScopeDevice:
      lock = &device.make_lock();
      return lock->passive() == passive ? STATUS_SUCCESS : STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL;
    case WdfSynchronizationScopeQueue:
      own_lock_ = std::make_unique<CallbackLock>(*this, passive);
      lock = own_lock_.get();
      return STATUS_SUCCESS;
    default:
      return STATUS_SUCCESS;
  }
}

// Callbacks that must wait until this thread has left what it is in.
bool Queue::must_defer() const {
  const bool too_high = execution_level(*this) == WdfExecutionLevelPassive &&
                        nt::the_machine().irql() > Irql::passive;
  return too_high || (lock != nullptr && lock->held_by_running());
}

machine::Irql Queue::worker_irql() const {
  return execution_level(*this) == WdfExecutionLevelPassive ? Irql::passive : Irql::dispatch;
}

void Queue::call_serialized(Object& about, std::function<void()> call) {
  if (!must_defer()) {
    const Serialized serialized(lock);
    call();
    return;
  }
  framework().reference(*this);
  framework().reference(about);
  nt::the_machine().spawn_helper("framework queue", worker_irql(),
                                 [this, &about, call = std::move(call)] {
                                   {
                                     const Serialized serialized(lock);
                                     call();
                                   }
                                   framework().release(about);
                                   framework().release(*this);
                                 });
}

void Queue::call_state(PFN_WDF_IO_QUEUE_STATE callback, WDFCONTEXT context) {
  call_serialized(*this, [this, callback, context] {
    framework().call(*this, callback, reinterpret_cast<WDFQUEUE>(handle), context);
  });
}

void Queue::pump() {
  if (dispatch == WdfIoQueueDispatchManual) return;
  if (!must_defer()) {
    pump_here();
    return;
  }
  if (pump_scheduled_) return;
  pump_scheduled_ = true;
  framework().reference(*this);
  nt::the_machine().spawn_helper("framework queue", worker_irql(), [this] {
    pump_scheduled_ = false;
    pump_here();
    framework().release(*this);
  });
}

void Queue::pump_here() {
  const bool sequential = dispatch == WdfIoQueueDispatchSequential;
  if (sequential && pumping_) return;
  framework().reference(*this);
  pumping_ = true;
  while (dispatches && powered && !waiting.empty() && with_driver < limit) present_next();
  pumping_ = false;
  framework().release(*this);
}

void Queue::present_next() {
  Request* request = take(nullptr);
  if (request != nullptr) present(*request);
}

Request* Queue::take(const FileObject* of) {
  for (std::size_t i = 0; i < waiting.size();) {
    Request& request = *waiting[i];
    if (of != nullptr && request.file != of) {
      ++i;
      continue;
    }
    if (take_this(request)) return &request;
  }
  return nullptr;
}

bool Queue::take_this(Request& request) {
  if (std::erase(waiting, &request) == 0) return false;
  if (!disarm_cancel(request)) {
    request.state = RequestState::arriving;  // the cancel path completes it
    return false;
  }
  ++with_driver;
  request.state = RequestState::presented;
  request.was_presented = true;
  return true;
}

void Queue::present(Request& request) {
  const auto queue_handle = reinterpret_cast<WDFQUEUE>(handle);
  const auto request_handle = reinterpret_cast<WDFREQUEST>(request.handle);
  const auto& parameters = request.location().Parameters;
  const auto& control = parameters.DeviceIoControl;
  Framework& owner = framework();
  const Serialized serialized(lock);
  if (request.major == IRP_MJ_READ && io_read != nullptr) {
    owner.call(*this, io_read, queue_handle, request_handle, parameters.Read.Length);
  } else if (request.major == IRP_MJ_WRITE && io_write != nullptr) {
    owner.call(*this, io_write, queue_handle, request_handle, parameters.Write.Length);
  } else if (request.major == IRP_MJ_DEVICE_CONTROL && io_control != nullptr) {
    owner.call(*this, io_control, queue_handle, request_handle, control.OutputBufferLength,
               control.InputBufferLength, control.IoControlCode);
  } else if (request.major == IRP_MJ_INTERNAL_DEVICE_CONTROL && io_internal_control != nullptr) {
    owner.call(*this, io_internal_control, queue_handle, request_handle, control.OutputBufferLength,
               control.InputBufferLength, control.IoControlCode);
  } else if (io_default != nullptr) {
    owner.call(*this, io_default, queue_handle, request_handle);
  } else {
    complete_request(request, STATUS_INVALID_DEVICE_REQUEST, 0);
  }
}

// By its sender, while it waited: the driver that had it before hears of it, if it wants to.
void Queue::cancelled(Request& request) {
  forget(request);
  if (request.was_presented && canceled_on_queue != nullptr) {
    ++with_driver;
    request.state = RequestState::presented;
    const auto request_handle = reinterpret_cast<WDFREQUEST>(request.handle);
    call_serialized(request, [this, request_handle] {
      framework().call(*this, canceled_on_queue, reinterpret_cast<WDFQUEUE>(handle),
                       request_handle);
    });
    return;
  }
  request.state = RequestState::arriving;
  complete_request(request, STATUS_CANCELLED, 0);
  check_idle();
}

void Queue::given_back() {
  --with_driver;
  check_idle();
  pump();
}

void Queue::cancel_waiting(const FileObject* of) {
  while (Request* request = take(of)) complete_request(*request, STATUS_CANCELLED, 0);
}

void Queue::check_idle() {
  if (idle_callback_ != nullptr && idle(idle_until_empty_)) {
    const PFN_WDF_IO_QUEUE_STATE callback = std::exchange(idle_callback_, nullptr);
    call_state(callback, idle_context_);
  }
  for (machine::Fiber* waiter : idle_waiters_) nt::the_machine().make_ready(*waiter);
  idle_waiters_.clear();
}

void Queue::when_idle(PFN_WDF_IO_QUEUE_STATE callback, WDFCONTEXT context, bool until_empty) {
  if (callback == nullptr) return;
  if (idle_callback_ != nullptr) {
    bug_check(WDF_QUEUE_FATAL_ERROR,
              "a queue was stopped, drained or purged while an earlier such call has not been "
              "answered",
              0, 0, entry);
  }
  idle_callback_ = callback;
  idle_context_ = context;
  idle_until_empty_ = until_empty;
  check_idle();
}

void Queue::wait_idle(bool until_empty) {
  const Kept kept(*this);
  while (!idle(until_empty)) {
    idle_waiters_.push_back(&nt::the_machine().running());
    nt::the_machine().block("a framework queue to become idle", entry);
  }
}

// What the driver has comes back first: a request never outlives its queue.
void Queue::on_dispose() {
  accepts = false;
  cancel_waiting(nullptr);
  cancel_held();
  wait_idle(true);
  if (device.default_queue == this) device.default_queue = nullptr;
  std::ranges::replace(device.queues, this, static_cast<Queue*>(nullptr));
}

}  // namespace drydock::kmdf
