// SPDX-License-Identifier: Apache-2.0
// WDFQUEUE: requests that wait for the driver, and when the driver gets them.
#pragma once

#include <wdf.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "kmdf/device.h"
#include "kmdf/object.h"
#include "kmdf/request.h"

namespace drydock::kmdf {

class Queue final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::queue;
  Queue(Client& owner, Device& of) : Object(object_type, owner), device(of) {}

  void on_dispose() override;
  [[nodiscard]] bool disposed_at_passive() const override { return true; }
  [[nodiscard]] CallbackLock* callback_lock() const override { return lock; }
  // By the synchronization scope. STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL when the device's lock
  // cannot be held at the level of this queue.
  NTSTATUS configure_lock();

  // STATUS_WDF_BUSY when the queue takes no requests. Presents what can be presented.
  NTSTATUS insert(Request& request, bool at_head = false);
  // The driver gave the request back or away.
  void given_back();
  // Presents requests as long as the queue's kind allows; on a worker when the IRQL is too high.
  void pump();
  // The oldest waiting request (of that file, unless null) becomes the driver's; null when there is
  // none.
  Request* take(const FileObject* of);
  // The same for one request; false when it does not wait here or is being cancelled.
  bool take_this(Request& request);
  // Completes what waits (for that file, unless null) with STATUS_CANCELLED.
  void cancel_waiting(const FileObject* of);
  // Those of the driver's that it has made cancelable.
  void cancel_held();
  void forget(Request& request) { std::erase(waiting, &request); }
  // A request whose sender has cancelled it while it waited.
  void cancelled(Request& request);
  // A callback of the driver under the queue's lock: here, or on a worker when this thread cannot
  // take the lock or its IRQL is too high. `about` is kept until then.
  void call_serialized(Object& about, std::function<void()> call);

  // Calls back once the driver has no request of the queue, and with `until_empty` none waits.
  void when_idle(PFN_WDF_IO_QUEUE_STATE callback, WDFCONTEXT context, bool until_empty);
  void wait_idle(bool until_empty);

  // The device leaves or enters D0; only queues that are power managed care. Leaving waits until
  // the driver has given back or acknowledged what it has; for good, when the device is removed.
  void power_off(WDF_REQUEST_STOP_ACTION_FLAGS action);
  void power_on();
  // EvtIoStop's answer; false when there was no question.
  bool stop_acknowledged(Request& request, bool requeue);

  Device& device;
  CallbackLock* lock = nullptr;  // the device's, ours or none
  WDF_IO_QUEUE_DISPATCH_TYPE dispatch = WdfIoQueueDispatchInvalid;
  std::uint32_t limit = 1;  // presented at a time
  bool zero_length = false;
  PFN_WDF_IO_QUEUE_IO_DEFAULT io_default = nullptr;
  PFN_WDF_IO_QUEUE_IO_READ io_read = nullptr;
  PFN_WDF_IO_QUEUE_IO_WRITE io_write = nullptr;
  PFN_WDF_IO_QUEUE_IO_DEVICE_CONTROL io_control = nullptr;
  PFN_WDF_IO_QUEUE_IO_INTERNAL_DEVICE_CONTROL io_internal_control = nullptr;
  PFN_WDF_IO_QUEUE_IO_CANCELED_ON_QUEUE canceled_on_queue = nullptr;
  PFN_WDF_IO_QUEUE_STATE ready = nullptr;
  WDFCONTEXT ready_context = nullptr;

  PFN_WDF_IO_QUEUE_IO_STOP io_stop = nullptr;
  PFN_WDF_IO_QUEUE_IO_RESUME io_resume = nullptr;
  bool power_managed = false;

  bool accepts = true;
  bool dispatches = true;
  bool powered = true;
  std::vector<Request*> waiting;  // oldest first
  std::uint32_t with_driver = 0;

 private:
  void present(Request& request);
  void call_state(PFN_WDF_IO_QUEUE_STATE callback, WDFCONTEXT context);
  [[nodiscard]] bool must_defer() const;
  [[nodiscard]] machine::Irql worker_irql() const;
  void present_next();
  void pump_here();
  void check_idle();
  [[nodiscard]] std::vector<Request*> requests_of_driver() const;
  [[nodiscard]] bool may_lose_power() const;
  void ask_to_stop(WDF_REQUEST_STOP_ACTION_FLAGS action);
  [[nodiscard]] bool idle(bool until_empty) const {
    return with_driver == 0 && (!until_empty || waiting.empty());
  }

  std::unique_ptr<CallbackLock> own_lock_;
  bool pumping_ = false;  // sequential: the next one must wait for the callback to return
  bool pump_scheduled_ = false;
  PFN_WDF_IO_QUEUE_STATE idle_callback_ = nullptr;
  WDFCONTEXT idle_context_ = nullptr;
  bool idle_until_empty_ = false;
  std::vector<machine::Fiber*> idle_waiters_;
};

}  // namespace drydock::kmdf
