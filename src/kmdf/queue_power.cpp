// SPDX-License-Identifier: Apache-2.0
// Queues whose requests reach the driver only while its device is in D0.
#include <algorithm>

#include "kmdf/check.h"
#include "kmdf/queue.h"
#include "nt/context.h"
#include "nt/io_manager.h"

namespace drydock::kmdf {

std::vector<Request*> Queue::requests_of_driver() const {
  std::vector<Request*> found;
  for (Object* child : device.children) {
    if (child->type != ObjectType::request) continue;
    auto* request = static_cast<Request*>(child);
    if (request->queue == this && request->state == RequestState::presented)
      found.push_back(request);
  }
  return found;
}

bool Queue::may_lose_power() const {
  return std::ranges::all_of(requests_of_driver(), &Request::acknowledged);
}

void Queue::cancel_held() {
  const std::vector<Request*> held = requests_of_driver();
  for (Request* request : held) framework().reference(*request);
  for (Request* request : held) {
    if (request->state == RequestState::presented && request->cancel != nullptr)
      nt::service<nt::IoManager>().cancel(request->irp);
    framework().release(*request);
  }
}

// Each callback may settle others, too.
void Queue::ask_to_stop(WDF_REQUEST_STOP_ACTION_FLAGS action) {
  if (io_stop == nullptr) return;
  const std::vector<Request*> asked = requests_of_driver();
  for (Request* request : asked) framework().reference(*request);
  for (Request* request : asked) {
    if (request->state == RequestState::presented && request->queue == this) {
      ULONG flags = static_cast<ULONG>(action);
      if (request->cancel != nullptr) flags |= WdfRequestStopRequestCancelable;
      request->stopping = true;
      const Serialized serialized(lock);
      framework().call(*this, io_stop, reinterpret_cast<WDFQUEUE>(handle),
                       reinterpret_cast<WDFREQUEST>(request->handle), flags);
    }
    framework().release(*request);
  }
}

void Queue::power_off(WDF_REQUEST_STOP_ACTION_FLAGS action) {
  if (!power_managed) return;
  powered = false;
  if (action == WdfRequestStopActionPurge) {
    accepts = false;
    cancel_waiting(nullptr);
    cancel_held();
  }
  ask_to_stop(action);
  while (!may_lose_power()) {
    idle_waiters_.push_back(&nt::the_machine().running());
    nt::the_machine().block("the driver's requests of a power-managed queue", entry);
  }
}

void Queue::power_on() {
  if (!power_managed || powered) return;
  powered = true;
  const std::vector<Request*> kept = requests_of_driver();
  for (Request* request : kept) framework().reference(*request);
  for (Request* request : kept) {
    request->acknowledged = false;
    if (io_resume != nullptr && request->state == RequestState::presented) {
      const Serialized serialized(lock);
      framework().call(*this, io_resume, reinterpret_cast<WDFQUEUE>(handle),
                       reinterpret_cast<WDFREQUEST>(request->handle));
    }
    framework().release(*request);
  }
  pump();
}

bool Queue::stop_acknowledged(Request& request, bool requeue) {
  if (!request.stopping) return false;
  request.stopping = false;
  if (!requeue) {
    request.acknowledged = true;
    check_idle();
    return true;
  }
  if (!NT_SUCCESS(insert(request, true))) {
    complete_request(request, STATUS_CANCELLED, 0);
  } else {
    given_back();
  }
  return true;
}

}  // namespace drydock::kmdf
