// SPDX-License-Identifier: Apache-2.0
// Queues whose requests reach the driver only while its device is in D0.
#include <algorithm>

#include "kmdf/check.h"
#include "kmdf/queue.h"
#include "nt/context.h"

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
  for (Request* request : requests_of_driver()) {
    request->acknowledged = false;
    const Serialized serialized(lock);
    if (io_resume != nullptr)
      framework().call(*this, io_resume, reinterpret_cast<WDFQUEUE>(handle),
                       reinterpret_cast<WDFREQUEST>(request->handle));
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
